//! Mails of the past into an inbox: `.eml` files, mbox, maildirs, folders of them; many thousands a second, in flat memory.
//!
//! `source` reads, `mail` parses and parts on other threads while `placing` finds the conversations of the batch before and `writing`
//! stores it. The rules of threading are those of `inbox.rs`; what differs, since it is history: conversations are resolved and read, the
//! bot never sees them, survey scores and delivery reports are shown but not acted upon, known contacts keep their names.

mod mail;
mod placing;
pub mod source;
mod writing;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use mercator_domain::{
    channel::ChannelKind,
    hours::BusinessHours,
    ids::InboxId,
    inbox::{BotModes, Connection, Inbox, InboxState},
    language::Language,
    moment::Moment,
};
use mercator_store::inboxes::NewInbox;
use tokio::sync::mpsc;

use self::{
    mail::Mail,
    placing::Awaited,
    source::{Mails, Next, Place, RawMail},
};
use crate::{
    App,
    error::{refuse, user},
    views::{AppEvent, ImportReport, RejectedRow},
};

/// Mails of one transaction: the commit waits for the disk, which so many share.
const BATCH: usize = 500;

/// Or fewer, when they are large: what is read ahead stays small.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Batches that are parsed while one is stored.
const AHEAD: usize = 2;

/// Refused mails that are listed; the count is always whole.
const MOST_LISTED: usize = 1_000;

/// The promised minutes of an inbox that nobody answers from.
const PROMISE_MINUTES: i32 = 240;

/// A batch of raw mails and what came between them that was none.
#[derive(Default)]
struct Batch {
    mails: Vec<RawMail>,
    refused: Vec<(usize, String)>,
    other_files: usize,
}

/// The counts so far.
#[derive(Default)]
struct Counts {
    imported: usize,
    unchanged: usize,
    refused: Vec<(usize, String)>,
    other_files: usize,
    strangers: usize,
    homeless: Vec<Place>,
    done: usize,
}

/// The name of the inbox for mails that were handed over without a folder.
const HANDED_OVER: &str = "imported mail";

/// What all steps of one import need.
struct Import<'a> {
    app: &'a App,
    inbox: Inbox,
    stream: &'static str,
    total: usize,
    progress: &'a (dyn Fn(usize, usize) + Send + Sync),
    awaited: Awaited,
    counts: Counts,
}

