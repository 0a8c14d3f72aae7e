//! Outside services that are no conversation. In this version: where secrets are kept ([`secrets`]), programs that read pictures
//! and voice messages ([`media`]), and language models ([`model`]), over the one client for outside services ([`web`]).
//!
//! Translators come here with their issue. Not here:
//! channels (`mercator-channels`), rules, SQL, and the clock.

pub mod media;
pub mod model;
pub mod secrets;
pub mod web;
