//! Files that say something without being text.

use crate::words;

words! {
    /// What kind of file it is that may hold words.
    MediaKind {
        /// A photo or a screenshot.
        Picture => "picture",
        /// Speech.
        Voice => "voice",
    }
}

impl MediaKind {
    /// The kind of a file by its declared type, else by its name; `None` for everything else.
    pub fn of(media_type: &str, name: &str) -> Option<Self> {
        let declared = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match declared.split('/').next().unwrap_or_default() {
            // A drawing is no photo: a logo as SVG says nothing.
            "image" if declared != "image/svg+xml" => Some(Self::Picture),
            "audio" => Some(Self::Voice),
            "application" if matches!(declared.as_str(), "application/octet-stream" | "application/ogg") => Self::of_name(name),
            "" => Self::of_name(name),
            _ => None,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match ending.as_str() {
            "jpg" | "jpeg" | "png" | "webp" | "heic" | "gif" | "bmp" | "tif" | "tiff" => Some(Self::Picture),
            "ogg" | "oga" | "opus" | "mp3" | "m4a" | "aac" | "amr" | "wav" | "flac" => Some(Self::Voice),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_type_and_by_name() {
        let check = |media_type: &str, name: &str, expect: Option<MediaKind>| assert_eq!(MediaKind::of(media_type, name), expect);
        check("image/jpeg", "IMG_1.JPG", Some(MediaKind::Picture));
        check("audio/ogg; codecs=opus", "voice", Some(MediaKind::Voice));
        check("application/octet-stream", "PTT-2026.OPUS", Some(MediaKind::Voice));
        check("application/octet-stream", "photo.heic", Some(MediaKind::Picture));
        check("image/svg+xml", "logo.svg", None);
        check("application/pdf", "scan.pdf", None);
        check("", "noname", None);
        check("video/mp4", "clip.mp4", None);
    }
}
