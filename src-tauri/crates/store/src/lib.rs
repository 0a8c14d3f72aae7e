//! The database: the only crate that speaks SQL. Domain values go in and come out; no row type leaves.
//!
//! One file an aggregate. Reads are methods of [`Store`], writes (and the reads that a transaction needs) methods of [`Tx`]. One
//! text serves SQLite and PostgreSQL; what differs sits in `dialect.rs`. Nothing here reads a clock, spawns a task or decides
//! what a change means: that is `mercator-app`.

pub mod arrivals;
pub mod bulk;
#[cfg(test)]
mod crash_tests;
mod dialect;
mod engine;
mod error;
mod migrate;
mod open;
mod place;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod samples;
mod segment;
pub mod testing;

mod attachments;
pub mod backup;
pub mod changes;
pub mod contacts;
pub mod conversation_lines;
pub mod conversations;
pub mod erase;
pub mod inboxes;
pub mod learning;
mod leases;
pub mod messages;
pub mod outbound;
pub mod outbox;
pub mod search;
pub mod turns;

mod columns;
#[cfg(test)]
mod dashboard_plan_tests;
mod filter;
#[cfg(test)]
mod people;
#[cfg(test)]
mod roll_up_tests;
#[cfg(test)]
mod schema_tests;
pub mod shipments;
mod statement;

mod accounts;
mod actions;
pub mod activities;
pub mod articles;
pub mod audit;
pub mod behaviour;
mod canned;
mod drafts;
pub mod emotion_corrections;
pub mod episode_days;
pub mod episodes;
pub mod facts;
pub mod handoffs;
pub mod intent_examples;
pub mod intent_models;
mod labels;
mod members;
mod notes;
pub mod order_list;
mod orders;
mod platform_cases;
mod products;
pub mod put;
pub mod satisfaction;
mod segments;
mod settings;
pub mod text_vectors;
mod work_orders;

pub use changes::ChangeKind;
pub use engine::{Engine, Store, Tx};
pub use error::StoreError;
pub use open::{Durability, OpenOptions, Target};
pub use put::Put;
