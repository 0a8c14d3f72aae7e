//! Outside services that are no conversation. In this version: where secrets are kept ([`secrets`]), programs that read pictures
//! and voice messages ([`media`]), language models ([`model`]), and services that know where parcels are ([`tracking`]), over the one client
//! for outside services ([`web`]).
//!
//! Translators come here with their issue. Not here:
//! channels (`mercator-channels`), rules, SQL, and the clock.

pub mod media;
pub mod model;
pub mod secrets;
pub mod tracking;
pub mod web;
