//! The first run: "look around" leads to a working inbox; its bot, its handoffs, its dashboards, its languages.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    console::{Console, SOON, hook, ready},
    words,
};

/// The kinds of channel that one list shall mix, each by the names that its icons carry.
const FAMILIES: &[(&str, &[&str])] = &[
    ("marketplace", &["Amazon", "eBay"]),
    ("store", &["Shopify", "WooCommerce", "Vendure", "Web chat"]),
    ("social", &["Messenger", "Instagram"]),
    ("messenger", &["WhatsApp", "Telegram", "LINE", "Matrix"]),
    ("mail", &["E-mail"]),
];

/// Offline, no account, no server: how long a working inbox may take.
const FIRST_RUN_LIMIT: Duration = Duration::from_secs(120);

/// How long the whole past of the demo may take to play in, while the inbox can already be worked with.
const PAST_LIMIT: Duration = Duration::from_secs(240);

/// Opens the demo in a fresh workspace.
fn open_demo(folder: &std::path::Path) -> Console {
    let started = Instant::now();
    let console = Console::open(folder);
    console.click(&hook("first-run-demo"));
    console.until("rows of the inbox", FIRST_RUN_LIMIT, |c| (c.count(&hook("conversation-row")) > 5).then_some(()));
    assert!(started.elapsed() < FIRST_RUN_LIMIT, "a working inbox after {:?}", started.elapsed());
    // The list can be worked with while the rest of the past still plays in.
    console.until("the demo's past has played", PAST_LIMIT, |c| {
        let total = c.texts(&hook("list-total")).first().and_then(|text| digits(text))?;
        (total >= 200 && c.count("progress") == 0).then_some(())
    });
    words::settle(&console);
    console
}

#[test]
fn l1_first_run_to_a_working_inbox_with_demo_data() {
    if !ready() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let console = open_demo(folder.path());
    a1_one_list_mixes_the_channels(&console);
    d7_every_bot_answer_says_why(&console);
    g2_the_card_fills_eight_fields(&console);
    j4_a_figure_opens_its_conversations(&console);
    c10_every_text_switches(&console);
    dark_is_dark(&console);
    assert_eq!(console.wrong(), Vec::<String>::new(), "nothing went wrong underneath");
    console.close();
}

fn a1_one_list_mixes_the_channels(console: &Console) {
    let rows = all_rows(console);
    assert!(rows.len() >= 200, "{} conversations", rows.len());
    let unmarked: Vec<&Row> = rows.iter().filter(|row| row.channel.is_empty() || row.store.is_empty() || !row.drawn).collect();
    assert!(unmarked.is_empty(), "rows without icon or store: {unmarked:?}");
    for (family, channels) in FAMILIES {
        let found = rows.iter().any(|row| channels.contains(&row.channel.as_str()));
        assert!(found, "no {family} among {:?}", rows.iter().map(|row| &row.channel).collect::<BTreeSet<_>>());
    }
}

/// The conversations at the top of the list.
fn first_rows(console: &Console) -> Vec<String> {
    console.run("document.querySelector('.list .rows').scrollTop = 0");
    words::settle(console);
    let mut ids = console.attributes(&hook("conversation-row"), "data-id");
    // The last ones may lie below the window's edge.
    ids.truncate(12);
    ids
}

/// What a row of the list shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    id: String,
    channel: String,
    store: String,
    drawn: bool,
}

/// Every row of the list, by scrolling through it: only those in sight exist.
fn all_rows(console: &Console) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    console.run("document.querySelector('.list .rows').scrollTop = 0");
    loop {
        rows.extend(rows_in_sight(console));
        let script = "const e = document.querySelector('.list .rows'); const before = e.scrollTop; e.scrollTop += e.clientHeight * 0.7; return e.scrollTop > before + 1";
        if console.run(script) != json!(true) {
            return rows;
        }
        // Rows just outside of the sight may still be blank.
        let script = "const sight = document.querySelector('.list .rows').getBoundingClientRect();
            return ![...document.querySelectorAll('.list .blank')].some(e => { const b = e.getBoundingClientRect(); return b.bottom > sight.top + 1 && b.top < sight.bottom - 1 })";
        console.until("the rows in sight are read", SOON, |c| c.run(script).as_bool().filter(|all| *all));
    }
}

