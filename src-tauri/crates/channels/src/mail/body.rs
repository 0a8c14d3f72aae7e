//! The body of a mail: the text that is shown, and the files.
//!
//! A declared character set that does not fit its bytes is replaced by the one that does. Parting new from quoted text is the
//! pipeline's; what a mail is as a whole is for `parse` to say.

use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};
use mercator_domain::inbound::InboundAttachment;

use super::{
    attachment, charset,
    uuencode::{self, Uuencoded},
};
use crate::html;

/// Longest text kept of one mail; longer ones are logs or attacks, and their bytes stay in the raw copy.
pub(super) const MAX_TEXT_BYTES: usize = 1_000_000;

/// Most files listed of one mail: real ones have fewer than 100, and each costs a row.
pub(super) const MAX_ATTACHMENTS: usize = 500;

/// The text parts that a mail program shows one after the other; the HTML part where there is no text; the text of an enclosed mail
/// where there is neither. Files that stand in the text itself are taken out of it.
pub(super) fn text_of(bytes: &[u8], message: &Message<'_>, warnings: &mut Vec<String>) -> (String, Vec<Uuencoded>) {
    let mut enclosed = Vec::new();
    let mut texts = shown(bytes, message, &message.text_body, warnings);
    if texts.is_empty() {
        texts = shown(bytes, message, &message.html_body, warnings);
    }
    if texts.is_empty() {
        texts = enclosed_mail(message, 0).into_iter().collect();
    }
    let mut text = texts.join("\n\n");
    for file in uuencode::files_in(text.as_bytes()).into_iter().rev() {
        text.replace_range(file.place.clone(), "");
        enclosed.insert(0, file);
    }
    if text.len() > MAX_TEXT_BYTES {
        warnings.push("The text is very long; only its start is shown".to_owned());
    }
    (html::cut_at_char(&text, MAX_TEXT_BYTES).trim_end().to_owned(), enclosed)
}

/// The texts of these parts that hold any.
fn shown(bytes: &[u8], message: &Message<'_>, ids: &[u32], warnings: &mut Vec<String>) -> Vec<String> {
    ids.iter()
        .filter_map(|id| message.parts.get(*id as usize))
        .filter_map(|part| match &part.body {
            PartType::Html(page) => Some(html::html_to_text(&repaired(bytes, part, page, warnings))),
            PartType::Text(text) => Some(repaired(bytes, part, text, warnings)),
            _ => None,
        })
        .map(|text| text.replace("\r\n", "\n").replace('\0', "\u{fffd}"))
        .filter(|text| !text.trim().is_empty())
        .collect()
}

/// The text of the first mail that is enclosed whole: what somebody forwards "as attachment" without a word.
fn enclosed_mail(message: &Message<'_>, depth: usize) -> Option<String> {
    let inner = message.parts.iter().find_map(|part| if let PartType::Message(inner) = &part.body { Some(inner) } else { None })?;
    let texts: Vec<String> = (0..inner.text_body_count()).filter_map(|n| inner.body_text(n)).map(std::borrow::Cow::into_owned).collect();
    let text = texts.join("\n\n").replace("\r\n", "\n").replace('\0', "\u{fffd}");
    // A mail in a mail in a mail is forwarded twice; deeper ones are not looked for.
    if text.trim().is_empty() && depth < 3 { enclosed_mail(inner, depth + 1) } else { Some(text) }
}

/// The text of a part; where its declared character set does not fit its bytes, the one that does.
fn repaired(bytes: &[u8], part: &MessagePart<'_>, text: &str, warnings: &mut Vec<String>) -> String {
    if !text.contains('\u{fffd}') {
        return text.to_owned();
    }
    let Some(raw) = transfer_decoded(bytes, part) else { return text.to_owned() };
    let (guessed, name) = charset::decode_guessing(&raw);
    if guessed.matches('\u{fffd}').count() >= text.matches('\u{fffd}').count() {
        warnings.push("Some characters cannot be read in the declared character set".to_owned());
        return text.to_owned();
    }
    warnings.push(format!("The character set is missing or wrong; read as {name}"));
    guessed
}

