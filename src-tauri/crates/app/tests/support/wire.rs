//! The scripted channel: a world behind an inbox that a test can break.
//!
//! It keeps what was handed over, as a receiver would, and can be down, refuse, be cut off after the handing over, or hold a
//! message back until it is told to go on. Reading goes by a real cursor: how many events of a stream were given out.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use mercator_channels::{Channel, ChannelError, Cursor, HandoverGate, Probed, Pull, Reconciled, Sent, Wake, adapter::Descriptor};
use mercator_domain::{channel::ChannelKind, inbound::Inbound, moment::Moment, outgoing::Outgoing};
use tokio::sync::Semaphore;

/// What happens to a message that is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// It is taken.
    #[default]
    Fine,
    /// Nothing answers; the gate is not asked.
    Down,
    /// It is refused for good, after the gate.
    Refuses(String),
    /// The connection breaks after the gate; `taken` says whether the message had left.
    Cut {
        /// The receiver has it.
        taken: bool,
    },
    /// It waits before the gate until it may go on.
    SlowBeforeGate,
    /// It waits after the gate until it may go on.
    SlowAfterGate,
}

/// What the channel knows of an attempt that was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Memory {
    /// It looks into what it has taken.
    #[default]
    Exact,
    /// It cannot tell.
    None,
}

#[derive(Default)]
struct State {
    incoming: BTreeMap<String, Vec<Inbound>>,
    taken: Vec<Outgoing>,
    attempts: usize,
    weather: Weather,
    memory: Memory,
}

/// The world behind all inboxes of a test.
pub struct Wire {
    state: Mutex<State>,
    /// One permit lets one slow message go on.
    go_on: Semaphore,
    /// One permit for each message that has begun to wait.
    waits: Semaphore,
}

impl Default for Wire {
    fn default() -> Self {
        Self { state: Mutex::default(), go_on: Semaphore::new(0), waits: Semaphore::new(0) }
    }
}

impl Wire {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on.
    pub fn weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// What reconciling knows from now on.
    pub fn memory(&self, memory: Memory) {
        self.state().memory = memory;
    }

    /// Lays an event into a stream.
    pub fn lay(&self, event: Inbound) {
        self.state().incoming.entry(event.key.stream.clone()).or_default().push(event);
    }

    /// Everything that a receiver has, in the order of arrival.
    pub fn taken(&self) -> Vec<Outgoing> {
        self.state().taken.clone()
    }

    /// How often an attempt came past the gate.
    pub fn attempts(&self) -> usize {
        self.state().attempts
    }

    /// Returns when a slow message has begun to wait.
    pub async fn somebody_waits(&self) {
        self.waits.acquire().await.unwrap().forget();
    }

    /// Lets one slow message go on.
    pub fn go_on(&self) {
        self.go_on.add_permits(1);
    }

    async fn hold(&self) {
        self.waits.add_permits(1);
        self.go_on.acquire().await.unwrap().forget();
    }
}

/// A channel on the wire.
pub struct Scripted(pub Arc<Wire>);

const DESCRIPTOR: Descriptor = Descriptor { kind: ChannelKind::Email, max_chars: None, pushes: true, idempotent: false };

/// Events given at once: small, so that more than one reading is needed.
const BATCH: usize = 2;

#[async_trait]
impl Channel for Scripted {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn probe(&self) -> Result<Probed, ChannelError> {
        Ok(Probed::default())
    }

    async fn streams(&self) -> Result<Vec<String>, ChannelError> {
        if self.0.state().weather == Weather::Down {
            return Err(down());
        }
        Ok(self.0.state().incoming.keys().cloned().collect())
    }

    async fn pull(&self, stream: &str, cursor: Option<&Cursor>, _now: Moment) -> Result<Pull, ChannelError> {
        let start = cursor.and_then(|cursor| cursor.0.as_u64()).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let state = self.0.state();
        let all = state.incoming.get(stream).map(Vec::as_slice).unwrap_or_default();
        let end = (start + BATCH).min(all.len());
        let events = all[start..end].to_vec();
        Ok(Pull { next: (end > start).then(|| Cursor(end.into())), more: end < all.len(), events })
    }

    async fn wait(&self, _stream: &str, _limit_ms: u64) -> Result<Wake, ChannelError> {
        std::future::pending().await
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, ChannelError> {
        let mut state = self.0.state();
        state.attempts += 1;
        match state.weather.clone() {
            Weather::Refuses(why) => return Err(ChannelError::Rejected(why)),
            Weather::Cut { taken: false } => return Err(ChannelError::MaybeSent),
            Weather::Cut { taken: true } => {
                state.taken.push(outgoing.clone());
                return Err(ChannelError::MaybeSent);
            }
            _ => state.taken.push(outgoing.clone()),
        }
        Ok(Sent { external_id: outgoing.wire_key.clone() })
    }

    async fn send_guarded(&self, outgoing: &Outgoing, gate: &dyn HandoverGate) -> Result<Sent, ChannelError> {
        let weather = self.0.state().weather.clone();
        match weather {
            Weather::Down => return Err(down()),
            Weather::SlowBeforeGate => self.0.hold().await,
            _ => {}
        }
        if !gate.open().await {
            return Err(ChannelError::Transient(mercator_channels::GATE_CLOSED.to_owned()));
        }
        if weather == Weather::SlowAfterGate {
            self.0.hold().await;
        }
        self.send(outgoing).await
    }

    async fn reconcile(&self, outgoing: &Outgoing) -> Result<Reconciled, ChannelError> {
        let state = self.0.state();
        if state.weather == Weather::Down {
            return Err(down());
        }
        if state.memory == Memory::None {
            return Ok(Reconciled::Unknown);
        }
        let found = state.taken.iter().find(|one| one.wire_key == outgoing.wire_key);
        Ok(found.map_or(Reconciled::Absent, |one| Reconciled::Found(Sent { external_id: one.wire_key.clone() })))
    }
}

fn down() -> ChannelError {
    ChannelError::Unreachable { host: "mail.shop.test".to_owned(), why: "connection refused".to_owned() }
}
