//! The built program on workspaces: imports, the bot, backups, exports, dashboards. Each test has its own workspace in a temporary
//! folder; nothing touches the user's own data, and nothing leaves the computer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may end at the first surprise, its helpers too"
)]

mod program;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mercator_app::{App, OpenApp};
use program::{code, err, fails_with, home, json_of, out, place, program, run};
use serde_json::{Value, json};

#[test]
fn an_unknown_workspace_is_an_error_and_is_not_made() {
    let home = home();
    for command in [
        &["verify"][..],
        &["export", "x"],
        &["backup", "x"],
        &["doctor"],
        &["kb", "search", "x"],
        &["dashboards", "--out", "x"],
        &["replay"],
        &["actions", "list"],
        &["cases", "list"],
        &["kb", "gaps"],
        &["kb", "cases", "run"],
    ] {
        let mut words = vec!["--workspace".to_owned(), place(&home)];
        words.extend(command.iter().map(|word| (*word).to_owned()));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        fails_with(&run(home.path(), &words), "There is no workspace");
        assert!(!Path::new(&place(&home)).exists(), "{command:?}");
    }
    let unreachable = run(home.path(), &["--workspace", "postgres://ann:secret@127.0.0.1:1/shop", "ask", "Hello"]);
    fails_with(&unreachable, "mercator-cli");
    assert!(!err(&unreachable).contains("secret"));
    let under_a_file = home.path().join("file");
    std::fs::write(&under_a_file, "").unwrap();
    let once = run(home.path(), &["--workspace", &under_a_file.join("x").to_string_lossy(), "run", "--once"]);
    fails_with(&once, "Cannot make the folder");
}

#[test]
fn d7_ask_shows_the_whole_turn_on_an_empty_workspace_and_stores_nothing() {
    let home = home();
    let shop = place(&home);
    let turn = json_of(&run(home.path(), &["--workspace", &shop, "--json", "ask", "Where is my order 1042?"]));
    for stage in ["clean", "language", "translate", "understand", "emotion", "retrieve", "decide", "act", "reply"] {
        assert!(turn[stage]["micros"].is_u64(), "{stage}");
    }
    assert!(turn["outcome"]["kind"].is_string());
    let text = out(&run(home.path(), &["--workspace", &shop, "ask", "Where is my order 1042?"]));
    for part in ["language   en", "intent ", "entity     order_id 1042", "decision ", "outcome ", "micros "] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let hint = err(&run(home.path(), &["--workspace", &shop, "ask", "Hello"]));
    assert!(hint.contains("There is no workspace at") && hint.trim_end().lines().count() == 1, "{hint}");
    let list = home.path().join("kb.csv");
    std::fs::write(&list, "title,body\nHow long?,Five days.\n").unwrap();
    let dry = run(home.path(), &["--workspace", &shop, "--json", "import", "articles", &list.to_string_lossy(), "--dry-run"]);
    assert_eq!(json_of(&dry)["imported"], 1);
    assert!(!Path::new(&shop).exists(), "neither a question nor a trial makes a workspace");
    let once = json_of(&run(home.path(), &["--workspace", &shop, "--json", "run", "--once"]));
    assert_eq!(once, json!({ "received": 0, "answered": 0, "sent": 0, "failed": [] }));
    fails_with(&run(home.path(), &["--workspace", &shop, "ask", "Hi", "--inbox", "none"]), "There is no inbox 'none'");
    fails_with(&run(home.path(), &["--workspace", &shop, "ask", "Hi", "--contact", "a@b.example"]), "No customer has the address");
}