fn rows_in_sight(console: &Console) -> Vec<Row> {
    let script = "return [...document.querySelectorAll('[data-testid=conversation-row]')].map(e => {
        const icon = e.querySelector('.channel svg'), box = icon?.getBoundingClientRect();
        return [e.dataset.id, icon?.getAttribute('aria-label') ?? '', e.querySelector('.store')?.innerText ?? '', !!box && box.width > 8 && box.height > 8];
    })";
    let found = console.run(script);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = found.as_array().expect("a list of rows");
    rows.iter().map(|row| Row { id: text(&row[0]), channel: text(&row[1]), store: text(&row[2]), drawn: row[3] == json!(true) }).collect()
}

fn d7_every_bot_answer_says_why(console: &Console) {
    let chip = hook("source-chip");
    console.click_text("[data-testid^='view-inbox:']", "Support");
    console.until("the mailbox's own conversations are listed", SOON, |c| {
        c.run("return location.hash.includes('inbox%3A')").as_bool().filter(|listed| *listed)
    });
    let with_source = first_rows(console).into_iter().find(|id| {
        console.click(&format!("[data-testid=conversation-row][data-id=\"{id}\"]"));
        console.until("the thread is shown", SOON, |c| {
            (c.attributes("[data-testid=conversation-row].chosen", "data-id") == [id.to_string()]
                && c.count("[data-testid=thread] .message") > 0)
                .then_some(())
        });
        console.count(&chip) > 0 && console.count(&hook("context")) == 1
    });
    assert!(with_source.is_some(), "one of the first conversations has an answer with its sources");
    let title = console.see(&chip);
    // The reasons of the very message that carries the source.
    console.run("document.querySelector('[data-testid=source-chip]').closest('article').querySelector('[data-testid=why-button]').setAttribute('data-why-of-source', '')");
    console.click("[data-why-of-source]");
    let panel = hook("why-panel");
    console.see(&panel);
    let stages = console.texts(&format!("{panel} li h3"));
    let expected = ["Cleaned text", "Language", "Translation", "Intent", "Feeling and risk", "Found", "Decision", "Done", "Reply"];
    assert_eq!(stages, expected, "each stage in its order");
    let times = console.texts(&format!("{panel} li .time"));
    assert!(times.len() == expected.len() && times.iter().all(|time| time.ends_with("s")), "each with its time: {times:?}");
    let quoted = console.texts(&format!("{panel} blockquote .link"));
    assert!(quoted.contains(&title), "the source '{title}' is among what was found: {quoted:?}");
    // d2: a click on the source opens the article at the passage.
    console.click(&chip);
    console.until("the article of the source is open", SOON, |c| {
        (c.run("return document.querySelector('[data-testid=article-title]')?.value").as_str() == Some(title.as_str())).then_some(())
    });
    assert_eq!(console.count(".editor li.cited"), 1, "at the passage that was cited");
}

fn g2_the_card_fills_eight_fields(console: &Console) {
    console.screen("waiting");
    let card = hook("handoff-card");
    console.see(&card);
    let facts = console.texts(&format!("{card} dd"));
    assert_eq!(facts.len(), 6, "question, wish and language, order, customer, feeling, what was tried: {facts:?}");
    assert!(facts.iter().all(|fact| !fact.is_empty()), "each filled or 'unknown': {facts:?}");
    assert!(facts[1].contains(" · "), "wish and language: {}", facts[1]);
    assert!(!console.see(&format!("{card} .summary")).is_empty());
    let suggestion = console.see(&format!("{card} .suggestion p"));
    assert!(!suggestion.is_empty());
    // An answer needs no scrolling: card, suggestion and composer are in sight at once.
    for part in [card.clone(), hook("insert-suggestion"), hook("composer-text"), hook("composer-send")] {
        let script = "const b = document.querySelector(arguments[0]).getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight && b.height > 0";
        assert_eq!(console.run_with(script, &[json!(part)]), json!(true), "{part} is in sight");
    }
    console.click(&hook("insert-suggestion"));
    console.until("the suggestion is in the composer", SOON, |c| {
        let written = c.run("return document.querySelector('[data-testid=composer-text]').value");
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        (squeeze(written.as_str()?) == squeeze(&suggestion)).then_some(())
    });
    console.write(&hook("composer-text"), "");
}

