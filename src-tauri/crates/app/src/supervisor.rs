//! The loops: one for each stream of each inbox, one for the bot, one for the outbox, one for the clock, one for the change feed.
//!
//! Only this file spawns. Every loop ends by one token within thirty seconds; an error in one never stops another: it is logged
//! without content, shown at the inbox, and tried again with growing pauses.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use anyhow::Result;
use mercator_channels::{Channel, ChannelError, Cursor};
use mercator_domain::{
    assist::Purpose,
    ids::InboxId,
    inbox::{Inbox, InboxState},
    moment::SECOND_MS,
};
use mercator_store::ChangeKind;
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{App, views::AppEvent};

/// The loops that run, and how to end them.
pub(crate) struct Running {
    token: CancellationToken,
    tasks: JoinSet<()>,
}

/// The longest wait for news of a stream; IDLE must be renewed before 29 minutes, and a cursor that is looked at every few minutes
/// also finds what a server forgot to tell.
const WAIT_MS: u64 = 5 * 60 * 1_000;

/// How often the clock's work is looked after: snoozes, promises, assumed resolutions.
const TICK: Duration = Duration::from_secs(5);

/// How often the outbox is looked at without a bell: for messages whose time to be taken back ends.
const OUTBOX_TICK: Duration = Duration::from_millis(500);

/// Every so many looks at the outbox it is also asked for what a lost process was sending.
const DOUBT_ROUNDS: u64 = 20;

/// How often other instances' changes are looked for.
const FEED_TICK: Duration = Duration::from_secs(2);

/// A lease is held this long and renewed at half of it.
const LEASE_MS: i64 = 60 * SECOND_MS;

/// How often the demo plays the next event of its day.
const DEMO_TICK: Duration = Duration::from_secs(20);

/// Changes of others read at once.
const CHANGES_AT_ONCE: i64 = 500;

/// Parcels that are due are looked for so often.
const TRACKING_TICK: Duration = Duration::from_secs(600);

/// How long the loops have to end by themselves.
const STOP_WITHIN: Duration = Duration::from_secs(30);