/// A workspace with a watched folder that holds these mails.
fn watched(home: &tempfile::TempDir, mails: &[&str]) -> PathBuf {
    let folder = home.path().join("in");
    std::fs::create_dir_all(&folder).unwrap();
    for (number, mail) in mails.iter().enumerate() {
        let mut file = std::fs::File::create(folder.join(format!("{number}.eml"))).unwrap();
        file.write_all(mail.as_bytes()).unwrap();
        // Long at rest: a file that has just changed might still be being written, and is read a little later.
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_773_309_660)).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = App::open(OpenApp { workspace: Some(place(home)), ..OpenApp::default() }).await.unwrap();
        app.connect_folder("Lamps", &folder.to_string_lossy()).await.unwrap();
        app.stop().await;
    });
    folder
}

const BUYER: &str = "From: Ana <ana@mail.example>\r\nTo: service@lamps.example\r\nSubject: Order\r\nDate: Thu, 12 Mar 2026 09:41:00 +0000\r\nMessage-ID: <b1@mail.example>\r\n\r\nWhere is my order 1042?\r\n";
const OTHER: &str = "From: Ben <ben@mail.example>\r\nTo: service@lamps.example\r\nSubject: Plug\r\nDate: Thu, 12 Mar 2026 10:41:00 +0000\r\nMessage-ID: <b2@mail.example>\r\n\r\nDoes the plug fit in Ireland?\r\n";

#[test]
fn run_once_reads_a_watched_folder_and_each_mail_only_once() {
    let home = home();
    watched(&home, &[BUYER, OTHER]);
    let shop = place(&home);
    let first = json_of(&run(home.path(), &["--workspace", &shop, "--json", "run", "--once"]));
    assert_eq!((&first["received"], &first["answered"]), (&json!(2), &json!(2)), "{first}");
    let second = json_of(&run(home.path(), &["--workspace", &shop, "--json", "run", "--once"]));
    assert_eq!((&second["received"], &second["answered"]), (&json!(0), &json!(0)), "{second}");
    // What it did can be looked at again, which sends nothing.
    let shown = home.path().join("replayed.jsonl").to_string_lossy().into_owned();
    let replayed = json_of(&run(home.path(), &["--workspace", &shop, "--json", "replay", "--out", &shown]));
    assert_eq!(replayed["messages"], 2, "{replayed}");
    let lines: Vec<Value> = std::fs::read_to_string(&shown).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["would"] == "answer" && line["person"].is_null()), "{lines:?}");
    let none = run(home.path(), &["--workspace", &shop, "replay", "--since", "2099-01-01"]);
    assert!(out(&none).contains("no messages of customers"), "{}", out(&none));
}

#[test]
fn run_once_names_an_inbox_that_cannot_be_read_and_ends_with_1() {
    let home = home();
    let folder = watched(&home, &[]);
    std::fs::remove_dir_all(folder).unwrap();
    fails_with(&run(home.path(), &["--workspace", &place(&home), "run", "--once"]), "Lamps");
}

#[cfg(unix)]
#[test]
fn run_stops_cleanly_when_asked() {
    let home = home();
    watched(&home, &[BUYER]);
    let shop = place(&home);
    let child = program(home.path(), &["--workspace", &shop, "run"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Stored by the loops: seen from outside by the marks of another look at the same workspace.
    wait_until(|| {
        export_has(&home, "b1@mail.example") || out(&run(home.path(), &["--workspace", &shop, "--json", "verify"])).contains("messages 1")
    });
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), Some(0), "{}", err(&output));
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "verify"])), Some(0));
}

#[cfg(unix)]
fn export_has(home: &tempfile::TempDir, part: &str) -> bool {
    let folder = home.path().join("seen");
    let _looked = run(home.path(), &["--workspace", &place(home), "export", &folder.to_string_lossy()]);
    let files = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
    files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).any(|text| text.contains(part))
}

/// Looks again until it is so; a test that waits for ever is ended by its runner.
#[cfg(unix)]
fn wait_until(mut so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it did not come about");
}

const ORDERS: &str = "Customer_ID;order_id;ordered_at;total;currency;email;name;colour\n\
    c1;1042;2026-03-01;39,90;EUR;ana@mail.example;Ana;red\n\
    c2;1043;2026-03-02;-5,00;EUR;ben@mail.example;Ben;blue\n\
    c3;1044;2026-03-03;12,00;EUR;cem@mail.example;Cem;blue\n";

