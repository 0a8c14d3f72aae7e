//! What a language model is given and what of its words is used: personal details are hidden before, and its words must stand on what it
//! was given. It writes for a person who reads it before it goes out; it decides nothing.

pub mod check;
pub mod claims;
pub mod mask;
pub mod prompt;
