//! What people's answers teach: proposed articles, questions without an answer, and cases that must stay right.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ArticleId, CaseId, ConversationId, MessageId, ProposalId},
    intent::Intent,
    language::Language,
    moment::Moment,
    words,
};

words! {
    /// How far a proposal is.
    ProposalState {
        /// Waits for a person.
        Open => "open",
        /// It has become an article.
        Approved => "approved",
        /// A person did not want it.
        Rejected => "rejected",
    }
}

/// A question and its answer as a person gave it, without what is personal, proposed as an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Proposal {
    /// The row.
    pub id: ProposalId,
    /// Where it was asked and answered.
    pub conversation_id: ConversationId,
    /// The answer that it was made from.
    pub message_id: MessageId,
    /// The customer's question.
    pub question: String,
    /// The person's answer.
    pub answer: String,
    /// The language of both.
    pub language: Language,
    /// What the customer wanted.
    pub intent: Option<Intent>,
    /// How far.
    pub state: ProposalState,
    /// The article that it has become.
    pub article_id: Option<ArticleId>,
    /// Who decided; empty before.
    pub member: String,
    /// When it was made.
    pub at: Moment,
    /// When it was decided.
    pub decided_at: Option<Moment>,
}

/// A proposal to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProposal {
    /// See [`Proposal::conversation_id`].
    pub conversation_id: ConversationId,
    /// See [`Proposal::message_id`].
    pub message_id: MessageId,
    /// See [`Proposal::question`].
    pub question: String,
    /// See [`Proposal::answer`].
    pub answer: String,
    /// See [`Proposal::language`].
    pub language: Language,
    /// See [`Proposal::intent`].
    pub intent: Option<Intent>,
}

/// Questions of one kind that the bot could not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Gap {
    /// The one that stands for all: the question most like the others.
    pub question: String,
    /// Its language.
    pub language: Option<Language>,
    /// How many.
    pub count: i32,
    /// The conversations in which they were asked, the newest first.
    pub conversations: Vec<ConversationId>,
    /// When it was asked last.
    pub last_at: Moment,
}

words! {
    /// What must come of a case.
    CaseExpect {
        /// An article with this key answers.
        Article => "article",
        /// A person gets it.
        Person => "person",
    }
}

/// A question that the bot once got wrong, and what is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RegressionCase {
    /// The row.
    pub id: CaseId,
    /// The question that was answered wrongly; none where its person was erased.
    pub message_id: Option<MessageId>,
    /// The question, without what is personal.
    pub question: String,
    /// Its language.
    pub language: Language,
    /// What the customer wanted.
    pub intent: Option<Intent>,
    /// What must come of it.
    pub expect: CaseExpect,
    /// The key of the article that must answer.
    pub article_key: Option<String>,
    /// Whether it came out right when it ran last; none before the first run.
    pub passed: Option<bool>,
    /// What came of it: the title of the article, or the rule that decided.
    pub became: String,
    /// When it ran last.
    pub ran_at: Option<Moment>,
    /// Who corrected the bot.
    pub member: String,
    /// When.
    pub at: Moment,
}

/// A case to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// See [`RegressionCase::message_id`].
    pub message_id: MessageId,
    /// See [`RegressionCase::question`].
    pub question: String,
    /// See [`RegressionCase::language`].
    pub language: Language,
    /// See [`RegressionCase::intent`].
    pub intent: Option<Intent>,
    /// See [`RegressionCase::expect`].
    pub expect: CaseExpect,
    /// See [`RegressionCase::article_key`].
    pub article_key: Option<String>,
    /// See [`RegressionCase::member`].
    pub member: String,
}
