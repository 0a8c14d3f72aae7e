//! A real mailbox in the real window: connect it, see mail arrive, let the bot answer, answer what it hands over.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use mercator_tests::{
    buyers::{self, Arrived, SHOP},
    mail_servers::{MailServers, Options, PASSWORD},
};
use serde_json::json;

use crate::{
    console::{Console, SOON, hook, ready},
    demo::figure_of,
};

/// How long a mail may take from the server to the screen, or from the screen to a buyer's mailbox.
const DELIVERY: Duration = Duration::from_secs(45);

/// The undo time that these journeys set: long enough to press the button, short enough to wait for.
const UNDO_SECONDS: &str = "5";

/// Starts the mail servers, or says that the journey is skipped.
pub fn servers(folder: &Path) -> Option<MailServers> {
    if !ready() {
        return None;
    }
    MailServers::start_or_skip(&folder.join("mail"), &Options::default())
}

/// Fills in the form for the test's mailbox as far as the first test of it.
fn fill_in(console: &Console, servers: &MailServers, password: &str) {
    console.click(&hook("first-run-connect"));
    console.write(&hook("connect-address"), SHOP);
    console.click(&hook("connect-next"));
    console.write(&hook("connect-name"), "Lumen & Loom");
    console.write(&hook("connect-password"), password);
    console.write(&hook("connect-imap-host"), "localhost");
    console.write(&hook("connect-imap-port"), &servers.imaps_port.to_string());
    console.choose(&hook("connect-imap-encryption"), "tls");
    console.write(&hook("connect-smtp-host"), "localhost");
    console.write(&hook("connect-smtp-port"), &servers.submission_port.to_string());
    console.choose(&hook("connect-smtp-encryption"), "starttls");
}

fn paste_authority(console: &Console, servers: &MailServers) {
    let script = "const e = document.querySelector('[data-testid=connect-root]'); e.focus(); return document.execCommand('insertText', false, arguments[0])";
    assert_eq!(console.run_with(script, &[json!(servers.ca_pem)]), json!(true), "the authority can be pasted");
}

/// Connects the mailbox without mistakes and opens the inbox.
pub fn connect(console: &Console, servers: &MailServers) {
    fill_in(console, servers, PASSWORD);
    console.click(&hook("connect-own-root"));
    console.see(&hook("connect-root"));
    paste_authority(console, servers);
    console.click(&hook("connect-test"));
    console.see(&hook("connect-ok"));
    console.click(&hook("connect-save"));
    console.see(&hook("workspace"));
}

/// Shortens the time for taking back.
fn shorten_undo(console: &Console) {
    console.screen("settings");
    console.choose("#undo", UNDO_SECONDS);
}

/// Writes an article that the bot may answer from.
fn write_article(console: &Console) {
    console.screen("knowledge");
    console.click(&hook("new-article"));
    console.write(&hook("article-title"), "Which plug and voltage do the lamps have?");
    console.write(
        &hook("article-body"),
        "All our lamps come with a type C plug and run on 100 to 240 volts. Outside of Europe a small adapter is enough.",
    );
    console.choose(&hook("article-state"), "approved");
    console.click(&hook("article-save"));
    console.see(&hook("article-row"));
}

/// Delivers a buyer's mail; gives its Message-ID.
fn deliver(servers: &MailServers, buyer: &str, subject: &str, text: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    let id = format!("window.{}@buyers.test", NUMBER.fetch_add(1, Ordering::Relaxed));
    servers.deliver(buyer, SHOP, &buyers::write(buyer, &id, subject, text, None));
    id
}

/// Waits for an answer to a mail in the buyer's own mailbox that has a text.
fn answered(console: &Console, servers: &MailServers, buyer: &str, id: &str, text: &str) -> Arrived {
    console.until(&format!("'{text}' reaches {buyer}"), DELIVERY, |_| {
        let mailbox = buyers::mailbox(servers, buyer);
        buyers::answers_to(&mailbox, id).into_iter().find(|mail| mail.text.contains(text)).cloned()
    })
}

/// Waits for a buyer in the list, without any reload, and opens the conversation.
fn open_row(console: &Console, contact: &str) {
    console.until(&format!("{contact} is in the list"), DELIVERY, |c| {
        c.texts(&hook("conversation-row")).iter().any(|row| row.contains(contact)).then_some(())
    });
    console.click_text(&hook("conversation-row"), contact);
    console.see_text("[data-testid=thread] header", contact);
}

#[test]
fn a_mailbox_from_the_first_connection_to_the_dashboards() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = servers(folder.path()) else { return };
    let console = Console::open(folder.path());
    a_wrong_password_is_told_beside_the_field(&console, &servers);
    console.run("window.__loaded_once = true");
    shorten_undo(&console);
    write_article(&console);
    d6_a_draft_waits_for_a_person(&console, &servers);
    d6_in_automatic_mode_the_bot_answers(&console, &servers);
    let (claim, before) = an_angry_mail_waits_for_a_person(&console, &servers);
    assert_eq!(console.run("return window.__loaded_once"), json!(true), "everything so far without a reload");
    assert_eq!(console.wrong(), Vec::<String>::new(), "nothing went wrong underneath");
    let console = b9_a_draft_outlives_the_program(console, folder.path());
    an_answer_is_undone_then_sent(&console, &servers, &claim);
    resolved_and_counted(&console, before);
    assert_eq!(console.wrong(), Vec::<String>::new(), "nothing went wrong underneath");
    console.close();
}

