//! A watched folder as a channel: `.eml` files come in, answers are written as `.eml` files into `outbox/`.
//!
//! The user's files are never changed, moved or deleted. What has been read is remembered by content, so that a file that is
//! renamed, copied or touched is not read again, and one that is still being written is read when it has come to rest. CSV and
//! JSONL files are not messages: [`data_files`] lists them for the app's importer.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use mercator_domain::{channel::ChannelKind, moment::Moment, outgoing::Outgoing};
use serde::{Deserialize, Serialize};
use tokio::fs;

use crate::{
    adapter::{Channel, ChannelError, Cursor, Descriptor, Probed, Pull, Reconciled, Sent, StreamInfo, Wake},
    mail::{Found, compose::compose, parse_mail, to_inbound},
};

/// The only stream.
const STREAM: &str = "file";

/// The folder for what goes out.
const OUTBOX: &str = "outbox";

/// Most files of one reading.
const BATCH: usize = 100;

/// A larger file is no mail.
const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;

/// A file that changed within this time may still be being written; it is read next time.
const SETTLE_MS: i64 = 500;

/// How often the folder is looked at while waiting: copying files in is not urgent, and looking costs one directory listing.
const LOOK: Duration = Duration::from_secs(1);

/// What a folder can do.
const DESCRIPTOR: Descriptor = Descriptor { kind: ChannelKind::File, max_chars: None, pushes: false, idempotent: true };

/// What has been read: file name to size, time of change and hash of the content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    v: u32,
    files: BTreeMap<String, Print>,
}

/// What tells a file's content without reading it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    bytes: u64,
    changed_ms: i64,
    sha256: String,
}

/// A file that may be new.
struct Candidate {
    name: String,
    path: PathBuf,
    bytes: u64,
    changed_ms: i64,
}

/// A watched folder.
pub struct FileChannel {
    folder: PathBuf,
    own_address: String,
    /// The listing at the last reading, to see changes while waiting.
    listed: tokio::sync::Mutex<Vec<(String, u64, i64)>>,
}

impl FileChannel {
    /// A folder; it is not looked at yet.
    pub fn new(folder: impl Into<PathBuf>, own_address: &str) -> Self {
        Self { folder: folder.into(), own_address: own_address.to_owned(), listed: tokio::sync::Mutex::default() }
    }

    fn outbox(&self) -> PathBuf {
        self.folder.join(OUTBOX)
    }

    /// Where a message goes: its wire key, made safe, with a hash so that two keys never share a file.
    fn path_of(&self, outgoing: &Outgoing) -> PathBuf {
        let safe: String = outgoing
            .wire_key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '_' })
            .take(80)
            .collect();
        let hash = crate::mail::sha256_hex(outgoing.wire_key.as_bytes());
        self.outbox().join(format!("{}-{}.eml", safe.trim_start_matches('.'), hash.get(..12).unwrap_or_default()))
    }
}

/// The data files of a watched folder (`.csv`, `.jsonl`), for the importer, sorted by name.
pub async fn data_files(folder: &Path) -> Result<Vec<PathBuf>, ChannelError> {
    let found = list(folder, &["csv", "tsv", "jsonl", "ndjson"]).await?;
    Ok(found.into_iter().map(|c| c.path).collect())
}