#[test]
fn l4_import_names_bad_rows_counts_first_and_changes_nothing_twice() {
    let home = home();
    let shop = place(&home);
    let file = home.path().join("orders.csv");
    std::fs::write(&file, ORDERS).unwrap();
    let file = file.to_string_lossy().into_owned();
    let dry = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "orders", &file, "--dry-run"]));
    let first = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "orders", &file]));
    assert_eq!((&dry["imported"], &dry["rejected"]), (&first["imported"], &first["rejected"]));
    assert_eq!((&first["imported"], &first["rejected"], &first["rows"][0]["line"]), (&json!(2), &json!(1), &json!(3)), "{first}");
    assert!(first["warnings"].to_string().contains("colour"), "{first}");
    let again = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "orders", &file]));
    assert_eq!((&again["imported"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");
    std::fs::write(home.path().join("x.csv"), "a,b\n1,2\n").unwrap();
    let wrong = run(home.path(), &["--workspace", &shop, "import", "orders", &home.path().join("x.csv").to_string_lossy()]);
    fails_with(&wrong, "Nothing was imported");
    // As the customer whose order it is, the bot may look it up.
    let turn =
        json_of(&run(home.path(), &["--workspace", &shop, "--json", "ask", "Where is my order 1042?", "--contact", "ana@mail.example"]));
    assert_eq!(turn["retrieve"]["value"]["order"]["number"], "1042", "{turn}");
    let stranger =
        json_of(&run(home.path(), &["--workspace", &shop, "--json", "ask", "Where is my order 1042?", "--contact", "cem@mail.example"]));
    assert!(stranger["retrieve"]["value"]["order"].is_null(), "{stranger}");
}

#[test]
fn imported_mails_are_exported_and_erased() {
    let home = home();
    let shop = place(&home);
    let mails = home.path().join("old");
    std::fs::create_dir_all(&mails).unwrap();
    std::fs::write(mails.join("1.eml"), BUYER).unwrap();
    std::fs::write(mails.join("2.eml"), OTHER).unwrap();
    let mails = mails.to_string_lossy().into_owned();
    let dry = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "mail", &mails, "--dry-run"]));
    assert_eq!(dry["imported"], 2, "{dry}");
    let first = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "mail", &mails]));
    assert_eq!((&first["imported"], &first["rejected"]), (&json!(2), &json!(0)), "{first}");
    let again = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "mail", &mails, "--inbox", "1"]));
    assert_eq!(again["imported"], 0, "{again}");
    let folder = home.path().join("all");
    let files = json_of(&run(home.path(), &["--workspace", &shop, "--json", "export", &folder.to_string_lossy()]));
    assert!(!files["files"].as_array().unwrap().is_empty());
    assert!(all_text(&folder).contains("Does the plug fit in Ireland?"));
    fails_with(&run(home.path(), &["--workspace", &shop, "erase", "contact", "nobody@mail.example"]), "No customer has the address");
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "erase", "contact", "BEN@mail.example"]));
    let after = home.path().join("after");
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "export", &after.to_string_lossy()]));
    let text = all_text(&after);
    assert!(text.contains("ana@mail.example") && !text.contains("Ireland") && !text.contains("ben@mail.example"));
}

