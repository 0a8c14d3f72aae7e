//! Gives the bot the words of pictures and voice messages, by the programs that this computer has for it.
//!
//! Nothing is stored here: the words stand in the Turn, as the reason that they are. Which programs there are is read anew for each
//! message with such a file, so that a seller who adds one needs no restart.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use mercator_domain::{
    conversation::Owner,
    media::MediaKind,
    message::{Attachment, Automatic, Message},
};
use mercator_pipeline::ports::{Attached, FileReading};
use mercator_providers::media::{MediaError, Readers};
use tokio::task::spawn_blocking;

use crate::{App, backup::line, views::CheckLine};

/// So many files of one message are read: each may take a minute, and the other messages wait.
const MOST_FILES: usize = 4;

impl App {
    /// The files of a message, with their words where a program can read them and somebody wants to know.
    pub(crate) async fn attached(&self, message: &Message, owner: Owner) -> Vec<Attached> {
        let wanted = message.automatic == Automatic::None && owner == Owner::Bot;
        let media = message.attachments.iter().any(|file| MediaKind::of(&file.media_type, &file.name).is_some());
        let readers = if wanted && media { self.readers().await } else { Ok(Arc::default()) };
        let mut left = MOST_FILES;
        let mut files = Vec::with_capacity(message.attachments.len());
        for file in &message.attachments {
            let reading = match (&readers, MediaKind::of(&file.media_type, &file.name)) {
                (_, None) => FileReading::Unread,
                (Err(error), Some(_)) => FileReading::Failed(error.to_string()),
                (Ok(_), Some(_)) if left == 0 => FileReading::Unread,
                (Ok(readers), Some(kind)) => {
                    left -= usize::from(readers.name(kind).is_some());
                    self.reading(readers, kind, file).await
                }
            };
            files.push(Attached { name: file.name.clone(), media_type: file.media_type.clone(), reading });
        }
        files
    }

    async fn reading(&self, readers: &Readers, kind: MediaKind, file: &Attachment) -> FileReading {
        let Some(reader) = readers.name(kind) else { return FileReading::Unread };
        let content = match self.store.attachment(file.id).await {
            Ok((_, Some(content))) => content,
            Ok((_, None)) => return FileReading::Failed("it was too large to keep".to_owned()),
            Err(error) => return FileReading::Failed(error.to_string()),
        };
        match readers.words(kind, &file.name, &content).await {
            Some(Ok(text)) => FileReading::Words { text, reader: reader.to_owned() },
            Some(Err(error)) => {
                tracing::warn!(%error, "A file of a message could not be read");
                FileReading::Failed(error.to_string())
            }
            None => FileReading::Unread,
        }
    }

    async fn readers(&self) -> Result<Arc<Readers>, MediaError> {
        find(self.model_folders()).await
    }

    /// The check-up's line: what can be read, and how to add what cannot.
    pub(crate) async fn readers_line(&self) -> CheckLine {
        let folders = self.model_folders();
        let place = folders.iter().rev().find(|folder| folder.is_dir()).or(folders.first()).cloned().unwrap_or_default();
        let place = place.join(mercator_providers::media::FILE);
        match find(folders).await {
            Err(error) => line(
                "media",
                "failed",
                format!("{error}. Mend the file: a [picture] or [voice] table with command = [\"program\", \"{{file}}\"]"),
            ),
            Ok(readers) => line("media", "ok", readable(&readers, &place)),
        }
    }
}

fn readable(readers: &Readers, place: &Path) -> String {
    let said = |kind: MediaKind, what: &str| match readers.name(kind) {
        Some(name) => format!("{what} are read by {name}"),
        None => format!("{what} are left to people"),
    };
    let both = format!("{}; {}", said(MediaKind::Picture, "Pictures"), said(MediaKind::Voice, "voice messages"));
    let all = readers.name(MediaKind::Picture).is_some() && readers.name(MediaKind::Voice).is_some();
    if all { both } else { format!("{both}. To have them read, name a program in {}", place.display()) }
}

async fn find(folders: Vec<PathBuf>) -> Result<Arc<Readers>, MediaError> {
    let found = spawn_blocking(move || Readers::find(&folders)).await;
    found.unwrap_or_else(|_| Ok(Readers::default())).map(Arc::new)
}
