//! Courtesy by the customer's country: what ships, what the seller has made of it, and how a letter then looks.

use anyhow::Result;
use mercator_domain::{
    courtesy::{self, CourtesyProfile},
    inbox::Inbox,
};
use mercator_pipeline::{courtesy as shipped, reply};
use mercator_store::ChangeKind;
use serde::{Deserialize, Serialize};

use crate::{App, error::refuse, views::AppEvent};

/// The row of the settings.
const KEY: &str = "courtesy";

/// The profiles, with what ships.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CourtesyView {
    /// The seller's own; they take the place of those that ship.
    pub own: Vec<CourtesyProfile>,
    /// Those that ship.
    pub shipped: Vec<CourtesyProfile>,
}

impl App {
    /// The seller's own profiles.
    pub(crate) async fn own_courtesy(&self) -> Result<Vec<CourtesyProfile>> {
        Ok(self.store.setting::<Vec<CourtesyProfile>>(KEY).await?.unwrap_or_default())
    }

    /// The profiles, with what ships.
    pub async fn courtesy_view(&self) -> Result<CourtesyView> {
        Ok(CourtesyView { own: self.own_courtesy().await?, shipped: shipped::shipped().to_vec() })
    }

    /// Stores the seller's own profiles; they hold from the next message on. What cannot be is refused, and everything stays.
    pub async fn save_courtesy(&self, profiles: &[CourtesyProfile]) -> Result<()> {
        courtesy::check(profiles).map_err(|fault| refuse(fault.to_string(), "Change it, then save again."))?;
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, profiles).await?;
        tx.insert_audit(&self.member.name, "courtesy", "settings", &serde_json::json!({ "profiles": profiles.len() })).await?;
        tx.changed(ChangeKind::Settings, 0);
        tx.commit().await?;
        self.regression_is_due();
        self.tell(AppEvent::SettingsChanged);
        Ok(())
    }

    /// A letter as a customer with this profile gets it: the first answer of the bot, on an order that is being prepared.
    pub async fn preview_courtesy(&self, profile: &CourtesyProfile) -> Result<String> {
        courtesy::check(std::slice::from_ref(profile)).map_err(|fault| refuse(fault.to_string(), "Change it, then look again."))?;
        let inbox: Option<Inbox> = self.store.inboxes().await?.into_iter().next().map(|stored| stored.inbox);
        let inbox = inbox.unwrap_or_else(|| crate::mailboxes::bench_inbox(profile.language.clone()));
        Ok(reply::sample(profile, &crate::turn_input::profile_of(&inbox)))
    }
}