fn all_text(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files.filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

#[test]
fn l6_a_backup_is_restored_and_verified() {
    let home = home();
    let shop = place(&home);
    let mail = home.path().join("1.eml");
    std::fs::write(&mail, BUYER).unwrap();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "mail", &mail.to_string_lossy()]));
    let copy = home.path().join("copy.db").to_string_lossy().into_owned();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "backup", &copy]));
    fails_with(&run(home.path(), &["--workspace", &shop, "backup", &copy]), "exists already");
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "erase", "contact", "ana@mail.example"]));
    let restored = json_of(&run(home.path(), &["--workspace", &shop, "--json", "restore", &copy]));
    assert!(Path::new(restored["kept"].as_str().unwrap()).exists());
    let found = json_of(&run(home.path(), &["--workspace", &shop, "--json", "verify"]));
    assert!(found.as_array().unwrap().iter().all(|check| check["result"] == "ok"), "{found}");
    let folder = home.path().join("all");
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "export", &folder.to_string_lossy()]));
    assert!(all_text(&folder).contains("ana@mail.example"));
    std::fs::write(home.path().join("no.db"), "no database").unwrap();
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "restore", &home.path().join("no.db").to_string_lossy()])), Some(1));
}

#[test]
fn l6_a_damaged_workspace_is_restored_and_the_damage_is_kept() {
    let home = home();
    let shop = place(&home);
    let mail = home.path().join("1.eml");
    std::fs::write(&mail, BUYER).unwrap();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "mail", &mail.to_string_lossy()]));
    let copy = home.path().join("copy.db").to_string_lossy().into_owned();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "backup", &copy]));
    let damage = vec![7; 50_000];
    std::fs::write(Path::new(&shop).join("mercator.db"), &damage).unwrap();
    fails_with(&run(home.path(), &["--workspace", &shop, "verify"]), "Restore the last backup");
    // A backup that is none leaves everything as it was.
    std::fs::write(home.path().join("no.db"), "no database").unwrap();
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "restore", &home.path().join("no.db").to_string_lossy()])), Some(1));
    assert_eq!(std::fs::read(Path::new(&shop).join("mercator.db")).unwrap(), damage);
    let restored = json_of(&run(home.path(), &["--workspace", &shop, "--json", "restore", &copy]));
    assert_eq!(std::fs::read(restored["kept"].as_str().unwrap()).unwrap(), damage);
    assert!(out(&run(home.path(), &["--workspace", &shop, "--json", "verify"])).contains("messages 1"));
}

#[test]
fn doctor_tells_of_everything_around() {
    let home = home();
    watched(&home, &[]);
    let checks = json_of(&run(home.path(), &["--workspace", &place(&home), "--json", "doctor"]));
    let names: Vec<&str> = checks.as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    for name in ["disk_space", "clock", "inbox"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

#[test]
fn articles_are_found_with_their_scores() {
    let home = home();
    let shop = place(&home);
    let file = home.path().join("articles.csv");
    std::fs::write(
        &file,
        "title,body,category,language\nHow long does delivery take?,\"Delivery to Ireland takes four working days.\",logistics,en\n",
    )
    .unwrap();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "articles", &file.to_string_lossy()]));
    let found = json_of(&run(home.path(), &["--workspace", &shop, "--json", "kb", "search", "How long does delivery to Ireland take?"]));
    assert_eq!(found["language"], "en");
    assert_eq!(found["passages"][0]["title"], "How long does delivery take?");
    assert!(found["passages"][0]["score"].as_f64().unwrap() > 0.4, "{found}");
}

#[test]
fn dashboards_are_written_in_every_form() {
    let home = home();
    let shop = place(&home);
    let file = home.path().join("orders.csv");
    std::fs::write(&file, ORDERS).unwrap();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "orders", &file.to_string_lossy()]));
    let folder = home.path().join("charts").to_string_lossy().into_owned();
    let arguments = [
        "--workspace",
        &shop,
        "--json",
        "dashboards",
        "--out",
        &folder,
        "--from",
        "2026-01-01",
        "--to",
        "2026-12-31",
        "--filter",
        "channel=email",
    ];
    let files: Vec<String> = serde_json::from_value(json_of(&run(home.path(), &arguments))["files"].clone()).unwrap();
    for end in [".svg", ".png", ".csv"] {
        for name in ["segments", "satisfaction", "handoffs"] {
            let of_name = files.iter().find(|file| file.ends_with(end) && file.contains(name)).unwrap_or_else(|| panic!("{name} {end}"));
            assert!(std::fs::metadata(of_name).unwrap().len() > 0);
        }
    }
    let wrong = run(home.path(), &["--workspace", &shop, "dashboards", "--out", &folder, "--filter", "channel=fax"]);
    fails_with(&wrong, "'fax' is no channel");
}

