//! The built program as a script meets it: arguments, standard input and output, exit status. The commands that need a workspace are
//! in `workspace.rs`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end at the first surprise, its helpers too")]

mod program;

use std::{io::Write, path::PathBuf, process::Stdio};

use program::{code, err, fails_with, fixture, home, json_of, lines_of, out, program, run, run_with};
use serde_json::{Value, json};

/// Micros differ from run to run; everything else is fixed.
fn without_micros(mut line: Value) -> Value {
    for micros in line["micros"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        *micros = json!("[micros]");
    }
    line
}

#[test]
fn help_names_every_command_and_ends_well() {
    let home = home();
    let help = run(home.path(), &["--help"]);
    assert_eq!(code(&help), Some(0));
    for command in [
        "run",
        "demo",
        "import",
        "export",
        "erase",
        "backup",
        "restore",
        "verify",
        "doctor",
        "ask",
        "analyze",
        "mail",
        "track",
        "dashboards",
        "kb",
        "replay",
        "bench",
    ] {
        assert!(out(&help).contains(&format!("  {command} ")), "{command}");
        assert_eq!(code(&run(home.path(), &[command, "--help"])), Some(0), "{command}");
    }
    assert!(out(&run(home.path(), &["import", "--help"])).contains("customer_id"));
}

#[test]
fn wrong_arguments_end_with_2() {
    let home = home();
    for line in [
        "sing",
        "import orders",
        "dashboards",
        "track",
        "import",
        "run --twice",
        "dashboards --out x --from yesterday",
        "kb",
        "replay --since soon",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let output = run(home.path(), &words);
        assert_eq!(code(&output), Some(2), "{line}");
        assert!(out(&output).is_empty() && !err(&output).is_empty(), "{line}");
    }
}

#[test]
fn commands_of_later_versions_say_so_and_end_with_2() {
    let home = home();
    for line in ["translate --from de --to en", "segments --orders a"] {
        let output = run(home.path(), &line.split(' ').collect::<Vec<_>>());
        assert_eq!(code(&output), Some(2), "{line}");
        assert!(err(&output).contains("later version") && err(&output).trim_end().lines().count() == 1, "{}", err(&output));
    }
}

#[test]
fn analyze_keeps_the_order_and_gives_the_promised_fields() {
    let home = home();
    let input = [
        json!({ "id": "a", "text": "Hello, where is my order #1042? Tracking 1Z5R89390357567127.", "at": "2026-01-05T00:00:00Z" }),
        json!({ "id": 2, "text": "我的订单还没有收到，太让人生气了！", "country": "CN", "at": 1_767_571_200_000_i64 }),
        json!({ "id": "c", "text": "I will file a chargeback with my bank.\n\nOn Monday, Lamps <s@lamps.example> wrote:\n> Hello", "at": 0,
            "history": [{ "from": "customer", "text": "Where is it?", "at": 0 }, { "from": "bot", "text": "On its way.", "at": 0 }] }),
    ];
    let text: String = input.iter().map(|line| format!("{line}\n")).collect();
    let output = run_with(home.path(), &["analyze"], text.as_bytes());
    assert_eq!(code(&output), Some(0), "{}", err(&output));
    let lines: Vec<Value> = lines_of(&output).into_iter().map(without_micros).collect();
    assert_eq!(lines.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(), [json!("a"), json!(2), json!("c")]);
    // The shape is golden; the words and confidences are the pipeline's own tests' matter.
    let shape: Vec<Value> = lines.iter().map(shape).collect();
    insta::assert_json_snapshot!("analyze", shape);
    assert_eq!(lines[0]["language"]["code"], "en");
    assert_eq!(lines[1]["language"]["code"], "zh");
    assert_eq!(lines[2]["visible_text"], "I will file a chargeback with my bank.");
    assert_eq!(lines[2]["risk"], json!({ "high": true, "kinds": ["chargeback"] }));
    let tracking = lines[0]["entities"].as_array().unwrap().iter().find(|entity| entity["kind"] == "tracking_number").unwrap();
    let range = usize::try_from(tracking["start"].as_u64().unwrap()).unwrap()..usize::try_from(tracking["end"].as_u64().unwrap()).unwrap();
    assert_eq!(input[0]["text"].as_str().unwrap().get(range), Some("1Z5R89390357567127"));
}

