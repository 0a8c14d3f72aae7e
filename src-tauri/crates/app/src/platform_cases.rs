//! Claims, disputes and feedback at platforms: listed by deadline, beside their order and conversation, and told of before it is too late.
//!
//! They come from a file of the platform (`import/cases.rs`) or from a person. Answering is done at the platform: what it wants is
//! uploaded there, and no reply of the bot is an answer to a case.

use anyhow::Result;
use mercator_domain::{
    entity::comparable_number,
    ids::{ContactId, ConversationId, PlatformCaseId},
    moment::{HOUR_MS, Moment},
    platform_case::{self, CaseState, CaseTerm, LinkedCase, NewPlatformCase, PlatformCase},
};
use mercator_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::{App, error::refuse, views::AppEvent};

/// The row of the settings: the seller's own terms.
const KEY: &str = "case_terms";
/// A shop with more open cases than this has other troubles than the length of a list.
const MOST: i64 = 2_000;
/// So many of those that are settled are shown.
const MOST_SETTLED: i64 = 500;
/// More than this is no reason but a document.
const MAX_REASON: usize = 4_000;
/// The longest term: a year.
const MOST_HOURS: i32 = 8_760;
/// A person is told so long before the end.
const ALARM_LEAD_MS: i64 = 24 * HOUR_MS;

/// One row of Cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CaseRow {
    /// The case.
    pub case: PlatformCase,
    /// By when it must be answered.
    pub deadline: Moment,
    /// True when the platform has not said so: the deadline is the opening and the term of its kind.
    pub estimated: bool,
    /// True when it is open and its time is over.
    pub overdue: bool,
    /// Whose order it is.
    pub contact_id: Option<ContactId>,
    /// The customer's name, or address; may be empty.
    pub contact: String,
    /// The conversation it belongs to.
    pub conversation_id: Option<ConversationId>,
    /// The store's name; may be empty.
    pub store: String,
    /// True when the shop knows the order.
    pub order_known: bool,
}

impl App {
    /// The open cases, the nearest deadline first; with `settled` those that are answered or decided, the last changed first.
    pub async fn platform_cases(&self, settled: bool) -> Result<Vec<CaseRow>> {
        let found =
            if settled { self.store.settled_platform_cases(MOST_SETTLED).await? } else { self.store.open_platform_cases(MOST).await? };
        let mut rows = self.case_rows(found).await?;
        if !settled {
            rows.sort_by_key(|row| (row.deadline, row.case.id));
        }
        Ok(rows)
    }

    /// The cases of a conversation, the open ones first.
    pub(crate) async fn platform_cases_of(&self, id: ConversationId, order: Option<&str>) -> Result<Vec<CaseRow>> {
        let key = order.map(comparable_number);
        self.case_rows(self.store.platform_cases_of(id, key.as_deref()).await?).await
    }

    /// The case of this number, in any writing.
    pub async fn platform_case(&self, number: &str) -> Result<CaseRow> {
        let found = self.store.platform_case_by_number(number).await?;
        let rows = self.case_rows(found.into_iter().collect()).await?;
        rows.into_iter().next().ok_or_else(|| refuse(format!("There is no case {number}"), "Check the number: mercator-cli cases list."))
    }

    async fn case_rows(&self, found: Vec<LinkedCase>) -> Result<Vec<CaseRow>> {
        let (now, terms) = (self.now(), self.case_terms().await?);
        Ok(found.into_iter().map(|linked| row_of(linked, &terms, now)).collect())
    }

    /// Makes a case, or changes the one that was read with this version.
    pub async fn save_platform_case(&self, known: Option<(PlatformCaseId, i32)>, new: &NewPlatformCase) -> Result<CaseRow> {
        let new = self.checked(new).await?;
        let mut tx = self.store.begin_at(self.now()).await?;
        let (id, what) = if let Some((id, seen)) = known {
            if let Some(other) = self.store.platform_case_by_number(&new.number).await?.filter(|other| other.case.id != id) {
                return Err(taken(&other.case.number));
            }
            tx.update_platform_case(id, seen, &new).await?;
            (id, "case.change")
        } else {
            if let Some(other) = self.store.platform_case_by_number(&new.number).await? {
                return Err(taken(&other.case.number));
            }
            (tx.put_platform_case(&new).await?.0, "case.add")
        };
        // What was said stays in the row, where an erasure finds it.
        tx.insert_audit(&self.member.name, what, &id.to_string(), &serde_json::json!({ "kind": new.kind, "state": new.state })).await?;
        tx.commit().await?;
        self.cases_changed(new.conversation_id);
        self.platform_case(&new.number).await
    }

