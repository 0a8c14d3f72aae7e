//! Reading what is new in a mail folder, a bounded number at once.
//!
//! The cursor is the folder's UIDVALIDITY and the next UID. When UIDVALIDITY changes, UIDs mean nothing any more: the folder is
//! read anew from before the last reading, and the events' keys (Message-IDs) tell what is stored already. A mail that is too
//! large or that the server cannot hand over properly still becomes an event, with a warning: nothing is skipped in silence.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::TryStreamExt;
use mercator_domain::{
    inbound::Inbound,
    moment::{DAY_MS, Moment},
};
use serde::{Deserialize, Serialize};

use super::{
    imap::{Connection, UNREADABLE, within},
    inbound::{Found, to_inbound},
    parse::{ParsedMail, parse_mail},
    wire::COMMAND_LIMIT,
};
use crate::adapter::{ChannelError, Cursor, Pull};

/// Most mails of one reading: about what is stored in one short transaction.
const BATCH: usize = 100;

/// Most bytes of one reading, so that memory stays flat: a batch ends with the mail that passes this.
const BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// A mail over this size is not loaded whole. Providers stop at 50 MB of content, which is 68 MB in base64.
const MAX_MAIL_BYTES: u64 = 60 * 1024 * 1024;

/// How much of a mail over the limit is loaded: header and text come first, files after.
const START_BYTES: u64 = 256 * 1024;

/// How far back the first reading goes: the conversations that may still be open.
const FIRST_DAYS: i64 = 30;

/// Overlap when a folder was rebuilt: SINCE counts in the server's days, and its clock may differ.
const OVERLAP_DAYS: i64 = 2;

/// Slowest line that is waited for, in bytes a second.
const SLOWEST: u64 = 20_000;

/// Where a folder has been read to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Version of this form.
    v: u32,
    uidvalidity: u32,
    /// The first UID that has not been read.
    uidnext: u32,
    /// When it was read last.
    read_at: Moment,
    /// While the first reading lasts: only mails since then, up to the UID at which it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<First>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct First {
    since: String,
    before: u32,
}

/// What was learned from failed readings of a folder; kept in memory only.
#[derive(Clone, Debug, Default)]
pub struct Caution {
    /// Mails are loaded one by one, to find the one whose answer cannot be read.
    one_by_one: bool,
    /// The UID being loaded alone.
    suspect: Option<u32>,
    /// UIDs whose answer cannot be read: they are reported, not loaded.
    poison: BTreeSet<u32>,
}

impl Caution {
    /// Learns from a failed reading.
    pub fn learn(&mut self, error: &ChannelError) {
        if *error == ChannelError::Transient(UNREADABLE.to_owned()) {
            if let Some(uid) = self.suspect.take() {
                self.poison.insert(uid);
            }
            self.one_by_one = true;
        }
    }
}

/// The folder to be read.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a> {
    /// Its name.
    pub name: &'a str,
    /// True for the folder of sent mail.
    pub sent: bool,
    /// The inbox's own address.
    pub own_address: &'a str,
    /// The time of reading.
    pub now: Moment,
}

/// One mail as the server gave it.
struct Loaded {
    raw: Vec<u8>,
    received: Option<Moment>,
}

