//! The words of the trade as Rust types: contacts, conversations, messages, orders, turns, handoffs.
//!
//! Pure values and pure rules: no input, no output, no clock, no database. Every other crate may use this one, and it uses
//! none of them. One type, one meaning: what a word means here it means in the database, on the screens and in the documents
//! (`docs` of each module repeat the definition). Serialised forms are stored and shown, so a variant is renamed only together
//! with a migration.

pub mod account;
pub mod action;
pub mod article;
pub mod assist;
pub mod automation;
pub mod channel;
pub mod contact;
pub mod conversation;
pub mod courtesy;
pub mod duty;
pub mod emotion;
pub mod entity;
pub mod evidence;
pub mod facts;
pub mod handoff;
pub mod hours;
pub mod ids;
pub mod inbound;
pub mod inbox;
pub mod intent;
pub mod language;
pub mod learning;
pub mod media;
pub mod message;
pub mod moment;
pub mod money;
pub mod order;
pub mod outgoing;
pub mod platform_case;
pub mod product;
pub mod satisfaction;
pub mod segment;
pub mod shipment;
pub mod team;
pub mod tracking;
pub mod turn;
pub mod words;
pub mod work_order;
