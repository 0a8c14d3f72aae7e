//! The people who answer.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CannedId, ConversationId, LabelId, MemberId, NoteId},
    language::Language,
    moment::Moment,
    words,
};

words! {
    /// What a member may do.
    Role {
        /// Everything.
        Owner => "owner",
        /// Answers; no settings.
        Agent => "agent",
        /// Reads dashboards.
        Viewer => "viewer",
    }
}

/// A human who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Member {
    /// The row.
    pub id: MemberId,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A coloured mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Label {
    /// The row.
    pub id: LabelId,
    /// Lower case, unique.
    pub name: String,
    /// The name of a colour token: `red`, `amber`, `green`, `blue`, `violet`, `grey`.
    pub colour: String,
}

/// An internal note: never sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Note {
    /// The row.
    pub id: NoteId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub member_id: MemberId,
    /// The text; `@name` mentions a colleague.
    pub text: String,
    /// When.
    pub at: Moment,
}

/// A saved text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CannedResponse {
    /// The row.
    pub id: CannedId,
    /// Typed after `/`; unique together with the language.
    pub shortcode: String,
    /// Its language.
    pub language: Language,
    /// The text with `{{contact.name}}`, `{{order.number}}`, `{{tracking.number}}`.
    pub text: String,
}
