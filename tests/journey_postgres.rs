//! The core of the journey on PostgreSQL: the same mails, people, scores and numbers as on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests: a panic is the report"
)]

use mercator_store::testing::postgres_address;
use mercator_tests::{
    mail_servers::{MailServers, Options},
    story::Story,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_story_on_postgresql() {
    let Some(address) = postgres_address().await.expect("PostgreSQL for the tests") else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default()) else { return };
    let story = Story::begin(&address, &servers).await;
    story.check_the_bot().await;
    story.check_who_waits().await;
    story.people_answer().await;
    story.buyers_rate().await;
    story.people_are_late().await;
    story.check_the_dashboards().await;
    story.shop.app.stop().await;
}
