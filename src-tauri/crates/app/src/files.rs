//! Names of files: which media type one stands for, which name is safe to write; and the checksum by which contents are known.
//!
//! A table of what sellers and buyers send, instead of a crate with a thousand types: everything else is bytes.

use std::path::Path;

use sha2::{Digest, Sha256};

/// Extensions with their media types.
const TYPES: &[(&[&str], &str)] = &[
    (&["jpg", "jpeg", "jfif"], "image/jpeg"),
    (&["png"], "image/png"),
    (&["gif"], "image/gif"),
    (&["webp"], "image/webp"),
    (&["heic"], "image/heic"),
    (&["avif"], "image/avif"),
    (&["bmp"], "image/bmp"),
    (&["svg"], "image/svg+xml"),
    (&["tif", "tiff"], "image/tiff"),
    (&["pdf"], "application/pdf"),
    (&["txt", "log"], "text/plain"),
    (&["md", "markdown"], "text/markdown"),
    (&["csv"], "text/csv"),
    (&["tsv"], "text/tab-separated-values"),
    (&["htm", "html"], "text/html"),
    (&["json"], "application/json"),
    (&["jsonl", "ndjson"], "application/x-ndjson"),
    (&["xml"], "application/xml"),
    (&["eml"], "message/rfc822"),
    (&["ics"], "text/calendar"),
    (&["vcf"], "text/vcard"),
    (&["rtf"], "application/rtf"),
    (&["doc"], "application/msword"),
    (&["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (&["xls"], "application/vnd.ms-excel"),
    (&["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (&["ppt"], "application/vnd.ms-powerpoint"),
    (&["pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (&["odt"], "application/vnd.oasis.opendocument.text"),
    (&["ods"], "application/vnd.oasis.opendocument.spreadsheet"),
    (&["zip"], "application/zip"),
    (&["gz"], "application/gzip"),
    (&["7z"], "application/x-7z-compressed"),
    (&["mp4", "m4v"], "video/mp4"),
    (&["mov"], "video/quicktime"),
    (&["webm"], "video/webm"),
    (&["mp3"], "audio/mpeg"),
    (&["m4a"], "audio/mp4"),
    (&["ogg", "oga"], "audio/ogg"),
    (&["wav"], "audio/wav"),
];

/// The SHA-256 of contents, in hexadecimal.
pub(crate) fn sha256(contents: impl AsRef<[u8]>) -> String {
    Sha256::digest(contents).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Longest name: file systems take 255 bytes, and a number may have to be added.
const MOST_BYTES: usize = 180;

/// The media type of a file name.
pub fn media_type(name: &str) -> &'static str {
    let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    TYPES.iter().find(|(names, _)| names.contains(&extension.as_str())).map_or("application/octet-stream", |(_, media)| media)
}

/// A name that every system can write and that stays in its folder: no path, no control or reserved characters, no device name.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().map(|c| if c.is_control() || r#"<>:"|?*"#.contains(c) || is_direction(c) { '_' } else { c }).collect();
    let trimmed = kept.trim().trim_matches('.').trim();
    let stem = trimmed.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.ends_with(|c: char| c.is_ascii_digit()));
    let name = if trimmed.is_empty() {
        "file".to_owned()
    } else if device {
        format!("_{trimmed}")
    } else {
        trimmed.to_owned()
    };
    shortened(name)
}

/// Marks that turn the direction of writing make `gpj.exe` look like `exe.jpg`.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Cuts the middle, so that the extension stays.
fn shortened(name: String) -> String {
    if name.len() <= MOST_BYTES {
        return name;
    }
    let (stem, extension) = name.rsplit_once('.').filter(|(_, e)| e.len() <= 10).unwrap_or((&name, ""));
    let mut end = (MOST_BYTES - extension.len() - 1).min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem.get(..end).unwrap_or_default();
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_type_follows_the_extension() {
        let check = |name: &str, expect: &str| assert_eq!(media_type(name), expect, "{name}");
        check("Photo.JPG", "image/jpeg");
        check("a.b.pdf", "application/pdf");
        check("README", "application/octet-stream");
        check("x.exe", "application/octet-stream");
    }

    #[test]
    fn names_stay_in_their_folder() {
        let check = |name: &str, expect: &str| assert_eq!(safe_name(name), expect, "{name}");
        check("../../etc/passwd", "passwd");
        check("C:\\x\\foto 1.jpg", "foto 1.jpg");
        check("con.txt", "_con.txt");
        check("..", "file");
        check("发票?.pdf", "发票_.pdf");
        check("a\u{202E}gpj.exe", "a_gpj.exe");
    }

    proptest! {
        #[test]
        fn any_name_becomes_safe(name in ".{0,400}") {
            let safe = safe_name(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= 255 && !safe.contains(['/', '\\', '\0']) && safe != "." && safe != "..");
        }
    }
}
