//! The customer as a person, over all channels.

use serde::{Deserialize, Serialize};

use crate::{ids::ContactId, language::Language, moment::Moment, words};

words! {
    /// What identifies a contact on a channel.
    IdentityKind {
        /// An address of mail, in lower case.
        Email => "email",
        /// A telephone number in E.164.
        Phone => "phone",
        /// An account's name or number on a channel.
        Handle => "handle",
        /// The shop system's number of the customer.
        Customer => "customer",
    }
}

/// One address of a contact. Two contacts never share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
pub struct Identity {
    /// Of which kind.
    pub kind: IdentityKind,
    /// In the normal form of its kind.
    pub value: String,
}

impl Identity {
    /// An address of mail, trimmed and in lower case.
    pub fn email(address: &str) -> Self {
        Self { kind: IdentityKind::Email, value: address.trim().to_lowercase() }
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Contact {
    /// The row.
    pub id: ContactId,
    /// As the customer writes it; empty when unknown.
    pub name: String,
    /// ISO 3166-1 alpha-2 in upper case, when known.
    pub country: Option<String>,
    /// The language of the contact's messages, or as set by an agent.
    pub language: Option<Language>,
    /// True when an agent set the language: then no message changes it.
    pub language_fixed: bool,
    /// IANA name of the time zone, when known.
    pub time_zone: Option<String>,
    /// Free marks from the shop (`vip`).
    pub tags: Vec<String>,
    /// True only when the customer agreed to marketing.
    pub consent_marketing: bool,
    /// First seen.
    pub created_at: Moment,
}
