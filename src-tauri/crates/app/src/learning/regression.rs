//! The cases that must stay right: each correction of the bot is one, all run again when knowledge, rules or model change, and an intent
//! with a case that fails is not answered without a person until it is right again.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use anyhow::{Context, Result};
use mercator_domain::{
    article::ArticleState,
    ids::{ArticleId, CaseId, MessageId},
    inbox::{BotMode, BotModes},
    intent::Intent,
    language::Language,
    learning::{CaseExpect, NewCase, RegressionCase},
    message::Automatic,
    turn::{Outcome, Turn},
};
use mercator_pipeline::{
    impersonal::{matter, without_persons},
    personal::Persons,
    ports::{TurnInput, Writer},
};
use mercator_store::StoreError;
use serde::{Deserialize, Serialize};

use super::proposals::category_of;
use crate::{
    App,
    actions::identity::Writer as Asker,
    error::refuse,
    turn_input::{profile_of, promise, rules_of},
    views::{AppEvent, ArticleInput},
};

/// What would have been right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Right {
    /// This article answers.
    Article {
        /// Which.
        id: ArticleId,
    },
    /// This answers, and becomes an article.
    Answer {
        /// Its title.
        title: String,
        /// Its text.
        body: String,
    },
    /// A person should have had it.
    Person,
}

/// How the cases came out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RegressionRun {
    /// How many ran.
    pub cases: i32,
    /// How many came out right.
    pub passed: i32,
    /// The intents that are not answered alone because of those that did not.
    pub blocked: Vec<Intent>,
}

impl App {
    /// A person says that the bot's reply was wrong and what is right: a case more, which runs at once.
    pub async fn mark_wrong(&self, message: MessageId, right: &Right) -> Result<RegressionRun> {
        let stored =
            self.store.turn_of(message).await?.ok_or_else(|| refuse("The bot did not write this", "Choose an answer of the bot."))?;
        let asked = self.store.message(stored.message_id).await?;
        let conversation = self.store.conversation(asked.conversation_id).await?;
        let contact = self.store.contact(conversation.contact_id).await?;
        let persons = Persons { names: vec![&contact.name], addresses: vec![] };
        let question = without_persons(&matter(&asked.text), &persons, &*self.own_numbers().await);
        if question.trim().is_empty() {
            return Err(refuse("The message has no words of its own", "There is nothing that could be tried again."));
        }
        let language = stored.turn.language.value.code.clone();
        let intent = Some(stored.turn.understand.value.intent.name).filter(|intent| *intent != Intent::Other);
        let (expect, article_key) = self.expected(right, intent, &language).await?;
        let new = NewCase { message_id: asked.id, question, language, intent, expect, article_key, member: self.member.name.clone() };
        let mut tx = self.store.begin_at(self.now()).await?;
        let id = tx.put_case(&new).await?;
        tx.insert_audit(&self.member.name, "case.add", &format!("case:{id}"), &serde_json::json!({ "expect": expect })).await?;
        tx.commit().await?;
        self.run_regression().await
    }

    async fn expected(&self, right: &Right, intent: Option<Intent>, language: &Language) -> Result<(CaseExpect, Option<String>)> {
        Ok(match right {
            Right::Person => (CaseExpect::Person, None),
            Right::Article { id } => (CaseExpect::Article, Some(self.store.article(*id).await?.key)),
            Right::Answer { title, body } => {
                let input = ArticleInput {
                    id: None,
                    key: String::new(),
                    category: category_of(intent),
                    title: title.clone(),
                    body: body.clone(),
                    language: language.clone(),
                    country: None,
                    inbox_ids: vec![],
                    valid_from: None,
                    valid_to: None,
                    review_at: None,
                    state: ArticleState::Approved,
                };
                (CaseExpect::Article, Some(self.save_article(&input).await?.article.key))
            }
        })
    }

    /// Every case, the newest first.
    pub async fn regression_cases(&self) -> Result<Vec<RegressionCase>> {
        Ok(self.store.regression_cases().await?)
    }

    /// Takes a case away.
    pub async fn delete_case(&self, id: CaseId) -> Result<RegressionRun> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.delete_case(id).await?;
        tx.insert_audit(&self.member.name, "case.delete", &format!("case:{id}"), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.run_regression().await
    }

