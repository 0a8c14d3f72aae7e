//! What people's answers teach: proposals, cases that must stay right, and the questions that nobody could answer.

use mercator_domain::{
    ids::{ArticleId, CaseId, ConversationId, MessageId, ProposalId},
    intent::Intent,
    language::Language,
    learning::{NewCase, NewProposal, Proposal, ProposalState, RegressionCase},
    moment::Moment,
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, flag},
    statement::Statement,
};

const PROPOSALS: &str = "select id, conversation_id, message_id, question, answer, language, intent, state, article_id, member, at,
    decided_at from proposals";

const CASES: &str = "select id, message_id, question, language, intent, expect, article_key, passed, became, ran_at, member, at
    from regression_cases";

/// A question without an answer, as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The message.
    pub message_id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its words.
    pub text: String,
    /// The subject, for messages that say little.
    pub subject: String,
    /// Its language, when known.
    pub language: Option<Language>,
    /// When.
    pub at: Moment,
}

fn proposal(row: &AnyRow) -> sqlx::Result<Proposal> {
    Ok(Proposal {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        message_id: row.id("message_id")?,
        question: row.text("question")?,
        answer: row.text("answer")?,
        language: row.language("language")?,
        intent: row.maybe_word("intent")?,
        state: row.word("state")?,
        article_id: row.maybe_id("article_id")?,
        member: row.text("member")?,
        at: row.moment("at")?,
        decided_at: row.maybe_moment("decided_at")?,
    })
}

fn case(row: &AnyRow) -> sqlx::Result<RegressionCase> {
    Ok(RegressionCase {
        id: row.id("id")?,
        message_id: row.maybe_id("message_id")?,
        question: row.text("question")?,
        language: row.language("language")?,
        intent: row.maybe_word("intent")?,
        expect: row.word("expect")?,
        article_key: row.maybe_text("article_key")?,
        passed: row.maybe_number("passed")?.map(|passed| passed != 0),
        became: row.text("became")?,
        ran_at: row.maybe_moment("ran_at")?,
        member: row.text("member")?,
        at: row.moment("at")?,
    })
}

fn unanswered(row: &AnyRow) -> sqlx::Result<Unanswered> {
    Ok(Unanswered {
        message_id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        text: row.text("text")?,
        subject: row.text("subject")?,
        language: row.maybe_language("language")?,
        at: row.moment("at")?,
    })
}

impl Store {
    /// The proposals in a state, the newest first.
    pub async fn proposals(&self, state: ProposalState, limit: i64) -> Result<Vec<Proposal>, StoreError> {
        let statement = Statement::new(PROPOSALS).push(" where state = ").bind(state.as_str().to_owned());
        let rows = statement.push(" order by at desc, id desc limit ").bind(limit).rows(&mut *self.read().await?).await?;
        Ok(each(&rows, proposal)?)
    }

    /// The questions of all proposals, decided or not, the newest first: what is like one of them is not proposed again.
    pub async fn proposed_questions(&self, limit: i64) -> Result<Vec<String>, StoreError> {
        let statement = Statement::new("select question from proposals order by id desc limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, |row| row.text("question"))?)
    }

    /// One proposal.
    pub async fn proposal(&self, id: ProposalId) -> Result<Proposal, StoreError> {
        let statement = Statement::new(PROPOSALS).push(" where id = ").bind(id.get());
        Ok(proposal(&statement.row(&mut *self.read().await?).await?)?)
    }

    /// Every case that must stay right, the newest first.
    pub async fn regression_cases(&self) -> Result<Vec<RegressionCase>, StoreError> {
        let rows = Statement::new(CASES).push(" order by id desc").rows(&mut *self.read().await?).await?;
        Ok(each(&rows, case)?)
    }

    /// The customers' messages that went to a person because no article answered them, or that were asked back about and never
    /// answered by the bot; the newest first.
    pub async fn unanswered(&self, since: Moment, limit: i64) -> Result<Vec<Unanswered>, StoreError> {
        let rows = sqlx::query(
            "select m.id, m.conversation_id, m.text, m.subject, m.language, m.at from messages m
             join turns t on t.message_id = m.id
             where m.at >= $1 and m.author = 'contact'
             and (t.rule in ('weak_evidence', 'out_of_scope')
                  or exists (select 1 from handoffs h where h.message_id = m.id and h.reason = 'missing_knowledge'))
             order by m.at desc, m.id desc limit $2",
        )
        .bind(since.ms())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, unanswered)?)
    }
}

