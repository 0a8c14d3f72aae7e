//! Where mails lie: single `.eml` files, mbox files, maildirs, and folders of all of them; read one by one.
//!
//! Runs on a blocking thread. Nothing is held but the open folders and the mail at hand, so that a million mails need no more
//! memory than ten. Nothing is changed, moved or deleted.

use std::{
    fs::{self, File, ReadDir},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use mercator_domain::moment::Moment;

/// Of a larger mail only the start is read: it still shows what it is, as with the watched folder.
const MOST_BYTES: u64 = 100 * 1024 * 1024;

/// Folders of sent mail, in lower case, as mail programs and servers name them.
const SENT: &[&str] = &[
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "[gmail].sent mail",
    "gesendet",
    "gesendete objekte",
    "envoyés",
    "enviados",
    "inbox.sent",
];

/// Where one mail lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// First byte in an mbox.
    pub from: u64,
    /// Its length in an mbox; 0 for the whole file.
    pub length: u64,
}

/// One mail as it lies there.
#[derive(Debug)]
pub struct RawMail {
    /// Where it lies.
    pub place: Place,
    /// Its bytes, at most the first hundred megabytes.
    pub bytes: Vec<u8>,
    /// True in a folder of sent mail.
    pub sent: bool,
    /// When the file was changed last, for mails without a date.
    pub received: Option<Moment>,
}

/// What a look at the next thing gave.
#[derive(Debug)]
pub enum Next {
    /// A mail.
    Mail(RawMail),
    /// A file that cannot be read, and why.
    Unreadable(String),
    /// A file that is no mail.
    NoMail,
}

/// All mails of some paths.
pub struct Mails {
    waiting: Vec<PathBuf>,
    folders: Vec<Open>,
    mbox: Option<Mbox>,
}

/// A folder while it is read: names come in the order in which they are sorted, a window at a time.
struct Open {
    entries: ReadDir,
    /// Sorted, the next one last.
    window: Vec<(u64, fs::DirEntry)>,
    kind: Folder,
}

/// Names that are sorted at once. Maildirs and numbered folders name their mails by time, and a thread is found best when its mails
/// come in their order; a bound keeps the memory flat in folders of millions.
const WINDOW: usize = 50_000;

impl Open {
    fn new(entries: ReadDir, kind: Folder) -> Self {
        Self { entries, window: vec![], kind }
    }

    fn next(&mut self) -> Option<std::io::Result<fs::DirEntry>> {
        if self.window.is_empty() {
            for entry in self.entries.by_ref().take(WINDOW) {
                match entry {
                    Ok(entry) => self.window.push((leading_number(&entry.file_name()), entry)),
                    Err(error) => return Some(Err(error)),
                }
            }
            self.window.sort_by_cached_key(|(number, entry)| std::cmp::Reverse((*number, entry.file_name())));
        }
        self.window.pop().map(|(_, entry)| Ok(entry))
    }
}

/// The number that a name begins with; names without one come first.
fn leading_number(name: &std::ffi::OsStr) -> u64 {
    let name = name.to_string_lossy();
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    name.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// What the names of a folder's files mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folder {
    /// `cur` or `new` of a maildir: every file is a mail.
    Mails,
    /// Any other: names decide.
    Plain,
}

impl Mails {
    /// Nothing is opened yet.
    pub fn of(paths: &[PathBuf]) -> Self {
        Self { waiting: paths.iter().rev().cloned().collect(), folders: vec![], mbox: None }
    }

    fn path(&mut self, path: &Path, named: bool) -> Option<Next> {
        if path.is_dir() {
            return match fs::read_dir(path) {
                Ok(entries) => {
                    self.folders.push(Open::new(entries, kind_of(path)));
                    None
                }
                Err(error) => Some(Next::Unreadable(format!("the folder {} cannot be read: {}", path.display(), error.kind()))),
            };
        }
        let in_maildir = self.folders.last().is_some_and(|open| open.kind == Folder::Mails) && !named;
        match (named || in_maildir || has_extension(path, &["eml", "mbox", "mbx"]) || is_number(path)).then(|| is_mbox(path, in_maildir)) {
            None => Some(Next::NoMail),
            Some(Ok(true)) => match Mbox::open(path) {
                Ok(mbox) => {
                    self.mbox = Some(mbox);
                    None
                }
                Err(error) => Some(unreadable(path, &error)),
            },
            Some(Ok(false)) => Some(whole(path)),
            Some(Err(error)) => Some(unreadable(path, &error)),
        }
    }

