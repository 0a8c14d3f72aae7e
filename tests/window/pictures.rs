//! Every screen in light and dark, in English and Chinese, with the demo and with nothing: each fits, has its words, and throws nothing.
//!
//! With `MERCATOR_UPDATE_PICTURES=1` each is kept as `pictures/<screen>-<light|dark>-<en|zh>.png`, the reference that a person looks at.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use mercator_tests::metadata::root;

use crate::{
    console::{Console, SOON, hook, program, ready},
    words,
};

/// The largest a picture may be: all together stay small enough for the repository.
const LARGEST: usize = 80_000;

/// Themes and languages, so ordered that one setting changes at a time.
const LOOKS: &[(&str, &str)] = &[("light", "en"), ("dark", "en"), ("dark", "zh"), ("light", "zh")];

/// A screen's name in the pictures, its address, and what shows that it stands.
type Screen = (&'static str, &'static str, &'static str);

const WITH_DEMO: &[Screen] = &[
    ("inbox", "#/inbox", "[data-testid=thread] .message"),
    ("waiting", "#/waiting", "[data-testid=handoff-card]"),
    ("customers", "#/customers", "[data-testid=customer-row]"),
    ("customer", "#/customers?id=3", "[data-testid=erase-contact]"),
    ("orders", "#/orders", "[data-testid=order-row]"),
    ("cases", "#/orders?tab=cases", "[data-testid=case]"),
    ("knowledge", "#/knowledge", "[data-testid=article-row]"),
    ("editor", "#/knowledge?id=1", "[data-testid=article-title]"),
    ("bot", "#/bot", "[data-testid=mode-auto]"),
    ("rules", "#/bot?tab=rules", "#hand-off-at"),
    ("automation", "#/bot?tab=automation", "[data-testid=rule-new]"),
    ("actions", "#/bot?tab=actions", "[data-testid=action-rules]"),
    ("approvals", "#/bot?tab=approvals", "main"),
    ("corrections", "#/bot?tab=regression", "main"),
    ("review", "#/knowledge?tab=review", "main"),
    ("gaps", "#/knowledge?tab=gaps", "[data-testid=gap]"),
    ("duty", "#/knowledge?tab=duty", "[data-testid=duty-new]"),
    ("replay", "#/bot?tab=replay", "[data-testid=replay-run]"),
    ("bench", "#/bot?tab=bench", "[data-testid=bench-text]"),
    ("satisfaction", "#/dashboards?tab=satisfaction", "[data-testid^=chart-] svg"),
    ("handoffs", "#/dashboards?tab=handoffs", "[data-testid^=chart-] svg"),
    ("segments", "#/dashboards?tab=segments", "[data-testid^=chart-] svg"),
    ("settings", "#/settings", "[data-testid=mailbox-card]"),
];

/// With long tables, which must move inside of their card on a narrow window.
const WIDE: &[Screen] = &[("understanding", "#/bot?tab=understanding", "[data-testid=confusion-table]")];

const WITH_NOTHING: &[Screen] = &[
    ("inbox-empty", "#/inbox", ".list"),
    ("waiting-empty", "#/waiting", ".list"),
    ("customers-empty", "#/customers", "main"),
    ("orders-empty", "#/orders", "main"),
    ("cases-empty", "#/orders?tab=cases", "main"),
    ("knowledge-empty", "#/knowledge", "main"),
    ("bot-empty", "#/bot", "main"),
    ("handoffs-empty", "#/dashboards?tab=handoffs", "main"),
    ("settings-empty", "#/settings", "#undo"),
];

#[test]
fn every_screen_fits_in_every_look() {
    if !ready() {
        return;
    }
    let folder = place("full");
    fill(&folder.join("workspace"));
    let console = Console::open(&folder);
    console.see(&hook("workspace"));
    let mut wrong = walk(&console, WITH_DEMO);
    wrong.extend(narrow(&console));
    wrong.extend(a_number_known_twice(&console));
    wrong.extend(console.wrong());
    console.close();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_empty_screen_says_what_comes() {
    if !ready() {
        return;
    }
    let folder = place("empty");
    let console = Console::open(&folder);
    let first_run = hook("first-run-demo");
    console.see(&first_run);
    words::settle(&console);
    keep(&console, "first-run-light-en");
    console.click(&hook("first-run-language"));
    console
        .until("the first run speaks Chinese", SOON, |c| c.texts("h1").first().is_some_and(|text| words::is_chinese(text)).then_some(()));
    keep(&console, "first-run-light-zh");
    let left = words::left_in_english(&console);
    assert_eq!(left, Vec::<String>::new(), "English is left on the first run");
    console.click(&hook("first-run-language"));
    connect_a_folder(&console, &folder);
    let mut wrong = walk(&console, WITH_NOTHING);
    wrong.extend(console.wrong());
    console.close();
    assert_eq!(wrong, Vec::<String>::new());
}

/// A fresh folder whose name, which the settings show, is the same in every picture.
fn place(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join("mercator-pictures").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The demo from the command line: the window's own first run has its journey.
fn fill(workspace: &std::path::Path) {
    let output =
        Command::new(program("mercator-cli")).args(["demo", "--workspace"]).arg(workspace).output().expect("mercator-cli is built");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A workspace with an inbox and nothing in it: the first run is over, and every list is empty.
fn connect_a_folder(console: &Console, folder: &std::path::Path) {
    let empty = folder.join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    // The page's own command, since the first run offers mailboxes only; the settings' form for folders has its test in `ui/`.
    let script = "const path = arguments[0]; window.__connected = undefined;
        window.__TAURI_INTERNALS__.invoke('connect_folder', { name: 'Counter', path }).then(() => window.__connected = 'yes', e => window.__connected = JSON.stringify(e));";
    console.run_with(script, &[serde_json::json!(empty)]);
    let answer = console.until("the folder is connected", SOON, |c| c.run("return window.__connected ?? null").as_str().map(str::to_owned));
    assert_eq!(answer, "yes");
    console.see(&hook("rail-inbox"));
}

fn walk(console: &Console, screens: &[Screen]) -> Vec<String> {
    let mut wrong = vec![];
    for (theme, language) in LOOKS {
        console.screen("settings");
        console.choose(&hook("theme-switch"), theme);
        console.choose(&hook("language-switch"), language);
        words::settle(console);
        for (name, address, shown) in screens {
            console.address(address);
            console.see(shown);
            if *name == "bench" {
                try_the_bench(console);
            }
            words::settle(console);
            let name = format!("{name}-{theme}-{language}");
            wrong.extend(words::sticking_out(console).into_iter().map(|what| format!("{name}: {what}")));
            wrong.extend(words::raw_keys(console).into_iter().map(|key| format!("{name}: {key} has no words")));
            wrong.extend(words::cut(console).into_iter().map(|text| format!("{name}: '{text}' is cut")));
            if *language == "zh" {
                wrong.extend(words::left_in_english(console).into_iter().map(|text| format!("{name}: '{text}' is English")));
            }
            keep(console, &name);
        }
    }
    wrong
}

fn try_the_bench(console: &Console) {
    console.write(&hook("bench-text"), "Wo ist mein Paket? Bestellung 41006, ich warte seit zwei Wochen!!");
    console.click(&hook("bench-run"));
    console.see(&hook("why-panel"));
}

/// The smallest sizes that the design names: nothing may stick out there either.
fn narrow(console: &Console) -> Vec<String> {
    let mut wrong = vec![];
    console.screen("settings");
    console.choose(&hook("theme-switch"), "light");
    console.choose(&hook("language-switch"), "en");
    for (width, height) in [(1100, 720), (760, 720)] {
        console.resize(width, height);
        console.until("the window is narrower", SOON, |c| c.run("return innerWidth").as_u64().filter(|now| *now <= u64::from(width)));
        for (name, address, _) in WITH_DEMO.iter().chain(WIDE) {
            console.address(address);
            words::settle(console);
            wrong.extend(words::sticking_out(console).into_iter().map(|what| format!("{name} at {width}: {what}")));
            if matches!(*name, "inbox" | "waiting" | "customers" | "handoffs" | "understanding") {
                keep(console, &format!("{name}-{width}-light-en"));
            }
        }
    }
    wrong
}

/// A customer whose telephone is that of the messenger too once left the detail blank.
fn a_number_known_twice(console: &Console) -> Option<String> {
    console.resize(1440, 900);
    console.address("#/customers?id=1");
    words::settle(console);
    (console.count(&hook("erase-contact")) == 0).then(|| "the detail of customer 1 is blank".to_owned())
}

/// Keeps a picture when pictures are wanted: few colours, small.
fn keep(console: &Console, name: &str) {
    if std::env::var("MERCATOR_UPDATE_PICTURES").is_ok_and(|value| value == "1") {
        let folder = root().join("tests/window/pictures");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = console.picture();
        let small = [128, 64, 32, 16].into_iter().map(|colours| reduced(&picture, colours)).find(|png| png.len() <= LARGEST);
        let small = small.unwrap_or_else(|| panic!("{name} stays over {LARGEST} bytes"));
        let path: PathBuf = folder.join(format!("{name}.png"));
        std::fs::write(&path, small).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

fn reduced(picture: &[u8], colours: u32) -> Vec<u8> {
    let mut child = Command::new("convert")
        .args(["png:-", "-strip", "+dither", "-colors", &colours.to_string(), "-define", "png:compression-level=9", "png8:-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ImageMagick's convert makes the pictures small");
    child.stdin.take().expect("an open pipe").write_all(picture).expect("convert reads");
    let output = child.wait_with_output().expect("convert ends");
    assert!(output.status.success() && !output.stdout.is_empty(), "convert failed");
    output.stdout
}
