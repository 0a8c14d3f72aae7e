//! Connecting and changing inboxes: guess, test, save; the password goes to the keychain.

use std::path::Path;

use anyhow::{Context, Result};
use mercator_channels::{Channel, mail::autoconfig};
use mercator_domain::{
    channel::ChannelKind,
    hours::BusinessHours,
    ids::InboxId,
    inbox::{BotModes, Connection, Inbox, InboxState, MailServer, MailSettings},
    language::Language,
};
use mercator_providers::secrets::{Account, Secret};
use mercator_store::{
    ChangeKind,
    inboxes::{NewInbox, StoredInbox},
};

use crate::{
    App,
    error::{refuse, user},
    views::{AppEvent, InboxCard, InboxPatch, MailForm, MailGuess, ProbeReport},
};

/// The field under which a mailbox's password is kept.
const PASSWORD: &str = "password";

/// A person is promised to answer within four hours of open time unless the seller says otherwise.
const PROMISE_MINUTES: i32 = 240;

impl App {
    /// All connected inboxes.
    pub async fn list_inboxes(&self) -> Result<Vec<InboxCard>> {
        Ok(self.store.inboxes().await?.into_iter().map(card).collect())
    }

    /// Server settings for an address: of a known provider, else the usual names of its domain.
    pub async fn guess_mailbox(&self, address: &str) -> Result<MailGuess> {
        let guess = autoconfig::guess(address).into_iter().next();
        let guess =
            guess.ok_or_else(|| user("bad_input", format!("'{address}' is no address of mail"), "Write it as name@example.com."))?;
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain.trim());
        let settings = guess.settings;
        let form = MailForm {
            name: domain.to_owned(),
            address: address.trim().to_owned(),
            user: settings.user,
            password: String::new(),
            imap_host: settings.imap.host,
            imap_port: settings.imap.port,
            imap_encryption: settings.imap.encryption,
            smtp_host: settings.smtp.host,
            smtp_port: settings.smtp.port,
            smtp_encryption: settings.smtp.encryption,
            extra_root_pem: None,
            language: Language::english(),
        };
        Ok(MailGuess { known: !guess.provider.is_empty(), note: note_word(guess.note).to_owned(), form })
    }

    /// Logs in to both servers and lists the folders; sends nothing, stores nothing.
    pub async fn test_mailbox(&self, form: &MailForm) -> Result<ProbeReport> {
        let (report, _) = probe(form).await?;
        Ok(report)
    }

    /// Tests a mailbox again, stores it, and begins to read it. A test that fails stores nothing.
    pub async fn connect_mailbox(&self, form: &MailForm) -> Result<InboxCard> {
        let address = form.address.trim();
        if self.store.inboxes().await?.iter().any(|stored| stored.inbox.address.eq_ignore_ascii_case(address)) {
            return Err(refuse(format!("{address} is connected already"), "Change it under Settings, Mailboxes."));
        }
        let (_, settings) = probe(form).await?;
        let name = if form.name.trim().is_empty() { address } else { form.name.trim() };
        let new = NewInbox {
            channel: ChannelKind::Email,
            name: name.to_owned(),
            address: address.to_owned(),
            site: None,
            language: form.language.clone(),
            signature: String::new(),
            hours: local_hours(),
            modes: BotModes::default(),
            promise_minutes: PROMISE_MINUTES,
            connection: Connection::Mail(settings),
        };
        self.connect(&new, Some(&form.password)).await
    }

    /// Watches a folder of .eml files.
    pub async fn connect_folder(&self, name: &str, path: &str) -> Result<InboxCard> {
        let folder = Path::new(path);
        if !folder.is_dir() {
            return Err(user("not_found", format!("There is no folder {path}"), "Choose one that exists."));
        }
        let new = NewInbox {
            channel: ChannelKind::File,
            name: if name.trim().is_empty() { path.to_owned() } else { name.trim().to_owned() },
            address: String::new(),
            site: None,
            language: Language::english(),
            signature: String::new(),
            hours: local_hours(),
            modes: BotModes::default(),
            promise_minutes: PROMISE_MINUTES,
            connection: Connection::Folder { path: path.to_owned() },
        };
        self.connect(&new, None).await
    }

    async fn connect(&self, new: &NewInbox, password: Option<&str>) -> Result<InboxCard> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let id = tx.insert_inbox(new).await?;
        // Before the commit: an inbox without its password would be broken from its first moment.
        if let Some(password) = password {
            self.secrets()?.set(&self.account(id), &Secret::new(password))?;
        }
        tx.changed(ChangeKind::Inbox, id.get());
        tx.commit().await?;
        self.inboxes_bell.notify_one();
        self.tell(AppEvent::InboxChanged { id });
        Ok(card(self.store.inbox(id).await?))
    }

    /// Changes what a seller sets for an inbox.
    pub async fn update_inbox(&self, id: InboxId, patch: &InboxPatch) -> Result<InboxCard> {
        if jiff::tz::TimeZone::get(&patch.hours.time_zone).is_err() {
            return Err(user("bad_input", format!("'{}' is no time zone", patch.hours.time_zone), "Choose one such as Europe/Berlin."));
        }
        if patch.hours.week.len() != 7 || patch.hours.week.iter().flatten().any(|span| span.from >= span.to || span.to > 24 * 60) {
            return Err(user("bad_input", "A span of the business hours ends before it begins", "Correct the hours."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        let mut inbox = tx.inbox(id).await?.inbox;
        inbox.name = patch.name.trim().to_owned();
        inbox.language = patch.language.clone();
        inbox.signature = patch.signature.trim().to_owned();
        inbox.hours = patch.hours.clone();
        inbox.modes = patch.modes.clone();
        inbox.promise_minutes = patch.promise_minutes.clamp(1, 7 * 24 * 60);
        tx.update_inbox(&inbox).await?;
        tx.changed(ChangeKind::Inbox, id.get());
        tx.commit().await?;
        self.tell(AppEvent::InboxChanged { id });
        Ok(card(self.store.inbox(id).await?))
    }

    /// Stops or goes on reading.
    pub async fn pause_inbox(&self, id: InboxId, paused: bool) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_inbox_state(id, if paused { InboxState::Paused } else { InboxState::Active }, "").await?;
        tx.changed(ChangeKind::Inbox, id.get());
        tx.commit().await?;
        self.inboxes_bell.notify_one();
        self.tell(AppEvent::InboxChanged { id });
        Ok(())
    }

    /// Disconnects an inbox; its conversations stay, its password goes.
    pub async fn remove_inbox(&self, id: InboxId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.remove_inbox(id).await?;
        tx.changed(ChangeKind::Inbox, id.get());
        tx.commit().await?;
        if let Err(error) = self.secrets().and_then(|secrets| Ok(secrets.delete(&self.account(id))?)) {
            tracing::warn!(%error, "The password of a removed inbox is still in the keychain");
        }
        self.inboxes_bell.notify_one();
        self.tell(AppEvent::InboxChanged { id });
        Ok(())
    }

    /// The channel of an inbox, with its password from the keychain.
    pub(crate) fn open_inbox(&self, inbox: &Inbox) -> Result<Box<dyn Channel>> {
        let secret = match inbox.connection {
            Connection::Mail(_) => {
                let kept = self.secrets()?.get(&self.account(inbox.id))?;
                let kept = kept.with_context(|| format!("The keychain has no password for {}", inbox.name));
                Some(kept.map_err(|error| mercator_channels::ChannelError::Auth(error.to_string()))?.expose().to_owned())
            }
            Connection::Folder { .. } | Connection::Demo => None,
        };
        Ok((self.open_channel)(inbox, secret)?)
    }

    fn account(&self, id: InboxId) -> Account {
        Account::of_inbox(&self.workspace.secret_prefix(), id, PASSWORD)
    }
}

async fn probe(form: &MailForm) -> Result<(ProbeReport, MailSettings)> {
    if form.password.is_empty() {
        return Err(user("bad_input", "The password is empty", "Many providers give an app password for this."));
    }
    let (probed, settings) = autoconfig::probe(&settings_of(form), &form.password).await?;
    let report =
        ProbeReport { folders: settings.folders.clone(), sent_folder: settings.sent_folder.clone(), capabilities: probed.capabilities };
    Ok((report, settings))
}

/// The word that the window has a text for.
const fn note_word(note: autoconfig::Note) -> &'static str {
    match note {
        autoconfig::Note::None => "",
        autoconfig::Note::AppPassword => "app_password",
        autoconfig::Note::AuthorizationCode => "authorization_code",
        autoconfig::Note::EnableImap => "enable_imap",
        autoconfig::Note::OAuthOnly => "oauth_only",
        autoconfig::Note::Bridge => "bridge",
    }
}