/// Reads what is new since `cursor`.
pub async fn pull(
    connection: &mut Connection,
    folder: Folder<'_>,
    cursor: Option<&Cursor>,
    caution: &mut Caution,
) -> Result<Pull, ChannelError> {
    let mailbox = connection.examine(folder.name).await?;
    let _ = connection.take_news();
    let old = cursor.and_then(|c| serde_json::from_value::<Place>(c.0.clone()).ok()).filter(|p| p.v == 1);
    let mut place = start_of(old.as_ref(), mailbox.uid_validity.unwrap_or_default(), mailbox.uid_next, folder.now);
    // A folder that is being rebuilt may look empty for a moment and yet name its next UID: nothing is passed over for that.
    let uids = if mailbox.exists == 0 { Vec::new() } else { new_uids(connection, &mut place, mailbox.uid_next).await? };
    let sizes = sizes_of(connection, uids.get(..uids.len().min(if caution.one_by_one { 1 } else { BATCH })).unwrap_or(&uids)).await?;
    let batch = within_bytes(&sizes);
    let mut events = Vec::with_capacity(batch.len());
    let mut loaded = load_whole(connection, &batch, caution).await?;
    for (uid, size) in &batch {
        events.extend(event_of(connection, folder, place.uidvalidity, *uid, *size, loaded.remove(uid), caution).await?);
    }
    // A UID that was found but has no size was removed in between.
    let read_to = batch.last().map(|(uid, _)| *uid).or_else(|| uids.get(..uids.len().min(BATCH)).and_then(|all| all.last().copied()));
    if let Some(last) = read_to {
        place.uidnext = last.saturating_add(1);
    }
    let more = read_to.is_some_and(|last| uids.last().is_some_and(|end| *end > last)) || (place.first.is_some() && mailbox.exists > 0);
    if !more {
        *caution = Caution::default();
    }
    let changed = old.as_ref().is_none_or(|o| Place { read_at: o.read_at, ..place.clone() } != *o) || !events.is_empty();
    place.read_at = folder.now;
    let next = if changed { serde_json::to_value(&place).ok().map(Cursor) } else { None };
    Ok(Pull { events, next, more })
}

/// Where to go on; a folder that was rebuilt is read anew from before the last reading.
fn start_of(old: Option<&Place>, uidvalidity: u32, uid_next: Option<u32>, now: Moment) -> Place {
    if let Some(place) = old.filter(|p| p.uidvalidity == uidvalidity) {
        return place.clone();
    }
    let first_day = now.plus_ms(-FIRST_DAYS * DAY_MS);
    let since = old.map_or(first_day, |p| p.read_at.plus_ms(-OVERLAP_DAYS * DAY_MS).min(first_day));
    let since = since.timestamp().strftime("%-d-%b-%Y").to_string();
    Place { v: 1, uidvalidity, uidnext: 1, read_at: now, first: Some(First { since, before: uid_next.unwrap_or(u32::MAX) }) }
}

/// UIDs that have not been read, ascending. Ends the first reading when nothing of it is left.
async fn new_uids(connection: &mut Connection, place: &mut Place, uid_next: Option<u32>) -> Result<Vec<u32>, ChannelError> {
    if let Some(first) = place.first.clone() {
        let mut uids = Vec::new();
        if place.uidnext < first.before {
            uids = connection.search(&format!("UID {}:{} SINCE {}", place.uidnext, first.before.saturating_sub(1), first.since)).await?;
            uids.retain(|uid| (place.uidnext..first.before).contains(uid));
        }
        if !uids.is_empty() {
            return Ok(uids);
        }
        place.first = None;
        if first.before == u32::MAX {
            // A server that does not tell its next UID: the highest one is asked for once.
            place.uidnext = connection.search("ALL").await?.last().map_or(1, |uid| uid.saturating_add(1));
        } else {
            place.uidnext = place.uidnext.max(first.before);
        }
    }
    if uid_next.is_some_and(|next| next <= place.uidnext) {
        return Ok(Vec::new());
    }
    let mut uids = connection.search(&format!("UID {}:*", place.uidnext)).await?;
    // `n:*` always gives the last mail, also when it is older than n.
    uids.retain(|uid| *uid >= place.uidnext);
    if uids.is_empty() {
        place.uidnext = uid_next.unwrap_or(place.uidnext).max(place.uidnext);
    }
    Ok(uids)
}

