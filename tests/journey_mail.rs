//! The whole path on a real mailbox, on SQLite: sixty buyers' mails in eight languages, bot, people, scores, dashboards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests: a panic is the report"
)]

use mercator_tests::{
    mail_servers::{MailServers, Options},
    story::Story,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_mails_are_answered_or_handed_off_once_rated_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default()) else { return };
    let workspace = folder.path().join("workspace");
    let story = Story::begin(&workspace.display().to_string(), &servers).await;
    story.check_the_bot().await;
    story.check_who_waits().await;
    story.people_answer().await;
    story.buyers_rate().await;
    story.people_are_late().await;
    story.check_the_dashboards().await;
    story.silence_counts_as_solved().await;
    story.reopening_begins_anew().await;
    story.another_program_answers(26).await;
    story.shop.app.stop().await;
}
