//! What came as a picture or as speech instead of text: its words, where something could read it, and the reasons that say so.
//!
//! Speech is what the customer says, so its words stand beside what was written. A picture shows something beside the text (a
//! screenshot, a label, a logo); its words are read for the message only where nothing was written, else for numbers alone. The
//! words are data like the message: they are cleaned, understood and checked in the same way.

use std::borrow::Cow;

use mercator_domain::{
    evidence::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue},
    media::MediaKind,
};

use crate::ports::{Attached, FileReading, TurnInput};

/// The first words of a file, for the reason.
const SHOWN: usize = 200;

/// The text to read: what was written, and what was said.
pub fn text(input: &TurnInput) -> Cow<'_, str> {
    let spoken: Vec<&str> = words(input, MediaKind::Voice).collect();
    let unwritten = input.text.trim().is_empty() && input.subject.trim().is_empty();
    let shown = words(input, MediaKind::Picture).filter(|_| unwritten && spoken.is_empty());
    let found: Vec<&str> = spoken.iter().copied().chain(shown).collect();
    if found.is_empty() {
        return Cow::Borrowed(&input.text);
    }
    let written = Some(input.text.trim()).filter(|text| !text.is_empty());
    Cow::Owned(written.into_iter().chain(found).collect::<Vec<_>>().join("\n\n"))
}

/// The words of the pictures: an order's number on a screenshot is one.
pub fn shown(input: &TurnInput) -> impl Iterator<Item = &str> {
    words(input, MediaKind::Picture)
}

/// True when a voice message was not listened to: what it says, nobody knows.
pub fn unheard(input: &TurnInput) -> bool {
    of_kind(input, MediaKind::Voice).any(|file| read(file).is_none())
}

/// The names of the voice messages that nobody has listened to and of the pictures that nobody has looked at.
pub fn unread_names(input: &TurnInput) -> Vec<&str> {
    input.attachments.iter().filter(|file| kind(file).is_some() && read(file).is_none()).map(|file| file.name.as_str()).collect()
}

/// What the clean stage says of the files.
pub fn reasons(input: &TurnInput) -> Vec<Evidence> {
    input.attachments.iter().filter_map(reason).collect()
}

fn reason(file: &Attached) -> Option<Evidence> {
    let kind = kind(file)?;
    let name = EvidenceValue::text(&file.name);
    let (code, values) = match &file.reading {
        FileReading::Words { text, reader } => {
            let first: String = text.chars().take(SHOWN).collect();
            (EvidenceCode::FileRead, vec![name, EvidenceValue::text(reader), EvidenceValue::text(first)])
        }
        FileReading::Failed(why) => (EvidenceCode::FileFailed, vec![name, EvidenceValue::text(why)]),
        FileReading::Unread if kind == MediaKind::Voice => (EvidenceCode::VoiceUnread, vec![name]),
        FileReading::Unread => (EvidenceCode::PictureUnread, vec![name]),
    };
    Some(Evidence::said(EvidenceKind::File, code, values))
}

fn kind(file: &Attached) -> Option<MediaKind> {
    MediaKind::of(&file.media_type, &file.name)
}

/// True when a file of this kind came with the message.
pub fn has(input: &TurnInput, wanted: MediaKind) -> bool {
    of_kind(input, wanted).next().is_some()
}

fn of_kind(input: &TurnInput, wanted: MediaKind) -> impl Iterator<Item = &Attached> {
    input.attachments.iter().filter(move |file| kind(file) == Some(wanted))
}

fn words(input: &TurnInput, wanted: MediaKind) -> impl Iterator<Item = &str> {
    of_kind(input, wanted).filter_map(read)
}

/// The words of a file that has some.
fn read(file: &Attached) -> Option<&str> {
    match &file.reading {
        FileReading::Words { text, .. } => Some(text.trim()).filter(|text| !text.is_empty()),
        FileReading::Unread | FileReading::Failed(_) => None,
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