/// The sizes of mails, by UID. Mails that have gone in the meantime are missing.
async fn sizes_of(connection: &mut Connection, uids: &[u32]) -> Result<Vec<(u32, u64)>, ChannelError> {
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let fetched = within(COMMAND_LIMIT, async {
        connection.session.uid_fetch(set_of(uids), "(UID RFC822.SIZE)").await?.try_collect::<Vec<_>>().await
    })
    .await?;
    let mut sizes: Vec<(u32, u64)> = fetched
        .iter()
        .filter_map(|f| Some((f.uid?, u64::from(f.size.unwrap_or_default()))))
        .filter(|(uid, _)| uids.contains(uid))
        .collect();
    sizes.sort_unstable();
    sizes.dedup_by_key(|(uid, _)| *uid);
    Ok(sizes)
}

/// As many mails as fit into one reading; always at least one.
fn within_bytes(sizes: &[(u32, u64)]) -> Vec<(u32, u64)> {
    let mut total = 0;
    sizes
        .iter()
        .take_while(|(_, size)| {
            let fits = total < BATCH_BYTES;
            total += (*size).min(MAX_MAIL_BYTES);
            fits
        })
        .copied()
        .collect()
}

/// Loads all mails of normal size at once.
async fn load_whole(
    connection: &mut Connection,
    batch: &[(u32, u64)],
    caution: &mut Caution,
) -> Result<BTreeMap<u32, Loaded>, ChannelError> {
    let whole: Vec<(u32, u64)> =
        batch.iter().filter(|(uid, size)| *size <= MAX_MAIL_BYTES && !caution.poison.contains(uid)).copied().collect();
    if whole.is_empty() {
        return Ok(BTreeMap::new());
    }
    caution.suspect = if let [(uid, _)] = whole.as_slice() { Some(*uid) } else { None };
    let uids: Vec<u32> = whole.iter().map(|(uid, _)| *uid).collect();
    let bytes = whole.iter().map(|(_, size)| size).sum();
    load(connection, &uids, "(UID INTERNALDATE BODY.PEEK[])", bytes).await
}

/// Loads one item of several mails.
async fn load(connection: &mut Connection, uids: &[u32], item: &str, bytes: u64) -> Result<BTreeMap<u32, Loaded>, ChannelError> {
    let limit = COMMAND_LIMIT + Duration::from_secs(bytes / SLOWEST);
    let fetched = within(limit, async { connection.session.uid_fetch(set_of(uids), item).await?.try_collect::<Vec<_>>().await }).await?;
    let mut loaded = BTreeMap::new();
    for fetch in fetched {
        let (Some(uid), Some(raw)) = (fetch.uid, fetch.body()) else { continue };
        let received = fetch.internal_date().map(|d| Moment(d.timestamp_millis()));
        loaded.insert(uid, Loaded { raw: raw.to_vec(), received });
    }
    Ok(loaded)
}

/// The event of one mail, also of one that is too large or that the server did not give; `None` when it has gone.
async fn event_of(
    connection: &mut Connection,
    folder: Folder<'_>,
    uidvalidity: u32,
    uid: u32,
    size: u64,
    loaded: Option<Loaded>,
    caution: &mut Caution,
) -> Result<Option<Inbound>, ChannelError> {
    if let Some(Loaded { raw, received }) = loaded {
        let mail = parse_mail(&raw);
        return Ok(Some(to_inbound(mail, raw, found(folder, received))));
    }
    if size > MAX_MAIL_BYTES && !caution.poison.contains(&uid) {
        caution.suspect = Some(uid);
        let item = format!("(UID INTERNALDATE BODY.PEEK[]<0.{START_BYTES}>)");
        if let Some(Loaded { raw, received }) = load(connection, &[uid], &item, START_BYTES).await?.remove(&uid) {
            return Ok(Some(to_inbound(start_of_large(&raw, size), raw, found(folder, received))));
        }
    }
    // Some servers answer OK and leave a damaged mail out: asked for its size again, it is either gone or there.
    if sizes_of(connection, &[uid]).await?.is_empty() {
        return Ok(None);
    }
    let mail = ParsedMail {
        sha256: format!("{uidvalidity}-{uid}"),
        warnings: vec![format!("The server did not hand this mail over ({size} bytes); please read it in another mail program")],
        ..ParsedMail::default()
    };
    Ok(Some(to_inbound(mail, Vec::new(), found(folder, None))))
}

