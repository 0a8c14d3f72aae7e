//! Cases: by the platform's number. A store is found by its name or address; an order need not be known yet.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_domain::{
    entity::comparable_number,
    ids::InboxId,
    platform_case::{CaseKind, CaseState, NewPlatformCase},
};
use mercator_store::Put;

use super::{
    columns::{Read, Row},
    products::{amount, currency},
    run::{Batches, Keys, Run},
};

/// The words that platforms write, without case, spaces and marks.
const KINDS: &[(&str, CaseKind)] = &[
    ("atoz", CaseKind::AToZ),
    ("atozclaim", CaseKind::AToZ),
    ("atozguarantee", CaseKind::AToZ),
    ("az", CaseKind::AToZ),
    ("inr", CaseKind::NotReceived),
    ("notreceived", CaseKind::NotReceived),
    ("itemnotreceived", CaseKind::NotReceived),
    ("merchandiseorservicenotreceived", CaseKind::NotReceived),
    ("snad", CaseKind::NotAsDescribed),
    ("inad", CaseKind::NotAsDescribed),
    ("notasdescribed", CaseKind::NotAsDescribed),
    ("itemnotasdescribed", CaseKind::NotAsDescribed),
    ("significantlynotasdescribed", CaseKind::NotAsDescribed),
    ("merchandiseorservicenotasdescribed", CaseKind::NotAsDescribed),
    ("chargeback", CaseKind::Chargeback),
    ("dispute", CaseKind::Chargeback),
    ("inquiry", CaseKind::Chargeback),
    ("feedback", CaseKind::Feedback),
    ("review", CaseKind::Feedback),
    ("rating", CaseKind::Feedback),
];

const STATES: &[(&str, CaseState)] = &[
    ("open", CaseState::Open),
    ("new", CaseState::Open),
    ("needsresponse", CaseState::Open),
    ("actionrequired", CaseState::Open),
    ("waitingforsellerresponse", CaseState::Open),
    ("answered", CaseState::Answered),
    ("underreview", CaseState::Answered),
    ("waitingforbuyerresponse", CaseState::Answered),
    ("submitted", CaseState::Answered),
    ("won", CaseState::Won),
    ("denied", CaseState::Won),
    ("lost", CaseState::Lost),
    ("granted", CaseState::Lost),
    ("accepted", CaseState::Lost),
    ("closed", CaseState::Closed),
    ("resolved", CaseState::Closed),
    ("withdrawn", CaseState::Closed),
    ("chargerefunded", CaseState::Closed),
];

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn named<T: Copy>(list: &[(&str, T)], text: &str) -> Option<T> {
    let word = bare(text);
    list.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn read(row: Row<'_>, stores: &BTreeMap<String, InboxId>, warn: &mut dyn FnMut(String)) -> Read<NewPlatformCase> {
    let number = row.required("case_id")?.trim_start_matches('#').trim().to_owned();
    if comparable_number(&number).is_empty() {
        return Err(format!("case_id: '{}' has neither letter nor digit", row.text("case_id")));
    }
    let word = row.required("kind")?;
    let kind = named(KINDS, word)
        .ok_or_else(|| format!("kind: '{word}' is none of {}", CaseKind::ALL.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(", ")))?;
    row.required("opened_at")?;
    let opened_at = row.moment("opened_at")?.ok_or("opened_at is missing")?;
    let answer_by = row.until("answer_by")?;
    if answer_by.is_some_and(|by| by.since(opened_at) < 0) {
        return Err("answer_by lies before opened_at".to_owned());
    }
    let amount = if row.maybe("amount").is_some() { amount(row, "amount", currency(row)?)? } else { None };
    let state = row.maybe("status").map_or(CaseState::Open, |text| {
        named(STATES, text).unwrap_or_else(|| {
            warn(format!("The state '{text}' is not known; the case counts as open"));
            CaseState::Open
        })
    });
    let inbox_id = row.maybe("store").and_then(|text| {
        let found = stores.get(&text.to_lowercase()).copied();
        if found.is_none() {
            warn(format!("There is no store '{text}'; the case has none"));
        }
        found
    });
    Ok(NewPlatformCase {
        kind,
        number,
        inbox_id,
        order_number: row.maybe("order_id").map(|text| text.trim_start_matches('#').trim().to_owned()).filter(|text| !text.is_empty()),
        conversation_id: None,
        reason: row.text("reason").to_owned(),
        amount,
        state,
        opened_at,
        answer_by,
    })
}

/// Takes in a file of cases.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    let stores = run.stores().await?;
    let mut keys = Keys::default();
    let mut cases = vec![];
    for (line, case) in run.read_rows(|row, warn| read(row, &stores, warn)) {
        match keys.see(&comparable_number(&case.number), &case) {
            Ok(true) => cases.push(case),
            Ok(false) => run.tally.count(1, Put::Unchanged),
            Err(why) => run.tally.reject(line, format!("case_id '{}' {why}", case.number)),
        }
    }
    for batch in cases.batches() {
        let mut tx = run.begin().await?;
        for case in batch {
            let (_, put) = tx.put_platform_case(case).await?;
            run.tally.count(1, put);
        }
        run.end(tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_are_among_those_that_are_read() {
        for kind in CaseKind::ALL {
            assert_eq!(named(KINDS, kind.as_str()), Some(*kind), "{kind}");
        }
        for state in CaseState::ALL {
            assert_eq!(named(STATES, state.as_str()), Some(*state), "{state}");
        }
        assert_eq!(named(KINDS, "A-to-z Guarantee"), Some(CaseKind::AToZ));
        assert_eq!(named(KINDS, "ITEM_NOT_RECEIVED"), Some(CaseKind::NotReceived));
        assert_eq!(named(KINDS, "birthday"), None);
    }
}
