//! What the screens and the command line are given: rows and pages ready to be shown, no more than a screen needs.
//!
//! Pure data, derived in the use cases beside this file; the window's TypeScript types are generated from here. Times are
//! epoch milliseconds, identities are numbers, enumerations are the fixed words of `mercator-domain`.

use mercator_domain::{
    account::CustomerAccount,
    article::{Article, ArticleCategory, ArticleState},
    channel::{ChannelFamily, ChannelKind},
    contact::{Contact, Identity},
    conversation::{ActivityKind, Conversation, Owner, Status},
    emotion::EmotionLevel,
    handoff::{Handoff, HandoffReason},
    ids::{ArticleId, CannedId, ContactId, ConversationId, HandoffId, InboxId, MessageId},
    inbox::{BotModes, Connection, Encryption, InboxState},
    intent::Intent,
    language::Language,
    message::{Delivery, Message},
    moment::Moment,
    money::Money,
    order::{Order, OrderStatus},
    segment::RfmSegment,
    shipment::ShipmentStage,
    team::{Label, Member, Note},
    turn::Turn,
    work_order::WorkOrder,
};
use serde::{Deserialize, Serialize};

use crate::{actions::ActionRow, platform_cases::CaseRow};

/// What the frame needs before anything else is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct AppState {
    /// The version of the program.
    pub version: String,
    /// True while nothing is connected and no demo is loaded: the three choices are shown.
    pub first_run: bool,
    /// True when the workspace is the demo.
    pub demo: bool,
    /// The folder or address of the workspace, for the settings page.
    pub workspace: String,
    /// Who sits here.
    pub member: Member,
    /// Everything that is set.
    pub settings: Settings,
    /// What needs a human now.
    pub badge: i32,
    /// Things that are not as they should be (no keychain, read-only disk), each with what to do.
    pub notices: Vec<Notice>,
}

/// Something that a person should know and can mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Notice {
    /// A fixed word that the window has texts for.
    pub code: String,
    /// What it is about (an inbox's name); may be empty.
    pub about: String,
    /// In English, for the command line and where the window has no text.
    pub message: String,
    /// What to do, in English.
    pub hint: String,
}

/// What is set for the whole workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct Settings {
    /// The console's language: `en` or `zh`.
    pub ui_language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// How long an answer can be taken back, in seconds (0 to 30).
    pub undo_seconds: i32,
    /// True: Enter sends; false: Ctrl+Enter sends.
    pub enter_sends: bool,
    /// Emotions are looked for and stored.
    pub emotion_enabled: bool,
    /// At this level or above a person takes over.
    pub hand_off_at: EmotionLevel,
    /// An article answers only at or above this score.
    pub answer_threshold: f32,
    /// An intent below this confidence counts as unsure.
    pub intent_threshold: f32,
    /// How often an intent must be right to be answered alone: its own threshold is chosen for this, beside the one above.
    pub precision: f32,
    /// A parcel without movement for more hours than this goes to a person.
    pub stuck_after_hours: i32,
    /// After this many bot answers in one episode a person takes over.
    pub max_bot_replies: i32,
    /// A survey goes out when a conversation is resolved.
    pub survey_enabled: bool,
    /// Outside services are asked only where they run on this computer; the channels that the seller has connected are not touched.
    pub local_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ui_language: "en".into(),
            theme: "system".into(),
            undo_seconds: 10,
            enter_sends: false,
            emotion_enabled: true,
            hand_off_at: EmotionLevel::Angry,
            answer_threshold: 0.45,
            intent_threshold: 0.5,
            precision: 0.95,
            stuck_after_hours: 120,
            max_bot_replies: 6,
            survey_enabled: true,
            local_only: true,
        }
    }
}

/// One entry of the first column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ViewEntry {
    /// `all`, `mine`, `unassigned`, `waiting`, `drafts`, `bot`, `snoozed`, `resolved`, `failed`, `inbox:7`.
    pub key: String,
    /// For an inbox: its name; the window has texts for the others.
    pub name: String,
    /// For an inbox: its channel.
    pub channel: Option<ChannelKind>,
    /// For an inbox: whether it is read.
    pub state: Option<InboxState>,
    /// Conversations in it.
    pub count: i32,
}