/// The program where the machine's fonts are hidden but for one folder; `None` where no such view of the disk can be made.
fn run_with_fonts_of(fonts: &Path, home: &Path, arguments: &[&str]) -> Option<std::process::Output> {
    let plain = program(home, arguments);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", "mount --bind \"$0\" /usr/share/fonts && exec \"$@\""]).arg(fonts);
    command.arg(plain.get_program()).args(plain.get_args());
    command.env("HOME", home).env("XDG_DATA_HOME", home.join("data")).env("MERCATOR_PASSPHRASE", "only for this test");
    let output = command.stdin(Stdio::null()).output().ok()?;
    let said = err(&output);
    (!said.contains("unshare:") && !said.contains("mount:")).then_some(output)
}

#[tokio::test]
async fn j8_pictures_whose_letters_no_font_has_are_written_with_a_warning() {
    let home = home();
    let shop = place(&home);
    let options = OpenApp { workspace: Some(shop.clone()), ..OpenApp::default() };
    let app = App::open(options).await.unwrap();
    let settings = app.app_state().await.unwrap().settings;
    app.save_settings(mercator_app::views::Settings { ui_language: "zh".to_owned(), ..settings }).await.unwrap();
    app.stop().await;
    let file = home.path().join("orders.csv");
    std::fs::write(&file, ORDERS).unwrap();
    json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "orders", &file.to_string_lossy()]));
    let folder = home.path().join("charts").to_string_lossy().into_owned();
    let arguments = ["--workspace", &shop, "--json", "dashboards", "--out", &folder, "--from", "2026-01-01", "--to", "2026-12-31"];
    // No fonts at all, and fonts that lack Chinese where the machine has such.
    let dejavu = Path::new("/usr/share/fonts/truetype/dejavu");
    let empty = home.path().join("fonts");
    std::fs::create_dir(&empty).unwrap();
    for fonts in [Some(empty.as_path()), Some(dejavu).filter(|fonts| fonts.is_dir())].into_iter().flatten() {
        let Some(output) = run_with_fonts_of(fonts, home.path(), &arguments) else {
            println!("SKIPPED: the fonts of this machine cannot be hidden");
            return;
        };
        let said = err(&output);
        let written = json_of(&output);
        assert_eq!(written["warning"]["code"], "missing_letters", "{written} {said}");
        assert!(!written["files"].as_array().unwrap().is_empty());
        assert!(said.contains("No font on this computer has the letters") && said.contains("Install a font"), "{said}");
    }
}

#[test]
fn e7_the_rules_of_actions_are_printed_changed_and_kept() {
    let home = home();
    let shop = place(&home);
    begin(home.path(), &shop);
    let rules = json_of(&run(home.path(), &["--workspace", &shop, "--json", "actions", "rules"]));
    assert_eq!((rules["kept_here"].as_bool(), rules["rules"]["kinds"].as_array().unwrap().len()), (Some(false), 10));
    let mut changed = rules.clone();
    changed["kept_here"] = json!(true);
    changed["rules"]["approval_above"] = json!([{ "minor": 2000, "currency": "EUR" }]);
    let file = home.path().join("rules.json");
    std::fs::write(&file, changed.to_string()).unwrap();
    let set = run(home.path(), &["--workspace", &shop, "--json", "actions", "rules", "--set", &file.to_string_lossy()]);
    assert_eq!(json_of(&set), changed);
    assert_eq!(json_of(&run(home.path(), &["--workspace", &shop, "--json", "actions", "rules"])), changed);
    changed["rules"]["approval_above"] = json!([{ "minor": -1, "currency": "EUR" }]);
    std::fs::write(&file, changed.to_string()).unwrap();
    fails_with(&run(home.path(), &["--workspace", &shop, "actions", "rules", "--set", &file.to_string_lossy()]), "below zero");
    std::fs::write(&file, "no rules").unwrap();
    fails_with(&run(home.path(), &["--workspace", &shop, "actions", "rules", "--set", &file.to_string_lossy()]), "does not hold rules");
    assert!(out(&run(home.path(), &["--workspace", &shop, "actions", "list"])).contains("Nothing waits"));
    fails_with(&run(home.path(), &["--workspace", &shop, "actions", "approve", "7"]), "mercator-cli");
}

