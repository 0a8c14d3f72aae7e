//! What the tests of the use cases share: a shop with an inbox on a scripted channel, a clock that stands, people who write.
//!
//! A [`Shop`] is a whole application on a workspace of its own; [`shops`] gives one on each engine. Setting up what has no use
//! case yet (an inbox without a mail server, an order) goes through a second handle on the same database.

#[path = "wire.rs"]
mod wire;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use mercator_app::{
    App, OpenApp,
    clock::FixedClock,
    views::{AppEvent, ArticleInput, ConversationRow, ListQuery, Thread, ThreadItem},
};
use mercator_domain::{
    article::{ArticleCategory, ArticleState},
    channel::ChannelKind,
    contact::Identity,
    conversation::ActivityKind,
    hours::BusinessHours,
    ids::{ArticleId, ContactId, ConversationId, InboxId, MessageId, OrderId, ShipmentId},
    inbound::{ExternalKey, Inbound, InboundAttachment, InboundBody, InboundMessage, Party, ThreadHints},
    inbox::{BotMode, BotModes, Connection},
    language::Language,
    message::{Author, Automatic, Message},
    moment::{DAY_MS, HOUR_MS, MINUTE_MS, Moment},
    money::{Currency, Money},
    order::{Order, OrderStatus},
    outgoing::Outgoing,
    shipment::{Shipment, ShipmentEvent, ShipmentStage},
};
use mercator_pipeline::intents::Phrase;
use mercator_providers::secrets::Memory as MemorySecrets;
use mercator_store::{Durability, OpenOptions, Store, Target, contacts::NewContact, inboxes::NewInbox};
use tokio::sync::broadcast;

pub use wire::{Memory, Scripted, Weather, Wire};

/// 2026-11-23, a Monday, 10:00 UTC: within the default hours.
pub const NOW: Moment = Moment(1_795_428_000_000);

/// The address that the shop writes from.
pub const SHOP: &str = "shop@lumen.test";

/// A person who writes.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub address: String,
}

/// A buyer: `ana` is Ana <ana@buyers.test>.
pub fn buyer(name: &str) -> Person {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    Person { name: format!("{first}{}", letters.as_str()), address: format!("{name}@buyers.test") }
}

/// The seller, as the mailbox knows them.
pub fn merchant() -> Person {
    Person { name: "Lumen & Loom".to_owned(), address: SHOP.to_owned() }
}

static LETTERS: AtomicU32 = AtomicU32::new(1);

/// A mail on its way in.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: String,
    pub stream: String,
    pub from: Person,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub answers: Option<String>,
    pub automatic: Automatic,
    pub at: Option<Moment>,
    pub files: Vec<InboundAttachment>,
}

impl Person {
    /// A mail of this person to the shop.
    pub fn writes(&self, subject: &str, text: &str) -> Letter {
        let number = LETTERS.fetch_add(1, Ordering::Relaxed);
        Letter {
            id: format!("letter{number}@buyers.test"),
            stream: "INBOX".to_owned(),
            from: self.clone(),
            to: SHOP.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            answers: None,
            automatic: Automatic::None,
            at: None,
            files: vec![],
        }
    }

    /// An answer to a mail of the shop.
    pub fn answers(&self, outgoing: &Outgoing, text: &str) -> Letter {
        Letter { answers: Some(outgoing.wire_key.clone()), ..self.writes(&format!("Re: {}", outgoing.subject), text) }
    }
}

impl Letter {
    /// An answer to another mail.
    pub fn answering(self, id: &str) -> Self {
        Self { answers: Some(id.to_owned()), ..self }
    }

    /// Written by a machine.
    pub fn by_machine(self, automatic: Automatic) -> Self {
        Self { automatic, ..self }
    }

    /// With a file.
    pub fn with(mut self, name: &str, media_type: &str, content: &[u8]) -> Self {
        self.files.push(InboundAttachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes: content.len() as u64,
            sha256: String::new(),
            content: Some(content.to_vec()),
        });
        self
    }

    /// Seen in this folder.
    pub fn seen_in(self, stream: &str) -> Self {
        Self { stream: stream.to_owned(), ..self }
    }

    /// To another address than the shop's.
    pub fn to(self, address: &str) -> Self {
        Self { to: address.to_owned(), ..self }
    }

    fn message(&self) -> InboundMessage {
        InboundMessage {
            from: Party { name: self.from.name.clone(), address: self.from.address.clone() },
            to: vec![Party { name: String::new(), address: self.to.clone() }],
            subject: self.subject.clone(),
            text: self.text.clone(),
            attachments: self.files.clone(),
            automatic: Some(self.automatic),
            ..InboundMessage::default()
        }
    }

    fn inbound(&self, now: Moment, body: InboundBody) -> Inbound {
        Inbound {
            key: ExternalKey { stream: self.stream.clone(), external_id: self.id.clone(), revision: 0 },
            hints: ThreadHints {
                message_id: Some(self.id.clone()),
                in_reply_to: self.answers.clone(),
                references: self.answers.iter().cloned().collect(),
                thread: None,
            },
            at: self.at.unwrap_or(now),
            body,
            raw: None,
        }
    }
}