/// Which conversations to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ListQuery {
    /// A key of [`ViewEntry`]; empty means `all`.
    pub view: String,
    /// Words and operators (`channel:email label:refund -status:resolved created>2026-01-01 退款`).
    pub search: String,
    /// A drill-down from a dashboard: exactly these.
    pub only: Option<Vec<ConversationId>>,
    /// Rows to leave out at the start.
    pub offset: i32,
    /// Rows to give, at most 200.
    pub limit: i32,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ConversationRow {
    /// The conversation.
    pub id: ConversationId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The channel's family.
    pub family: ChannelFamily,
    /// The store's name.
    pub store: String,
    /// The customer.
    pub contact_id: ContactId,
    /// The customer's name, or address.
    pub contact: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The customer's language.
    pub language: Option<Language>,
    /// The subject.
    pub subject: String,
    /// The first line of the last message; of a search: the part that was found.
    pub preview: String,
    /// True when we wrote the last message.
    pub last_is_ours: bool,
    /// The last message.
    pub last_at: Moment,
    /// The state.
    pub status: Status,
    /// Who answers next.
    pub owner: Owner,
    /// To whom it is assigned.
    pub assignee: Option<String>,
    /// Not yet seen.
    pub unread: bool,
    /// Of the last customer message.
    pub emotion: Option<EmotionLevel>,
    /// Of the last customer message.
    pub intent: Option<Intent>,
    /// True when a risk was named.
    pub high_risk: bool,
    /// Marks.
    pub labels: Vec<Label>,
    /// The handoff that waits for an answer.
    pub waiting: Option<WaitingMark>,
    /// True when a draft of the bot waits for approval.
    pub has_bot_draft: bool,
    /// True when a message of ours failed or is uncertain.
    pub delivery_problem: bool,
}

/// What a row of Waiting for you shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WaitingMark {
    /// Why.
    pub reason: HandoffReason,
    /// Since when.
    pub since: Moment,
    /// By when a person has promised to answer.
    pub promised_at: Moment,
    /// True when that time has passed.
    pub overdue: bool,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ConversationPage {
    /// All rows of the query.
    pub total: i32,
    /// The rows asked for.
    pub rows: Vec<ConversationRow>,
    /// Operators that were not understood, to be shown under the search field.
    pub warnings: Vec<String>,
}

/// One thing in a thread, in time order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThreadItem {
    /// A message of either side.
    Message {
        /// The message.
        message: Box<Message>,
        /// True when a stored Turn tells why (the bot's answer, or the message it was made for).
        has_turn: bool,
        /// Titles of the articles that the bot cited.
        sources: Vec<SourceChip>,
        /// Until when it can be taken back.
        undo_until: Option<Moment>,
    },
    /// An internal note.
    Note {
        /// The note.
        note: Note,
        /// Who wrote it.
        member: String,
    },
    /// Something that happened.
    Activity {
        /// What.
        activity: ActivityKind,
        /// By whom: a name, `bot`, or empty.
        by: String,
        /// Detail for people (a label's name, a score).
        detail: String,
        /// When.
        at: Moment,
    },
}

/// A source of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SourceChip {
    /// The article.
    pub article_id: ArticleId,
    /// Its title.
    pub title: String,
    /// Which paragraph, from 0.
    pub passage: u32,
}

/// A conversation with everything its screen shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// The row as in the list, for the header.
    pub row: ConversationRow,
    /// The customer.
    pub contact: Contact,
    /// Addresses of the customer.
    pub identities: Vec<Identity>,
    /// Everything that happened, oldest first.
    pub items: Vec<ThreadItem>,
    /// The handoff that waits for an answer, with its card.
    pub handoff: Option<Handoff>,
    /// What the agent has typed and not sent.
    pub draft: Option<ComposerDraft>,
    /// The order that the conversation is linked to.
    pub order: Option<Order>,
    /// Other orders of the customer, newest first.
    pub other_orders: Vec<OrderRow>,
    /// What was asked for on orders, and what became of it, oldest first.
    pub actions: Vec<ActionRow>,
    /// What is to be done outside of the conversation, the open ones first.
    pub work_orders: Vec<WorkOrder>,
    /// Claims, disputes and feedback at platforms, the open ones first.
    pub cases: Vec<CaseRow>,
    /// Other conversations of the customer, newest first.
    pub past: Vec<ConversationRow>,
    /// The local time of the customer: minutes east of UTC, when the country or zone is known.
    pub utc_offset_minutes: Option<i32>,
    /// Who else looks at it now.
    pub present: Vec<String>,
}

