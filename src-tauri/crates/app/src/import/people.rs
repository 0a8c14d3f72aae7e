//! Customers of an import as contacts: found by the shop's number, else by address, else made.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use mercator_domain::{
    contact::{Contact, Identity, IdentityKind},
    entity::EntityKind,
    ids::ContactId,
};
use mercator_store::{Put, Tx, contacts::NewContact};

/// A customer as a row names it; empty texts and `None` tell nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Person {
    pub customer_id: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// What a new contact begins with, and what fills the gaps of a known one.
    pub facts: NewContact,
}

impl Person {
    fn identities(&self) -> Vec<Identity> {
        let number = (!self.customer_id.is_empty()).then(|| Identity { kind: IdentityKind::Customer, value: self.customer_id.clone() });
        let phone = self.phone.clone().map(|value| Identity { kind: IdentityKind::Phone, value });
        number.into_iter().chain(self.email.as_deref().map(Identity::email)).chain(phone).collect()
    }
}

/// The contacts of one batch, looked up with one statement.
pub(crate) struct People {
    known: BTreeMap<(String, String), ContactId>,
}

impl People {
    /// Looks up everybody of a batch.
    pub(crate) async fn of<'p>(tx: &mut Tx, people: impl Iterator<Item = &'p Person>) -> Result<Self> {
        let identities: Vec<Identity> = people.flat_map(Person::identities).collect();
        Ok(Self { known: tx.contacts_by_identities(&identities).await? })
    }

    fn find(&self, identity: &Identity) -> Option<ContactId> {
        self.known.get(&(identity.kind.as_str().to_owned(), identity.value.clone())).copied()
    }

    /// The contact of a person. A known one gets the addresses that nobody has, and `merge` says what else changes.
    ///
    /// Two contacts are never made one here: that the number and the address belong to two is no proof that they are the same.
    pub(crate) async fn contact(&mut self, tx: &mut Tx, person: &Person, merge: impl FnOnce(&mut Contact)) -> Result<(ContactId, Put)> {
        let identities = person.identities();
        let Some(id) = identities.iter().find_map(|i| self.find(i)) else {
            let id = tx.insert_contact(&person.facts, &identities).await?;
            self.remember(&identities, id);
            return Ok((id, Put::Inserted));
        };
        let mut put = Put::Unchanged;
        for identity in identities.iter().filter(|i| self.find(i).is_none()).cloned().collect::<Vec<_>>() {
            if tx.add_identity(id, &identity).await? {
                put = Put::Changed;
            }
            self.remember(std::slice::from_ref(&identity), id);
        }
        let stored = tx.contact(id).await?;
        let mut merged = stored.clone();
        merge(&mut merged);
        if merged != stored {
            tx.update_contact(&merged).await?;
            put = Put::Changed;
        }
        Ok((id, put))
    }

    fn remember(&mut self, identities: &[Identity], id: ContactId) {
        for identity in identities {
            self.known.insert((identity.kind.as_str().to_owned(), identity.value.clone()), id);
        }
    }
}

/// Fills what is not known of a contact, and changes nothing else: an order is no word of the customer about name or home.
pub(crate) fn fill(contact: &mut Contact, facts: &NewContact) {
    if contact.name.is_empty() {
        contact.name.clone_from(&facts.name);
    }
    if contact.country.is_none() {
        contact.country.clone_from(&facts.country);
    }
    if contact.language.is_none() {
        contact.language.clone_from(&facts.language);
    }
}

/// An address of mail in its normal form; `None` when it is none.
pub(crate) fn email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let sound = !local.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains([' ', ',', ';', '<', '>']);
    sound.then(|| text.to_lowercase())
}

/// A telephone number in E.164; `None` without its country, since a wrong one would be another person's.
pub(crate) fn phone(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{A0}')).collect();
    let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"))?;
    let sound = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    sound.then(|| format!("+{digits}"))
}

/// A country as ISO 3166-1 alpha-2: its code, or its name where the whole text is one.
pub(crate) fn country(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Some(text.to_ascii_uppercase());
    }
    // A list names few countries in many rows, and finding names in a text is made for texts, not for cells.
    static KNOWN: Mutex<BTreeMap<String, Option<String>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(code) = known.get(text) {
        return code.clone();
    }
    let code = named_country(text);
    if known.len() < MOST_REMEMBERED {
        known.insert(text.to_owned(), code.clone());
    }
    code
}

/// Names of countries that are remembered: more than there are countries, so that a column of rubbish cannot fill the memory.
const MOST_REMEMBERED: usize = 1_000;

fn named_country(text: &str) -> Option<String> {
    let found = mercator_pipeline::entities::find(text);
    let one = found.first().filter(|_| found.len() == 1)?;
    (one.kind == EntityKind::Country && one.text.trim() == text).then(|| one.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_have_one_form() {
        assert_eq!(email("Ana@Mail.Example").as_deref(), Some("ana@mail.example"));
        for none in ["ana", "ana@", "@x.y", "a b@x.y", "a@b@c.d", "ana@localhost"] {
            assert_eq!(email(none), None, "{none}");
        }
        assert_eq!(phone("+49 (30) 123-456").as_deref(), Some("+4930123456"));
        assert_eq!(phone("0049 30 123456").as_deref(), Some("+4930123456"));
        for none in ["030 123456", "+12", "+49abc1234567", ""] {
            assert_eq!(phone(none), None, "{none}");
        }
    }

    #[test]
    fn a_country_is_a_code_or_a_name() {
        assert_eq!(country("de").as_deref(), Some("DE"));
        assert_eq!(country("Germany").as_deref(), Some("DE"));
        assert_eq!(country("日本").as_deref(), Some("JP"));
        assert_eq!(country("Nowhere"), None);
        assert_eq!(country(""), None);
    }
}
