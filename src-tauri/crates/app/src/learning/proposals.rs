//! A person has settled a question: its answer is proposed as an article, once, without what is personal.

use anyhow::{Context, Result};
use mercator_domain::{
    article::ArticleCategory,
    ids::{ConversationId, ProposalId},
    intent::Intent,
    language::Language,
    learning::{NewProposal, Proposal, ProposalState},
    message::{Author, Automatic, Delivery, Message},
};
use mercator_pipeline::{
    impersonal::{has_marks, matter, without_persons},
    personal::Persons,
    tokens,
};

use super::Likeness;
use crate::{
    App,
    error::refuse,
    views::{AppEvent, ArticleInput, ArticleRow},
};

/// Proposals that are listed at once.
const MOST: i64 = 500;
/// The newest proposals that a new one is compared with: a sentence vector takes a millisecond or two each.
const COMPARED: i64 = 200;
/// A question of fewer words asks nothing that another customer would ask in the same way.
const FEWEST_WORDS: usize = 3;
/// An answer of fewer letters says nothing that another customer could use.
const SHORTEST_ANSWER: usize = 20;
/// A longer answer is a letter; letters.
const LONGEST_ANSWER: usize = 4_000;

impl App {
    /// A conversation was settled: what a person has answered in it is looked at with the next look at the clock.
    pub(crate) async fn learn_from(&self, id: ConversationId) {
        self.settled.lock().await.push(id);
    }

    /// Proposes articles from what was settled. Nothing is done where there is nothing to learn; a failure is logged and stops
    /// nobody's work.
    pub(crate) async fn learn_from_settled(&self) {
        let settled = std::mem::take(&mut *self.settled.lock().await);
        for id in settled {
            if let Err(error) = self.propose_article(id).await {
                tracing::warn!(code = %crate::views::UserError::from(&error).code, "Nothing could be learned from a settled conversation");
            }
        }
    }