/// What an agent has typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ComposerDraft {
    /// The text of the reply.
    pub reply: String,
    /// The text of the note.
    pub note: String,
    /// True when the note tab is open.
    pub note_open: bool,
    /// Where the caret stands in the open tab, in UTF-16 units.
    pub caret: i32,
    /// Files to be sent, as paths on this computer.
    pub attachments: Vec<String>,
}

/// An answer to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ReplyInput {
    /// The text.
    pub text: String,
    /// Files on this computer.
    pub attachments: Vec<String>,
    /// The version of the conversation that the agent saw; a newer one with a new message asks first.
    #[specta(type = i32)]
    pub seen_version: i64,
    /// True: send although the conversation has changed.
    pub anyway: bool,
    /// True: resolve after sending.
    pub resolve: bool,
}

/// What sending gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SendResult {
    /// The message in the thread.
    pub message_id: MessageId,
    /// Until when it can be taken back.
    pub undo_until: Moment,
}

/// A stored turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TurnView {
    /// The customer message that it was made for.
    pub message_id: MessageId,
    /// When it ran.
    pub at: Moment,
    /// All of it.
    pub turn: Turn,
}

/// One row of Customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ContactRow {
    /// Who.
    pub id: ContactId,
    /// The name, or address.
    pub name: String,
    /// The first address.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The language.
    pub language: Option<Language>,
    /// Orders that were not cancelled.
    pub orders: i32,
    /// What they cost in all.
    pub total: Option<Money>,
    /// The last order.
    pub last_order_at: Option<Moment>,
    /// The group.
    pub segment: Option<RfmSegment>,
    /// Conversations.
    pub conversations: i32,
}

/// Which customers to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ContactQuery {
    /// Part of a name or address.
    pub search: String,
    /// Only of this group.
    pub segment: Option<RfmSegment>,
    /// Rows to leave out.
    pub offset: i32,
    /// Rows to give.
    pub limit: i32,
}

/// One page of customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ContactPage {
    /// All rows of the query.
    pub total: i32,
    /// The rows asked for.
    pub rows: Vec<ContactRow>,
}

/// A customer with everything the screen shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ContactDetail {
    /// The row.
    pub row: ContactRow,
    /// The customer.
    pub contact: Contact,
    /// Addresses.
    pub identities: Vec<Identity>,
    /// What the shop knows of the account.
    pub account: CustomerAccount,
    /// Orders, newest first.
    pub orders: Vec<Order>,
    /// Conversations, newest first.
    pub conversations: Vec<ConversationRow>,
}

/// One row of Orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct OrderRow {
    /// The number.
    pub number: String,
    /// Whose.
    pub contact_id: ContactId,
    /// The customer's name.
    pub contact: String,
    /// The state.
    pub status: OrderStatus,
    /// When it was placed.
    pub ordered_at: Moment,
    /// What it cost.
    pub total: Money,
    /// Where it goes.
    pub country: Option<String>,
    /// The parcel's stage.
    pub stage: Option<ShipmentStage>,
    /// True when the parcel has not moved for longer than is set.
    pub stuck: bool,
}

/// One page of orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct OrderPage {
    /// All rows of the query.
    pub total: i32,
    /// The rows asked for.
    pub rows: Vec<OrderRow>,
}

/// Which articles to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ArticleQuery {
    /// Words of title and body.
    pub search: String,
    /// Only of this category.
    pub category: Option<ArticleCategory>,
    /// Only in this language.
    pub language: Option<Language>,
    /// Only in this state.
    pub state: Option<ArticleState>,
}

