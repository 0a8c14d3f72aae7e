//! Where the models for understanding are, and what state they are in. A model is data that may be missing: then the bot works by
//! rules, words and example phrases, and the check-up says so.
//!
//! Set-up makes the file (`cargo xtask models`), an installed program carries it as a resource. It is mapped into memory: the
//! system reads only the pages that are used, and shares them between processes.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use mercator_domain::intent::Intent;
use mercator_pipeline::{Bot, Encoder, Learned, intents::classifier::Classifier};

use crate::{App, files::sha256};

/// The sentence encoder's file in a models' folder.
pub const ENCODER_FILE: &str = "sentence-encoder.model";

/// The model of the shipped intents, beside the encoder on whose vectors it was trained.
pub const INTENTS_FILE: &str = "intents.model";

/// The folder that is looked in instead of all others.
const VARIABLE: &str = "MERCATOR_MODELS";

/// What is there.
#[derive(Clone)]
pub struct Models {
    /// The sentence encoder, where it can be used.
    pub encoder: Option<Encoder>,
    /// The model of the shipped intents, where it was trained on this encoder's vectors.
    pub intents: Option<Arc<Classifier>>,
    /// For people.
    pub state: ModelState,
}

/// The state of the sentence encoder. Its words say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// It can be used.
    Present {
        /// The model's name and version.
        version: String,
        /// Where it is.
        path: PathBuf,
    },
    /// There is none.
    Missing {
        /// Where it can be put; the folder may not exist yet.
        folder: PathBuf,
    },
    /// There is a file that cannot be used.
    Damaged {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// The bot with what there is of models: the one way by which the window, the command line and the tests come to a bot. `own` is
/// the model that the workspace trained itself, which goes before the shipped one.
pub fn load_bot(own: Option<Arc<Classifier>>) -> Result<Bot> {
    load_taught(&folders(), own, vec![])
}

/// As [`load_bot`], from these folders, and with what people said of whole messages.
pub fn load_taught(folders: &[PathBuf], own: Option<Arc<Classifier>>, taught: Vec<(Intent, String)>) -> Result<Bot> {
    let found = Models::find(folders);
    match &found.state {
        ModelState::Present { version, .. } => tracing::debug!(version, "the sentence encoder is there"),
        other => tracing::warn!("{other}"),
    }
    let fits = |model: &Arc<Classifier>| found.encoder.as_ref().is_some_and(|encoder| encoder.fingerprint() == model.encoder());
    let intents = own.filter(fits).or(found.intents);
    Bot::load(Learned { encoder: found.encoder, intents, taught }).context("Cannot load the bot's texts and examples")
}

/// The sentence encoder alone, where there is one.
pub fn encoder() -> Option<Encoder> {
    Models::find(&folders()).encoder
}

impl App {
    /// The folders in which this application looks for models.
    pub(crate) fn model_folders(&self) -> Vec<PathBuf> {
        self.models.clone().map_or_else(folders, |folder| vec![folder])
    }
}

/// The folders in which models may be, in the order in which they are looked in.
pub fn folders() -> Vec<PathBuf> {
    if let Some(given) = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()) {
        return vec![given.into()];
    }
    let program = std::env::current_exe().unwrap_or_default();
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    folders_of(&program, own_folder(), manifest.as_deref())
}

/// Beside the program (Windows), in the bundle's folder of resources (Linux, macOS), in the user's own folder, in the source tree
/// that the program was built in or that Cargo runs it in.
fn folders_of(program: &Path, own: Option<PathBuf>, manifest: Option<&Path>) -> Vec<PathBuf> {
    let beside = program.parent().unwrap_or(Path::new(""));
    let installed = ["models", "../lib/Mercator/models", "../Resources/models"].map(|folder| beside.join(folder));
    let trees = program.ancestors().chain(manifest.into_iter().flat_map(Path::ancestors));
    let tree = trees.map(|folder| folder.join("src-tauri/models")).find(|folder| folder.is_dir());
    installed.into_iter().chain(own).chain(tree).collect()
}