/// What the bot knows, where it is not what ships.
#[derive(Clone, Default)]
struct Taught {
    /// What it learns from.
    phrases: Option<Vec<Phrase>>,
    /// The folder of models.
    models: Option<PathBuf>,
}

/// A shop: the application, its world, its clock.
pub struct Shop {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub wire: Arc<Wire>,
    pub store: Store,
    pub inbox: InboxId,
    pub workspace: String,
    taught: Taught,
    folder: Option<tempfile::TempDir>,
}

/// A shop on SQLite whose bot answers by itself.
pub async fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().to_string_lossy().into_owned();
    Shop::at(workspace, Some(folder), Taught::default()).await
}

/// A shop on a computer that has this in its folder of models, and no model.
pub async fn shop_with_media(settings: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::write(models.join("media.toml"), settings).unwrap();
    let workspace = folder.path().to_string_lossy().into_owned();
    Shop::at(workspace, Some(folder), Taught { models: Some(models), ..Taught::default() }).await
}

/// A shop on SQLite whose bot learns from these phrases.
pub async fn shop_that_learns(phrases: Vec<Phrase>) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().to_string_lossy().into_owned();
    Shop::at(workspace, Some(folder), Taught { phrases: Some(phrases), ..Taught::default() }).await
}

/// A shop on PostgreSQL, where there is one.
pub async fn central_shop() -> Option<Shop> {
    let address = mercator_store::testing::postgres_address().await.unwrap()?;
    Some(Shop::at(address, None, Taught::default()).await)
}

/// The same shop on both engines.
pub async fn shops() -> Vec<Shop> {
    let mut both = vec![shop().await];
    both.extend(central_shop().await);
    both
}

async fn open(workspace: &str, clock: &Arc<FixedClock>, wire: &Arc<Wire>, taught: Taught) -> Arc<App> {
    let behind = Arc::clone(wire);
    App::open(OpenApp {
        workspace: Some(workspace.to_owned()),
        clock: Some(Arc::clone(clock) as Arc<dyn mercator_app::clock::Clock>),
        secrets: Some(Arc::new(MemorySecrets::default())),
        channels: Some(Arc::new(move |_, _| Ok(Box::new(Scripted(Arc::clone(&behind)))))),
        durability: Durability::Off,
        phrases: taught.phrases,
        models: taught.models,
    })
    .await
    .unwrap()
}

/// How a shop's inbox is set up.
pub fn new_inbox(mode: BotMode) -> NewInbox {
    NewInbox {
        channel: ChannelKind::Email,
        name: "Lumen & Loom".to_owned(),
        address: SHOP.to_owned(),
        site: None,
        language: Language::english(),
        signature: "Your Lumen & Loom team".to_owned(),
        hours: BusinessHours::default(),
        modes: BotModes { default: mode, ..BotModes::default() },
        promise_minutes: 120,
        connection: Connection::Demo,
    }
}

impl Shop {
    async fn at(workspace: String, folder: Option<tempfile::TempDir>, taught: Taught) -> Self {
        let (clock, wire) = (Arc::new(FixedClock::at(NOW)), Arc::new(Wire::default()));
        let app = open(&workspace, &clock, &wire, taught.clone()).await;
        let target = match &folder {
            Some(folder) => Target::File(folder.path().join("mercator.db")),
            None => Target::Postgres(workspace.clone()),
        };
        let options = OpenOptions { instance: "test".to_owned(), durability: Durability::Off, readers: 1 };
        let store = Store::open(&target, options).await.unwrap();
        let mut tx = store.begin_at(NOW).await.unwrap();
        let inbox = tx.insert_inbox(&new_inbox(BotMode::Auto)).await.unwrap();
        tx.commit().await.unwrap();
        Self { app, clock, wire, store, inbox, workspace, taught, folder }
    }

    /// Another window on the same workspace, as on a colleague's computer.
    pub async fn colleague(&self) -> Arc<App> {
        open(&self.workspace, &self.clock, &self.wire, self.taught.clone()).await
    }

