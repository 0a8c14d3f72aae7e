//! Contacts: the customers as people, and the addresses by which channels know them.
//!
//! Two contacts never share an address. Roll-ups of orders (`contact_orders`) are kept by `orders.rs` and only read here.

use std::collections::BTreeMap;

use mercator_domain::{
    contact::{Contact, Identity},
    ids::ContactId,
    language::Language,
    moment::Moment,
    money::Money,
    segment::RfmSegment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, flag, json_text},
    statement::Statement,
};

/// A contact that was not known before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewContact {
    /// As the customer writes it; empty when unknown.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The language.
    pub language: Option<Language>,
    /// IANA name of the zone.
    pub time_zone: Option<String>,
    /// Marks from the shop.
    pub tags: Vec<String>,
    /// True only when the customer agreed.
    pub consent_marketing: bool,
}

/// Which contacts to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactFilter {
    /// Part of a name or address.
    pub search: String,
    /// Only of this group.
    pub segment: Option<RfmSegment>,
    /// Only this one.
    pub only: Option<ContactId>,
    /// Rows to leave out.
    pub offset: i64,
    /// Rows to give.
    pub limit: i64,
}

/// A contact as a row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactLine {
    /// Who.
    pub id: ContactId,
    /// The name; empty when unknown.
    pub name: String,
    /// The first address; empty when there is none.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The language.
    pub language: Option<Language>,
    /// Orders that were not cancelled.
    pub orders: i64,
    /// What they cost.
    pub total: Option<Money>,
    /// The last order.
    pub last_order_at: Option<Moment>,
    /// The group.
    pub segment: Option<RfmSegment>,
    /// Conversations.
    pub conversations: i64,
}

const SELECT_ONE: &str = "select id, name, country, language, language_fixed, time_zone, tags, consent_marketing, created_at
    from contacts where id = $1";
const SELECT_BY_IDENTITY: &str = "select c.id, c.name, c.country, c.language, c.language_fixed, c.time_zone, c.tags, c.consent_marketing,
    c.created_at from identities i join contacts c on c.id = i.contact_id where i.kind = $1 and i.value = $2";

/// The contact with an address, as a part of a script.
pub(crate) fn with_identity(identity: &Identity) -> Statement {
    Statement::new(
        "select c.id, c.name, c.country, c.language, c.language_fixed, c.time_zone, c.tags, c.consent_marketing, c.created_at
         from identities i join contacts c on c.id = i.contact_id where i.kind = ",
    )
    .bind(identity.kind.as_str().to_owned())
    .push(" and i.value = ")
    .bind(identity.value.clone())
}

pub(crate) fn read(row: &AnyRow) -> sqlx::Result<Contact> {
    Ok(Contact {
        id: row.id("id")?,
        name: row.text("name")?,
        country: row.maybe_text("country")?,
        language: row.maybe_language("language")?,
        language_fixed: row.flag("language_fixed")?,
        time_zone: row.maybe_text("time_zone")?,
        tags: row.json("tags")?,
        consent_marketing: row.flag("consent_marketing")?,
        created_at: row.moment("created_at")?,
    })
}

async fn one(conn: &mut AnyConnection, id: ContactId) -> Result<Contact, StoreError> {
    Ok(read(&sqlx::query(SELECT_ONE).bind(id.get()).fetch_one(conn).await?)?)
}