    /// Runs every case as the bot is now.
    pub async fn run_regression(&self) -> Result<RegressionRun> {
        self.regression_due.store(false, Ordering::Relaxed);
        let cases = self.store.regression_cases().await?;
        // Most shops have none: then neither the bot nor the index is loaded for it.
        if cases.is_empty() {
            *self.blocked.write().await = Some(BTreeSet::new());
            return Ok(RegressionRun::default());
        }
        let mut results = Vec::with_capacity(cases.len());
        for case in &cases {
            let turn = self.try_case(case).await?;
            results.push(self.judged(case, &turn).await?);
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        for (case, (passed, became)) in cases.iter().zip(&results) {
            match tx.set_case_result(case.id, *passed, became).await {
                // Taken away meanwhile.
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        tx.commit().await?;
        let red: BTreeSet<Intent> =
            cases.iter().zip(&results).filter(|(_, (passed, _))| !passed).filter_map(|(case, _)| case.intent).collect();
        *self.blocked.write().await = Some(red.clone());
        self.tell(AppEvent::KnowledgeChanged);
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let passed = results.iter().filter(|(passed, _)| *passed).count();
        Ok(RegressionRun { cases: count(cases.len()), passed: count(passed), blocked: red.into_iter().collect() })
    }

    /// Runs the cases when something has changed since they ran.
    pub(crate) async fn run_regression_if_due(&self) -> Result<()> {
        if self.regression_due.load(Ordering::Relaxed) {
            self.run_regression().await?;
        }
        Ok(())
    }

    /// Knowledge, rules or model are no longer what they were.
    pub(crate) fn regression_is_due(&self) {
        self.regression_due.store(true, Ordering::Relaxed);
    }

    /// The intents that are not answered without a person, because a case of theirs fails.
    pub(crate) async fn blocked_intents(&self) -> Result<BTreeSet<Intent>> {
        if let Some(known) = self.blocked.read().await.as_ref() {
            return Ok(known.clone());
        }
        let cases = self.store.regression_cases().await?;
        let red: BTreeSet<Intent> = cases.iter().filter(|case| case.passed == Some(false)).filter_map(|case| case.intent).collect();
        *self.blocked.write().await = Some(red.clone());
        Ok(red)
    }

    /// What the bot does with the question of a case; nothing is stored, and nobody is looked up.
    async fn try_case(&self, case: &RegressionCase) -> Result<Turn> {
        let now = self.now();
        let inbox = match self.store.inboxes().await?.into_iter().next() {
            Some(stored) => stored.inbox,
            None => crate::mailboxes::bench_inbox(Language::english()),
        };
        let mut store = profile_of(&inbox);
        // Whether it would be sent alone is not what is tried.
        store.modes = BotModes { default: BotMode::Auto, ..BotModes::default() };
        let input = TurnInput {
            subject: String::new(),
            text: case.question.clone(),
            attachments: vec![],
            automatic: Automatic::None,
            at: now,
            now,
            store,
            writer: Writer { language: Some(case.language.clone()), language_fixed: true, ..Writer::default() },
            history: vec![],
            human_owns: false,
            disclosed: true,
            promised_at: promise(&inbox, now),
            corrected: None,
            pending: None,
            pictures_before: false,
            offers: self.offers().await,
            automation: self.automation_rules().await?.into(),
            courtesy: self.own_courtesy().await?.into(),
            inbox: Some(inbox.id),
            channel: inbox.channel,
            labels: vec![],
            rules: rules_of(&*self.settings.read().await),
            own: self.own_numbers().await,
        };
        self.run_turn(input, Asker::default(), None).await.context("A case could not be tried")
    }

    /// Whether it is right, and what came of it in a word.
    async fn judged(&self, case: &RegressionCase, turn: &Turn) -> Result<(bool, String)> {
        let source = match &turn.outcome {
            Outcome::Reply { reply } | Outcome::Draft { reply } | Outcome::Act { reply, .. } => reply.sources.first(),
            Outcome::HandOff { .. } | Outcome::Silence { .. } => None,
        };
        let became = source.map_or_else(|| turn.decide.value.rule.clone(), |passage| passage.title.clone());
        let passed = match case.expect {
            CaseExpect::Person => matches!(turn.outcome, Outcome::HandOff { .. }),
            CaseExpect::Article => match source {
                Some(passage) => Some(self.store.article(passage.article_id).await?.key) == case.article_key,
                None => false,
            },
        };
        Ok((passed, became))
    }
}
