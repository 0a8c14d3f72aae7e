//! Placeholder until the crate's first file.