/// A value with its texts and numbers replaced by the names of their types.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.first().map_or(json!([]), |first| json!([shape(first)])),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("yes or no"),
        Value::Null => Value::Null,
    }
}

#[test]
fn analyze_names_a_bad_line_goes_on_and_ends_with_1() {
    let home = home();
    let output =
        run_with(home.path(), &["analyze"], b"{\"id\":1,\"text\":\"Hello\"}\n{\"id\":2,\"text\":\n\xff\xfe\n{\"id\":4,\"text\":\"Bye\"}\n");
    assert_eq!(code(&output), Some(1));
    let lines = lines_of(&output);
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0]["id"], &lines[1]["line"], &lines[2]["line"], &lines[3]["id"]), (&json!(1), &json!(2), &json!(3), &json!(4)));
    assert!(lines[1]["error"].is_string());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = home();
    let mut child = program(home.path(), &["analyze"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let text = "{\"id\":1,\"text\":\"Hello\"}\n".repeat(50);
    let _closed_early = child.stdin.take().unwrap().write_all(text.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (Some(0), ""));
}

#[test]
fn mail_parse_gives_one_object_a_mail_whatever_its_form() {
    let home = home();
    let output = run(home.path(), &["mail", "parse", &fixture("mail").to_string_lossy()]);
    assert_eq!(code(&output), Some(0), "{}", err(&output));
    let mut lines = lines_of(&output);
    for line in &mut lines {
        let file = PathBuf::from(line["file"].as_str().unwrap());
        line["file"] = json!(file.file_name().unwrap().to_string_lossy());
    }
    insta::assert_json_snapshot!("mail_parse", lines);
}

#[test]
fn mail_parse_reads_standard_input_and_names_what_it_cannot_open() {
    let home = home();
    let output = run_with(home.path(), &["mail", "parse", "-", "/no/such.eml"], b"From: a@b.example\r\nSubject: Hi\r\n\r\nHello");
    fails_with(&output, "/no/such.eml");
    assert_eq!(lines_of(&output)[0]["subject"], "Hi");
}

#[test]
fn track_tells_number_carrier_and_check_digit() {
    let home = home();
    let output = run(home.path(), &["--json", "track", "Where is 1Z5R89390357567127?", "RR473124829CN", "no number"]);
    let found = json_of(&output);
    let told: Vec<(&str, &str, &str)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["number"].as_str().unwrap(), line["carrier"].as_str().unwrap(), line["check_digit"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("1Z5R89390357567127", "UPS", "valid"), ("RR473124829CN", "China Post", "valid")]);
    assert!(out(&run(home.path(), &["track", "RR473124829CN"])).contains("check digit valid"));
}

/// What `kb evaluate` gives for the project's articles; `None` without the sentence encoder that set-up fetches.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
fn kb_evaluate(home: &std::path::Path, questions: &str) -> Option<Value> {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let models = std::env::var_os("MERCATOR_MODELS").map_or_else(|| crates.join("../../models"), PathBuf::from);
    if !models.join("sentence-encoder.model").exists() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci.is_empty()), "set-up must have fetched the sentence encoder");
        println!("SKIPPED: without the sentence encoder words alone decide; run ./mercator setup");
        return None;
    }
    let file = |name: &str| crates.join("../../../tests/fixtures/knowledge").join(name).to_string_lossy().into_owned();
    let predictions = home.join("found.jsonl").to_string_lossy().into_owned();
    let (articles, questions) = (file("articles.jsonl"), file(questions));
    let line = ["kb", "evaluate", "--articles", &articles, "--questions", &questions, "--predictions", &predictions];
    let got = json_of(&run(home, &line));
    assert_eq!(std::fs::read_to_string(&predictions).unwrap().lines().count() as u64, got["n"].as_u64().unwrap());
    assert!(!home.join("data").exists(), "it has a workspace of its own, which is gone");
    Some(got)
}

/// The figures that a seller may rely on before the bot answers by itself.
#[test]
fn d3_kb_evaluate_finds_the_articles_and_abstains_where_none_answers() {
    let home = home();
    let Some(got) = kb_evaluate(home.path(), "questions.jsonl") else { return };
    let figure = |name: &str| got[name].as_f64().unwrap();
    assert_eq!((got["n"].as_u64(), got["by_language"].as_object().unwrap().len()), (Some(200), 16));
    assert!(figure("recall_at_1") >= 0.85 && figure("recall_at_3") >= 0.95, "{got}");
    assert!(figure("answered_of_answerable") >= 0.75 && figure("answered_of_unanswerable") <= 0.1, "{got}");
    assert!(figure("right_of_answered") >= 0.95, "{got}");
}