impl App {
    /// Starts all loops; once.
    pub fn start(self: &Arc<Self>) {
        let app = Arc::clone(self);
        let token = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(inboxes_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(bot_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(outbox_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(clock_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(feed_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(demo_loop(Arc::clone(&app), token.clone()));
        tasks.spawn(tracking_loop(Arc::clone(&app), token.clone()));
        match self.running.try_lock() {
            Ok(mut running) if running.is_none() => *running = Some(Running { token, tasks }),
            // Started already: the new tasks end with their set.
            _ => token.cancel(),
        }
    }

    /// Ends all loops and closes the database. What is being sent is finished, or reconciled at the next start.
    pub async fn stop(&self) {
        self.cancel_training();
        let running = self.running.lock().await.take();
        if let Some(Running { token, mut tasks }) = running {
            token.cancel();
            let ended = timeout(STOP_WITHIN, async { while tasks.join_next().await.is_some() {} }).await;
            if ended.is_err() {
                tracing::warn!("Some loops did not end in time and are cut off");
                tasks.shutdown().await;
            }
        }
        self.learn_from_settled().await;
        if let Err(error) = self.store_outbound().await {
            tracing::warn!(%error, "What has left this computer could not be noted");
        }
        // Nobody has to wait for the times of what this instance held.
        if let Err(error) = self.take_leave().await {
            tracing::debug!(%error, "What this instance held ends by its time instead");
        }
        self.store.close().await;
    }

    /// One pass without loops: read every inbox, run the bot, send. For `mercator-cli run --once`, and for tests.
    pub async fn pass(&self) -> Result<Pass> {
        let mut pass = Pass::default();
        for inbox in self.connected().await?.into_iter().filter(|inbox| inbox.state != InboxState::Paused) {
            match self.read_inbox(&inbox).await {
                Ok(stored) => pass.received += stored,
                Err(error) => {
                    self.inbox_failed(inbox.id, &error).await;
                    pass.failed.push(format!("{}: {error}", inbox.name));
                }
            }
        }
        // Before the bot, so that it tells where a parcel is by the newest report.
        if let Err(error) = self.track_parcels(false).await {
            pass.failed.push(format!("Parcels: {error}"));
        }
        pass.answered = self.run_bot().await?;
        self.look_at_the_clock().await?;
        pass.sent = self.deliver_due().await?;
        Ok(pass)
    }

    async fn read_inbox(&self, inbox: &Inbox) -> Result<usize, ChannelError> {
        let channel = self.open_inbox(inbox).map_err(as_channel_error)?;
        self.note_connection(inbox, Purpose::MailReceive).await;
        let mut stored = 0;
        for stream in channel.streams().await? {
            stored += self.read_stream(inbox, channel.as_ref(), &stream).await?;
        }
        self.inbox_read(inbox).await;
        Ok(stored)
    }

    /// Reads a stream to its end; each batch is stored before the next is asked for.
    async fn read_stream(&self, inbox: &Inbox, channel: &dyn Channel, stream: &str) -> Result<usize, ChannelError> {
        let mut stored = 0;
        let mut anew = false;
        loop {
            let cursor = if anew { None } else { read_cursor(&self.store, inbox.id, stream).await? };
            let pull = match channel.pull(stream, cursor.as_ref(), self.now()).await {
                // The mailbox was rebuilt: read from the beginning once, the keys tell what is known.
                Err(ChannelError::CursorLost) if !anew => {
                    anew = true;
                    continue;
                }
                other => other?,
            };
            anew = false;
            let more = pull.more;
            stored += self.receive(inbox, stream, pull).await.map_err(as_channel_error)?.stored;
            if !more {
                return Ok(stored);
            }
        }
    }

    /// Notes that an inbox was read without an error.
    async fn inbox_read(&self, inbox: &Inbox) {
        let result = async {
            let mut tx = self.store.begin_at(self.now()).await?;
            tx.touch_inbox_read(inbox.id).await?;
            // Read anew: a reader's own copy is as old as its connection.
            let stored = tx.inbox(inbox.id).await?.inbox;
            if stored.state == InboxState::Broken || (stored.state == InboxState::Active && !stored.state_reason.is_empty()) {
                tx.set_inbox_state(inbox.id, InboxState::Active, "").await?;
            }
            tx.commit().await
        };
        if let Err(error) = result.await {
            tracing::warn!(%error, "The time of reading could not be noted");
        }
    }

    /// Shows at the inbox what went wrong: broken when only a person can mend it. The reader's copy is as old as its connection, so the
    /// store decides what the trouble changes.
    async fn inbox_failed(&self, inbox: InboxId, error: &ChannelError) {
        let result = async {
            let mut tx = self.store.begin_at(self.now()).await?;
            let noted = tx.note_inbox_trouble(inbox, !error.is_passing(), &error.to_string()).await?;
            tx.commit().await?;
            Ok::<_, mercator_store::StoreError>(noted)
        };
        match result.await {
            Ok(true) => self.tell(AppEvent::InboxChanged { id: inbox }),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "An inbox's state could not be noted"),
        }
    }

    async fn connected(&self) -> Result<Vec<Inbox>, mercator_store::StoreError> {
        Ok(self.store.inboxes().await?.into_iter().map(|stored| stored.inbox).collect())
    }

    /// True when a message is due: looking is one indexed read, claiming would be a write.
    async fn work_for_outbox(&self) -> bool {
        match self.store.next_due().await {
            Ok(next) => next.is_some_and(|at| at <= self.now()),
            Err(_) => true,
        }
    }

    /// True while the loops of the present have nothing to do with what is in the workspace.
    fn rests(&self) -> bool {
        self.resting.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Everything that happens by time.
    pub async fn look_at_the_clock(&self) -> Result<()> {
        self.inherit().await?;
        self.wake_snoozed().await?;
        self.raise_alarms().await?;
        // Cases that cannot be read must not keep the rest from its hour.
        if let Err(error) = self.alarm_cases().await {
            tracing::warn!(code = %crate::views::UserError::from(&error).code, "Nobody could be told of cases that are due");
        }
        self.assume_resolved().await?;
        self.learn_from_settled().await;
        self.store_outbound().await?;
        self.run_regression_if_due().await
    }
}

/// What one pass did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pass {
    /// Messages stored.
    pub received: usize,
    /// Messages that the bot dealt with.
    pub answered: usize,
    /// Messages handed to channels, or cleared up.
    pub sent: usize,
    /// Inboxes that could not be read, each with its reason.
    pub failed: Vec<String>,
}

/// Keeps one reader for each inbox that is to be read; looks again when an inbox was connected, changed or removed.
async fn inboxes_loop(app: Arc<App>, token: CancellationToken) {
    let mut readers: BTreeMap<InboxId, (Inbox, CancellationToken)> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    loop {
        let wanted = app.connected().await.unwrap_or_default();
        readers.retain(|id, (as_read, stop)| {
            let still = wanted.iter().any(|inbox| inbox.id == *id && same_connection(inbox, as_read));
            if !still {
                stop.cancel();
            }
            still
        });
        for inbox in wanted.into_iter().filter(|inbox| inbox.state != InboxState::Paused) {
            readers.entry(inbox.id).or_insert_with(|| {
                let stop = token.child_token();
                tasks.spawn(reader(Arc::clone(&app), inbox.clone(), stop.clone()));
                (inbox, stop)
            });
        }
        tokio::select! {
            () = token.cancelled() => break,
            () = app.inboxes_bell.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

fn same_connection(one: &Inbox, other: &Inbox) -> bool {
    one.connection == other.connection && (one.state == InboxState::Paused) == (other.state == InboxState::Paused)
}

/// Reads one inbox while this instance holds its lease; a failure is shown and tried again, at last every five minutes.
async fn reader(app: Arc<App>, inbox: Inbox, token: CancellationToken) {
    let mut failures = 0u32;
    while !token.is_cancelled() {
        if !hold_lease(&app, inbox.id).await {
            pause(&token, Duration::from_secs(10)).await;
            continue;
        }
        match read_and_wait(&app, &inbox, &token).await {
            Ok(()) => failures = 0,
            Err(error) => {
                app.inbox_failed(inbox.id, &error).await;
                failures = failures.saturating_add(1);
                tracing::info!(inbox = inbox.id.get(), failures, passing = error.is_passing(), "An inbox could not be read");
                let seconds = (5u64 << failures.min(6)).min(300);
                pause(&token, Duration::from_secs(seconds)).await;
            }
        }
    }
    release_lease(&app, inbox.id).await;
}

/// Reads every stream, then waits for news in all of them until the first tells.
async fn read_and_wait(app: &Arc<App>, inbox: &Inbox, token: &CancellationToken) -> Result<(), ChannelError> {
    let channel = app.open_inbox(inbox).map_err(as_channel_error)?;
    app.note_connection(inbox, Purpose::MailReceive).await;
    let streams = channel.streams().await?;
    loop {
        for stream in &streams {
            app.read_stream(inbox, channel.as_ref(), stream).await?;
        }
        app.inbox_read(inbox).await;
        if !hold_lease(app, inbox.id).await {
            return Ok(());
        }
        let limit_ms = WAIT_MS.min(LEASE_MS as u64 / 2);
        if streams.is_empty() {
            // A channel that only sends (the demo): nothing to wait for but the renewal of the lease.
            pause(token, Duration::from_millis(limit_ms)).await;
            if token.is_cancelled() {
                return Ok(());
            }
            continue;
        }
        let waits = streams.iter().map(|stream| channel.wait(stream, limit_ms));
        tokio::select! {
            () = token.cancelled() => return Ok(()),
            (first, _, _) = futures_util::future::select_all(waits) => { first?; }
        }
    }
}

impl App {
    /// True while no other instance asks about parcels.
    async fn tracking_is_mine(&self) -> bool {
        let until = self.now().plus_ms(2 * i64::try_from(TRACKING_TICK.as_millis()).unwrap_or(i64::MAX / 2));
        let result = async {
            let mut tx = self.store.begin_at(self.now()).await?;
            let held = tx.acquire_lease("tracking", self.store.instance(), until).await?;
            tx.commit().await?;
            Ok::<_, mercator_store::StoreError>(held.is_some())
        };
        result.await.unwrap_or(false)
    }
}

async fn hold_lease(app: &App, inbox: InboxId) -> bool {
    let now = app.now();
    let result = async {
        let mut tx = app.store.begin_at(now).await?;
        let held = tx.acquire_lease(&format!("inbox:{inbox}"), app.store.instance(), now.plus_ms(LEASE_MS)).await?;
        tx.commit().await?;
        Ok::<_, mercator_store::StoreError>(held.is_some())
    };
    result.await.unwrap_or(false)
}

async fn release_lease(app: &App, inbox: InboxId) {
    let result = async {
        let mut tx = app.store.begin_at(app.now()).await?;
        tx.release_lease(&format!("inbox:{inbox}"), app.store.instance()).await?;
        tx.commit().await
    };
    if let Err(error) = result.await {
        tracing::debug!(%error, "A lease ends by its time instead");
    }
}

async fn bot_loop(app: Arc<App>, token: CancellationToken) {
    while !token.is_cancelled() {
        if !app.rests()
            && let Err(error) = app.run_bot().await
        {
            tracing::error!(error = %crate::views::UserError::from(&error).code, "The bot could not run");
            pause(&token, Duration::from_secs(5)).await;
        }
        tokio::select! {
            () = token.cancelled() => {}
            () = app.bot_bell.notified() => {}
            // Another instance may have stored messages without our bell.
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

async fn outbox_loop(app: Arc<App>, token: CancellationToken) {
    for round in 0u64.. {
        if token.is_cancelled() {
            break;
        }
        if !app.rests()
            && (round.is_multiple_of(DOUBT_ROUNDS) || app.work_for_outbox().await)
            && let Err(error) = app.deliver_due().await
        {
            tracing::error!(error = %crate::views::UserError::from(&error).code, "The outbox could not run");
            pause(&token, Duration::from_secs(5)).await;
        }
        tokio::select! {
            () = token.cancelled() => {}
            () = app.outbox_bell.notified() => {}
            () = tokio::time::sleep(OUTBOX_TICK) => {}
        }
    }
}

/// Asks about parcels, one instance of a workspace at a time.
async fn tracking_loop(app: Arc<App>, token: CancellationToken) {
    while !token.is_cancelled() {
        pause(&token, TRACKING_TICK).await;
        if token.is_cancelled() || app.rests() || !app.tracking_is_mine().await {
            continue;
        }
        tokio::select! {
            () = token.cancelled() => return,
            asked = app.track_parcels(false) => {
                if let Err(error) = asked {
                    tracing::info!(code = %crate::views::UserError::from(&error).code, "Parcels could not be asked about");
                }
            }
        }
    }
}

async fn clock_loop(app: Arc<App>, token: CancellationToken) {
    while !token.is_cancelled() {
        if !app.rests()
            && let Err(error) = app.look_at_the_clock().await
        {
            tracing::error!(error = %crate::views::UserError::from(&error).code, "The clock's work failed");
        }
        pause(&token, TICK).await;
    }
}

/// Tells the window what other instances have changed.
async fn feed_loop(app: Arc<App>, token: CancellationToken) {
    let mut seen = app.store.latest_change().await.unwrap_or(0);
    while !token.is_cancelled() {
        match app.store.changes_since(seen, CHANGES_AT_ONCE).await {
            Ok(changes) => {
                seen = changes.iter().map(|change| change.id).fold(seen, i64::max);
                let others = changes.iter().filter(|change| change.instance != app.store.instance());
                // Each row is told once, the counts once for all of them.
                let news: BTreeSet<(ChangeKind, i64)> = others.map(|change| (change.kind, change.entity_id)).collect();
                for (kind, id) in &news {
                    app.pass_on(*kind, *id).await;
                }
                if !news.is_empty() {
                    app.tell_counts().await;
                }
            }
            Err(error) => tracing::debug!(%error, "The change feed could not be read"),
        }
        pause(&token, FEED_TICK).await;
    }
}

/// In the demo workspace the rest of the day plays, an event every few seconds; elsewhere this costs one look at a setting.
async fn demo_loop(app: Arc<App>, token: CancellationToken) {
    while !token.is_cancelled() {
        pause(&token, DEMO_TICK).await;
        if !token.is_cancelled()
            && app.is_demo().await
            && let Err(error) = crate::demo::play_next_live(&app).await
        {
            tracing::warn!(error = %crate::views::UserError::from(&error).code, "The demo could not play on");
        }
    }
}

impl App {
    async fn pass_on(&self, kind: ChangeKind, id: i64) {
        match kind {
            ChangeKind::Conversation => self.tell(AppEvent::ConversationChanged { id: id.into() }),
            // The conversation changes with them and says so itself.
            ChangeKind::Outbox | ChangeKind::Handoff => {}
            ChangeKind::Inbox => {
                self.inboxes_bell.notify_one();
                self.tell(AppEvent::InboxChanged { id: id.into() });
            }
            ChangeKind::Knowledge => {
                *self.blocked.write().await = None;
                self.knowledge_changed().await;
            }
            ChangeKind::Order | ChangeKind::Contact => {
                self.offers_changed().await;
                self.orders_changed();
            }
            ChangeKind::Settings => {
                if let Ok(settings) = crate::settings::read(&self.store).await {
                    *self.settings.write().await = settings;
                }
                self.offers_changed().await;
                self.tell(AppEvent::SettingsChanged);
            }
            ChangeKind::Understanding => {
                if let Err(error) = self.taught().await {
                    tracing::warn!(%error, "What the bot was taught elsewhere could not be read");
                }
            }
            ChangeKind::Bot => self.bot_bell.notify_one(),
        }
    }
}

async fn pause(token: &CancellationToken, time: Duration) {
    tokio::select! {
        () = token.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// The channel's own error where there is one; anything else (a full disk here) is passing: the cursor has not moved.
fn as_channel_error(error: anyhow::Error) -> ChannelError {
    match error.downcast::<ChannelError>() {
        Ok(known) => known,
        Err(other) => ChannelError::Transient(crate::views::UserError::from(&other).message),
    }
}

/// A cursor that cannot be read any more counts as none: the keys of the events tell what is known.
async fn read_cursor(store: &mercator_store::Store, inbox: InboxId, stream: &str) -> Result<Option<Cursor>, ChannelError> {
    let text = store.cursor(inbox, stream).await.map_err(|error| as_channel_error(error.into()))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).map(Cursor))
}