/// The files of a folder with one of these extensions, sorted by name; hidden and temporary ones are left out.
async fn list(folder: &Path, extensions: &[&str]) -> Result<Vec<Candidate>, ChannelError> {
    let mut entries = fs::read_dir(folder).await.map_err(|error| gone(folder, &error))?;
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(|error| gone(folder, &error))? {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let extension = Path::new(&name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        if name.starts_with(['.', '~']) || !extensions.contains(&extension.as_str()) {
            continue;
        }
        // A file that went away between listing and asking is no error.
        let Ok(facts) = fs::metadata(entry.path()).await else { continue };
        if facts.is_file() {
            let changed = facts.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
            let changed_ms = changed.and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or_default();
            found.push(Candidate { name, path: entry.path(), bytes: facts.len(), changed_ms });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The error of a folder that cannot be read.
fn gone(folder: &Path, error: &std::io::Error) -> ChannelError {
    ChannelError::Setup(format!("The folder {} cannot be read: {}", folder.display(), error.kind()))
}

#[async_trait]
impl Channel for FileChannel {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn probe(&self) -> Result<Probed, ChannelError> {
        let _ = list(&self.folder, &["eml"]).await?;
        fs::create_dir_all(self.outbox()).await.map_err(|error| gone(&self.outbox(), &error))?;
        let trial = self.outbox().join(".mercator-can-write");
        fs::write(&trial, b"")
            .await
            .map_err(|e| ChannelError::Setup(format!("The folder {} cannot be written: {}", self.outbox().display(), e.kind())))?;
        let _ = fs::remove_file(&trial).await;
        Ok(Probed { streams: vec![StreamInfo { name: STREAM.to_owned(), sent: false }], capabilities: Vec::new() })
    }

    async fn streams(&self) -> Result<Vec<String>, ChannelError> {
        Ok(vec![STREAM.to_owned()])
    }

    async fn pull(&self, _stream: &str, cursor: Option<&Cursor>, now: Moment) -> Result<Pull, ChannelError> {
        let old: Seen = cursor.and_then(|c| serde_json::from_value(c.0.clone()).ok()).unwrap_or_default();
        let mut seen = Seen { v: 1, ..old.clone() };
        let candidates = list(&self.folder, &["eml"]).await?;
        // What is gone from the folder is forgotten; the store still knows its key if it comes back.
        seen.files.retain(|name, _| candidates.iter().any(|c| c.name == *name));
        let mut pull = Pull::default();
        let mut read = 0;
        for file in candidates {
            let known = seen.files.get(&file.name).is_some_and(|p| p.bytes == file.bytes && p.changed_ms == file.changed_ms);
            if known || file.changed_ms.saturating_add(SETTLE_MS) > now.ms() && file.changed_ms <= now.ms() {
                continue;
            }
            if read == BATCH {
                pull.more = true;
                break;
            }
            read += 1;
            // Unreadable now (locked, removed): tried again at the next look.
            let Some(raw) = content(&file).await else { continue };
            let sha256 = crate::mail::sha256_hex(&raw);
            let again = seen.files.values().any(|p| p.sha256 == sha256);
            seen.files.insert(file.name.clone(), Print { bytes: file.bytes, changed_ms: file.changed_ms, sha256 });
            if !again {
                let found =
                    Found { stream: STREAM, sent: false, own_address: &self.own_address, received: Some(Moment(file.changed_ms)), now };
                pull.events.push(to_inbound(parse_mail(&raw), raw, found));
            }
        }
        // Only what was read counts as seen by `wait`: a file that was still being written, or is left for the next batch, is news.
        *self.listed.lock().await = seen.files.iter().map(|(name, print)| (name.clone(), print.bytes, print.changed_ms)).collect();
        if seen != old {
            pull.next = serde_json::to_value(&seen).ok().map(Cursor);
        }
        Ok(pull)
    }

    async fn wait(&self, _stream: &str, limit_ms: u64) -> Result<Wake, ChannelError> {
        let before = self.listed.lock().await.clone();
        let changed = async {
            loop {
                tokio::time::sleep(LOOK).await;
                let now: Vec<_> = list(&self.folder, &["eml"]).await?.into_iter().map(|c| (c.name, c.bytes, c.changed_ms)).collect();
                if now != before {
                    return Ok(Wake::News);
                }
            }
        };
        tokio::time::timeout(Duration::from_millis(limit_ms), changed).await.unwrap_or(Ok(Wake::TimeUp))
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, ChannelError> {
        let mail = compose(outgoing)?;
        let write_error = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ChannelError::Full("the disk".to_owned()),
            kind => ChannelError::Setup(format!("The folder {} cannot be written: {kind}", self.outbox().display())),
        };
        fs::create_dir_all(self.outbox()).await.map_err(write_error)?;
        let path = self.path_of(outgoing);
        // Written beside and renamed, so that a reader never sees half a file and a repeat replaces it by the same bytes.
        let part = path.with_extension("part");
        fs::write(&part, &mail.bytes).await.map_err(write_error)?;
        fs::File::open(&part).await.map_err(write_error)?.sync_all().await.map_err(write_error)?;
        fs::rename(&part, &path).await.map_err(write_error)?;
        Ok(Sent { external_id: outgoing.wire_key.clone() })
    }

    async fn reconcile(&self, outgoing: &Outgoing) -> Result<Reconciled, ChannelError> {
        let found = fs::try_exists(self.path_of(outgoing)).await.map_err(|error| gone(&self.outbox(), &error))?;
        Ok(if found { Reconciled::Found(Sent { external_id: outgoing.wire_key.clone() }) } else { Reconciled::Absent })
    }
}

/// The bytes of a file; of one that is far too large for a mail only the start, which still shows what it is.
async fn content(file: &Candidate) -> Option<Vec<u8>> {
    use tokio::io::AsyncReadExt as _;
    let mut raw = Vec::new();
    fs::File::open(&file.path).await.ok()?.take(MAX_FILE_BYTES).read_to_end(&mut raw).await.ok()?;
    Some(raw)
}

#[cfg(test)]
mod tests {
    use mercator_domain::inbound::InboundBody;

    use super::*;
    use crate::mail::compose::sample;

    /// Later than any file's time of change, so that no file counts as still being written.
    const LATER: Moment = Moment(4_000_000_000_000);

    fn put(folder: &Path, name: &str, text: &str) {
        std::fs::write(folder.join(name), format!("From: ana@example.net\r\nMessage-ID: <{text}@x>\r\nSubject: Hi\r\n\r\n{text}\r\n"))
            .unwrap();
    }

    fn texts(pull: &Pull) -> Vec<String> {
        pull.events.iter().map(|e| if let InboundBody::Message(m) = &e.body { m.text.clone() } else { panic!() }).collect()
    }

    #[tokio::test]
    async fn each_content_is_read_once_and_no_file_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let channel = FileChannel::new(folder.path(), "shop@example.org");
        put(folder.path(), "b.eml", "two");
        put(folder.path(), "a.eml", "one");
        put(folder.path(), "notes.txt", "no mail");
        let first = channel.pull(STREAM, None, LATER).await.unwrap();
        assert_eq!(texts(&first), ["one", "two"]);
        let again = channel.pull(STREAM, first.next.as_ref(), LATER).await.unwrap();
        assert!(again.events.is_empty() && again.next.is_none());
        std::fs::rename(folder.path().join("a.eml"), folder.path().join("c.eml")).unwrap();
        std::fs::copy(folder.path().join("b.eml"), folder.path().join("copy.eml")).unwrap();
        let moved = channel.pull(STREAM, first.next.as_ref(), LATER).await.unwrap();
        assert_eq!(moved.events.iter().filter(|e| e.key.external_id == "two@x").count(), 0);
        put(folder.path(), "d.EML", "three");
        let third = channel.pull(STREAM, moved.next.as_ref(), LATER).await.unwrap();
        assert_eq!(texts(&third), ["three"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
    }

    #[tokio::test]
    async fn a_file_that_is_being_written_waits() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "a.eml", "one");
        let changed = std::fs::metadata(folder.path().join("a.eml")).unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
        let now = Moment(i64::try_from(changed.as_millis()).unwrap() + 10);
        let channel = FileChannel::new(folder.path(), "shop@example.org");
        assert!(channel.pull(STREAM, None, now).await.unwrap().events.is_empty());
        assert_eq!(channel.pull(STREAM, None, now.plus_ms(SETTLE_MS)).await.unwrap().events.len(), 1);
    }

    #[tokio::test]
    async fn many_files_come_in_batches() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..=BATCH {
            put(folder.path(), &format!("{number:04}.eml"), &format!("m{number}"));
        }
        let channel = FileChannel::new(folder.path(), "shop@example.org");
        let first = channel.pull(STREAM, None, LATER).await.unwrap();
        assert_eq!((first.events.len(), first.more), (BATCH, true));
        let second = channel.pull(STREAM, first.next.as_ref(), LATER).await.unwrap();
        assert_eq!((second.events.len(), second.more), (1, false));
    }

    #[tokio::test]
    async fn sending_is_idempotent_and_reconciles_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let channel = FileChannel::new(folder.path(), "shop@example.org");
        channel.probe().await.unwrap();
        let message = sample("Grüße");
        assert_eq!(channel.reconcile(&message).await, Ok(Reconciled::Absent));
        channel.send(&message).await.unwrap();
        channel.send(&message).await.unwrap();
        assert!(matches!(channel.reconcile(&message).await, Ok(Reconciled::Found(_))));
        let written: Vec<_> = std::fs::read_dir(folder.path().join(OUTBOX)).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!(written.len(), 1);
        assert_eq!(parse_mail(&std::fs::read(&written[0]).unwrap()).text, "Grüße");
    }

    #[tokio::test]
    async fn waiting_sees_a_new_file_and_ends_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let channel = FileChannel::new(folder.path(), "shop@example.org");
        channel.pull(STREAM, None, LATER).await.unwrap();
        assert_eq!(channel.wait(STREAM, 10).await, Ok(Wake::TimeUp));
        put(folder.path(), "a.eml", "one");
        assert_eq!(channel.wait(STREAM, 30_000).await, Ok(Wake::News));
    }

    #[tokio::test]
    async fn data_files_are_listed_and_a_missing_folder_is_said() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["orders.CSV", "events.jsonl", ".hidden.csv", "a.eml"] {
            put(folder.path(), name, "x");
        }
        let names: Vec<_> = data_files(folder.path()).await.unwrap().into_iter().map(|p| p.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["events.jsonl", "orders.CSV"]);
        let channel = FileChannel::new(folder.path().join("gone"), "shop@example.org");
        assert!(matches!(channel.pull(STREAM, None, LATER).await, Err(ChannelError::Setup(_))));
    }
}