async fn by_identity(conn: &mut AnyConnection, identity: &Identity) -> Result<Option<Contact>, StoreError> {
    let row = sqlx::query(SELECT_BY_IDENTITY).bind(identity.kind.as_str()).bind(identity.value.as_str()).fetch_optional(conn).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The contacts with addresses of one kind.
pub(crate) fn by_values(kind: &str, values: &[&str]) -> Statement {
    Statement::new("select value, contact_id from identities where kind = ")
        .bind(kind.to_owned())
        .push(" and value in ")
        .list(values.iter().map(|value| (*value).to_owned()))
}

fn filtered(statement: Statement, filter: &ContactFilter) -> Statement {
    statement
        .when(!filter.search.is_empty(), |s| {
            s.push(" and (")
                .holds(&["c.name"], &filter.search)
                .push(" or exists (select 1 from identities i where i.contact_id = c.id and ")
                .holds(&["i.value"], &filter.search)
                .push("))")
        })
        .when(filter.segment.is_some(), |s| {
            s.push(" and o.segment = ").bind(filter.segment.map(RfmSegment::as_str).unwrap_or_default().to_owned())
        })
        .when(filter.only.is_some(), |s| s.push(" and c.id = ").bind(filter.only.map_or(0, ContactId::get)))
}

fn read_line(row: &AnyRow) -> sqlx::Result<ContactLine> {
    let total = match row.maybe_number("total_minor")? {
        Some(_) => Some(row.money("total_minor", "currency")?),
        None => None,
    };
    Ok(ContactLine {
        id: row.id("id")?,
        name: row.text("name")?,
        address: row.maybe_text("address")?.unwrap_or_default(),
        country: row.maybe_text("country")?,
        language: row.maybe_language("language")?,
        orders: row.maybe_number("orders")?.unwrap_or(0),
        total,
        last_order_at: row.maybe_moment("last_at")?,
        segment: row.maybe_word("segment")?,
        conversations: row.number("conversations")?,
    })
}

impl Store {
    /// One contact.
    pub async fn contact(&self, id: ContactId) -> Result<Contact, StoreError> {
        one(&mut *self.read().await?, id).await
    }

    /// The contact with an address.
    pub async fn contact_by_identity(&self, identity: &Identity) -> Result<Option<Contact>, StoreError> {
        by_identity(&mut *self.read().await?, identity).await
    }

    /// The addresses of a contact, mail first.
    pub async fn identities_of(&self, id: ContactId) -> Result<Vec<Identity>, StoreError> {
        identities(&mut *self.read().await?, id).await
    }

    /// A page of contacts, those with the latest orders first, and how many there are in all.
    pub async fn contact_page(&self, filter: &ContactFilter) -> Result<(i64, Vec<ContactLine>), StoreError> {
        let mut conn = self.read().await?;
        let count = Statement::new("select count(*) as n from contacts c left join contact_orders o on o.contact_id = c.id where 1 = 1");
        let total = filtered(count, filter).row(&mut conn).await?.number("n")?;
        let select = Statement::new(
            "select c.id, c.name, c.country, c.language, o.orders, o.total_minor, o.currency, o.last_at, o.segment,
             (select i.value from identities i where i.contact_id = c.id order by case i.kind when 'email' then 0 else 1 end, i.value limit 1)
               as address,
             (select count(*) from conversations v where v.contact_id = c.id) as conversations
             from contacts c left join contact_orders o on o.contact_id = c.id where 1 = 1",
        );
        let rows = filtered(select, filter)
            .push(" order by coalesce(o.last_at, 0) desc, c.id desc limit ")
            .bind(filter.limit)
            .push(" offset ")
            .bind(filter.offset)
            .rows(&mut conn)
            .await?;
        Ok((total, each(&rows, read_line)?))
    }
}

async fn identities(conn: &mut AnyConnection, id: ContactId) -> Result<Vec<Identity>, StoreError> {
    let rows = sqlx::query(
        "select kind, value from identities where contact_id = $1 order by case kind when 'email' then 0 else 1 end, kind, value",
    )
    .bind(id.get())
    .fetch_all(conn)
    .await?;
    Ok(each(&rows, |row| Ok(Identity { kind: row.word("kind")?, value: row.text("value")? }))?)
}

impl Tx {
    /// All addresses of a contact, within the transaction.
    pub async fn identities(&mut self, id: ContactId) -> Result<Vec<Identity>, StoreError> {
        identities(self.conn(), id).await
    }

    /// One contact.
    pub async fn contact(&mut self, id: ContactId) -> Result<Contact, StoreError> {
        one(self.conn(), id).await
    }

    /// The contact with an address.
    pub async fn contact_by_identity(&mut self, identity: &Identity) -> Result<Option<Contact>, StoreError> {
        by_identity(self.conn(), identity).await
    }

    /// The contacts with these addresses; for imports in bulk.
    pub async fn contacts_by_identities(&mut self, identities: &[Identity]) -> Result<BTreeMap<(String, String), ContactId>, StoreError> {
        // By kind, since the index begins with it: asked by value alone, each batch would read every address there is.
        let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for identity in identities {
            by_kind.entry(identity.kind.as_str()).or_default().push(&identity.value);
        }
        let mut found = BTreeMap::new();
        for (kind, values) in by_kind {
            for part in values.chunks(1000) {
                for row in &by_values(kind, part).rows(self.conn()).await? {
                    found.insert((kind.to_owned(), row.text("value")?), row.id("contact_id")?);
                }
            }
        }
        Ok(found)
    }

    /// Makes a contact with its addresses. An address that another contact has is an error (`Constraint`).
    pub async fn insert_contact(&mut self, new: &NewContact, identities: &[Identity]) -> Result<ContactId, StoreError> {
        self.insert_contacts(&[(new.clone(), identities.to_vec())]).await?.pop().ok_or(StoreError::NotFound)
    }

    /// Writes everything of a contact but its addresses.
    pub async fn update_contact(&mut self, contact: &Contact) -> Result<(), StoreError> {
        let done = sqlx::query(
            "update contacts set name = $2, country = $3, language = $4, language_fixed = $5, time_zone = $6, tags = $7,
             consent_marketing = $8 where id = $1",
        )
        .bind(contact.id.get())
        .bind(contact.name.as_str())
        .bind(contact.country.as_deref())
        .bind(contact.language.as_ref().map(Language::code))
        .bind(flag(contact.language_fixed))
        .bind(contact.time_zone.as_deref())
        .bind(json_text(&contact.tags)?)
        .bind(flag(contact.consent_marketing))
        .execute(self.conn())
        .await?;
        self.found(done.rows_affected())?;
        self.changed(ChangeKind::Contact, contact.id.get());
        Ok(())
    }

    /// Remembers the language of a contact's messages, unless an agent has set it.
    pub async fn learn_contact_language(&mut self, id: ContactId, language: &Language) -> Result<(), StoreError> {
        let done =
            sqlx::query("update contacts set language = $2 where id = $1 and language_fixed = 0 and (language is null or language <> $2)")
                .bind(id.get())
                .bind(language.code())
                .execute(self.conn())
                .await?;
        if done.rows_affected() > 0 {
            self.changed(ChangeKind::Contact, id.get());
        }
        Ok(())
    }

    /// Sets the language for good; `None` lets the messages tell it again.
    pub async fn fix_contact_language(&mut self, id: ContactId, language: Option<&Language>) -> Result<(), StoreError> {
        let done = sqlx::query("update contacts set language = coalesce($2, language), language_fixed = $3 where id = $1")
            .bind(id.get())
            .bind(language.map(Language::code))
            .bind(flag(language.is_some()))
            .execute(self.conn())
            .await?;
        self.found(done.rows_affected())?;
        self.changed(ChangeKind::Contact, id.get());
        Ok(())
    }

    /// Gives a contact one more address; false when somebody (perhaps the same) has it already.
    pub async fn add_identity(&mut self, id: ContactId, identity: &Identity) -> Result<bool, StoreError> {
        let done = sqlx::query("insert into identities (kind, value, contact_id) values ($1, $2, $3) on conflict (kind, value) do nothing")
            .bind(identity.kind.as_str())
            .bind(identity.value.as_str())
            .bind(id.get())
            .execute(self.conn())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::contact::IdentityKind;

    use super::*;
    use crate::{both_engines, samples};

    both_engines!(a_contact_is_found_by_each_address, |store| async move {
        let phone = Identity { kind: IdentityKind::Phone, value: "+49301".into() };
        let mut tx = store.begin_at(Moment(4)).await.unwrap();
        let id = tx.insert_contact(&samples::contact("Ana"), &[Identity::email("Ana@Mail.example")]).await.unwrap();
        assert!(tx.add_identity(id, &phone).await.unwrap());
        assert!(!tx.add_identity(id, &phone).await.unwrap());
        tx.commit().await.unwrap();
        for identity in [Identity::email("ana@mail.EXAMPLE "), phone.clone()] {
            assert_eq!(store.contact_by_identity(&identity).await.unwrap().unwrap().id, id);
        }
        assert_eq!(store.contact_by_identity(&Identity::email("x@y.example")).await.unwrap(), None);
        assert_eq!(store.identities_of(id).await.unwrap(), [Identity::email("ana@mail.example"), phone]);
        assert_eq!(store.contact(id).await.unwrap().created_at, Moment(4));
    });

    both_engines!(two_contacts_never_share_an_address, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        tx.insert_contact(&samples::contact("Ana"), &[Identity::email("ana@mail.example")]).await.unwrap();
        let second = tx.insert_contact(&samples::contact("Eva"), &[Identity::email("ana@mail.example")]).await;
        assert!(matches!(second, Err(StoreError::Constraint(_))), "{second:?}");
    });

    both_engines!(c1_a_language_set_by_an_agent_is_changed_by_no_message, |store| async move {
        let (fr, es) = (Language::parse("fr").unwrap(), Language::parse("es").unwrap());
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_contact(&samples::contact("Ana"), &[]).await.unwrap();
        tx.learn_contact_language(id, &fr).await.unwrap();
        assert_eq!(tx.contact(id).await.unwrap().language, Some(fr.clone()));
        tx.fix_contact_language(id, Some(&es)).await.unwrap();
        tx.learn_contact_language(id, &fr).await.unwrap();
        assert_eq!(tx.contact(id).await.unwrap().language, Some(es.clone()));
        tx.fix_contact_language(id, None).await.unwrap();
        assert_eq!(tx.contact(id).await.unwrap().language, Some(es));
        tx.learn_contact_language(id, &fr).await.unwrap();
        assert_eq!(tx.contact(id).await.unwrap().language, Some(fr));
    });

    both_engines!(the_list_searches_names_and_addresses, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (_, ana, _) = samples::world(&mut tx, "Ana").await;
        let bo = tx.insert_contact(&samples::contact("Bo 100%"), &[Identity::email("bo@post.example")]).await.unwrap();
        tx.commit().await.unwrap();
        for (search, expect) in [("", vec![bo, ana]), ("ANA", vec![ana]), ("post.ex", vec![bo]), ("0%", vec![bo]), ("_", vec![])] {
            let filter = ContactFilter { search: search.into(), limit: 10, ..ContactFilter::default() };
            let (total, lines) = store.contact_page(&filter).await.unwrap();
            assert_eq!(lines.iter().map(|l| l.id).collect::<Vec<_>>(), expect, "{search}");
            assert_eq!(total, expect.len() as i64);
        }
        let filter = ContactFilter { limit: 1, offset: 1, ..ContactFilter::default() };
        let (total, lines) = store.contact_page(&filter).await.unwrap();
        assert_eq!((total, lines[0].id, lines[0].conversations, lines[0].address.as_str()), (2, ana, 1, "ana@mail.example"));
    });

    both_engines!(changes_of_a_contact_are_kept, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_contact(&samples::contact("Ana"), &[]).await.unwrap();
        let mut contact = tx.contact(id).await.unwrap();
        contact.tags = vec!["vip".into()];
        contact.consent_marketing = true;
        contact.time_zone = Some("Europe/Berlin".into());
        tx.update_contact(&contact).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.contact(id).await.unwrap(), contact);
        assert!(matches!(store.contact(ContactId(999)).await, Err(StoreError::NotFound)));
    });
}