/// Questions on what the articles are about and do not tell ("how tall is the lamp?"): harder, so fewer are answered.
#[test]
fn d3_kb_evaluate_on_near_misses() {
    let home = home();
    let Some(got) = kb_evaluate(home.path(), "near_misses.jsonl") else { return };
    let figure = |name: &str| got[name].as_f64().unwrap();
    assert!(figure("answered_of_unanswerable") <= 0.1 && figure("answered_of_answerable") >= 0.55, "{got}");
    assert!(figure("recall_at_1") >= 0.85 && figure("recall_at_3") >= 0.95, "{got}");
}

#[test]
fn kb_evaluate_says_what_is_wrong_with_a_file() {
    let home = home();
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let article = r#"{"id":"a","category":"faq","title":"T","body":"B","language":"en"}"#;
    let articles = file("articles.jsonl", article);
    let questions = file("questions.jsonl", r#"{"id":"1","text":"T?","language":"en","answers":["a"]}"#);
    let evaluate =
        |articles: &str, questions: &str| run(home.path(), &["kb", "evaluate", "--articles", articles, "--questions", questions]);
    assert_eq!(json_of(&evaluate(&articles, &questions))["n"], 1);
    let broken = file("broken.jsonl", "{\"id\":\"1\",\n");
    fails_with(&evaluate(&articles, &broken), "Line 1 of");
    let unknown = file("unknown.jsonl", r#"{"id":"1","text":"T?","language":"en","answers":["b"]}"#);
    fails_with(&evaluate(&articles, &unknown), "names the article 'b', which is not there");
    let untitled = file("untitled.jsonl", &article.replace("\"T\"", "\"\""));
    fails_with(&evaluate(&untitled, &questions), "of the articles are refused");
    fails_with(&evaluate("/nowhere.jsonl", &questions), "Cannot read /nowhere.jsonl");
}

#[test]
fn bench_lists_its_names_and_measures_small_things_truly() {
    let home = home();
    let names = json_of(&run(home.path(), &["--json", "bench"]));
    let names: Vec<&str> = names.as_array().unwrap().iter().map(|name| name["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ingest", "live", "pipeline", "turn", "search", "dashboards", "understanding", "start"]);
    fails_with(&run(home.path(), &["bench", "sleep"]), "There is no measurement 'sleep'");
    let folder = home.path().join("bench").to_string_lossy().into_owned();
    let measured = |name: &str, more: &[&str]| {
        let arguments: Vec<&str> = ["bench", name, "--dir", &folder].into_iter().chain(more.iter().copied()).collect();
        let figures = json_of(&run(home.path(), &arguments));
        assert_eq!(figures["bench"], name);
        figures
    };
    let ingest = measured("ingest", &["--messages", "300"]);
    assert_eq!((&ingest["sizes"][0]["imported"], &ingest["sizes"][0]["rejected"]), (&json!(300), &json!(0)), "{ingest}");
    let live = measured("live", &["--stored", "200", "--samples", "5"]);
    assert_eq!(live["sizes"][0]["message"]["n"], 5, "{live}");
    let turn = measured("turn", &["--stored", "200", "--messages", "3", "--samples", "2"]);
    let of_two = &turn["sizes"][0];
    assert_eq!(
        (&of_two["articles"], &of_two["made"]["whole"]["n"], &of_two["written"]["turn_alone"]["n"]),
        (&json!(3), &json!(2), &json!(2)),
        "{turn}"
    );
    let search = measured("search", &["--stored", "200"]);
    assert!(search["sizes"][0]["rows_found"].as_u64().unwrap() > 50, "{search}");
    assert!(search["sizes"][0]["a7"]["rows_found"].as_u64().unwrap() > 0, "{search}");
    assert_eq!(measured("dashboards", &["--stored", "200", "--samples", "3"])["sizes"][0]["all_three"]["n"], 3);
    let start = measured("start", &["--stored", "200", "--samples", "2"]);
    assert!(start["sizes"][0]["rows"].as_u64().unwrap() > 10, "{start}");
    let pipeline = measured("pipeline", &["--messages", "60", "--stored", "40", "--stored", "100"]);
    assert_eq!(pipeline["knowledge"][1]["articles"], 100, "{pipeline}");
}
