//! Use cases: what a seller, a script or a timer can ask of Mercator.
//!
//! The only crate that reads the clock and spawns tasks, and the only one that knows all the others: it reads channels into the
//! store, runs the pipeline over each message, carries out what comes of it, and answers the front doors (`mercator`, the window,
//! and `mercator-cli`) in the words of [`views`]. One file a use case; each is an `impl App` of its own. SQL is in `store`, wire
//! formats in `channels`, understanding in `pipeline`, numbers and charts in `analytics`.

pub mod actions;
pub mod assist;
pub mod automation;
mod backup;
pub mod bot;
mod brain;
pub mod bulk;
pub mod clock;
pub mod composer;
pub mod contacts;
pub mod conversations;
pub mod copilot;
pub mod courtesy;
pub mod dashboards;
pub mod demo;
pub mod doctor;
pub mod duty;
pub mod error;
pub mod export;
pub mod files;
pub mod handoff;
pub mod history;
pub mod import;
pub mod inbox;
mod instance;
pub mod knowledge;
pub mod learning;
pub mod lists;
pub mod mailboxes;
mod media;
pub mod models;
mod offers;
pub mod orders;
pub mod outbox;
pub mod platform_cases;
pub mod replay;
pub mod satisfaction;
pub mod search_query;
pub mod settings;
pub mod supervisor;
pub mod thread;
pub mod threading;
pub mod tracking;
pub mod turn_input;
pub mod understanding;
pub mod views;
mod work_orders;
pub mod workspace;

mod app;

pub use app::{App, ChannelOpener, OpenApp};
