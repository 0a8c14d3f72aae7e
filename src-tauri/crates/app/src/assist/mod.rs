//! The language model of the seller's choice: what is set, what is sent, what is used of its words, and what has left this computer.
//!
//! It writes for a person only. No message goes out by it, no action is decided by it; without it everything works with the bot's own words.

mod ask;
mod brief;
mod outbound;
mod settings;

pub use ask::{Assisted, Payload};
pub use outbound::OutboundLog;
pub(crate) use outbound::Waiting;
pub use settings::ModelState;