    /// Changes the state of a case as it was seen; refused when somebody else was quicker.
    pub async fn set_platform_case_state(&self, id: PlatformCaseId, seen_version: i32, state: CaseState) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_platform_case_state(id, seen_version, state).await?;
        tx.insert_audit(&self.member.name, "case.state", &id.to_string(), &serde_json::json!({ "state": state })).await?;
        tx.commit().await?;
        self.cases_changed(None);
        Ok(())
    }

    fn cases_changed(&self, conversation: Option<ConversationId>) {
        self.tell(AppEvent::OrdersChanged);
        if let Some(id) = conversation {
            self.tell(AppEvent::ConversationChanged { id });
        }
    }

    async fn checked(&self, new: &NewPlatformCase) -> Result<NewPlatformCase> {
        let (number, reason) = (new.number.trim(), new.reason.trim());
        if comparable_number(number).is_empty() {
            return Err(refuse("The case has no number", "Write the number that the platform gave it."));
        }
        if reason.chars().count() > MAX_REASON {
            return Err(refuse("The reason is too long", format!("Say it in at most {MAX_REASON} characters.")));
        }
        if new.answer_by.is_some_and(|by| by.since(new.opened_at) < 0) {
            return Err(refuse("The deadline lies before the opening", "Check both days."));
        }
        let order = new.order_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        // An order that is not known yet may come with the next import; a known one is written as the shop writes it.
        let order = match order {
            Some(number) => {
                let known = self.store.order_by_number(&comparable_number(number)).await?;
                Some(known.map_or_else(|| number.to_owned(), |order| order.number))
            }
            None => None,
        };
        if let Some(id) = new.conversation_id {
            self.store.conversation(id).await?;
        }
        if let Some(id) = new.inbox_id {
            let known = self.store.inboxes().await?.into_iter().any(|stored| stored.inbox.id == id);
            anyhow::ensure!(known, StoreError::NotFound);
        }
        Ok(NewPlatformCase { number: number.to_owned(), reason: reason.to_owned(), order_number: order, ..new.clone() })
    }

    /// How long there is for each kind of case when the platform does not say.
    pub async fn case_terms(&self) -> Result<Vec<CaseTerm>> {
        Ok(platform_case::terms(&self.store.setting::<Vec<CaseTerm>>(KEY).await?.unwrap_or_default()))
    }

    /// Stores the seller's own terms; a kind that is left out has the platforms' shortest.
    pub async fn save_case_terms(&self, terms: &[CaseTerm]) -> Result<Vec<CaseTerm>> {
        if let Some(wrong) = terms.iter().find(|term| !(1..=MOST_HOURS).contains(&term.hours)) {
            return Err(refuse(format!("{} hours are no term", wrong.hours), format!("Give 1 to {MOST_HOURS} hours.")));
        }
        let own: Vec<CaseTerm> = platform_case::terms(terms).into_iter().filter(|term| term.own).collect();
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, &own).await?;
        tx.insert_audit(&self.member.name, "case.terms", "settings", &serde_json::json!({ "terms": own })).await?;
        tx.commit().await?;
        self.tell(AppEvent::SettingsChanged);
        self.case_terms().await
    }

    /// Tells a person of open cases whose time is over within a day; each once. Returns how many.
    pub async fn alarm_cases(&self) -> Result<usize> {
        let waiting = self.store.platform_cases_to_alarm(MOST).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let now = self.now();
        let near = |row: &CaseRow| now.since(row.deadline.plus_ms(-ALARM_LEAD_MS)) >= 0;
        let due: Vec<CaseRow> = self.case_rows(waiting).await?.into_iter().filter(near).collect();
        if due.is_empty() {
            return Ok(0);
        }
        let mut tx = self.store.begin_at(now).await?;
        let mut told = vec![];
        for row in due {
            // Another instance may have been first.
            if tx.set_platform_case_alarmed(row.case.id).await? {
                told.push(row);
            }
        }
        tx.commit().await?;
        for row in &told {
            self.tell(AppEvent::CaseDue { number: row.case.number.clone(), store: row.store.clone(), id: row.conversation_id });
        }
        Ok(told.len())
    }
}

fn taken(number: &str) -> anyhow::Error {
    refuse(format!("There is a case {number} already"), "Open that one in the list of cases.")
}

fn row_of(linked: LinkedCase, terms: &[CaseTerm], now: Moment) -> CaseRow {
    let (deadline, estimated) = linked.case.deadline(terms);
    CaseRow {
        overdue: linked.case.state == CaseState::Open && now.since(deadline) > 0,
        deadline,
        estimated,
        contact_id: linked.contact_id,
        contact: linked.contact,
        conversation_id: linked.conversation_id,
        store: linked.store,
        order_known: linked.order_known,
        case: linked.case,
    }
}