/// The bytes of a part after its transfer encoding, before its character set.
fn transfer_decoded(bytes: &[u8], part: &MessagePart<'_>) -> Option<Vec<u8>> {
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize)?;
    match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::Base64 => mail_parser::decoders::base64::base64_decode(raw),
        Encoding::QuotedPrintable => mail_parser::decoders::quoted_printable::quoted_printable_decode(raw),
    }
}

/// Files: everything that is not shown as text, and what stood in the text.
pub(super) fn attachments_of(
    bytes: &[u8],
    message: &Message<'_>,
    enclosed: Vec<Uuencoded>,
    warnings: &mut Vec<String>,
) -> Vec<InboundAttachment> {
    let mut files = Vec::new();
    let parts = message.attachments.iter().filter_map(|id| message.parts.get(*id as usize).map(|part| (id, part)));
    let shown = |id: &u32, part: &MessagePart<'_>| is_text(part) && message.text_body.contains(id) && !is_named(part);
    for (_, part) in parts.filter(|(id, part)| !shown(id, part)).take(MAX_ATTACHMENTS + 1) {
        files.push(file_of(bytes, part, files.len() + 1));
    }
    for file in enclosed.into_iter().take(MAX_ATTACHMENTS) {
        files.push(attachment::attachment(Some(&file.name), "application/octet-stream", &file.content, files.len() + 1));
    }
    if files.len() > MAX_ATTACHMENTS {
        warnings.push(format!("It has more than {MAX_ATTACHMENTS} files; the rest is not listed"));
        files.truncate(MAX_ATTACHMENTS);
    }
    for file in files.iter().filter(|file| file.content.is_none()) {
        warnings.push(format!("The file {} is over {} MB and is not kept", file.name, attachment::MAX_KEPT_BYTES / 1_048_576));
    }
    files
}

/// One part as a file, in the bytes that its sender chose.
fn file_of(bytes: &[u8], part: &MessagePart<'_>, number: usize) -> InboundAttachment {
    let original = is_text(part).then(|| transfer_decoded(bytes, part)).flatten();
    let content = original.as_deref().unwrap_or_else(|| part.contents());
    let name = readable_name(bytes, part);
    let encoding = part.content_transfer_encoding().unwrap_or_default().to_ascii_lowercase();
    if matches!(encoding.as_str(), "x-uuencode" | "uuencode" | "x-uue" | "x-uu")
        && let Some(file) = uuencode::files_in(content).into_iter().next()
    {
        return attachment::attachment(name.as_deref().or(Some(&file.name)), &media_type_of(part), &file.content, number);
    }
    attachment::attachment(name.as_deref(), &media_type_of(part), content, number)
}

fn is_text(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Text(_) | PartType::Html(_))
}

/// The file name; raw bytes in an undeclared character set are guessed.
fn readable_name(bytes: &[u8], part: &MessagePart<'_>) -> Option<String> {
    let name = part.attachment_name().filter(|name| !name.is_empty())?;
    let guessed = || {
        part.headers.iter().find_map(|header| {
            let raw = bytes.get(header.offset_start as usize..header.offset_end as usize).filter(|raw| !raw.is_ascii())?;
            let text = charset::decode_guessing(raw).0;
            let (_, value) = text.split_once("name=")?;
            let value = value.trim_start();
            let value = value.strip_prefix('"').map_or_else(|| value.split(';').next(), |quoted| quoted.split('"').next())?;
            Some(value.trim().to_owned())
        })
    };
    let guessed = if name.contains('\u{fffd}') { guessed() } else { None };
    Some(guessed.unwrap_or_else(|| name.to_owned()))
}

/// True for a part that its sender gave a file name.
fn is_named(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some_and(|name| !name.is_empty())
}

/// The declared type, in lower case.
pub(super) fn media_type_of(part: &MessagePart<'_>) -> String {
    let default = if part.is_message() { "message/rfc822" } else { "application/octet-stream" };
    part.content_type().map_or_else(
        || default.to_owned(),
        |t| t.subtype().map_or_else(|| t.ctype().to_lowercase(), |s| format!("{}/{s}", t.ctype()).to_lowercase()),
    )
}