/// Where a mail was found.
const fn found<'a>(folder: Folder<'a>, received: Option<Moment>) -> Found<'a> {
    Found { stream: folder.name, sent: folder.sent, own_address: folder.own_address, received, now: folder.now }
}

/// What can be told of a mail from its start: header and text; its last file is cut and therefore not kept.
fn start_of_large(raw: &[u8], size: u64) -> ParsedMail {
    let mut mail = parse_mail(raw);
    if let Some(file) = mail.attachments.last_mut() {
        file.content = None;
        // Base64 writes four bytes for three; what came before the file is small against it.
        file.bytes += size.saturating_sub(raw.len() as u64).saturating_mul(3) / 4;
    }
    mail.warnings.push(format!("The mail has {} MB and is not loaded whole; its files are in your mailbox", size / 1_048_576));
    mail
}

/// UIDs as IMAP writes a set, with ranges.
fn set_of(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(*uid) => *end = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    ranges.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}:{b}") }).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_780_000_000_000);

    #[test]
    fn sets_use_ranges() {
        assert_eq!(set_of(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set_of(&[u32::MAX]), u32::MAX.to_string());
    }

    #[test]
    fn a_rebuilt_folder_is_read_from_before_the_last_reading() {
        let old = Place { v: 1, uidvalidity: 5, uidnext: 80, read_at: NOW.plus_ms(-100 * DAY_MS), first: None };
        assert_eq!(start_of(Some(&old), 5, Some(90), NOW), old);
        let anew = start_of(Some(&old), 6, Some(90), NOW);
        assert_eq!((anew.uidnext, anew.uidvalidity), (1, 6));
        assert_eq!(anew.first.unwrap().since, NOW.plus_ms(-102 * DAY_MS).timestamp().strftime("%-d-%b-%Y").to_string());
        assert_eq!(
            start_of(None, 6, Some(90), NOW).first.unwrap().since,
            NOW.plus_ms(-30 * DAY_MS).timestamp().strftime("%-d-%b-%Y").to_string()
        );
    }

    #[test]
    fn a_batch_is_bounded_by_bytes_and_never_empty() {
        let mega = 1024 * 1024;
        assert_eq!(within_bytes(&[(1, 500 * mega), (2, 1)]), [(1, 500 * mega)]);
        assert_eq!(within_bytes(&[(1, 20 * mega), (2, 20 * mega), (3, 1)]).len(), 2);
        assert!(within_bytes(&[]).is_empty());
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_pinned_to_one_mail() {
        let unreadable = ChannelError::Transient(UNREADABLE.to_owned());
        let mut caution = Caution::default();
        caution.learn(&ChannelError::Transient("timed out".to_owned()));
        assert!(!caution.one_by_one);
        caution.learn(&unreadable);
        assert!(caution.one_by_one && caution.poison.is_empty());
        caution.suspect = Some(7);
        caution.learn(&unreadable);
        assert!(caution.poison.contains(&7));
    }

    #[test]
    fn the_start_of_a_large_mail_keeps_its_text() {
        let raw = b"From: a@b.c\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee my film.\r\n--x\r\n\
            Content-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA";
        let mail = start_of_large(raw, 80 * 1024 * 1024);
        assert_eq!(mail.text.trim(), "See my film.");
        let file = mail.attachments.first().unwrap();
        assert!(file.content.is_none() && file.bytes > 55 * 1024 * 1024, "{} bytes", file.bytes);
        assert!(mail.warnings.iter().any(|w| w.contains("80 MB")));
    }
}
