//! The application: the open workspace with everything that the use cases share.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering},
    },
};

use anyhow::{Context, Result};
use mercator_channels::{Channel, ChannelError};
use mercator_domain::{
    ids::{ConversationId, MessageId},
    inbox::Inbox,
    intent::Intent,
    moment::Moment,
    team::Member,
};
use mercator_pipeline::{
    KnowledgeIndex,
    entities::OwnNumbers,
    intents::{Phrase, shipped_phrases, trainer::Stop},
    offers::OfferData,
};
use mercator_providers::{secrets::SecretStore, tracking::TrackingLookup};
use mercator_store::{Durability, Store};
use tokio::sync::{Mutex, Notify, RwLock, broadcast};
use tokio_util::sync::CancellationToken;

use crate::{
    brain::{Brain, Felt},
    clock::{Clock, SystemClock},
    instance::Instance,
    supervisor::Running,
    views::{AppEvent, Settings},
    workspace::Workspace,
};

/// Opens the channel of an inbox: the registry of `mercator-channels`, or a test's own.
pub type ChannelOpener = Arc<dyn Fn(&Inbox, Option<String>) -> Result<Box<dyn Channel>, ChannelError> + Send + Sync>;

/// How to open a workspace; the default is the user's own folder with the system's clock and keychain.
#[derive(Default)]
pub struct OpenApp {
    /// A path or a `postgres://` address; `None` for the user's own data folder.
    pub workspace: Option<String>,
    /// `None` for the computer's clock.
    pub clock: Option<Arc<dyn Clock>>,
    /// `None` for the keychain, or the sealed file where there is none.
    pub secrets: Option<Arc<dyn SecretStore>>,
    /// `None` for the registry.
    pub channels: Option<ChannelOpener>,
    /// How sure a commit must be; the default is full.
    pub durability: Durability,
    /// `None` for the phrases that ship; a test brings few of its own, on which a training takes no time.
    pub phrases: Option<Vec<Phrase>>,
    /// The folder of the models; `None` for where set-up and the installer put them.
    pub models: Option<PathBuf>,
}

/// An open workspace.
pub struct App {
    /// Itself, for work that goes on in a thread of its own.
    me: Weak<Self>,
    pub(crate) workspace: Workspace,
    instance: Instance,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    /// Opened at the first need: a computer without a keychain can still look at the demo.
    secrets: std::sync::OnceLock<Arc<dyn SecretStore>>,
    pub(crate) open_channel: ChannelOpener,
    pub(crate) member: Member,
    /// Signs the scores in prepared mails; see `satisfaction.rs`.
    pub(crate) survey_key: Vec<u8>,
    pub(crate) settings: RwLock<Settings>,
    /// Loading takes tens of milliseconds and nothing but a turn needs it, so it waits for the first turn.
    pub(crate) brain: Mutex<Option<Arc<Brain>>>,
    /// What people said of the feeling of messages; read again when it changes.
    pub(crate) felt: RwLock<Option<Arc<Felt>>>,
    /// What the bot learns from beside the workspace's own examples.
    pub(crate) phrases: Arc<[Phrase]>,
    /// The folder of the models, where another was asked for.
    pub(crate) models: Option<PathBuf>,
    /// The training that runs here.
    pub(crate) training: std::sync::Mutex<Option<Stop>>,
    /// The replay that the window runs.
    pub(crate) replaying: std::sync::Mutex<Option<Stop>>,
    pub(crate) knowledge: RwLock<Option<Arc<KnowledgeIndex>>>,
    /// The shop's own numbers, learned at the first turn and after an import.
    pub(crate) own_numbers: RwLock<Option<Arc<OwnNumbers>>>,
    /// Products and rules for duty, read at the first turn and after a change.
    pub(crate) offers: RwLock<Option<Arc<OfferData>>>,
    /// Rung when there is something for the bot, the outbox or the loops of the inboxes.
    pub(crate) bot_bell: Notify,
    pub(crate) outbox_bell: Notify,
    pub(crate) inboxes_bell: Notify,
    /// Intents whose cases fail; read when first asked for.
    pub(crate) blocked: RwLock<Option<BTreeSet<Intent>>>,
    /// Knowledge, rules or model have changed since the cases ran.
    pub(crate) regression_due: AtomicBool,
    /// Settled conversations from which nothing was learned yet: at the next look at the clock, so that nobody waits for it.
    pub(crate) settled: Mutex<Vec<ConversationId>>,
    /// The service that is asked about parcels; made at the first question.
    pub(crate) tracker: Mutex<Option<Arc<dyn TrackingLookup>>>,
    /// What has left this computer since it was last stored.
    pub(crate) outbound: Mutex<crate::assist::Waiting>,
    /// Questions to a language model that run, to be cut off; one a conversation.
    pub(crate) asking: std::sync::Mutex<HashMap<ConversationId, CancellationToken>>,
    /// Sentence vectors of questions without an answer.
    pub(crate) gap_vectors: Mutex<HashMap<MessageId, Vec<f32>>>,
    pub(crate) running: Mutex<Option<Running>>,
    pub(crate) segments_at: AtomicI64,
    /// What needed a person when it was last counted; -1 before.
    pub(crate) badge: AtomicI32,
    /// True while the demo's past is played: the loops of the present must not answer the messages of the past.
    pub(crate) resting: AtomicBool,
    feed: broadcast::Sender<AppEvent>,
}