    fn next_in_folder(&mut self) -> Option<Option<Next>> {
        let Some(entry) = self.folders.last_mut()?.next() else {
            self.folders.pop();
            return Some(None);
        };
        let Ok(entry) = entry else { return Some(Some(Next::Unreadable("an entry of a folder cannot be read".to_owned()))) };
        // Links to folders are not followed: they can lead in circles.
        if entry.file_type().is_ok_and(|t| t.is_symlink()) && entry.path().is_dir() {
            return Some(None);
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let hidden = name.starts_with('.') && !path.join("cur").is_dir();
        let half_written = name == "tmp" && path.parent().is_some_and(|p| p.join("cur").is_dir());
        if hidden || half_written {
            return Some(None);
        }
        Some(self.path(&path, false))
    }
}

impl Iterator for Mails {
    type Item = Next;

    fn next(&mut self) -> Option<Next> {
        loop {
            if let Some(mbox) = &mut self.mbox {
                match mbox.next() {
                    Some(Ok(mail)) => return Some(Next::Mail(mail)),
                    Some(Err(error)) => {
                        let text = unreadable(&mbox.path.clone(), &error);
                        self.mbox = None;
                        return Some(text);
                    }
                    None => self.mbox = None,
                }
            }
            if let Some(found) = self.next_in_folder() {
                if found.is_some() {
                    return found;
                }
                continue;
            }
            let path = self.waiting.pop()?;
            if let Some(next) = self.path(&path, true) {
                return Some(next);
            }
        }
    }
}

/// How many mails there are, as far as names tell; `None` when an mbox is among them, which only reading counts.
pub(crate) fn count(paths: &[PathBuf]) -> Option<usize> {
    let mut waiting: Vec<PathBuf> = paths.to_vec();
    let mut count = 0;
    while let Some(path) = waiting.pop() {
        if !path.is_dir() {
            if is_mbox(&path, false).unwrap_or(false) {
                return None;
            }
            count += 1;
            continue;
        }
        let all = kind_of(&path) == Folder::Mails;
        for entry in fs::read_dir(&path).ok()?.flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                waiting.push(path);
            } else if has_extension(&path, &["mbox", "mbx"]) {
                return None;
            } else if all || has_extension(&path, &["eml"]) || is_number(&path) {
                count += 1;
            }
        }
    }
    Some(count)
}

fn kind_of(folder: &Path) -> Folder {
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if name == "cur" || name == "new" { Folder::Mails } else { Folder::Plain }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|e| extensions.iter().any(|x| e.eq_ignore_ascii_case(x)))
}

/// MH folders number their mails.
fn is_number(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().bytes().all(|b| b.is_ascii_digit()))
}