fn a_wrong_password_is_told_beside_the_field(console: &Console, servers: &MailServers) {
    fill_in(console, servers, "wrong password");
    // Without the authority the certificate is refused first, beside the field that mends it.
    console.click(&hook("connect-test"));
    console.until("the certificate is refused", SOON, |c| beside(c, "connect-root"));
    paste_authority(console, servers);
    console.click(&hook("connect-test"));
    let told = console.until("the password is refused", SOON, |c| beside(c, "connect-password"));
    assert!(told.contains("password"), "{told}");
    console.write(&hook("connect-password"), PASSWORD);
    console.click(&hook("connect-test"));
    let works = console.see(&hook("connect-ok"));
    assert!(works.contains("INBOX"), "{works}");
    console.click(&hook("connect-save"));
    console.see(&hook("workspace"));
}

/// The error that stands beside a field.
fn beside(console: &Console, field: &str) -> Option<String> {
    let script = "return document.getElementById(arguments[0])?.closest('.field')?.querySelector('[data-testid=field-error]')?.innerText";
    console.run_with(script, &[json!(field)]).as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn d6_a_draft_waits_for_a_person(console: &Console, servers: &MailServers) {
    console.screen("inbox");
    let id = deliver(servers, "daniel@buyers.test", "Plug", "Hello, which plug and voltage do your lamps have? Best, Daniel");
    open_row(console, "daniel");
    let draft = console.see("[data-testid=thread] .message.draft .text");
    assert!(draft.contains("type C plug"), "{draft}");
    assert!(buyers::mailbox(servers, "daniel@buyers.test").is_empty(), "nothing is sent before it is approved");
    console.click("[data-testid=thread] .message.draft [data-testid=why-button]");
    let why = console.see_text(&hook("why-panel"), "Which plug and voltage do the lamps have?");
    assert!(why.contains("100 to 240 volts"), "the passage is quoted: {why}");
    console.click(&hook("approve-draft"));
    let answer = answered(console, servers, "daniel@buyers.test", &id, "type C plug");
    assert!(answer.subject.contains("Plug"), "{}", answer.subject);
    console.see(&hook("delivery-sent"));
}

fn d6_in_automatic_mode_the_bot_answers(console: &Console, servers: &MailServers) {
    console.screen("bot");
    console.click(&hook("mode-auto"));
    console.until("auto is chosen", SOON, |c| (c.attributes(&hook("mode-auto"), "aria-checked") == ["true"]).then_some(()));
    console.screen("inbox");
    let id = deliver(servers, "olivia@buyers.test", "A question", "Which plug and voltage do your lamps have please?");
    let answer = answered(console, servers, "olivia@buyers.test", &id, "type C plug");
    assert!(answer.auto_submitted.is_some(), "a machine's answer says so");
    open_row(console, "olivia");
    let bot = console.see_text("[data-testid=thread] .message:not(.theirs) .text", "type C plug");
    assert!(!bot.is_empty());
    assert_eq!(console.count(&hook("approve-draft")), 0, "nothing waits for approval");
}

fn an_angry_mail_waits_for_a_person(console: &Console, servers: &MailServers) -> (String, [u64; 2]) {
    let text = "THIS IS UNACCEPTABLE!!! You have ignored me for three weeks. If this is not settled today I will file an A-to-z claim and call my lawyer!";
    let id = deliver(servers, "martha@buyers.test", "Last warning", text);
    console.see_text(&hook("badge"), "1");
    console.screen("waiting");
    open_row(console, "martha");
    let card = console.see(&hook("handoff-card"));
    assert!(card.contains("Angry"), "the card shows the feeling: {card}");
    let before = [figure_of(console, "handoffs", "handoffs"), figure_of(console, "handoffs", "still_waiting")];
    assert_eq!(before, [1, 1], "the dashboards count who waits");
    (id, before)
}

const ANSWER: &str = "Dear Martha, I am sorry. I have taken this over and refund you today. Mei";

fn b9_a_draft_outlives_the_program(console: Console, folder: &Path) -> Console {
    console.screen("waiting");
    open_row(&console, "martha");
    console.write(&hook("composer-text"), ANSWER);
    // Quit as soon as the typing has rested long enough to be kept.
    console.until("the draft is kept", SOON, |c| (kept_draft(c) == ANSWER).then_some(()));
    console.close();
    let console = Console::open(folder);
    console.screen("waiting");
    open_row(&console, "martha");
    console.until("the draft is there again", SOON, |c| (written(c) == ANSWER).then_some(()));
    console
}

/// What the core has kept of the open conversation's composer.
fn kept_draft(console: &Console) -> String {
    let script = "const id = Number(location.hash.match(/c=(\\d+)/)?.[1]);
        window.__TAURI_INTERNALS__.invoke('get_thread', { id }).then(thread => window.__kept = thread.draft?.reply ?? '');
        return window.__kept ?? ''";
    console.run(script).as_str().unwrap_or_default().to_owned()
}

fn written(console: &Console) -> String {
    console.run("return document.querySelector('[data-testid=composer-text]')?.value").as_str().unwrap_or_default().to_owned()
}

fn an_answer_is_undone_then_sent(console: &Console, servers: &MailServers, claim: &str) {
    console.click(&hook("composer-send"));
    console.see_text(&hook("toast"), "on its way");
    console.click(&hook("toast-action"));
    console.until("the text is back", SOON, |c| (written(c) == ANSWER).then_some(()));
    console.until("the answer is taken back", SOON, |c| {
        (c.count(&hook("delivery-queued")) == 0 && c.count("[data-testid=thread] .message:not(.theirs) [data-testid=delivery-sent]") <= 1)
            .then_some(())
    });
    console.click(&hook("composer-send"));
    let answer = answered(console, servers, "martha@buyers.test", claim, "I have taken this over");
    assert!(answer.auto_submitted.is_none(), "a person's answer is no machine's");
    let mailbox = buyers::mailbox(servers, "martha@buyers.test");
    let times = mailbox.iter().filter(|mail| mail.text.contains("I have taken this over")).count();
    assert_eq!(times, 1, "what was taken back never left");
}

fn resolved_and_counted(console: &Console, before: [u64; 2]) {
    console.screen("inbox");
    console.click(&hook("view-all"));
    open_row(console, "martha");
    console.click(&hook("resolve"));
    console.see_gone(&hook("badge"));
    console.click(&hook("view-resolved"));
    open_row(console, "martha");
    console.see(&hook("reopen"));
    let after = [figure_of(console, "handoffs", "handoffs"), figure_of(console, "handoffs", "still_waiting")];
    assert_eq!((before, after), ([1, 1], [1, 0]), "the dashboards follow");
}

#[test]
fn b10_a_note_is_tinted_and_never_sent_and_a10_what_failed_can_be_retried() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut servers) = servers(folder.path()) else { return };
    let console = Console::open(folder.path());
    connect(&console, &servers);
    shorten_undo(&console);
    console.screen("inbox");
    let id = deliver(&servers, "emily@buyers.test", "Gift wrapping", "Could you wrap order 7 as a gift, please? Emily");
    open_row(&console, "emily");
    let secret = "Between us: this buyer returned the last three orders.";
    console.click(&hook("composer-note-tab"));
    console.write(&hook("composer-text"), secret);
    console.click(&hook("composer-send"));
    console.see_text(&hook("note"), secret);
    assert_eq!(console.count("[data-testid=note] svg"), 1, "a note carries a lock");
    assert_ne!(ground(&console, &hook("note")), ground(&console, "[data-testid=thread]"), "a note is tinted");
    a10_what_failed_can_be_retried(&console, &mut servers, &id);
    let leaves = ["emily@buyers.test", SHOP].into_iter().flat_map(|user| ["INBOX", "Sent"].map(|box_name| servers.mails(user, box_name)));
    for raw in leaves.flatten() {
        assert!(!buyers::read(&raw).text.contains("Between us"), "a note never leaves");
    }
    console.close();
}

