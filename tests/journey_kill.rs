//! The real program is killed twenty times while mails arrive: nothing is lost, nothing is sent twice.
//!
//! Every kill is a SIGKILL at a random moment (seeded; `MERCATOR_SEED` changes it). Afterwards each message that is in doubt is
//! decided as a person would: by a look into the buyer's mailbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests: a panic is the report"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use mercator_app::{
    App,
    clock::{Clock, SystemClock},
    views::DeliveryChoice,
};
use mercator_domain::{message::Author, moment::Moment, outgoing::OutboxState};
use mercator_store::{OpenOptions, Store, Target, outbox::OutboxLine};
use mercator_tests::{
    buyers::{Arrived, Expected, answers_to, mailbox, manifest, read},
    mail_servers::{MailServers, Options},
    program::{self, Running, sealed},
    shop::{connect, conversations, database_file, import, open, settle, threads, written_by},
};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// How often the program is killed.
const KILLS: usize = 20;

/// The computer's clock some time from now: claims of a killed program have run out.
struct Later(SystemClock);

impl Clock for Later {
    fn now(&self) -> Moment {
        self.0.now().plus_ms(30 * 60 * 1_000)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twenty_times_it_loses_nothing_and_sends_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default()) else { return };
    let workspace = folder.path().join("workspace");
    set_up(&workspace, &servers).await;
    let mails = manifest();
    let seed = std::env::var("MERCATOR_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_120);
    println!("seed {seed}");
    kill_again_and_again(&workspace, &servers, &mails, seed);

    let app = open(&workspace.display().to_string(), Some(Arc::new(Later(SystemClock::default()))), sealed(&workspace)).await;
    settle(&app).await;
    everything_is_stored_once(&app, &mails).await;
    let doubts = outbox(&workspace, &app).await.into_iter().filter(|line| line.state == OutboxState::Uncertain).collect::<Vec<_>>();
    println!("{} messages are in doubt", doubts.len());
    nothing_is_sent_twice(&servers, &mails);
    decide(&app, &servers, &mails, &doubts).await;
    settle(&app).await;
    for line in outbox(&workspace, &app).await {
        assert_eq!(line.state, OutboxState::Sent, "{line:?}");
    }
    each_has_its_answer(&servers, &mails);
    app.stop().await;
    let verified = program::run(&workspace, &["verify"]);
    assert!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
}

async fn set_up(workspace: &Path, servers: &MailServers) {
    let app = open(&workspace.display().to_string(), None, sealed(workspace)).await;
    connect(&app, servers).await;
    import(&app).await;
    assert_eq!(settle(&app).await, 0);
    app.stop().await;
}

/// Three mails arrive, the program starts, and is killed: every other time soon after it has sent something, else anywhere from
/// its start on.
fn kill_again_and_again(workspace: &Path, servers: &MailServers, mails: &[Expected], seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let _built = program::binary();
    for (round, portion) in mails.chunks(mails.len() / KILLS).enumerate() {
        portion.iter().for_each(|mail| mail.deliver(servers));
        let sent_before = servers.relayed.load(Ordering::SeqCst);
        let mut running = Running::start(workspace);
        let moment = if round % 2 == 0 {
            let started = Instant::now();
            while servers.relayed.load(Ordering::SeqCst) == sent_before && started.elapsed() < Duration::from_secs(8) {
                assert!(running.lives(), "the program ended by itself: see {}", workspace.with_extension("log").display());
                std::thread::sleep(Duration::from_millis(5));
            }
            random.random_range(0..300)
        } else {
            random.random_range(50..2_500)
        };
        std::thread::sleep(Duration::from_millis(moment));
        running.kill();
    }
    println!("after {KILLS} kills {} mails have left", servers.relayed.load(Ordering::SeqCst));
}

async fn everything_is_stored_once(app: &App, mails: &[Expected]) {
    let mut stored: BTreeMap<(String, String), usize> = BTreeMap::new();
    for thread in threads(app).await {
        let address = thread.identities.first().map(|identity| identity.value.to_lowercase()).unwrap_or_default();
        for message in written_by(&thread, Author::Contact) {
            *stored.entry((address.clone(), message.subject.clone())).or_default() += 1;
        }
    }
    let sent: BTreeMap<(String, String), usize> =
        mails.iter().map(|mail| ((mail.from.to_lowercase(), read(&mail.raw()).subject), 1)).collect();
    assert_eq!(sent.len(), mails.len(), "each mail has its own subject");
    assert_eq!(stored, sent, "each mail is stored once");
    assert_eq!(conversations(app).await.len(), mails.len());
}

/// The outbox as the database has it.
async fn outbox(workspace: &Path, app: &App) -> Vec<OutboxLine> {
    let options = OpenOptions { instance: "onlooker".into(), ..OpenOptions::default() };
    let store = Store::open(&Target::File(database_file(workspace)), options).await.unwrap();
    let mut lines = vec![];
    for row in conversations(app).await {
        lines.extend(store.outbox_of_conversation(row.id).await.unwrap());
    }
    store.close().await;
    lines
}

fn buyers(mails: &[Expected]) -> BTreeSet<&str> {
    mails.iter().map(|mail| mail.from.as_str()).collect()
}

/// No mailbox has a mail twice, and no question has two answers, whatever else is still open.
fn nothing_is_sent_twice(servers: &MailServers, mails: &[Expected]) {
    for buyer in buyers(mails) {
        let all = mailbox(servers, buyer);
        let ids: BTreeSet<&str> = all.iter().map(|mail| mail.id.as_str()).collect();
        assert_eq!(ids.len(), all.len(), "{buyer} got a mail twice");
        for mail in mails.iter().filter(|mail| mail.from == buyer) {
            assert!(answers(&all, mail).len() <= 1, "{} was answered twice", mail.file);
        }
    }
}

fn answers<'a>(all: &'a [Arrived], mail: &Expected) -> Vec<&'a Arrived> {
    answers_to(all, &read(&mail.raw()).id)
}

/// What a person does with a message in doubt: look whether it arrived.
async fn decide(app: &App, servers: &MailServers, mails: &[Expected], doubts: &[OutboxLine]) {
    let arrived: BTreeSet<String> = buyers(mails).into_iter().flat_map(|buyer| mailbox(servers, buyer)).map(|mail| mail.id).collect();
    for line in doubts {
        assert!(!line.error.is_empty(), "it says why");
        let choice = if arrived.contains(&line.wire_key) { DeliveryChoice::MarkSent } else { DeliveryChoice::Retry };
        app.resolve_delivery(line.message_id, choice).await.unwrap();
    }
}

fn each_has_its_answer(servers: &MailServers, mails: &[Expected]) {
    nothing_is_sent_twice(servers, mails);
    for mail in mails {
        let got = answers(&mailbox(servers, &mail.from), mail).len();
        assert_eq!(got, usize::from(!mail.automatic()), "{}", mail.file);
    }
}
