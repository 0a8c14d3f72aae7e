//! What the whole-path tests share: the project's metadata, real mail servers, a shop and its buyers, the programs under test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "test support: a panic is the report")]

pub mod buyers;
pub mod mail_servers;
pub mod metadata;
pub mod program;
pub mod shop;
pub mod story;
