//! What is set for the whole workspace, and who sits here.

use anyhow::Result;
use mercator_domain::{
    language::Language,
    moment::Moment,
    team::{Member, Role},
};
use mercator_store::Store;

use crate::{
    App,
    views::{AppEvent, AppState, Notice, Settings},
};

/// The row of [`Settings`].
const KEY: &str = "settings";

/// Reads the settings; unknown fields of a newer version are left out, missing ones have their defaults.
pub(crate) async fn read(store: &Store) -> Result<Settings> {
    Ok(store.setting::<Settings>(KEY).await?.unwrap_or_default())
}

/// The member of this computer's user; the first one of a workspace is its owner.
pub(crate) async fn this_member(store: &Store, now: Moment) -> Result<Member> {
    let name = ["MERCATOR_MEMBER", "USER", "USERNAME"].iter().find_map(|key| std::env::var(key).ok().filter(|v| !v.is_empty()));
    let name = name.unwrap_or_else(|| "Me".to_owned());
    let members = store.members().await?;
    if let Some(known) = members.iter().find(|member| member.name == name) {
        return Ok(known.clone());
    }
    let role = if members.is_empty() { Role::Owner } else { Role::Agent };
    let mut tx = store.begin_at(now).await?;
    let id = tx.insert_member(&name, role).await?;
    tx.commit().await?;
    Ok(Member { id, name, role })
}

impl App {
    /// What the frame needs before anything else is shown.
    pub async fn app_state(&self) -> Result<AppState> {
        let inboxes: Vec<_> = self.store.inboxes().await?.into_iter().map(|stored| stored.inbox).collect();
        let demo = self.is_demo().await;
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            first_run: inboxes.is_empty() && !demo,
            demo,
            workspace: self.workspace.shown(),
            member: self.member.clone(),
            settings: self.settings.read().await.clone(),
            badge: self.badge().await,
            notices: self.notices(&inboxes),
        })
    }

    /// The language of the console.
    pub async fn ui_language(&self) -> Language {
        Language::parse(&self.settings.read().await.ui_language).unwrap_or_else(Language::english)
    }

    fn notices(&self, inboxes: &[mercator_domain::inbox::Inbox]) -> Vec<Notice> {
        let place = self.store.warnings().iter().map(|warning| Notice {
            code: "workspace_place".into(),
            about: self.workspace.shown(),
            message: warning.clone(),
            hint: "Move the workspace to a local disk for full speed.".into(),
        });
        let broken = inboxes.iter().filter(|inbox| inbox.state == mercator_domain::inbox::InboxState::Broken).map(|inbox| Notice {
            code: "inbox_broken".into(),
            about: inbox.name.clone(),
            message: inbox.state_reason.clone(),
            hint: "Open Settings, Mailboxes, and mend it there.".into(),
        });
        place.chain(broken).collect()
    }

    /// Stores the settings; values out of their range are brought to its ends.
    pub async fn save_settings(&self, mut settings: Settings) -> Result<()> {
        settings.undo_seconds = settings.undo_seconds.clamp(0, 30);
        settings.answer_threshold = settings.answer_threshold.clamp(0.0, 1.0);
        settings.intent_threshold = settings.intent_threshold.clamp(0.0, 1.0);
        settings.precision = settings.precision.clamp(0.5, 0.99);
        settings.stuck_after_hours = settings.stuck_after_hours.clamp(1, 24 * 90);
        settings.max_bot_replies = settings.max_bot_replies.clamp(1, 50);
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, &settings).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        *self.settings.write().await = settings;
        self.regression_is_due();
        self.tell(AppEvent::SettingsChanged);
        Ok(())
    }

    /// Everybody who answers.
    pub async fn list_members(&self) -> Result<Vec<Member>> {
        Ok(self.store.members().await?)
    }
}