fn ground(console: &Console, selector: &str) -> String {
    let script = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor";
    console.run_with(script, &[json!(selector)]).as_str().unwrap_or_default().to_owned()
}

fn a10_what_failed_can_be_retried(console: &Console, servers: &mut MailServers, id: &str) {
    servers.stop_dovecot();
    console.click(&hook("composer-reply-tab"));
    console.write(&hook("composer-text"), "Dear Emily, we wrap it with pleasure. Mei");
    console.click(&hook("composer-send"));
    // While it waits for the server the message says why, and offers to try again now.
    let why = console.until("the delivery that failed is told", DELIVERY, |c| {
        c.attributes("[data-testid^=delivery-]", "title").into_iter().find(|title| !title.is_empty())
    });
    assert!(!why.is_empty());
    servers.start_dovecot();
    let retry = hook("delivery-retry");
    if console.until("it is sent, or can be sent again", DELIVERY * 2, |c| {
        let sent = c.count(&hook("delivery-sent")) > 0;
        (sent || c.count(&retry) > 0).then_some(!sent)
    }) {
        console.click(&retry);
    }
    answered(console, servers, "emily@buyers.test", id, "wrap it with pleasure");
    console.see(&hook("delivery-sent"));
    let mailbox = buyers::mailbox(servers, "emily@buyers.test");
    assert_eq!(mailbox.iter().filter(|mail| mail.text.contains("wrap it with pleasure")).count(), 1, "once and not twice");
}
