//! The header of a mail: its bytes made readable, its fields as values.
//!
//! Old programs put raw bytes of their own character set into a header; those are read before anything else looks at it. What a mail
//! is as a whole is for `parse` to say.

use std::borrow::Cow;

use mail_parser::{Address, HeaderValue};
use mercator_domain::inbound::Party;

use super::charset;

/// Most addresses kept of one header; a mail to thousands is bulk whatever else it says.
const MAX_PARTIES: usize = 200;

/// Longest header that is looked at; a header of over 256 kB is an attack, and what follows is not a field that decides anything.
const MAX_HEADER_BYTES: usize = 262_144;

/// What exports put before the header: the `From ` line of an mbox file, a byte order mark, empty lines.
pub(super) fn without_foreign_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or_default();
    let bytes = bytes.get(start..).unwrap_or(bytes);
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    bytes.iter().position(|b| *b == b'\n').and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes)
}

/// The mail with a header in UTF-8: raw bytes in another character set, undeclared as they are, are read in the one that fits them.
/// Lines with encoded words declare theirs, also for raw bytes among them.
pub(super) fn with_readable_header(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some((head, body)) = header_length(bytes).and_then(|length| bytes.split_at_checked(length)) else { return Cow::Borrowed(bytes) };
    let odd = |line: &[u8]| (line.contains(&0x1b) || std::str::from_utf8(line).is_err()) && !line.windows(2).any(|pair| pair == b"=?");
    let lines: Vec<&[u8]> = head.split_inclusive(|b| *b == b'\n').collect();
    let raw: Vec<u8> = lines.iter().filter(|line| odd(line)).copied().flatten().copied().collect();
    if raw.is_empty() {
        return Cow::Borrowed(bytes);
    }
    // All of them together tell the character set better than each alone.
    let (text, _) = charset::decode_guessing(&raw);
    let mut read = text.split_inclusive('\n').map(str::as_bytes);
    let mut out = Vec::with_capacity(bytes.len() + raw.len());
    for line in &lines {
        out.extend_from_slice(if odd(line) { read.next().unwrap_or(line) } else { line });
    }
    out.extend_from_slice(body);
    Cow::Owned(out)
}

/// The length of the header up to the first empty line; `None` when there is none.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..bytes.len().min(MAX_HEADER_BYTES)).unwrap_or(bytes);
    let mut at = 0;
    for line in head.split_inclusive(|b| *b == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Message-IDs of a header, without brackets, each once.
pub(super) fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let raw: Vec<&str> = match value {
        HeaderValue::Text(id) => vec![id.as_ref()],
        HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    let mut seen = std::collections::BTreeSet::new();
    raw.into_iter().filter_map(clean_id).filter(|id| seen.insert(id.clone())).collect()
}

/// A Message-ID without brackets and blanks; `None` when nothing is left. Over 998 characters it is no header field any more.
pub(super) fn clean_id(raw: &str) -> Option<String> {
    let id = raw.trim();
    let id = id.split_once('<').map_or(id, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>')).collect();
    (!id.is_empty() && id.len() <= 998).then_some(id)
}

/// The people of all headers of one name.
pub(super) fn all_parties<'a, 'x: 'a>(lists: impl Iterator<Item = &'a Address<'x>>) -> Vec<Party> {
    lists.flat_map(|list| parties(Some(list))).take(MAX_PARTIES).collect()
}

/// The people of one header.
pub(super) fn parties(list: Option<&Address<'_>>) -> Vec<Party> {
    let Some(list) = list else { return Vec::new() };
    list.iter()
        .take(MAX_PARTIES)
        .map(|a| Party {
            name: one_line(a.name().unwrap_or_default()),
            address: a.address().unwrap_or_default().chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect(),
        })
        .filter(|p| !p.address.is_empty() || !p.name.is_empty())
        .collect()
}

/// Line ends and control characters as single blanks: what a header field is shown as.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The header fields of a mail as they stand, unfolded, names in lower case: for fields that are words to compare, not to show.
pub(super) struct HeaderLines(Vec<(String, String)>);

impl HeaderLines {
    /// The fields before the first empty line.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        let head = bytes.get(..bytes.len().min(MAX_HEADER_BYTES)).unwrap_or(bytes);
        for line in head.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(line);
            if text.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                fields.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// True when there is no field at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first field of this name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first field of this name in lower case; empty when there is none.
    pub(super) fn lower(&self, name: &str) -> String {
        self.first(name).unwrap_or_default().to_lowercase()
    }

    /// True when there is a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// How often a field occurs.
    pub(super) fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(n, _)| n == name).count()
    }
}