    /// The process ends without a word, and is started again. A killed process leaves its file beside the database, unlocked.
    pub async fn crash(&mut self) {
        let before = self.instances();
        self.reopen().await;
        for gone in before.difference(&self.instances()) {
            std::fs::write(gone, "").unwrap();
        }
    }

    async fn reopen(&mut self) {
        self.app = open(&self.workspace, &self.clock, &self.wire, self.taught.clone()).await;
    }

    fn instances(&self) -> BTreeSet<PathBuf> {
        let files = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder.path().join("instances")).ok());
        files.into_iter().flatten().map(|file| file.unwrap().path()).collect()
    }

    /// The process is ended as a user does, and started again.
    pub async fn restart(&mut self) {
        self.app.stop().await;
        self.reopen().await;
    }

    /// Time passes.
    pub fn later(&self, ms: i64) {
        self.clock.advance(ms);
    }

    /// Changes the modes of the inbox.
    pub async fn modes(&self, modes: BotModes) {
        let mut tx = self.store.begin_at(self.app.now()).await.unwrap();
        let mut inbox = tx.inbox(self.inbox).await.unwrap().inbox;
        inbox.modes = modes;
        tx.update_inbox(&inbox).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A mail arrives; nothing is read yet.
    pub fn lay(&self, letter: &Letter) {
        let now = self.app.now();
        self.wire.lay(letter.inbound(now, InboundBody::Message(letter.message())));
    }

    /// A copy appears in the folder of sent mail, from whatever program.
    pub fn lay_sent(&self, letter: &Letter) {
        let now = self.app.now();
        self.wire.lay(letter.inbound(now, InboundBody::Sent(letter.message())));
    }

    /// A delivery report arrives.
    pub fn lay_bounce(&self, letter: &Letter, original: Option<&str>, permanent: bool) {
        let body = InboundBody::Bounce {
            original: original.map(str::to_owned),
            recipient: None,
            permanent,
            reason: "550 no such mailbox".to_owned(),
            message: letter.message(),
        };
        self.wire.lay(letter.inbound(self.app.now(), body));
    }

    /// One pass of everything.
    pub async fn pass(&self) {
        let pass = self.app.pass().await.unwrap();
        assert_eq!(pass.failed, Vec::<String>::new());
    }

    /// A mail arrives, is answered, and what is due goes out.
    pub async fn hear(&self, letter: &Letter) -> ConversationId {
        self.lay(letter);
        self.pass().await;
        self.conversation_of(letter).await.expect("the mail is in a conversation")
    }

    /// Where a mail is.
    pub async fn conversation_of(&self, letter: &Letter) -> Option<ConversationId> {
        let mut tx = self.store.begin_at(self.app.now()).await.unwrap();
        let found = tx.conversation_by_refs(self.inbox, std::slice::from_ref(&letter.id)).await.unwrap();
        tx.rollback().await.unwrap();
        found.map(|(conversation, _)| conversation)
    }

    pub async fn thread(&self, id: ConversationId) -> Thread {
        self.app.thread(id).await.unwrap()
    }

    /// The messages of a conversation that are shown.
    pub async fn messages(&self, id: ConversationId) -> Vec<Message> {
        messages(&self.thread(id).await)
    }

    /// The last message of an author.
    pub async fn last_of(&self, id: ConversationId, author: Author) -> Option<Message> {
        self.messages(id).await.into_iter().rev().find(|message| message.author == author)
    }

    /// The row of the one message of a buyer.
    pub async fn asked(&self, id: ConversationId) -> MessageId {
        self.last_of(id, Author::Contact).await.unwrap().id
    }

    pub async fn activities(&self, id: ConversationId) -> Vec<ActivityKind> {
        let items = self.thread(id).await.items;
        items.into_iter().filter_map(|item| if let ThreadItem::Activity { activity, .. } = item { Some(activity) } else { None }).collect()
    }

    /// The rows of a view.
    pub async fn view(&self, key: &str) -> Vec<ConversationRow> {
        let query = ListQuery { view: key.to_owned(), limit: 200, ..ListQuery::default() };
        self.app.list_conversations(&query).await.unwrap().rows
    }

    /// The conversations that a search line finds.
    pub async fn search(&self, line: &str) -> Vec<ConversationId> {
        let query = ListQuery { search: line.to_owned(), limit: 200, ..ListQuery::default() };
        let page = self.app.list_conversations(&query).await.unwrap();
        assert_eq!(page.warnings, Vec::<String>::new(), "{line}");
        page.rows.into_iter().map(|row| row.id).collect()
    }

    pub async fn count(&self, key: &str) -> i32 {
        self.app.list_views().await.unwrap().into_iter().find(|entry| entry.key == key).unwrap().count
    }

    /// What receivers have, of one author.
    pub fn sent_by(&self, author: Author) -> Vec<Outgoing> {
        self.wire.taken().into_iter().filter(|outgoing| outgoing.author == author).collect()
    }

    /// The last mail that went out.
    pub fn last_sent(&self) -> Outgoing {
        self.wire.taken().last().cloned().expect("something was sent")
    }

    /// Knowledge.
    pub async fn article(&self, key: &str, language: &str, title: &str, body: &str) -> ArticleId {
        let input = ArticleInput {
            id: None,
            key: key.to_owned(),
            category: ArticleCategory::Faq,
            title: title.to_owned(),
            body: body.to_owned(),
            language: Language::parse(language).unwrap(),
            country: None,
            inbox_ids: vec![],
            valid_from: None,
            valid_to: None,
            review_at: None,
            state: ArticleState::Approved,
        };
        self.app.save_article(&input).await.unwrap().article.id
    }

    /// The knowledge that most tests ask for.
    pub async fn with_faqs(self) -> Self {
        self.article("pay", "en", "Which payment methods do you accept?", "Cards, PayPal and bank transfer.").await;
        self.article("time", "en", "How long does delivery take?", "Within Europe a parcel takes 4 to 7 working days.").await;
        self.article("time", "es", "¿Cuánto tarda el envío?", "En Europa un paquete tarda de 4 a 7 días laborables.").await;
        self.article("time", "de", "Wie lange dauert die Lieferung?", "Innerhalb Europas braucht ein Paket 4 bis 7 Werktage.").await;
        self
    }

    /// The contact of a person, made when there is none.
    pub async fn contact(&self, person: &Person) -> ContactId {
        let mut tx = self.store.begin_at(self.app.now()).await.unwrap();
        let identity = Identity::email(&person.address);
        let id = match tx.contact_by_identity(&identity).await.unwrap() {
            Some(known) => known.id,
            None => {
                let new = NewContact { name: person.name.clone(), ..NewContact::default() };
                tx.insert_contact(&new, &[identity]).await.unwrap()
            }
        };
        tx.commit().await.unwrap();
        id
    }

    /// An order of a person, whose parcel was last seen in Leipzig so many hours ago.
    pub async fn order(&self, person: &Person, number: &str, stage: ShipmentStage, hours_ago: i64) {
        let contact_id = self.contact(person).await;
        let now = self.app.now();
        let at = now.plus_ms(-hours_ago * HOUR_MS);
        let order = Order {
            id: OrderId(0),
            number: number.to_owned(),
            contact_id,
            status: OrderStatus::Shipped,
            ordered_at: now.plus_ms(-12 * DAY_MS),
            total: Money::new(4_990, Currency::parse("EUR").unwrap()),
            country: Some("DE".to_owned()),
            address: None,
            lines: vec![],
            payments: vec![],
            shipments: vec![Shipment {
                id: ShipmentId(0),
                carrier: "DHL".to_owned(),
                tracking_number: format!("TRACK{number}"),
                stage,
                shipped_at: Some(now.plus_ms(-10 * DAY_MS)),
                delivered_at: None,
                events: vec![ShipmentEvent { at, stage, place: "Leipzig".to_owned(), text: String::new() }],
            }],
        };
        let mut tx = self.store.begin_at(now).await.unwrap();
        tx.put_order(&order).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// After the time in which an answer can be taken back.
    pub async fn undo_time_over(&self) {
        self.later(MINUTE_MS);
        self.app.deliver_due().await.unwrap();
    }

    /// A path in the workspace's folder; only on SQLite.
    pub fn path(&self, name: &str) -> String {
        self.folder.as_ref().unwrap().path().join(name).to_string_lossy().into_owned()
    }
}

/// The messages of a thread that are shown.
pub fn messages(thread: &Thread) -> Vec<Message> {
    let message = |item: &ThreadItem| if let ThreadItem::Message { message, .. } = item { Some((**message).clone()) } else { None };
    thread.items.iter().filter_map(message).collect()
}

/// Every event that has been told until now.
pub fn told(feed: &mut broadcast::Receiver<AppEvent>) -> Vec<AppEvent> {
    std::iter::from_fn(|| feed.try_recv().ok()).collect()
}

/// The causes of the attention that was asked for.
pub fn attention(feed: &mut broadcast::Receiver<AppEvent>) -> Vec<String> {
    let cause = |event| if let AppEvent::Attention { cause, .. } = event { Some(cause) } else { None };
    told(feed).into_iter().filter_map(cause).collect()
}

/// The code with which a use case refuses.
pub fn code<T: std::fmt::Debug>(result: anyhow::Result<T>) -> String {
    mercator_app::views::UserError::from(&result.unwrap_err()).code
}