impl Tx {
    /// Stores a proposal; nothing when one was made from this answer before.
    pub async fn insert_proposal(&mut self, new: &NewProposal) -> Result<Option<ProposalId>, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into proposals (conversation_id, message_id, question, answer, language, intent, state, at)
             values ($1, $2, $3, $4, $5, $6, 'open', $7) on conflict (message_id) do nothing returning id",
        )
        .bind(new.conversation_id.get())
        .bind(new.message_id.get())
        .bind(new.question.as_str())
        .bind(new.answer.as_str())
        .bind(new.language.code())
        .bind(new.intent.map(Intent::as_str))
        .bind(now.ms())
        .fetch_optional(self.conn())
        .await?;
        let id = row.map(|row| row.id("id")).transpose()?;
        if id.is_some() {
            self.changed(ChangeKind::Knowledge, 0);
        }
        Ok(id)
    }

    /// Decides about an open proposal; false when it is no longer open.
    pub async fn decide_proposal(
        &mut self,
        id: ProposalId,
        state: ProposalState,
        article: Option<ArticleId>,
        member: &str,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let done =
            sqlx::query("update proposals set state = $2, article_id = $3, member = $4, decided_at = $5 where id = $1 and state = 'open'")
                .bind(id.get())
                .bind(state.as_str())
                .bind(article.map(ArticleId::get))
                .bind(member)
                .bind(now.ms())
                .execute(self.conn())
                .await?;
        self.changed(ChangeKind::Knowledge, 0);
        Ok(done.rows_affected() > 0)
    }

    /// Stores a case; a second correction of the same message takes the place of the first.
    pub async fn put_case(&mut self, new: &NewCase) -> Result<CaseId, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into regression_cases (message_id, question, language, intent, expect, article_key, member, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (message_id) do update set question = excluded.question,
             expect = excluded.expect, article_key = excluded.article_key, member = excluded.member, at = excluded.at, passed = null,
             became = '', ran_at = null returning id",
        )
        .bind(new.message_id.get())
        .bind(new.question.as_str())
        .bind(new.language.code())
        .bind(new.intent.map(Intent::as_str))
        .bind(new.expect.as_str())
        .bind(new.article_key.as_deref())
        .bind(new.member.as_str())
        .bind(now.ms())
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Knowledge, 0);
        Ok(row.id("id")?)
    }

    /// Notes how a case came out.
    pub async fn set_case_result(&mut self, id: CaseId, passed: bool, became: &str) -> Result<(), StoreError> {
        let now = self.now();
        let done = sqlx::query("update regression_cases set passed = $2, became = $3, ran_at = $4 where id = $1")
            .bind(id.get())
            .bind(flag(passed))
            .bind(became)
            .bind(now.ms())
            .execute(self.conn())
            .await?;
        self.found(done.rows_affected())
    }

    /// Takes a case away.
    pub async fn delete_case(&mut self, id: CaseId) -> Result<(), StoreError> {
        let done = sqlx::query("delete from regression_cases where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.changed(ChangeKind::Knowledge, 0);
        self.found(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::learning::CaseExpect;

    use super::*;
    use crate::{both_engines, samples};

    both_engines!(h1_a_proposal_is_made_once_an_answer_and_decided_once, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let message = samples::say(&mut tx, inbox, conversation, 1, "Yes, with any dimmer.").await;
        let new = NewProposal {
            conversation_id: conversation,
            message_id: message,
            question: "Is it dimmable?".into(),
            answer: "Yes, with any dimmer.".into(),
            language: Language::english(),
            intent: Some(Intent::ProductQuestion),
        };
        let id = tx.insert_proposal(&new).await.unwrap().unwrap();
        assert_eq!(tx.insert_proposal(&new).await.unwrap(), None);
        tx.commit().await.unwrap();
        let open = store.proposals(ProposalState::Open, 9).await.unwrap();
        assert_eq!(open.iter().map(|p| (p.id, p.question.as_str(), p.at)).collect::<Vec<_>>(), [(id, "Is it dimmable?", Moment(5))]);
        assert_eq!(store.proposed_questions(9).await.unwrap(), ["Is it dimmable?"]);
        let mut tx = store.begin_at(Moment(6)).await.unwrap();
        assert!(tx.decide_proposal(id, ProposalState::Rejected, None, "Ann").await.unwrap());
        assert!(!tx.decide_proposal(id, ProposalState::Approved, None, "Bo").await.unwrap());
        tx.commit().await.unwrap();
        let decided = store.proposal(id).await.unwrap();
        assert_eq!((decided.state, decided.member.as_str(), decided.decided_at), (ProposalState::Rejected, "Ann", Some(Moment(6))));
    });

    both_engines!(h3_a_case_keeps_how_it_came_out, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (inbox, gone, conversation) = samples::world(&mut tx, "Ana").await;
        let message = samples::say(&mut tx, inbox, conversation, 1, "Is it dimmable?").await;
        let new = NewCase {
            message_id: message,
            question: "Is it dimmable?".into(),
            language: Language::english(),
            intent: None,
            expect: CaseExpect::Article,
            article_key: Some("dim".into()),
            member: "Ann".into(),
        };
        let id = tx.put_case(&new).await.unwrap();
        tx.set_case_result(id, false, "nothing").await.unwrap();
        tx.commit().await.unwrap();
        let stored = store.regression_cases().await.unwrap();
        assert_eq!((stored[0].passed, stored[0].became.as_str(), stored[0].ran_at), (Some(false), "nothing", Some(Moment(5))));
        let mut tx = store.begin_at(Moment(6)).await.unwrap();
        assert_eq!(tx.put_case(&NewCase { expect: CaseExpect::Person, article_key: None, ..new }).await.unwrap(), id);
        tx.commit().await.unwrap();
        assert_eq!(store.regression_cases().await.unwrap()[0].passed, None, "what is right has changed");
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        tx.erase_contact(gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.regression_cases().await.unwrap(), [], "an erased person's words are in no case");
    });
}
