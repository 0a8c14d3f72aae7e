//! Files of a mail: safe names, real sizes, hashes.
//!
//! A name from outside is never a path: what a file system or a reader's eye could be fooled by is taken out here, once.

use mercator_domain::inbound::InboundAttachment;
use sha2::{Digest, Sha256};

/// Content over this size is counted and hashed but not kept: the limit of what common mail providers accept (25 MB).
pub const MAX_KEPT_BYTES: usize = 25 * 1024 * 1024;

/// Longest name kept, in characters; file systems allow 255 bytes, and a character may take four.
const MAX_NAME_CHARS: usize = 60;

/// Lower-case hex of the SHA-256 of `bytes`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// One file as the domain wants it.
pub fn attachment(name: Option<&str>, media_type: &str, content: &[u8], number: usize) -> InboundAttachment {
    InboundAttachment {
        name: safe_name(name.unwrap_or_default(), media_type, number),
        media_type: media_type.to_owned(),
        bytes: content.len() as u64,
        sha256: sha256_hex(content),
        content: (content.len() <= MAX_KEPT_BYTES).then(|| content.to_vec()),
    }
}

/// A name that is only a name: no folders, no control or direction characters, nothing reserved; never empty.
pub fn safe_name(name: &str, media_type: &str, number: usize) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().map(|c| if is_unsafe(c) { '_' } else { c }).collect();
    let clean = clean.trim_matches(|c: char| c.is_whitespace() || c == '.').to_owned();
    if clean.chars().all(|c| c == '_') {
        return format!("attachment-{number}{}", extension_of(media_type));
    }
    let stem = clean.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let clean = if is_reserved(&stem) { format!("_{clean}") } else { clean };
    shorten(&clean)
}

/// Characters that a file system forbids or that make a name look like another one.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}')
}

/// Names that Windows keeps for devices, with any extension.
fn is_reserved(stem: &str) -> bool {
    matches!(stem, "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.ends_with(|c: char| c.is_ascii_digit()))
}

/// Cut in the middle of the stem, so that the extension still tells what it is.
fn shorten(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.is_empty() && extension.chars().count() <= 10 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let room = MAX_NAME_CHARS - extension.chars().count();
    stem.chars().take(room).chain(extension.chars()).collect()
}

/// An extension for the types that mail programs send without a name.
fn extension_of(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "message/rfc822" => ".eml",
        "text/calendar" => ".ics",
        "text/html" => ".html",
        _ if media_type.starts_with("text/") || media_type.starts_with("message/") => ".txt",
        _ => ".bin",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(name: &str, expect: &str) {
        assert_eq!(safe_name(name, "image/png", 1), expect);
    }

    #[test]
    fn names_are_only_names() {
        check("photo.jpg", "photo.jpg");
        check("../../etc/passwd", "passwd");
        check("C:\\Users\\ana\\发票.pdf", "发票.pdf");
        check("invoice\u{202e}fdp.exe", "invoice_fdp.exe");
        check("CON.txt", "_CON.txt");
        check("...", "attachment-1.png");
        check("", "attachment-1.png");
        check("a\r\nb.txt", "a__b.txt");
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = safe_name(&format!("{}.jpeg", "x".repeat(300)), "image/jpeg", 1);
        assert!(name.ends_with(".jpeg") && name.chars().count() <= MAX_NAME_CHARS, "{name}");
    }

    #[test]
    fn large_content_is_counted_and_not_kept() {
        let large = vec![7; MAX_KEPT_BYTES + 1];
        let file = attachment(Some("film.mp4"), "video/mp4", &large, 1);
        assert_eq!((file.bytes, file.content.is_none()), (MAX_KEPT_BYTES as u64 + 1, true));
        assert_eq!(file.sha256, sha256_hex(&large));
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    proptest! {
        #[test]
        fn any_name_gives_a_safe_one(name in "\\PC{0,300}") {
            let safe = safe_name(&name, "x/y", 3);
            prop_assert!(!safe.is_empty() && !safe.contains(['/', '\\', '\0', ':']) && !safe.starts_with('.'));
            prop_assert!(safe.len() <= 255);
        }
    }
}
