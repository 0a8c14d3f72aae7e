//! Behaviour events of the shop: who looked at what. An event has no number of its own, so its content is its key.

use std::collections::HashSet;

use anyhow::Result;
use mercator_domain::moment::Moment;
use mercator_store::{Put, behaviour::BehaviourEvent};
use sha2::{Digest, Sha256};

use super::{
    columns::{Read, Row},
    people::{self, People, Person},
    run::{Batches, Run},
};

/// One event of the file.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    person: Option<Person>,
    visitor: String,
    at: Moment,
    kind: String,
    sku: String,
    dwell_ms: Option<i64>,
    url: String,
}

fn read(row: Row<'_>, _: &mut dyn FnMut(String)) -> Read<Event> {
    let customer = row.text("customer_id").to_owned();
    let visitor = row.text("visitor_id").to_owned();
    if customer.is_empty() && visitor.is_empty() {
        return Err("customer_id and visitor_id are both missing".to_owned());
    }
    row.required("at")?;
    Ok(Event {
        person: (!customer.is_empty()).then(|| Person { customer_id: customer, ..Person::default() }),
        visitor,
        at: row.moment("at")?.ok_or("at is missing")?,
        kind: row.required("kind")?.to_owned(),
        sku: row.text("sku").to_owned(),
        dwell_ms: row.whole("dwell_ms")?,
        url: row.text("url").to_owned(),
    })
}

impl Event {
    fn key(&self) -> String {
        let mut hash = Sha256::new();
        let customer = self.person.as_ref().map_or("", |p| p.customer_id.as_str());
        let (at, dwell) = (self.at.ms().to_string(), self.dwell_ms.map_or_else(String::new, |d| d.to_string()));
        for part in [customer, &self.visitor, &at, &self.kind, &self.sku, &dwell, &self.url] {
            // The length first, so that no two events run into the same text.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Takes in a file of events.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    let mut events: Vec<Event> = run.read_rows(read).into_iter().map(|(_, event)| event).collect();
    let mut keys = HashSet::new();
    let all = events.len();
    events.retain(|event| keys.insert(event.key()));
    run.tally.count(all - events.len(), Put::Unchanged);
    for batch in events.batches() {
        let mut tx = run.begin().await?;
        let mut people = People::of(&mut tx, batch.iter().filter_map(|e| e.person.as_ref())).await?;
        let mut rows = Vec::with_capacity(batch.len());
        for event in batch {
            let contact_id = match &event.person {
                Some(person) => Some(people.contact(&mut tx, person, |known| people::fill(known, &person.facts)).await?.0),
                None => None,
            };
            rows.push(BehaviourEvent {
                contact_id,
                visitor: event.visitor.clone(),
                at: event.at,
                kind: event.kind.clone(),
                sku: event.sku.clone(),
                dwell_ms: event.dwell_ms,
                url: event.url.clone(),
                event_key: event.key(),
            });
        }
        let new = usize::try_from(tx.insert_behaviour(&rows).await?).unwrap_or(rows.len()).min(rows.len());
        run.tally.count(new, Put::Inserted);
        run.tally.count(rows.len() - new, Put::Unchanged);
        run.end(tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_differ_anywhere_have_different_keys() {
        let event = Event {
            person: None,
            visitor: "v".into(),
            at: Moment(1),
            kind: "view".into(),
            sku: "A".into(),
            dwell_ms: None,
            url: String::new(),
        };
        let others = [
            Event { visitor: "vv".into(), kind: "iew".into(), ..event.clone() },
            Event { at: Moment(2), ..event.clone() },
            Event { sku: String::new(), url: "A".into(), ..event.clone() },
            Event { dwell_ms: Some(0), ..event.clone() },
        ];
        assert!(others.iter().all(|other| other.key() != event.key()));
        assert_eq!(event.key(), event.clone().key());
    }
}