    async fn propose_article(&self, id: ConversationId) -> Result<Option<ProposalId>> {
        let conversation = self.store.conversation(id).await?;
        let thread = self.store.thread(id).await?;
        let own: Vec<&Message> = thread.iter().filter(|message| message.episode == conversation.episode).collect();
        let Some((question, answer)) = pair(&own) else { return Ok(None) };
        let intent = question.intent;
        if intent.is_some_and(is_about_one_case) {
            return Ok(None);
        }
        let inbox = self.store.inbox(conversation.inbox_id).await?.inbox;
        let contact = self.store.contact(conversation.contact_id).await?;
        let account = self.store.account(contact.id).await?;
        let members = self.store.members().await?;
        let persons = Persons {
            names: std::iter::once(contact.name.as_str()).chain(members.iter().map(|member| member.name.as_str())).collect(),
            addresses: account.address.iter().collect(),
        };
        let own = self.own_numbers().await;
        let bare = |text: &str| without_persons(&matter(text), &persons, &own);
        let new = NewProposal {
            conversation_id: id,
            message_id: answer.id,
            question: bare(&question.text),
            answer: bare(&crate::composer::unsigned(&answer.text, &inbox)),
            language: answer.language.clone().or(conversation.language).unwrap_or(inbox.language),
            intent,
        };
        // A question that names an order is about that one.
        if ["[order]", "[tracking]", "[number]"].iter().any(|mark| new.question.contains(mark)) {
            return Ok(None);
        }
        if tokens::words(&new.question.to_lowercase()).len() < FEWEST_WORDS
            || !(SHORTEST_ANSWER..=LONGEST_ANSWER).contains(&new.answer.chars().count())
            || self.is_known(&new.question, &new.language).await?
        {
            return Ok(None);
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        let made = tx.insert_proposal(&new).await?;
        tx.commit().await?;
        self.tell(AppEvent::KnowledgeChanged);
        Ok(made)
    }

    /// An article answers the question by now, or one like it was proposed before.
    async fn is_known(&self, question: &str, language: &Language) -> Result<bool> {
        let threshold = self.settings.read().await.answer_threshold;
        let found = self.search_knowledge(question, language, 1).await?;
        if found.first().is_some_and(|passage| passage.score >= threshold) {
            return Ok(true);
        }
        let texts = self.store.proposed_questions(COMPARED).await?;
        let encoder = self.brain().await?.bot.encoder().cloned();
        let question = question.to_owned();
        let work = move || Likeness::to(encoder, &texts).has(&question);
        tokio::task::spawn_blocking(work).await.context("The comparison was cut off")
    }

    /// The proposals that wait for a person, the newest first.
    pub async fn open_proposals(&self) -> Result<Vec<Proposal>> {
        Ok(self.store.proposals(ProposalState::Open, MOST).await?)
    }

    /// The proposal becomes an article, as it was edited; the bot uses it from the next message on.
    pub async fn approve_proposal(&self, id: ProposalId, article: &ArticleInput) -> Result<ArticleRow> {
        let proposal = self.store.proposal(id).await?;
        if proposal.state != ProposalState::Open {
            return Err(decided());
        }
        if has_marks(&article.title) || has_marks(&article.body) {
            return Err(refuse(
                "The article still has marks where something personal stood",
                "Write the sentence so that it fits every customer, then approve it.",
            ));
        }
        let row = self.save_article(article).await?;
        let mut tx = self.store.begin_at(self.now()).await?;
        if !tx.decide_proposal(id, ProposalState::Approved, Some(row.article.id), &self.member.name).await? {
            tx.rollback().await?;
            return Err(decided());
        }
        tx.insert_audit(
            &self.member.name,
            "proposal.approve",
            &format!("proposal:{id}"),
            &serde_json::json!({ "article": row.article.id }),
        )
        .await?;
        tx.commit().await?;
        self.tell(AppEvent::KnowledgeChanged);
        Ok(row)
    }

    /// A person does not want it; the same question is not proposed again.
    pub async fn reject_proposal(&self, id: ProposalId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        if !tx.decide_proposal(id, ProposalState::Rejected, None, &self.member.name).await? {
            tx.rollback().await?;
            return Err(decided());
        }
        tx.insert_audit(&self.member.name, "proposal.reject", &format!("proposal:{id}"), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.tell(AppEvent::KnowledgeChanged);
        Ok(())
    }
}

/// The category of an article that answers what is wanted.
pub fn category_of(intent: Option<Intent>) -> ArticleCategory {
    use Intent::{
        CompatibilityQuestion, CustomsHeld, DamagedItem, DeliveryTime, ExchangeRequest, MissingItem, OrderStatus, PaymentProblem,
        ProductQuestion, RecommendationRequest, RefundRequest, RefundStatus, ReturnRequest, StockQuestion, TariffQuestion, TrackingProblem,
        WrongItem,
    };
    match intent {
        Some(ProductQuestion | CompatibilityQuestion | StockQuestion | RecommendationRequest) => ArticleCategory::Product,
        Some(DeliveryTime | OrderStatus | TrackingProblem) => ArticleCategory::Logistics,
        Some(TariffQuestion | CustomsHeld) => ArticleCategory::Tariff,
        Some(PaymentProblem) => ArticleCategory::Payment,
        Some(ReturnRequest | ExchangeRequest | RefundRequest | RefundStatus | DamagedItem | WrongItem | MissingItem) => {
            ArticleCategory::AfterSales
        }
        _ => ArticleCategory::Faq,
    }
}

/// What is true for one order or one person only.
const fn is_about_one_case(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::OrderStatus
            | Intent::OrderCancel
            | Intent::OrderChange
            | Intent::AddressChange
            | Intent::RefundRequest
            | Intent::DamagedItem
            | Intent::WrongItem
            | Intent::MissingItem
            | Intent::TrackingProblem
            | Intent::CustomsHeld
            | Intent::RefundStatus
            | Intent::Complaint
            | Intent::Thanks
            | Intent::Feedback
            | Intent::HumanRequest
            | Intent::AccountDataRequest
    )
}

/// The last answer of a person, and what the customer had asked before it.
fn pair<'a>(thread: &[&'a Message]) -> Option<(&'a Message, &'a Message)> {
    let left = |message: &Message| !matches!(message.delivery, Delivery::Cancelled | Delivery::Draft | Delivery::Failed);
    let at = thread.iter().rposition(|message| message.author == Author::Agent && left(message))?;
    let asked = thread.get(..at)?.iter().rev();
    let question = asked.copied().find(|message| message.author == Author::Contact && message.automatic == Automatic::None)?;
    Some((question, thread.get(at)?))
}

fn decided() -> anyhow::Error {
    refuse("This proposal has been decided meanwhile", "Look at the list again.")
}