impl App {
    /// Takes in mails of the past. Without an inbox they go to the only mailbox there is, else to a paused one of their own that is
    /// named after their folder. `progress` is told how many are done and how many there are (0: not known).
    pub async fn import_mail(
        &self,
        inbox: Option<InboxId>,
        paths: &[PathBuf],
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<ImportReport> {
        let Some(first) = paths.first() else { return Err(user("bad_input", "No mails were named", "Name files or folders.")) };
        for path in paths {
            tokio::fs::metadata(path).await.with_context(|| format!("Cannot read {}", path.display()))?;
        }
        self.import_from(inbox, folder_of(first)?, paths, progress).await
    }

    /// `folder` is what an inbox that must be made is named after.
    async fn import_from(
        &self,
        inbox: Option<InboxId>,
        folder: String,
        paths: &[PathBuf],
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<ImportReport> {
        let (inbox, own_address_open) = self.inbox_for(inbox, folder).await?;
        let all = paths.to_vec();
        let total = tokio::task::spawn_blocking(move || source::count(&all)).await.context("Counting was cut off")?.unwrap_or(0);
        let stream = if inbox.channel == ChannelKind::File { "file" } else { "import" };
        let mut import = Import { app: self, inbox, stream, total, progress, awaited: Awaited::default(), counts: Counts::default() };
        if own_address_open {
            import.learn_own_address(paths).await?;
        }
        import.all(paths.to_vec()).await?;
        import.second_try().await?;
        if import.counts.imported > 0 {
            self.tell_counts().await;
            self.tell(AppEvent::InboxChanged { id: import.inbox.id });
        }
        Ok(report(import.counts))
    }

    /// Counts the mails of some paths and takes in none.
    pub(crate) async fn count_mail(&self, paths: &[PathBuf]) -> Result<ImportReport> {
        for path in paths {
            tokio::fs::metadata(path).await.with_context(|| format!("Cannot read {}", path.display()))?;
        }
        let mut counts = Counts::default();
        let mut batches = batches(paths.to_vec());
        while let Some(batch) = batches.recv().await {
            counts.imported += batch.mails.len();
            counts.refused.extend(batch.refused);
            counts.other_files += batch.other_files;
        }
        let mut report = report(counts);
        report.warnings.push("A trial: mails that are stored already are counted too".to_owned());
        Ok(report)
    }

    /// Mails that are no file of this computer: one, or an mbox.
    pub(crate) async fn import_mail_bytes(&self, name: &str, bytes: &[u8], dry_run: bool) -> Result<ImportReport> {
        let folder = tempfile::tempdir().context("Cannot make a temporary folder")?;
        let path = folder.path().join(crate::files::safe_name(name));
        tokio::fs::write(&path, bytes).await.with_context(|| format!("Cannot write {}", path.display()))?;
        if dry_run {
            return self.count_mail(&[path]).await;
        }
        // Where they lie now is gone in a moment: what is handed over in this way shares one inbox.
        let own = self.workspace.folder().join(HANDED_OVER).display().to_string();
        self.import_from(None, own, &[path], &|_, _| {}).await
    }

    /// The inbox that was asked for, or one that fits; and whether its own address is still to be found.
    async fn inbox_for(&self, asked: Option<InboxId>, folder: String) -> Result<(Inbox, bool)> {
        if let Some(id) = asked {
            return Ok((self.store.inbox(id).await?.inbox, false));
        }
        let known = self.store.inboxes().await?;
        let same = known.iter().find(|s| s.inbox.connection == Connection::Folder { path: folder.clone() });
        let mut mailboxes = known.iter().filter(|s| s.inbox.channel == ChannelKind::Email);
        let found = match (same, mailboxes.next(), mailboxes.next()) {
            (Some(same), ..) => Some(same),
            (None, only, None) => only,
            _ => None,
        };
        if let Some(found) = found {
            return Ok((found.inbox.clone(), false));
        }
        let id = self.make_inbox(folder).await?;
        Ok((self.store.inbox(id).await?.inbox, true))
    }

    async fn make_inbox(&self, folder: String) -> Result<InboxId> {
        let name = Path::new(&folder).file_name().map_or_else(|| folder.clone(), |n| n.to_string_lossy().into_owned());
        let new = NewInbox {
            channel: ChannelKind::File,
            name,
            address: String::new(),
            site: None,
            language: Language::english(),
            signature: String::new(),
            hours: BusinessHours::default(),
            modes: BotModes::default(),
            promise_minutes: PROMISE_MINUTES,
            connection: Connection::Folder { path: folder },
        };
        let mut tx = self.store.begin_at(self.now()).await?;
        let id = tx.insert_inbox(&new).await?;
        // Paused: what is imported is the past, and its folder is no place to wait for customers.
        tx.set_inbox_state(id, InboxState::Paused, "").await?;
        tx.commit().await?;
        self.tell(AppEvent::InboxChanged { id });
        Ok(id)
    }
}

/// The folder of a path, the path itself when it is one.
fn folder_of(path: &Path) -> Result<String> {
    let path = std::path::absolute(path).with_context(|| format!("Cannot read {}", path.display()))?;
    let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
    folder.map(|f| f.display().to_string()).ok_or_else(|| refuse("The mails have no folder", "Name a file or a folder."))
}

impl Import<'_> {
    /// Everything once, batch by batch: the next ones are read and parsed while one is stored.
    async fn all(&mut self, paths: Vec<PathBuf>) -> Result<()> {
        let (inbox, stream, now) = (self.inbox.clone(), self.stream, self.app.now());
        let raw = futures_util::stream::unfold(batches(paths), |mut batches| async move { batches.recv().await.map(|b| (b, batches)) });
        let parsed = raw.map(move |batch| {
            let inbox = inbox.clone();
            tokio::task::spawn_blocking(move || parsed(batch, &inbox, stream, now))
        });
        // Boxed: the window's commands must prove this future `Send`, and the compiler cannot for the unnamed type.
        let mut parsed = parsed.buffered(AHEAD).boxed();
        while let Some(batch) = parsed.next().await {
            let (mails, refused, other_files) = batch.context("Parsing was cut off")?;
            self.counts.done += mails.len() + refused.len();
            self.counts.refused.extend(refused);
            self.counts.other_files += other_files;
            self.store(mails, false).await?;
            self.tell();
        }
        Ok(())
    }

    async fn store(&mut self, mails: Vec<Mail>, last_try: bool) -> Result<()> {
        let written = writing::write(&self.app.store, self.app.now(), &self.inbox, mails, &mut self.awaited, last_try).await;
        let written = written.context("Cannot store mails")?;
        self.counts.imported += written.stored;
        self.counts.unchanged += written.known;
        self.counts.homeless.extend(written.homeless);
        Ok(())
    }

    fn tell(&self) {
        (self.progress)(self.counts.done, self.total);
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        self.app.tell(AppEvent::Progress { task: "import".into(), done: count(self.counts.done), total: count(self.total) });
    }

    /// Mails of ours that were read before the conversation they belong to: it is there now, or they are to nobody we know.
    async fn second_try(&mut self) -> Result<()> {
        let homeless = std::mem::take(&mut self.counts.homeless);
        for places in homeless.chunks(BATCH) {
            let (places, inbox, stream, now) = (places.to_vec(), self.inbox.clone(), self.stream, self.app.now());
            let count = places.len();
            let mails = tokio::task::spawn_blocking(move || {
                let read = places.iter().map(source::again).filter_map(|next| if let Next::Mail(mail) = next { Some(mail) } else { None });
                read.map(|raw| mail::parse(raw, &inbox, stream, now)).collect::<Vec<_>>()
            });
            let (imported, unchanged) = (self.counts.imported, self.counts.unchanged);
            self.store(mails.await.context("Reading was cut off")?, true).await?;
            self.counts.strangers += count - (self.counts.imported - imported) - (self.counts.unchanged - unchanged);
        }
        Ok(())
    }

    /// The address that most mails of the archive are from or to is the owner's: else our own answers would look like a customer's.
    async fn learn_own_address(&mut self, paths: &[PathBuf]) -> Result<()> {
        let (paths, inbox, stream, now) = (paths.to_vec(), self.inbox.clone(), self.stream, self.app.now());
        let found = tokio::task::spawn_blocking(move || own_address(&paths, &inbox, stream, now)).await.context("Reading was cut off")?;
        if let Some(address) = found {
            self.inbox.address = address;
            let mut tx = self.app.store.begin_at(now).await?;
            tx.update_inbox(&self.inbox).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Mails that are looked at to find the owner's address.
const LOOKED_AT: usize = 200;

fn own_address(paths: &[PathBuf], inbox: &Inbox, stream: &str, now: Moment) -> Option<String> {
    let (mut mails, mut times) = (0_usize, std::collections::BTreeMap::<String, usize>::new());
    let raw = Mails::of(paths).filter_map(|next| if let Next::Mail(mail) = next { Some(mail) } else { None });
    for raw in raw.take(LOOKED_AT) {
        let mail = mail::parse(raw, inbox, stream, now);
        mails += 1;
        let named: std::collections::BTreeSet<String> =
            mail.to.iter().chain([&mail.from]).map(|p| p.address.to_lowercase()).filter(|a| a.contains('@')).collect();
        for address in named {
            *times.entry(address).or_default() += 1;
        }
    }
    let (address, most) = times.into_iter().max_by_key(|(_, n)| *n)?;
    // Four of five, and of more than a handful: three mails of one customer would prove the customer to be the owner.
    (mails >= 5 && most * 5 >= mails * 4).then_some(address)
}

/// Reads on a blocking thread; who is slow to take batches slows the reading.
fn batches(paths: Vec<PathBuf>) -> mpsc::Receiver<Batch> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let (mut batch, mut bytes, mut number) = (Batch::default(), 0, 0);
        for next in Mails::of(&paths) {
            number += 1;
            match next {
                Next::Mail(mail) => {
                    bytes += mail.bytes.len();
                    batch.mails.push(mail);
                }
                Next::Unreadable(why) => batch.refused.push((number, why)),
                Next::NoMail => batch.other_files += 1,
            }
            if batch.mails.len() == BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                    return;
                }
            }
        }
        let _nobody_waits = sender.blocking_send(batch);
    });
    receiver
}

type Parsed = (Vec<Mail>, Vec<(usize, String)>, usize);

fn parsed(batch: Batch, inbox: &Inbox, stream: &str, now: Moment) -> Parsed {
    let mails = batch.mails.into_iter().map(|raw| mail::parse(raw, inbox, stream, now)).collect();
    (mails, batch.refused, batch.other_files)
}

fn report(mut counts: Counts) -> ImportReport {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let mut warnings = vec![];
    if counts.other_files > 0 {
        warnings.push(format!("{} files that are no mails were left out", counts.other_files));
    }
    if counts.strangers > 0 {
        warnings.push(format!("{} mails of yours to people who never wrote to this inbox were left out", counts.strangers));
    }
    let rejected = counts.refused.len();
    counts.refused.truncate(MOST_LISTED);
    if rejected > MOST_LISTED {
        warnings.push(format!("{} more refused mails are not listed", rejected - MOST_LISTED));
    }
    let rows = counts.refused.into_iter().map(|(line, reason)| RejectedRow { line: count(line), reason }).collect();
    ImportReport {
        imported: count(counts.imported),
        unchanged: count(counts.unchanged + counts.strangers),
        rejected: count(rejected),
        rows,
        warnings,
    }
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
