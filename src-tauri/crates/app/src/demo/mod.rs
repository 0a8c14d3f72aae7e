//! The demo workspace: a small seller's last thirty days, played through the same path as real mail.
//!
//! The data (`demo/`, written for this project) holds what buyers and the seller's people wrote, and when. A second [`App`] on the
//! same workspace, with a clock that is moved from event to event, takes each message in, lets the bot answer it, answers as the
//! people did, resolves and rates: nothing is written into tables by hand. What lies in the future of the day is played live.

mod data;
mod play;

use std::sync::{Arc, atomic::Ordering};

use anyhow::Result;
use mercator_domain::moment::Moment;
use mercator_store::Durability;

use crate::{App, OpenApp, clock::FixedClock, error::refuse, views::AppEvent};

pub(crate) use play::play_next_live;

/// The setting that marks a demo workspace.
const MARK: &str = "demo";

/// The setting with the number of the next event to be played live.
const LIVE: &str = "demo_live_next";

/// Told with each part: done, in all.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// What the demo's buyers write, with the subject of their conversation: real messages for a measurement.
pub fn letters() -> Result<Vec<(String, String)>> {
    let demo = data::read(Moment(0))?;
    let of_buyers = demo.conversations.into_iter().flat_map(|conversation| {
        let buyers = conversation.messages.into_iter().filter(|message| message.from == "customer");
        buyers.map(move |message| (conversation.subject.clone(), message.text)).collect::<Vec<_>>()
    });
    Ok(of_buyers.collect())
}

impl App {
    /// Fills an empty workspace with the demo, and lets the rest of the day play while the program runs.
    pub async fn start_demo(&self) -> Result<()> {
        self.load_demo(&|done, total| {
            let small = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
            self.tell(AppEvent::Progress { task: "demo".into(), done: small(done), total: small(total) });
        })
        .await
    }

    /// Fills an empty workspace with the demo as of now.
    pub async fn load_demo(&self, progress: Progress<'_>) -> Result<()> {
        if !self.store.inboxes().await?.is_empty() {
            return Err(refuse("This workspace is in use", "Open an empty one for the demo: --workspace FOLDER."));
        }
        let now = self.now();
        let clock = Arc::new(FixedClock::at(now));
        // The demo can be made anew at any time, so it does not wait for the disk at each of its thousands of commits.
        let player = App::open(OpenApp {
            workspace: Some(self.workspace.given()),
            clock: Some(Arc::clone(&clock) as Arc<dyn crate::clock::Clock>),
            durability: Durability::Off,
            ..OpenApp::default()
        })
        .await?;
        self.resting.store(true, Ordering::Relaxed);
        let played = play::everything(&player, &clock, now, progress).await;
        self.resting.store(false, Ordering::Relaxed);
        player.stop().await;
        played?;
        self.mark_demo().await?;
        self.orders_changed();
        self.knowledge_changed().await;
        self.inboxes_bell.notify_one();
        self.tell_counts().await;
        Ok(())
    }

    async fn mark_demo(&self) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(MARK, &true).await?;
        Ok(tx.commit().await?)
    }

    /// True when the workspace is the demo.
    pub(crate) async fn is_demo(&self) -> bool {
        self.store.setting::<bool>(MARK).await.ok().flatten().unwrap_or(false)
    }
}

/// Midnight (UTC) of the day that the data calls `D-0`.
fn today(now: Moment) -> Moment {
    Moment(now.day() * mercator_domain::moment::DAY_MS)
}