/// One row of Knowledge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ArticleRow {
    /// The article.
    pub article: Article,
    /// How many answers cited it in the last 30 days.
    pub cited: i32,
    /// True when it is out of date: expired, or not yet valid.
    pub out_of_date: bool,
    /// The day by which it must be looked at again has passed: it is not used until a person has.
    pub needs_review: bool,
}

/// An article as it is written in the editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ArticleInput {
    /// `None` for a new one.
    pub id: Option<ArticleId>,
    /// Shared by the variants in other languages; empty: made from the title.
    pub key: String,
    /// Its category.
    pub category: ArticleCategory,
    /// The heading or question.
    pub title: String,
    /// The text.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// Only for this country.
    pub country: Option<String>,
    /// Only in these stores; empty for all.
    #[serde(default)]
    pub inbox_ids: Vec<InboxId>,
    /// Not before.
    pub valid_from: Option<Moment>,
    /// Not after.
    pub valid_to: Option<Moment>,
    /// By when it must be looked at again.
    #[serde(default)]
    pub review_at: Option<Moment>,
    /// Whether the bot may use it.
    pub state: ArticleState,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ImportReport {
    /// Rows taken in (new or changed).
    pub imported: i32,
    /// Rows that were there already, unchanged.
    pub unchanged: i32,
    /// Rows refused.
    pub rejected: i32,
    /// Each refused row.
    pub rows: Vec<RejectedRow>,
    /// Things that a person should know (unknown columns).
    pub warnings: Vec<String>,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RejectedRow {
    /// The physical line in the file, from 1.
    pub line: i32,
    /// Why.
    pub reason: String,
}

/// An inbox in the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct InboxCard {
    /// The row.
    pub id: InboxId,
    /// The kind of its channel.
    pub channel: ChannelKind,
    /// The store's name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The language of the store.
    pub language: Language,
    /// Put under every answer.
    pub signature: String,
    /// When people answer.
    pub hours: mercator_domain::hours::BusinessHours,
    /// What the bot may do.
    pub modes: BotModes,
    /// Promised minutes of open time.
    pub promise_minutes: i32,
    /// How it is connected; without any secret.
    pub connection: Connection,
    /// Whether it is read.
    pub state: InboxState,
    /// Why not.
    pub state_reason: String,
    /// When it was last read without an error.
    pub last_read_at: Option<Moment>,
}

/// What can be changed about an inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct InboxPatch {
    /// The store's name.
    pub name: String,
    /// The language of the store.
    pub language: Language,
    /// Put under every answer.
    pub signature: String,
    /// When people answer.
    pub hours: mercator_domain::hours::BusinessHours,
    /// What the bot may do.
    pub modes: BotModes,
    /// Promised minutes of open time.
    pub promise_minutes: i32,
}

/// Server settings found from an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct MailGuess {
    /// The form, filled as far as known.
    pub form: MailForm,
    /// True when the provider is known; false when it was derived from the domain.
    pub known: bool,
    /// A word to the seller (`app_password`), empty if none.
    pub note: String,
}

/// The form for a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct MailForm {
    /// The store's name.
    pub name: String,
    /// The address of mail.
    pub address: String,
    /// The name to log in with; empty: the address.
    pub user: String,
    /// The password; goes to the keychain.
    pub password: String,
    /// Reading: host.
    pub imap_host: String,
    /// Reading: port.
    pub imap_port: u16,
    /// Reading: encryption.
    pub imap_encryption: Encryption,
    /// Sending: host.
    pub smtp_host: String,
    /// Sending: port.
    pub smtp_port: u16,
    /// Sending: encryption.
    pub smtp_encryption: Encryption,
    /// A certificate of the user's own authority in PEM.
    pub extra_root_pem: Option<String>,
    /// The language of the store.
    pub language: Language,
}

/// What the test of a mailbox found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ProbeReport {
    /// Folders that will be read.
    pub folders: Vec<String>,
    /// The folder of sent mail.
    pub sent_folder: Option<String>,
    /// What the server can do.
    pub capabilities: Vec<String>,
}

/// A saved text for the composer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CannedRow {
    /// The row.
    pub id: CannedId,
    /// Typed after `/`.
    pub shortcode: String,
    /// Its language.
    pub language: Language,
    /// The text.
    pub text: String,
}