#[test]
fn h1_h2_h3_the_loop_of_knowledge_on_the_command_line() {
    let home = home();
    let shop = place(&home);
    begin(home.path(), &shop);
    assert!(out(&run(home.path(), &["--workspace", &shop, "kb", "proposals", "list"])).contains("Nothing is proposed"));
    assert!(out(&run(home.path(), &["--workspace", &shop, "kb", "gaps"])).contains("answered"));
    assert_eq!(json_of(&run(home.path(), &["--workspace", &shop, "--json", "kb", "cases", "run"])), json!([]));
    fails_with(&run(home.path(), &["--workspace", &shop, "kb", "proposals", "approve", "3"]), "No proposal 3 waits");
    fails_with(&run(home.path(), &["--workspace", &shop, "kb", "cases", "delete", "3"]), "mercator-cli");
}

/// Makes a workspace, with one article.
fn begin(home: &Path, shop: &str) {
    let file = home.join("first.csv");
    std::fs::write(&file, "title,body\nHow do I pay?,By card.\n").unwrap();
    assert_eq!(code(&run(home, &["--workspace", shop, "import", "articles", &file.to_string_lossy()])), Some(0));
}

#[test]
fn e4_a_quote_says_its_rules_or_that_it_does_not_know() {
    let home = home();
    let quote = |words: &[&str]| run(home.path(), &[&["quote"][..], words].concat());
    let brazil =
        out(&quote(&["--to", "BR", "--value", "20.00", "--currency", "USD", "--quantity", "2", "--shipping", "5", "--day", "2026-11-26"]));
    for part in ["duty   9.00 USD", "tax    11.06 to 13.50 USD", "total  20.06 to 22.50 USD", "from 2024-08-01", "estimate only", "DDU"] {
        assert!(brazil.contains(part), "{part}: {brazil}");
    }
    let states = json_of(&run(home.path(), &["--json", "quote", "--to", "us", "--value", "20", "--currency", "USD", "--hs", "9405.20"]));
    assert_eq!(states["total"]["value"], json!([{ "kind": "duty_rate", "hs": "940520" }]));
    fails_with(&quote(&["--to", "Brazil", "--value", "20", "--currency", "USD"]), "two letters");
    fails_with(&quote(&["--to", "BR", "--value", "-20", "--currency", "USD"]), "19.90");
    fails_with(&quote(&["--to", "BR"]), "--sku");
    // With a shop: its product, and its own rules before those that ship.
    let shop = place(&home);
    let file = home.path().join("products.csv");
    std::fs::write(&file, "sku,title,price,currency,hs_code\nL-1,Lamp,20.00,USD,940520\n").unwrap();
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "import", "products", &file.to_string_lossy()])), Some(0));
    let rules = home.path().join("rules.json");
    let row = json!([{ "country": "US", "fact": { "kind": "duty", "hs": "9405", "min": 500, "max": 1000 }, "from": "2026-01-01",
        "source": "our broker", "as_of": "2026-11-01" }]);
    std::fs::write(&rules, row.to_string()).unwrap();
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "quote", "--set-rules", &rules.to_string_lossy()])), Some(0));
    let own = out(&run(home.path(), &["--workspace", &shop, "quote", "--to", "US", "--sku", "L-1", "--quantity", "2", "--ddp"]));
    assert!(own.contains("total  2.00 to 4.00 USD") && own.contains("our broker") && own.contains("DDP"), "{own}");
    fails_with(&run(home.path(), &["--workspace", &shop, "quote", "--to", "US", "--sku", "X-9"]), "There is no product X-9");
    std::fs::write(&rules, row.to_string().replace("500", "5000")).unwrap();
    fails_with(&run(home.path(), &["--workspace", &shop, "quote", "--set-rules", &rules.to_string_lossy()]), "row 1");
}