/// A file of many mails begins with a `From ` line; a single mail that was cut out of one is still a single mail.
fn is_mbox(path: &Path, in_maildir: bool) -> std::io::Result<bool> {
    if in_maildir || has_extension(path, &["eml"]) || is_number(path) {
        return Ok(false);
    }
    let mut start = [0; 5];
    let read = File::open(path)?.read(&mut start)?;
    Ok(read == start.len() && &start == b"From ")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Next {
    Next::Unreadable(format!("{} cannot be read: {}", path.display(), error.kind()))
}

fn is_sent(path: &Path) -> bool {
    path.iter().rev().take(3).any(|part| {
        let name = part.to_string_lossy().to_lowercase();
        let name = name.trim_start_matches('.').trim_end_matches(".mbox");
        SENT.contains(&name)
    })
}

fn changed(path: &Path) -> Option<Moment> {
    let time = fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(time.as_millis()).ok().map(Moment)
}

fn whole(path: &Path) -> Next {
    let place = Place { path: path.to_owned(), from: 0, length: 0 };
    match read(&place) {
        Ok(bytes) if bytes.is_empty() => Next::Unreadable(format!("{} is empty", path.display())),
        Ok(bytes) => Next::Mail(RawMail { sent: is_sent(path), received: changed(path), bytes, place }),
        Err(error) => unreadable(path, &error),
    }
}

/// Reads the mail at a place once more.
pub(crate) fn again(place: &Place) -> Next {
    match read(place) {
        Ok(bytes) => {
            let bytes = if place.length == 0 { bytes } else { unescaped(&bytes) };
            Next::Mail(RawMail { sent: is_sent(&place.path), received: changed(&place.path), bytes, place: place.clone() })
        }
        Err(error) => unreadable(&place.path, &error),
    }
}

fn read(place: &Place) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(&place.path)?;
    file.seek(SeekFrom::Start(place.from))?;
    let mut bytes = Vec::new();
    let most = if place.length == 0 { MOST_BYTES } else { place.length.min(MOST_BYTES) };
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An mbox while it is read.
struct Mbox {
    path: PathBuf,
    reader: BufReader<File>,
    /// Behind the last line that was read.
    at: u64,
    sent: bool,
    received: Option<Moment>,
    line: Vec<u8>,
}

impl Mbox {
    fn open(path: &Path) -> std::io::Result<Self> {
        let mut reader = BufReader::with_capacity(256 * 1024, File::open(path)?);
        let mut line = Vec::new();
        let at = reader.read_until(b'\n', &mut line)? as u64;
        Ok(Self { path: path.to_owned(), reader, at, sent: is_sent(path), received: changed(path), line: vec![] })
    }

    /// The next mail: up to a `From ` line behind an empty line.
    fn next(&mut self) -> Option<std::io::Result<RawMail>> {
        let from = self.at;
        let (mut bytes, mut end, mut empty_before) = (Vec::new(), from, false);
        loop {
            self.line.clear();
            match self.reader.read_until(b'\n', &mut self.line) {
                Ok(0) if bytes.is_empty() => return None,
                Ok(0) => break,
                Ok(read) => self.at += read as u64,
                Err(error) => return Some(Err(error)),
            }
            if empty_before && self.line.starts_with(b"From ") {
                break;
            }
            empty_before = matches!(self.line.as_slice(), b"\n" | b"\r\n");
            end = self.at;
            if (bytes.len() as u64) < MOST_BYTES {
                bytes.extend_from_slice(&self.line);
            }
        }
        let place = Place { path: self.path.clone(), from, length: end - from };
        Some(Ok(RawMail { place, bytes: unescaped(&bytes), sent: self.sent, received: self.received }))
    }
}

/// Takes off the mark that mbox puts before lines of a text that begin with `From `.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let marks = line.iter().take_while(|b| **b == b'>').count();
        let escaped = marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "));
        out.extend_from_slice(line.get(usize::from(escaped)..).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bodies(paths: &[PathBuf]) -> Vec<String> {
        let mut found: Vec<String> = Mails::of(paths)
            .map(|next| match next {
                Next::Mail(mail) => format!("{}{}", if mail.sent { "sent " } else { "" }, String::from_utf8_lossy(&mail.bytes).trim()),
                Next::Unreadable(why) => format!("unreadable {}", why.rsplit(' ').next().unwrap_or_default()),
                Next::NoMail => "none".to_owned(),
            })
            .collect();
        found.sort();
        found
    }

    fn put(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn every_kind_of_place_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        put(root, "a.eml", "A");
        put(root, "notes.txt", "no mail");
        put(root, "box/cur/1:2,S", "B");
        put(root, "box/new/2", "C");
        put(root, "box/tmp/3", "half");
        put(root, "box/.Sent/cur/4", "D");
        put(root, "mh/12", "E");
        put(root, "old.mbox", "From a Mon\nF\n\nFrom b Tue\nG\n>From x\n\n");
        put(root, ".hidden/x.eml", "no");
        put(root, "empty.eml", "");
        assert_eq!(bodies(&[root.to_owned()]), ["A", "B", "C", "E", "F", "G\nFrom x", "none", "sent D", "unreadable empty"]);
        assert_eq!(count(&[root.join("box")]), Some(4));
        assert_eq!(count(&[root.to_owned()]), None);
        assert_eq!(bodies(&[root.join("notes.txt")]), ["no mail"], "a file that was named is read whatever its name");
        assert_eq!(bodies(&[root.join("gone")]), ["unreadable found"]);
    }

    #[test]
    fn a_mail_of_an_mbox_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "m", "From a Mon\r\nOne\r\n\r\nFrom b Tue\r\nTwo\r\n>From x\r\nFrom here it goes on\r\n\r\n");
        for next in Mails::of(&[folder.path().join("m")]) {
            let Next::Mail(mail) = next else { panic!() };
            let Next::Mail(second) = again(&mail.place) else { panic!() };
            assert_eq!(second.bytes, mail.bytes);
        }
        assert_eq!(Mails::of(&[folder.path().join("m")]).count(), 2);
    }

    proptest! {
        #[test]
        fn any_file_can_be_read_as_an_mbox(text in "(From |>|\n|a|\r){0,60}") {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), "m", &format!("From x\n{text}"));
            let bytes: usize = Mails::of(&[folder.path().join("m")]).map(|n| if let Next::Mail(m) = n { m.bytes.len() } else { 0 }).sum();
            prop_assert!(bytes <= text.len());
        }
    }
}