/// How many events a slow listener may be behind before it is told to read everything anew.
const FEED_LENGTH: usize = 1_024;

impl App {
    /// Opens a workspace, makes it ready (migrations, the first member), and starts nothing yet.
    pub async fn open(options: OpenApp) -> Result<Arc<Self>> {
        let workspace = Workspace::find(options.workspace.as_deref())?;
        let clock = options.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let instance = Instance::begin(workspace.file().and_then(|file| file.parent()))?;
        let store = workspace
            .open_store(options.durability, instance.name())
            .await
            .with_context(|| format!("Cannot open the workspace {}", workspace.shown()))?;
        let member = crate::settings::this_member(&store, clock.now()).await?;
        let settings = crate::settings::read(&store).await?;
        let survey_key = crate::satisfaction::survey_key(&store, clock.now()).await?;
        let secrets = std::sync::OnceLock::new();
        if let Some(given) = options.secrets {
            let _first = secrets.set(given);
        }
        let open_channel = options.channels.unwrap_or_else(|| Arc::new(mercator_channels::registry::open));
        let (feed, _) = broadcast::channel(FEED_LENGTH);
        let app = Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            workspace,
            instance,
            store,
            clock,
            secrets,
            open_channel,
            member,
            survey_key,
            settings: RwLock::new(settings),
            brain: Mutex::new(None),
            felt: RwLock::new(None),
            phrases: options.phrases.unwrap_or_else(shipped_phrases).into(),
            models: options.models,
            training: std::sync::Mutex::new(None),
            replaying: std::sync::Mutex::new(None),
            knowledge: RwLock::new(None),
            own_numbers: RwLock::new(None),
            offers: RwLock::new(None),
            bot_bell: Notify::new(),
            outbox_bell: Notify::new(),
            inboxes_bell: Notify::new(),
            blocked: RwLock::new(None),
            // What changed while no program ran is tried at the first look.
            regression_due: AtomicBool::new(true),
            settled: Mutex::default(),
            tracker: Mutex::default(),
            outbound: Mutex::default(),
            asking: std::sync::Mutex::default(),
            gap_vectors: Mutex::default(),
            running: Mutex::new(None),
            segments_at: AtomicI64::new(i64::MIN),
            badge: AtomicI32::new(-1),
            resting: AtomicBool::new(false),
            feed,
        });
        app.inherit().await?;
        Ok(app)
    }

    /// Frees what instances held that ended without taking leave.
    pub(crate) async fn inherit(&self) -> Result<()> {
        for name in self.instance.gone() {
            let mut tx = self.store.begin_at(self.now()).await?;
            tx.forget_instance(&name).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Frees what this instance holds: at a clean end.
    pub(crate) async fn take_leave(&self) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.forget_instance(self.instance.name()).await?;
        Ok(tx.commit().await?)
    }

    /// Itself, for work that goes on in a thread of its own.
    pub(crate) fn shared(&self) -> Result<Arc<Self>> {
        self.me.upgrade().context("The workspace is being closed")
    }

    /// Now, by the workspace's clock.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The feed of events from here on.
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.feed.subscribe()
    }

    /// Tells everybody who listens; nobody listening is fine.
    pub(crate) fn tell(&self, event: AppEvent) {
        let _nobody_listens = self.feed.send(event);
    }

    /// Customer groups are counted anew at the next look.
    pub(crate) fn orders_changed(&self) {
        self.segments_at.store(i64::MIN, Ordering::Relaxed);
        self.tell(AppEvent::OrdersChanged);
    }

    /// Where passwords are kept.
    pub(crate) fn secrets(&self) -> Result<&Arc<dyn SecretStore>> {
        if let Some(open) = self.secrets.get() {
            return Ok(open);
        }
        let fresh = self.workspace.secrets()?;
        Ok(self.secrets.get_or_init(|| fresh))
    }
}
