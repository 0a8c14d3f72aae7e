//! The demo's channel: nothing comes in by itself, and what goes out is kept in memory under its wire key.
//!
//! The demo's buyers write through the same path as real mail, but from the demo's own data; this channel only has to take
//! answers and to remember them, so that the outbox and its promises work as with a real account.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use mercator_domain::{channel::ChannelKind, moment::Moment, outgoing::Outgoing};
use tokio::sync::Mutex;

use crate::adapter::{Channel, ChannelError, Cursor, Descriptor, Probed, Pull, Reconciled, Sent, StreamInfo, Wake};

/// The only stream.
const STREAM: &str = "demo";

/// What the demo's channel can do.
const fn descriptor(kind: ChannelKind) -> Descriptor {
    Descriptor { kind, max_chars: None, pushes: true, idempotent: true }
}

/// A channel without a world behind it.
pub struct DemoChannel {
    descriptor: &'static Descriptor,
    taken: Mutex<BTreeMap<String, Outgoing>>,
}

impl DemoChannel {
    /// A demo account of the given kind.
    pub fn new(kind: ChannelKind) -> Self {
        Self { descriptor: of(kind), taken: Mutex::default() }
    }

    /// What was sent, by wire key.
    pub async fn taken(&self) -> Vec<Outgoing> {
        self.taken.lock().await.values().cloned().collect()
    }
}

/// The description of a demo account; a static one for each kind, as the trait asks for.
const fn of(kind: ChannelKind) -> &'static Descriptor {
    macro_rules! table {
        ($($kind:ident),+) => { match kind { $(ChannelKind::$kind => { const D: Descriptor = descriptor(ChannelKind::$kind); &D })+ } };
    }
    table!(Email, Amazon, Ebay, Shopify, Woocommerce, Vendure, Webchat, Messenger, Instagram, Whatsapp, Telegram, Line, Matrix, File)
}

#[async_trait]
impl Channel for DemoChannel {
    fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    async fn probe(&self) -> Result<Probed, ChannelError> {
        Ok(Probed { streams: vec![StreamInfo { name: STREAM.to_owned(), sent: false }], capabilities: Vec::new() })
    }

    async fn streams(&self) -> Result<Vec<String>, ChannelError> {
        Ok(vec![STREAM.to_owned()])
    }

    async fn pull(&self, _stream: &str, _cursor: Option<&Cursor>, _now: Moment) -> Result<Pull, ChannelError> {
        Ok(Pull::default())
    }

    async fn wait(&self, _stream: &str, limit_ms: u64) -> Result<Wake, ChannelError> {
        tokio::time::sleep(Duration::from_millis(limit_ms)).await;
        Ok(Wake::TimeUp)
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, ChannelError> {
        self.taken.lock().await.entry(outgoing.wire_key.clone()).or_insert_with(|| outgoing.clone());
        Ok(Sent { external_id: outgoing.wire_key.clone() })
    }

    async fn reconcile(&self, outgoing: &Outgoing) -> Result<Reconciled, ChannelError> {
        // Sending is idempotent here, so a message that is not known may be sent again.
        let known = self.taken.lock().await.contains_key(&outgoing.wire_key);
        Ok(if known { Reconciled::Found(Sent { external_id: outgoing.wire_key.clone() }) } else { Reconciled::Absent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::compose::sample;

    #[tokio::test]
    async fn the_same_message_is_taken_once() {
        let channel = DemoChannel::new(ChannelKind::Telegram);
        assert_eq!(channel.descriptor().kind, ChannelKind::Telegram);
        let message = sample("Hello");
        assert_eq!(channel.reconcile(&message).await, Ok(Reconciled::Absent));
        let sent = channel.send(&message).await.unwrap();
        assert_eq!(channel.send(&message).await.unwrap(), sent);
        assert_eq!(channel.taken().await.len(), 1);
        assert_eq!(channel.reconcile(&message).await, Ok(Reconciled::Found(sent)));
        assert!(channel.pull(STREAM, None, Moment(0)).await.unwrap().events.is_empty());
    }
}
