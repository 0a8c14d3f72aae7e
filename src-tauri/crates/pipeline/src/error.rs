//! What can go wrong in the pipeline. A message never can: only the data that ships with the program, or a text asked for wrongly.

/// An error of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PipelineError {
    /// A file of the shipped data cannot be read.
    #[error("The data file {file} cannot be read: {reason}")]
    Data {
        /// Which, as `kind/language`.
        file: String,
        /// Why.
        reason: String,
    },
    /// A training was ended before it was done.
    #[error("The training was stopped")]
    Stopped,
    /// No language has a text under this key.
    #[error("There is no text '{0}'")]
    UnknownText(String),
    /// A text has a placeholder that got no value: it would go out with braces in it.
    #[error("The text '{key}' needs a value for {{{placeholder}}}")]
    UnfilledPlaceholder {
        /// The text's key.
        key: String,
        /// The placeholder's name.
        placeholder: String,
    },
}