#[test]
fn b14_own_rules_are_set_tried_and_shown() {
    let home = home();
    watched(&home, &[BUYER]);
    let shop = place(&home);
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "run", "--once"])), Some(0));
    let rules = json!([{
        "name": "Everything", "enabled": false, "when": "customer_writes", "if": [], "then": [{ "kind": "label", "name": "seen" }]
    }]);
    let file = home.path().join("rules.json");
    std::fs::write(&file, rules.to_string()).unwrap();
    let path = file.to_string_lossy();
    let tried = json_of(&run(home.path(), &["--workspace", &shop, "--json", "rules", "try", "--file", &path, "--since", "2000-01-01"]));
    assert_eq!((tried["looked_at"].as_i64(), tried["touched"].as_i64()), (Some(1), Some(1)), "{tried}");
    assert_eq!(json_of(&run(home.path(), &["--workspace", &shop, "--json", "rules", "show"])), json!([]), "a dry run stores nothing");
    assert_eq!(json_of(&run(home.path(), &["--workspace", &shop, "--json", "rules", "set", &path])), rules);
    std::fs::write(&file, rules.to_string().replace("customer_writes", "moon_rises")).unwrap();
    fails_with(&run(home.path(), &["--workspace", &shop, "rules", "set", &path]), "moon_rises");
    assert_eq!(json_of(&run(home.path(), &["--workspace", &shop, "--json", "rules", "show"])), rules);
}

#[test]
fn e3_a_tracking_service_is_set_and_local_only_keeps_numbers_here() {
    let home = home();
    let shop = place(&home);
    begin(home.path(), &shop);
    assert!(out(&run(home.path(), &["--workspace", &shop, "parcels", "show"])).contains("No tracking service"));
    fails_with(&run(home.path(), &["--workspace", &shop, "parcels", "ask"]), "No tracking service is set");
    let set = json_of(&run(home.path(), &["--workspace", &shop, "--json", "parcels", "set", "--service", "17track", "--every", "500"]));
    assert_eq!((set["settings"]["every_hours"].as_i64(), set["host"].as_str()), (Some(72), Some("api.17track.net")), "{set}");
    assert!(out(&run(home.path(), &["--workspace", &shop, "parcels", "show"])).contains("its key is missing"));
    fails_with(&run(home.path(), &["--workspace", &shop, "parcels", "set", "--address", "ftp://x"]), "is no address");
}

#[test]
fn k4_the_demo_sends_nothing_and_local_only_is_told() {
    let home = home();
    let shop = place(&home);
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "demo"])), Some(0));
    assert!(out(&run(home.path(), &["--workspace", &shop, "outbound"])).contains("Nothing has left this computer."));
    let set = ["--workspace", &shop, "--json", "model", "set", "--kind", "openai", "--address", "https://models.example/v1"];
    let state = json_of(&run(home.path(), &[&set[..], &["--model", "large", "--enabled", "on"]].concat()));
    assert_eq!((state["host"].as_str(), state["ready"].as_bool()), (Some("models.example"), Some(false)));
    let preview = json_of(&run(home.path(), &["--workspace", &shop, "--json", "model", "preview", "--conversation", "1"]));
    assert!(preview["hidden"].as_i64().unwrap() > 0 && preview["user"].as_str().unwrap().contains("TALK"), "{preview}");
    fails_with(&run(home.path(), &["--workspace", &shop, "model", "agree", "other.example"]), "changed meanwhile");
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "model", "agree", "models.example"])), Some(0));
    fails_with(&run(home.path(), &["--workspace", &shop, "model", "try"]), "local only");
    let log = json_of(&run(home.path(), &["--workspace", &shop, "--json", "outbound"]));
    assert_eq!((log["rows"][0]["requests"].as_i64(), log["rows"][0]["refused"].as_i64()), (Some(0), Some(1)), "{log}");
    assert_eq!(log["calls"], json!([]));
    let summary = json_of(&run(home.path(), &["--workspace", &shop, "--json", "copilot", "summary", "1"]));
    assert_eq!(summary["by_model"].as_bool(), Some(false));
    assert!(!summary["text"].as_str().unwrap().is_empty());
}