fn j4_a_figure_opens_its_conversations(console: &Console) {
    for (tab, figure) in [("handoffs", "handoffs"), ("handoffs", "still_waiting"), ("satisfaction", "response_rate")] {
        let n = figure_of(console, tab, figure);
        assert!(n > 0, "the demo has something to count for {figure}");
        console.click(&hook(&format!("figure-{figure}")));
        console.see(".drill");
        let total = console.until("the list is counted", SOON, |c| digits(c.texts(&hook("list-total")).first()?));
        assert_eq!(total, n, "{figure} opens exactly its conversations");
        assert_eq!(all_rows(console).len() as u64, n, "and the list has as many rows");
    }
    figure_of(console, "segments", "customers");
    assert!(console.count("[data-testid^=chart-] svg") >= 2, "charts are drawn");
}

/// The count behind a figure: its value when it is one, else its n.
pub fn figure_of(console: &Console, tab: &str, figure: &str) -> u64 {
    console.screen("dashboards");
    console.click(&hook(&format!("dashboard-tab-{tab}")));
    let tile = hook(&format!("figure-{figure}"));
    console.see(&tile);
    let value = console.see(&format!("{tile} .value"));
    let n = console.texts(&format!("{tile} .number:not(.value)")).last().cloned().unwrap_or_default();
    digits(if value.contains('%') { &n } else { &value }).unwrap_or_default()
}

/// The number in a text, without its separators.
pub fn digits(text: &str) -> Option<u64> {
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

fn c10_every_text_switches(console: &Console) {
    console.screen("settings");
    let labels = |c: &Console| c.attributes(".rail [aria-label]", "aria-label");
    let before = labels(console);
    console.choose(&hook("language-switch"), "zh");
    console.until("the rail speaks Chinese", SOON, |c| labels(c).iter().any(|label| label.contains("设置")).then_some(()));
    for (english, now) in before.iter().zip(labels(console)) {
        assert!(words::is_chinese(&now), "'{english}' stays '{now}'");
    }
    for screen in words::SCREENS {
        console.screen(screen);
        words::settle(console);
        let left = words::left_in_english(console);
        assert!(left.is_empty(), "English is left on {screen}: {left:?}");
        assert_eq!(words::raw_keys(console), Vec::<String>::new(), "texts without words on {screen}");
        for tab in console.attributes("[role=tab][data-testid*='-tab-']", "data-testid") {
            console.click(&hook(&tab));
            words::settle(console);
            let left = words::left_in_english(console);
            assert!(left.is_empty(), "English is left on {screen}, {tab}: {left:?}");
        }
        let tabs = console.texts("[role=tab]");
        assert!(tabs.iter().all(|tab| words::is_chinese(tab)), "{screen}: {tabs:?}");
    }
}

fn dark_is_dark(console: &Console) {
    console.screen("settings");
    for (theme, dark) in [("dark", true), ("light", false)] {
        console.choose(&hook("theme-switch"), theme);
        console.until(&format!("{theme} is {theme}"), SOON, |c| {
            let script = "const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
                const [x, y, z] = getComputedStyle(document.querySelector('h1')).color.match(/[\\d.]+/g).map(Number);
                return [r + g + b, x + y + z]";
            let sums = c.run(script);
            let (ground, ink) = (sums[0].as_f64()?, sums[1].as_f64()?);
            (if dark { ground < 200.0 && ink > 500.0 } else { ground > 650.0 && ink < 250.0 }).then_some(())
        });
    }
}
