//! Words out of pictures and voice messages, by programs that the seller has installed: an optional part that nothing depends on.
//!
//! A file `media.toml` beside the models names a program a kind of file; without it such files are unread. It lies on this computer and
//! not in the workspace, since a workspace may be shared and what it holds must never choose a program that runs here. The program
//! gets a copy of the file in a folder of its own and answers on its standard output; no shell is between. What it says is
//! data from outside like the message itself. Asking is asynchronous; who asks decides when.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use mercator_domain::media::MediaKind;
use serde::Deserialize;
use tokio::{io::AsyncReadExt, process::Command, time::timeout};

/// The file's name in a folder of models.
pub const FILE: &str = "media.toml";

/// Where the program finds the path of the file to read.
const PLACE: &str = "{file}";
/// A minute of speech takes a small model some ten seconds on one core; what takes longer holds up the other messages.
const PATIENCE: Duration = Duration::from_secs(60);
/// A message has some hundred words; a program that prints more is not what it should be.
const MOST_WORDS: u64 = 32 * 1024;
/// Larger files are not given to a program: a photo of a telephone has up to 15 MB.
pub const MOST_BYTES: usize = 25 * 1024 * 1024;

/// What went wrong; no variant holds what the file says.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file cannot be understood.
    #[error("{path} is not as it should be: {reason}")]
    Settings {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The program cannot be started.
    #[error("{program} cannot be started: {reason}")]
    Start {
        /// Its name.
        program: String,
        /// Why.
        reason: String,
    },
    /// It ended with an error.
    #[error("{program} could not read the file")]
    Failed {
        /// Its name.
        program: String,
    },
    /// It did not end in time.
    #[error("{program} took more than {} seconds", PATIENCE.as_secs())]
    Slow {
        /// Its name.
        program: String,
    },
    /// The file is larger than a program is given.
    #[error("the file is larger than {} MB", MOST_BYTES / 1024 / 1024)]
    Large,
    /// The file could not be laid before the program.
    #[error("the file cannot be written to a temporary folder")]
    Io(#[from] std::io::Error),
}

/// What there is on this computer to read with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readers {
    picture: Option<Reader>,
    voice: Option<Reader>,
}

/// One program.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reader {
    program: String,
    arguments: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    picture: Option<Entry>,
    voice: Option<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    command: Vec<String>,
}

impl Readers {
    /// What the first folder with a `media.toml` names; nothing when none has one.
    pub fn find(folders: &[PathBuf]) -> Result<Self, MediaError> {
        folders.iter().map(|folder| folder.join(FILE)).find(|path| path.is_file()).map_or_else(|| Ok(Self::default()), |path| read(&path))
    }

    /// The program's name for a kind, for people.
    pub fn name(&self, kind: MediaKind) -> Option<&str> {
        self.reader(kind).map(Reader::name)
    }

    /// The words of a file; `None` when there is nothing to read this kind with.
    pub async fn words(&self, kind: MediaKind, name: &str, bytes: &[u8]) -> Option<Result<String, MediaError>> {
        let reader = self.reader(kind)?;
        if bytes.len() > MOST_BYTES {
            return Some(Err(MediaError::Large));
        }
        Some(reader.read(name, bytes).await)
    }

    const fn reader(&self, kind: MediaKind) -> Option<&Reader> {
        match kind {
            MediaKind::Picture => self.picture.as_ref(),
            MediaKind::Voice => self.voice.as_ref(),
        }
    }
}

fn read(path: &Path) -> Result<Readers, MediaError> {
    let wrong = |reason: String| MediaError::Settings { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path)?;
    let written: Written = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
    let reader = |entry: Option<Entry>| {
        let Some(Entry { command }) = entry else { return Ok(None) };
        let mut words = command.into_iter();
        let program = words.next().filter(|program| !program.trim().is_empty()).ok_or_else(|| wrong("a command has no program".into()))?;
        let arguments: Vec<String> = words.collect();
        if !arguments.iter().any(|argument| argument.contains(PLACE)) {
            return Err(wrong(format!("the command of {program} has no {PLACE}, so it would not know what to read")));
        }
        Ok(Some(Reader { program, arguments }))
    };
    Ok(Readers { picture: reader(written.picture)?, voice: reader(written.voice)? })
}

impl Reader {
    fn name(&self) -> &str {
        Path::new(&self.program).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&self.program)
    }

    async fn read(&self, name: &str, bytes: &[u8]) -> Result<String, MediaError> {
        let folder = tempfile::tempdir()?;
        // The sender's name for the file chooses nothing but the ending, which programs go by.
        let ending: String = Path::new(name)
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or("bin")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        let path = folder.path().join(format!("file.{ending}"));
        tokio::fs::write(&path, bytes).await?;
        let program = || self.name().to_owned();
        let mut child = Command::new(&self.program)
            .args(self.arguments.iter().map(|argument| argument.replace(PLACE, &path.to_string_lossy())))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| MediaError::Start { program: program(), reason: error.to_string() })?;
        let Some(out) = child.stdout.take() else { return Err(MediaError::Failed { program: program() }) };
        let mut said = vec![];
        let answer = async {
            // What is longer is cut, and the rest is thrown away, so that the program can come to its end.
            let mut out = out;
            (&mut out).take(MOST_WORDS).read_to_end(&mut said).await?;
            tokio::io::copy(&mut out, &mut tokio::io::sink()).await?;
            child.wait().await
        };
        match timeout(PATIENCE, answer).await {
            Ok(Ok(status)) if status.success() => Ok(words(&said)),
            Ok(_) => Err(MediaError::Failed { program: program() }),
            Err(_) => Err(MediaError::Slow { program: program() }),
        }
    }
}

/// Lines with something on them, without control characters.
fn words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines = said.lines().map(|line| line.chars().filter(|c| !c.is_control()).collect::<String>());
    lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "media_tests.rs"]
mod tests;
