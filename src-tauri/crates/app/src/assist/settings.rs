//! What is set about the language model, and whether it may be asked now.

use anyhow::Result;
use mercator_domain::assist::ModelSettings;
use mercator_providers::{
    model::{LanguageModel, Place},
    secrets::{Account, Secret},
    web,
};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    error::{refuse, user},
    views::AppEvent,
};

/// The row of the settings.
const KEY: &str = "language_model";
/// The field under which its key is kept.
const SECRET: &str = "language_model_key";

/// The settings with what the window shows beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ModelState {
    /// What is set.
    pub settings: ModelSettings,
    /// A key is kept.
    pub has_key: bool,
    /// Where questions go, `host:port`.
    pub host: String,
    /// The address is on this computer.
    pub here: bool,
    /// Tokens used today.
    pub used_today: i32,
    /// It may be asked: enabled, complete, allowed, and its payload was seen.
    pub ready: bool,
}

impl App {
    /// What is set about the language model.
    pub async fn model_state(&self) -> Result<ModelState> {
        let settings = self.model_settings().await?;
        let url = web::address(&settings.address).ok();
        let host = url.as_ref().map(web::host).unwrap_or_default();
        let here = url.as_ref().is_some_and(web::is_here);
        let has_key = self.model_key().await?.is_some();
        let used_today = crate::lists::small(self.tokens_today().await?);
        let allowed = here || !self.settings.read().await.local_only;
        let ready = settings.enabled && !settings.model.is_empty() && url.is_some() && allowed && settings.agreed_host == host;
        Ok(ModelState { settings, has_key, host, here, used_today, ready })
    }

    pub(super) async fn model_settings(&self) -> Result<ModelSettings> {
        Ok(self.store.setting::<ModelSettings>(KEY).await?.unwrap_or_default())
    }

    /// Stores the settings. `key`: `None` leaves the key as it is, an empty one takes it away. A key never goes to a new host by itself:
    /// with another host it has to be given again.
    pub async fn save_model_settings(&self, mut settings: ModelSettings, key: Option<String>) -> Result<ModelState> {
        let before = self.model_settings().await?;
        let url = web::address(&settings.address).map_err(|error| user("bad_input", error.to_string(), "Write the address of its API."))?;
        settings.address = url.to_string();
        settings.model = settings.model.trim().to_owned();
        if settings.enabled && settings.model.is_empty() {
            return Err(user("bad_input", "The name of the model is missing", "Give the name as the server lists it."));
        }
        settings.timeout_seconds = settings.timeout_seconds.clamp(5, 300);
        let moved = web::address(&before.address).ok().map(|url| web::host(&url)) != Some(web::host(&url));
        // What was agreed to holds for one host alone, and is given by `agree_to_model` only.
        settings.agreed_host = if moved { String::new() } else { before.agreed_host };
        match key {
            Some(key) if !key.trim().is_empty() => self.keep_model_key(Some(Secret::new(key.trim()))).await?,
            Some(_) => self.keep_model_key(None).await?,
            None if moved => self.keep_model_key(None).await?,
            None => {}
        }
        self.store_model_settings(&settings).await?;
        self.model_state().await
    }

    /// The seller has seen what is sent, and agrees for the host that is set now.
    pub async fn agree_to_model(&self, host: &str) -> Result<ModelState> {
        let mut settings = self.model_settings().await?;
        let set = web::address(&settings.address).map(|url| web::host(&url)).unwrap_or_default();
        if set != host {
            return Err(refuse("The address was changed meanwhile", "Look again at what is sent, and where to."));
        }
        settings.agreed_host = set;
        self.store_model_settings(&settings).await?;
        self.model_state().await
    }

    async fn store_model_settings(&self, settings: &ModelSettings) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, settings).await?;
        let detail = serde_json::json!({ "enabled": settings.enabled, "address": settings.address, "model": settings.model });
        tx.insert_audit(&self.member.name, "model.settings", "settings", &detail).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        self.tell(AppEvent::SettingsChanged);
        Ok(())
    }

    fn model_account(&self) -> Account {
        Account::of_workspace(&self.workspace.secret_prefix(), SECRET)
    }

    /// No keychain is no key: a model on the own computer needs none.
    async fn model_key(&self) -> Result<Option<Secret>> {
        let account = self.model_account();
        let Ok(secrets) = self.secrets().cloned() else { return Ok(None) };
        Ok(tokio::task::spawn_blocking(move || secrets.get(&account)).await?.ok().flatten())
    }

    async fn keep_model_key(&self, key: Option<Secret>) -> Result<()> {
        let account = self.model_account();
        if key.is_none() && self.model_key().await?.is_none() {
            return Ok(());
        }
        let secrets = self.secrets()?.clone();
        let keep = move || match key {
            Some(key) => secrets.set(&account, &key),
            None => secrets.delete(&account),
        };
        Ok(tokio::task::spawn_blocking(keep).await??)
    }

    /// The model, where it may be asked; what keeps it from that is told, and noted where something would have left the computer.
    pub(super) async fn model(&self, settings: &ModelSettings, trial: bool) -> Result<LanguageModel> {
        if !settings.enabled && !trial {
            return Err(refuse("No language model is set up", "Add one under Settings, Language model; it can run on this computer."));
        }
        let url = web::address(&settings.address).map_err(|error| user("bad_input", error.to_string(), "Write the address of its API."))?;
        let host = web::host(&url);
        if self.settings.read().await.local_only && !web::is_here(&url) {
            self.note_refused(&host).await?;
            return Err(refuse(
                format!("The language model at {host} is not on this computer, and “local only” is on"),
                "Switch “local only” off under Settings, or use a model on this computer.",
            ));
        }
        if settings.agreed_host != host {
            return Err(refuse(
                format!("What is sent to {host} was not looked at yet"),
                "Look at it once under Settings, Language model, and agree.",
            ));
        }
        let place = Place {
            kind: settings.kind,
            address: url,
            model: settings.model.clone(),
            key: self.model_key().await?,
            patience: std::time::Duration::from_secs(u64::from(settings.timeout_seconds)),
        };
        LanguageModel::new(place).map_err(|error| refuse(error.to_string(), "Check this computer's certificates."))
    }
}