#[test]
fn e10_cases_are_taken_in_listed_by_deadline_and_settled() {
    let home = home();
    let shop = place(&home);
    let file = home.path().join("cases.csv");
    std::fs::write(&file, "case_id,kind,opened_at,answer_by,reason\nPP-1,INR,2026-11-20,2099-01-01,\nA-77,A-to-z,2026-11-20,,It never came\nA-9,odd,2026-11-20,,\n").unwrap();
    let report = json_of(&run(home.path(), &["--workspace", &shop, "--json", "import", "cases", &file.to_string_lossy()]));
    assert_eq!((report["imported"].as_i64(), report["rejected"].as_i64()), (Some(2), Some(1)));
    let listed = out(&run(home.path(), &["--workspace", &shop, "cases", "list"]));
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].contains("a_to_z  open  A-77") && lines[1].starts_with("2099-01-01") && lines.len() == 2, "{listed}");
    fails_with(&run(home.path(), &["--workspace", &shop, "cases", "set", "A-78", "won"]), "There is no case A-78");
    assert_eq!(code(&run(home.path(), &["--workspace", &shop, "cases", "set", "A-77", "happy"])), Some(2));
    assert!(out(&run(home.path(), &["--workspace", &shop, "cases", "set", "a77", "won"])).contains("a_to_z  won  A-77"));
    let settled = json_of(&run(home.path(), &["--workspace", &shop, "--json", "cases", "list", "--settled"]));
    assert_eq!(settled[0]["case"]["number"], "A-77");
    let terms = out(&run(home.path(), &["--workspace", &shop, "cases", "terms", "--set", "a_to_z=72"]));
    assert!(terms.contains("a_to_z             72 hours  (your own)"), "{terms}");
}

#[test]
fn c7_courtesy_is_shown_set_and_previewed() {
    let home = home();
    let shop = place(&home);
    let file = home.path().join("courtesy.json");
    std::fs::write(&file, "code,title\n").unwrap();
    std::fs::write(home.path().join("articles.csv"), "title,body\nA,B\n").unwrap();
    json_of(&run(
        home.path(),
        &["--workspace", &shop, "--json", "import", "articles", &home.path().join("articles.csv").to_string_lossy()],
    ));
    fails_with(&run(home.path(), &["--workspace", &shop, "courtesy", "set", &file.to_string_lossy()]), "courtesy.json");
    assert!(out(&run(home.path(), &["--workspace", &shop, "courtesy", "preview", "us"])).starts_with("Hi Alex,"));
    std::fs::write(&file, r#"[{"country": "US", "language": "en", "name": "full", "greeting": "Dear {name}:"}]"#).unwrap();
    let set = json_of(&run(home.path(), &["--workspace", &shop, "--json", "courtesy", "set", &file.to_string_lossy()]));
    assert_eq!(set["own"][0]["greeting"], "Dear {name}:");
    assert!(out(&run(home.path(), &["--workspace", &shop, "courtesy", "preview", "US"])).starts_with("Dear Alex Martin:"));
    fails_with(&run(home.path(), &["--workspace", &shop, "courtesy", "preview", "AQ"]), "There is no profile of AQ");
}
