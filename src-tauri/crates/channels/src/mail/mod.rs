//! The mail channel: reading over IMAP, sending over SMTP, and everything that makes bytes of mail into messages and back.
//!
//! `parse` and its neighbours (`header`, `body`, `bounce`, `automatic`, `attachment`) are pure; `compose` is their counterpart. `wire` opens
//! connections, `imap` and `idle` read, `smtp` sends, `channel` ties them into one [`crate::adapter::Channel`]. `autoconfig`
//! guesses and tests settings. Threads and quoted text are not decided here: the app and the pipeline do that.

mod attachment;
pub mod autoconfig;
mod automatic;
mod body;
mod bounce;
mod bounce_words;
mod channel;
mod charset;
pub mod compose;
mod folder_name;
mod header;
mod idle;
mod imap;
mod inbound;
pub mod parse;
mod providers;
mod pull;
mod smtp;
mod uuencode;
mod wire;

pub use attachment::sha256_hex;
pub use channel::MailChannel;
pub use inbound::{Found, to_inbound};
pub use parse::{BounceReport, ParsedMail, parse_mail};
