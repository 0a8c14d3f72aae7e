//! Channel adapters: what brings messages in and takes answers out.
//!
//! One shape ([`adapter::Channel`]), one file or folder an adapter. An adapter turns the wire into `mercator-domain` values and
//! back; it has no database, no clock and no tasks of its own: `mercator-app` calls it, commits what it read together with its
//! cursor, and decides about retries. Nothing here is logged that a person wrote, nor an address, nor a secret.

pub mod adapter;
pub mod demo;
pub mod file;
pub mod html;
mod html_quotes;
pub mod mail;
pub mod page;
pub mod pdf;
pub mod registry;
pub mod workbook;

pub use adapter::{Channel, ChannelError, Cursor, GATE_CLOSED, HandoverGate, Probed, Pull, Reconciled, Sent, Wake};