/// Where a user can put a model.
fn own_folder() -> Option<PathBuf> {
    Some(directories::ProjectDirs::from("app", "Mercator", "mercator")?.data_dir().join("models"))
}

impl Models {
    /// Opens the first file that can be used. Checks its head and shape, not its every byte: see [`Models::whole`].
    pub fn find(folders: &[PathBuf]) -> Self {
        let mut damaged = None;
        for path in folders.iter().map(|folder| folder.join(ENCODER_FILE)).filter(|path| path.is_file()) {
            match open(&path) {
                Ok(encoder) => {
                    let intents = intents(&path.with_file_name(INTENTS_FILE), &encoder);
                    let state = ModelState::Present { version: encoder.name().to_owned(), path };
                    return Self { encoder: Some(encoder), intents, state };
                }
                Err(error) => damaged = damaged.or(Some(ModelState::Damaged { path, reason: format!("{error:#}") })),
            }
        }
        let folder = folders.iter().rev().find(|folder| folder.is_dir()).cloned().or_else(own_folder).unwrap_or_default();
        Self { encoder: None, intents: None, state: damaged.unwrap_or(ModelState::Missing { folder }) }
    }

    /// Reads every byte and compares the checksum that set-up recorded.
    pub fn whole(self) -> Self {
        let (ModelState::Present { path, .. }, Some(encoder)) = (&self.state, &self.encoder) else { return self };
        let (contents, recorded) = encoder.contents();
        if sha256(contents) == recorded {
            return self;
        }
        let state = ModelState::Damaged { path: path.clone(), reason: "its contents are not those that were written".to_owned() };
        Self { encoder: None, intents: None, state }
    }
}

/// The model of the intents, where it is whole and fits the encoder. It is derived from the shipped phrases, so a missing one is
/// made again by set-up; the bot then works by words for the time being.
fn intents(path: &Path, encoder: &Encoder) -> Option<Arc<Classifier>> {
    let model = Classifier::from_bytes(&std::fs::read(path).ok()?);
    match model {
        Ok(model) if model.encoder() == encoder.fingerprint() => Some(Arc::new(model)),
        Ok(_) => {
            tracing::warn!("The model of the intents was trained for another encoder");
            None
        }
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    }
}

/// Maps the file. Where that is refused (a drive without locks) it is read instead: 80 MB of memory more, the same result.
fn open(path: &Path) -> Result<Encoder> {
    match mmap_guard::map_file(path) {
        Ok(mapped) => Ok(Encoder::open(mapped)?),
        Err(error) => {
            tracing::debug!("The model is read, since it cannot be mapped: {error}");
            let bytes = std::fs::read(path).context("it cannot be read")?;
            Ok(Encoder::open(bytes)?)
        }
    }
}

impl ModelState {
    /// The word of the check-up for it.
    pub fn result(&self) -> &'static str {
        match self {
            Self::Present { .. } => "ok",
            Self::Missing { .. } => "warning",
            Self::Damaged { .. } => "failed",
        }
    }
}

impl fmt::Display for ModelState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let where_from = "install Mercator again, or in its source tree run: ./mercator models";
        match self {
            Self::Present { version, .. } => write!(f, "Sentence encoder: {version}"),
            Self::Missing { folder } => write!(
                f,
                "There is no sentence encoder: the bot understands by rules, words and example phrases, less well. Put {ENCODER_FILE} into {}, or {where_from}",
                folder.display()
            ),
            Self::Damaged { path, reason } => write!(
                f,
                "The sentence encoder {} cannot be used: {reason}. The bot works without it, less well. Delete the file, then {where_from}",
                path.display()
            ),
        }
    }
}

#[cfg(test)]
#[path = "models_tests.rs"]
mod tests;
