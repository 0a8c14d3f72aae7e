//! Outside services that are no conversation. In this version: where secrets are kept ([`secrets`]), and programs that read pictures
//! and voice messages ([`media`]).
//!
//! Translators, language models, carriers and tariff tables come here with their issues, each behind a trait of its own. Not here:
//! channels (`mercator-channels`), rules, SQL, and the clock.

pub mod media;
pub mod secrets;