fn settings_of(form: &MailForm) -> MailSettings {
    let user = if form.user.trim().is_empty() { form.address.trim() } else { form.user.trim() };
    MailSettings {
        imap: MailServer { host: form.imap_host.trim().to_owned(), port: form.imap_port, encryption: form.imap_encryption },
        smtp: MailServer { host: form.smtp_host.trim().to_owned(), port: form.smtp_port, encryption: form.smtp_encryption },
        user: user.to_owned(),
        folders: vec!["INBOX".to_owned()],
        sent_folder: None,
        server_keeps_sent: keeps_sent(form),
        extra_root_pem: form.extra_root_pem.clone().filter(|pem| !pem.trim().is_empty()),
    }
}

/// Only a known provider files what is sent by itself; for any other server the copy is ours to make.
fn keeps_sent(form: &MailForm) -> bool {
    let guess = autoconfig::guess(&form.address).into_iter().find(|guess| !guess.provider.is_empty());
    guess.is_some_and(|guess| guess.settings.smtp.host == form.smtp_host.trim() && guess.settings.server_keeps_sent)
}

/// Monday to Friday, 9 to 17, where this computer is.
fn local_hours() -> BusinessHours {
    let zone = jiff::tz::TimeZone::system();
    BusinessHours { time_zone: zone.iana_name().unwrap_or("UTC").to_owned(), ..BusinessHours::default() }
}

/// The test bench needs some inbox even before one is connected.
pub(crate) fn bench_inbox(language: Language) -> Inbox {
    Inbox {
        id: InboxId(0),
        channel: ChannelKind::Email,
        name: "Mercator".to_owned(),
        address: String::new(),
        site: None,
        language,
        signature: String::new(),
        hours: local_hours(),
        modes: BotModes { default: mercator_domain::inbox::BotMode::Auto, ..BotModes::default() },
        promise_minutes: PROMISE_MINUTES,
        connection: Connection::Demo,
        state: InboxState::Paused,
        state_reason: String::new(),
    }
}

fn card(stored: StoredInbox) -> InboxCard {
    let inbox = stored.inbox;
    InboxCard {
        id: inbox.id,
        channel: inbox.channel,
        name: inbox.name,
        address: inbox.address,
        language: inbox.language,
        signature: inbox.signature,
        hours: inbox.hours,
        modes: inbox.modes,
        promise_minutes: inbox.promise_minutes,
        connection: inbox.connection,
        state: inbox.state,
        state_reason: inbox.state_reason,
        last_read_at: stored.last_read_at,
    }
}
