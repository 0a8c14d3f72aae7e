//! Databases with so many messages, made by the real import of generated mails and kept for the next run.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use mercator_app::{App, error::user};

use super::mails::Mails;
use crate::{
    output::{Progress, note},
    session,
};

/// Mails of one mbox file: large enough for the import's batches, small enough that a million of mails need no second disk.
const PART: usize = 20_000;

/// A change of the generator or of the tables makes other databases: they get another name.
const GENERATION: u32 = 1;

/// The folder of a database with so many messages; made now when it is not there.
pub async fn folder(place: &Path, messages: usize) -> Result<PathBuf> {
    let folder = place.join(format!("stored-{messages}-v{GENERATION}"));
    let finished = folder.join("finished");
    if finished.exists() {
        return Ok(folder);
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("Cannot remove the half-made {}", folder.display()))?;
    }
    note(&format!("Making a database with {messages} messages; the next run finds it."));
    std::fs::create_dir_all(&folder)?;
    let app = session::open(Some(&folder.to_string_lossy())).await?;
    let filled = fill(&app, &folder, messages).await;
    app.stop().await;
    filled?;
    std::fs::write(finished, "")?;
    Ok(folder)
}

async fn fill(app: &Arc<App>, folder: &Path, messages: usize) -> Result<()> {
    let progress = Progress::of("Messages stored");
    let (inbox_file, sent_folder) = (folder.join("part.mbox"), folder.join("Sent"));
    std::fs::create_dir_all(&sent_folder)?;
    let sent_file = sent_folder.join("part.mbox");
    let mut mails = Mails::new(messages, false);
    let (mut done, mut inbox) = (0, None);
    while done < messages {
        let count = PART.min(messages - done);
        write_part(&mut mails, count, &inbox_file, &sent_file)?;
        let report = app.import_mail(inbox, &[inbox_file.clone(), sent_file.clone()], &|_, _| {}).await?;
        if report.rejected > 0 {
            return Err(user("internal", "Generated mails were refused", "Report this: the measurement would count something else."));
        }
        if inbox.is_none() {
            inbox = app.list_inboxes().await?.first().map(|inbox| inbox.id);
        }
        done += count;
        progress.show(done, messages);
    }
    std::fs::remove_file(inbox_file)?;
    std::fs::remove_dir_all(sent_folder)?;
    Ok(())
}

/// The shop's own mails go into a file of its own, whose folder says that they were sent.
fn write_part(mails: &mut Mails, count: usize, inbox: &Path, sent: &Path) -> Result<()> {
    let mut inbox = std::io::BufWriter::new(std::fs::File::create(inbox)?);
    let mut sent = std::io::BufWriter::new(std::fs::File::create(sent)?);
    for mail in mails.take(count) {
        let file = if mail.sent { &mut sent } else { &mut inbox };
        file.write_all(b"From made@lamps.example Thu Jan  1 00:00:00 2026\n")?;
        for line in mail.raw.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b"From ") {
                file.write_all(b">")?;
            }
            file.write_all(line)?;
        }
        file.write_all(b"\n")?;
    }
    inbox.flush()?;
    Ok(sent.flush()?)
}

/// A copy of a database for a measurement that writes, in a folder that goes away with the value. Very large ones are used in place:
/// a few hundred messages more do not change a million, and copying them would take longer than measuring.
pub enum Scratch {
    /// A copy.
    Copy(tempfile::TempDir),
    /// The kept one.
    InPlace(PathBuf),
}

impl Scratch {
    /// Of a kept database.
    pub fn of(place: &Path, folder: &Path) -> Result<Self> {
        const MOST_COPIED: u64 = 2 << 30;
        let size: u64 = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.metadata().ok()).map(|about| about.len()).sum();
        if size > MOST_COPIED {
            return Ok(Self::InPlace(folder.to_owned()));
        }
        let copy = tempfile::tempdir_in(place).context("Cannot make a folder for the copy")?;
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file()
                && let Some(name) = path.file_name()
            {
                std::fs::copy(&path, copy.path().join(name)).with_context(|| format!("Cannot copy {}", path.display()))?;
            }
        }
        Ok(Self::Copy(copy))
    }

    /// The workspace.
    pub fn workspace(&self) -> String {
        match self {
            Self::Copy(copy) => copy.path().to_string_lossy().into_owned(),
            Self::InPlace(folder) => folder.to_string_lossy().into_owned(),
        }
    }
}
