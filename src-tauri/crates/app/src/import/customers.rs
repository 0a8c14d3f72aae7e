//! Customers: the shop's list is the truth about what it names; empty cells leave what is known.

use std::collections::HashSet;

use anyhow::Result;
use mercator_domain::{
    account::{PaymentMethod, PostalAddress},
    ids::ContactId,
    language::Language,
};
use mercator_store::{Put, Tx, contacts::NewContact};

use super::{
    accounts,
    columns::{Read, Row},
    people::{self, People, Person},
    run::{Batches, Keys, Run},
};

/// One customer of the file.
#[derive(Clone, Debug, PartialEq)]
struct Customer {
    person: Person,
    consent: Option<bool>,
    address: Option<PostalAddress>,
    payment_methods: Option<Vec<PaymentMethod>>,
}

fn read(row: Row<'_>, warn: &mut dyn FnMut(String)) -> Read<Customer> {
    let customer_id = row.required("customer_id")?.to_owned();
    let email = row.maybe("email").and_then(|text| {
        let read = people::email(text);
        if read.is_none() {
            warn("An address of mail cannot be one and was left out".to_owned());
        }
        read
    });
    let phone = row.maybe("phone").and_then(|text| {
        let read = people::phone(text);
        if read.is_none() {
            warn("A telephone number without its country's code was left out".to_owned());
        }
        read
    });
    // The day is not kept: nothing in this version uses it. A date that cannot be read is told all the same.
    row.date("birthday")?;
    let consent = row.yes("consent_marketing")?;
    let facts = NewContact {
        name: row.text("name").to_owned(),
        country: country(row, warn),
        language: language(row)?,
        time_zone: None,
        tags: row.list("tags"),
        consent_marketing: consent.unwrap_or(false),
    };
    let (address, payment_methods) = (accounts::address(row), accounts::payment_methods(row)?);
    Ok(Customer { person: Person { customer_id, email, phone, facts }, consent, address, payment_methods })
}

/// The country of a row; one that is not known is told, and the row stays.
pub(super) fn country(row: Row<'_>, warn: &mut dyn FnMut(String)) -> Option<String> {
    let text = row.maybe("country")?;
    let read = people::country(text);
    if read.is_none() {
        warn(format!("The country '{text}' is not known and was left out"));
    }
    read
}

/// The language of a row.
pub(super) fn language(row: Row<'_>) -> Read<Option<Language>> {
    row.maybe("language").map(|code| Language::parse(code).ok_or_else(|| format!("language: '{code}' is no language code"))).transpose()
}

/// Takes in a file of customers.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    if run.sheet.has("birthday") {
        run.tally.warn("Birthdays are read but not kept: nothing uses them in this version");
    }
    let mut keys = Keys::default();
    let mut customers: Vec<(usize, Customer)> = vec![];
    for (line, customer) in run.read_rows(read) {
        match keys.see(&customer.person.customer_id, &customer) {
            Ok(true) => customers.push((line, customer)),
            Ok(false) => run.tally.count(1, Put::Unchanged),
            Err(why) => run.tally.reject(line, format!("customer_id '{}' {why}", customer.person.customer_id)),
        }
    }
    let mut told = HashSet::new();
    for batch in customers.batches() {
        let mut tx = run.begin().await?;
        if run.dry {
            // What a trial takes back may be numbered the same again.
            told.clear();
        }
        let mut people = People::of(&mut tx, batch.iter().map(|(_, c)| &c.person)).await?;
        for (_, customer) in batch {
            let put = put(&mut tx, &mut people, customer, &mut told).await?;
            run.tally.count(1, put);
        }
        run.end(tx).await?;
    }
    Ok(())
}

/// Two numbers of the shop with one address are one person: the first row tells about it, the second only fills the gaps.
async fn put(tx: &mut Tx, people: &mut People, customer: &Customer, told: &mut HashSet<ContactId>) -> Result<Put> {
    let facts = &customer.person.facts;
    let (id, put) = people
        .contact(tx, &customer.person, |contact| {
            if told.contains(&contact.id) {
                return people::fill(contact, facts);
            }
            if !facts.name.is_empty() {
                contact.name.clone_from(&facts.name);
            }
            if facts.country.is_some() {
                contact.country.clone_from(&facts.country);
            }
            // A language that an agent fixed is a person's word against a list's.
            if facts.language.is_some() && !contact.language_fixed {
                contact.language.clone_from(&facts.language);
            }
            if !facts.tags.is_empty() {
                contact.tags.clone_from(&facts.tags);
            }
            contact.consent_marketing = customer.consent.unwrap_or(contact.consent_marketing);
        })
        .await?;
    let put = if put_account(tx, id, customer).await? && put == Put::Unchanged { Put::Changed } else { put };
    told.insert(id);
    Ok(put)
}

/// What the row tells of the account; the rest stays as it is known.
async fn put_account(tx: &mut Tx, id: ContactId, customer: &Customer) -> Result<bool> {
    if customer.address.is_none() && customer.payment_methods.is_none() {
        return Ok(false);
    }
    let mut account = tx.account(id).await?;
    account.address = customer.address.clone().or(account.address);
    account.payment_methods = customer.payment_methods.clone().unwrap_or(account.payment_methods);
    Ok(tx.put_account(id, &account).await?)
}
