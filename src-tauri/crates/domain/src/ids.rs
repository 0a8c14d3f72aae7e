//! Row identities. The database assigns them; a newtype each keeps an order's number from being passed for a contact's.

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, specta::Type)]
        #[serde(transparent)]
        pub struct $name(#[specta(type = i32)] pub i64);

        impl $name {
            /// The number in the database.
            pub const fn get(self) -> i64 { self.0 }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self { Self(id) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) }
        }
    )+};
}

ids! {
    /// A connected account of a channel.
    InboxId,
    /// A customer as a person.
    ContactId,
    /// One thread with one contact in one inbox.
    ConversationId,
    /// One message of a conversation.
    MessageId,
    /// One file that came with a message or goes with one.
    AttachmentId,
    /// One run of the bot over one message.
    TurnId,
    /// One message on its way out.
    OutboxId,
    /// One transfer from the bot to a person.
    HandoffId,
    /// A human who answers.
    MemberId,
    /// A coloured mark.
    LabelId,
    /// An internal note.
    NoteId,
    /// A saved text.
    CannedId,
    /// An answer to a survey.
    RatingId,
    /// One survey sent.
    SurveyId,
    /// Something a person must do outside of the conversation.
    WorkOrderId,
    /// Something done, or to be done, on an order or an account.
    ActionId,
    /// An article of the knowledge base.
    ArticleId,
    /// A product.
    ProductId,
    /// A customer's order.
    OrderId,
    /// One parcel.
    ShipmentId,
    /// A saved filter on contacts.
    SegmentId,
    /// A saved filter on conversations.
    ViewId,
    /// One span from a customer's first message (or reopening) to the resolve.
    EpisodeId,
    /// One labelled text from which the bot learns.
    IntentExampleId,
    /// An answer of a person proposed as an article.
    ProposalId,
    /// A question that must stay answered rightly.
    CaseId,
    /// A claim, dispute or feedback at a platform.
    PlatformCaseId,
    /// One version of the workspace's own model of the intents.
    IntentModelId,
}
