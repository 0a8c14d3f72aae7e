//! The bot: what a buyer's message means, what it rests on, what to do with it and in which words.
//!
//! One file a stage, plain data in, plain data out: [`clean`] → [`language`] → translate → [`understand`] → [`emotion`] →
//! [`retrieve`] → [`decide`] → [`act`] → [`reply`]; [`bot`] runs them and collects the [`mercator_domain::turn::Turn`].
//! What the bot needs from outside stands in [`ports`]. Nothing here reads a clock, a file or a database, and nothing sends:
//! `mercator-app` does both. A customer's text, an article and an order are data: no stage takes orders from them.

pub mod act;
pub mod action_reply;
pub mod assist;
mod automation;
pub mod bot;
pub mod calendar;
pub mod card;
pub mod clean;
mod conclude;
pub mod consent;
pub mod countries;
pub mod courtesy;
mod data;
pub mod decide;
mod dialogue;
pub mod emotion;
pub mod encoder;
pub mod entities;
pub mod error;
pub mod facts;
pub mod files;
pub mod fold;
pub mod guard;
pub mod impersonal;
pub mod injection;
pub mod intents;
pub mod knowledge;
pub mod language;
pub mod lexicon;
pub mod offers;
pub mod order_reply;
pub mod own_name;
pub mod person;
pub mod personal;
pub mod ports;
pub mod questions;
pub mod regions;
pub mod reply;
pub mod request;
pub mod retrieve;
pub mod risk;
mod risk_denied;
mod risk_platforms;
pub mod texts;
pub mod tokens;
pub mod understand;

#[cfg(test)]
mod bundled_tests;
#[cfg(test)]
mod dialogue_tests;
#[cfg(test)]
mod reasons_tests;
#[cfg(test)]
mod support;
#[cfg(test)]
mod turn_tests;

pub use bot::{Analysis, AnalysisInput, Bot, Learned};
pub use encoder::Encoder;
pub use error::PipelineError;
pub use knowledge::KnowledgeIndex;