/// One line of a check-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CheckLine {
    /// A fixed word: `sqlite_version`, `file_system`, `keychain`, `clock`, `inbox`, `models`.
    pub name: String,
    /// `ok`, `warning`, `failed`.
    pub result: String,
    /// In words.
    pub detail: String,
}

/// What the core tells the window, and what other instances see by the change feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AppEvent {
    /// A conversation changed in any way.
    ConversationChanged {
        /// Which.
        id: ConversationId,
    },
    /// Something for a person came: the window may notify.
    Attention {
        /// Which.
        id: ConversationId,
        /// The customer's name.
        contact: String,
        /// `handoff`, `high_risk`, `reply_to_human`, `promise_near`, `delivery_failed`.
        cause: String,
    },
    /// A case at a platform must be answered soon: the window may notify.
    CaseDue {
        /// The platform's number.
        number: String,
        /// The store's name; may be empty.
        store: String,
        /// The conversation it belongs to.
        id: Option<ConversationId>,
    },
    /// Counts of the first column or the badge changed.
    CountsChanged {
        /// What needs a human now.
        badge: i32,
    },
    /// An inbox's state changed.
    InboxChanged {
        /// Which.
        id: InboxId,
    },
    /// Articles changed.
    KnowledgeChanged,
    /// Orders, cases or customers changed.
    OrdersChanged,
    /// Settings changed.
    SettingsChanged,
    /// The bot was taught something, or works with another model.
    UnderstandingChanged,
    /// A language model writes for a conversation.
    AssistWords {
        /// Which.
        id: ConversationId,
        /// Everything so far.
        text: String,
    },
    /// Long work goes on.
    Progress {
        /// Which (`demo`, `import`, `backup`, `training`).
        task: String,
        /// Done.
        done: i32,
        /// In all; 0 when not known.
        total: i32,
    },
}

/// An error as people and scripts get it. The window branches on the code only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[error("{message}")]
pub struct UserError {
    /// A fixed word: `precondition`, `conflict`, `not_found`, `auth`, `unreachable`, `certificate`, `no_encryption`, `full`,
    /// `read_only`, `disk_full`, `newer_database`, `bad_input`, `keychain`, `rejected`, `internal`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A handoff that is near or past its promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Alarm {
    /// Which handoff.
    pub handoff_id: HandoffId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// By when it was promised.
    pub promised_at: Moment,
}

/// The state that a message of ours can be moved to by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryChoice {
    /// Try again.
    Retry,
    /// It has left: mark as sent.
    MarkSent,
    /// Forget it.
    Discard,
}

/// The deliveries that need a person.
pub const DELIVERY_PROBLEMS: &[Delivery] = &[Delivery::Failed, Delivery::Uncertain];

mercator_domain::words! {
    /// What a file holds that is imported.
    ImportKind {
        /// Knowledge base.
        Articles => "articles",
        /// Orders with lines and parcels.
        Orders => "orders",
        /// Products.
        Products => "products",
        /// Customers.
        Customers => "customers",
        /// Behaviour events.
        Events => "events",
        /// Claims, disputes and feedback at platforms.
        Cases => "cases",
        /// Mails: .eml, mbox or a maildir.
        Mail => "mail",
    }
}

mercator_domain::words! {
    /// The form of an export.
    ExportFormat {
        /// Tables.
        Csv => "csv",
        /// Charts to be scaled.
        Svg => "svg",
        /// Charts as pictures.
        Png => "png",
    }
}

/// The files of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Exported {
    /// Their paths.
    pub files: Vec<String>,
    /// What is not right about them although they were written: letters that no font has.
    pub warning: Option<UserError>,
}

/// What dashboards can be filtered by: only what occurs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct DashboardChoices {
    /// Inboxes by number and name.
    pub inboxes: Vec<(InboxId, String)>,
    /// Channels.
    pub channels: Vec<ChannelKind>,
    /// Languages.
    pub languages: Vec<Language>,
    /// Countries.
    pub countries: Vec<String>,
    /// Intents.
    pub intents: Vec<Intent>,
}
