//! Processes on one file are killed at any moment: what they acknowledged is there, nothing is half there, nothing is damaged.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use mercator_domain::moment::Moment;

use crate::{
    OpenOptions, Store, Target,
    conversation_lines::{ListFilter, View},
    samples,
};

/// Names the file to the child; without it the child's half of the test is empty.
const FILE: &str = "MERCATOR_CRASH_TEST_FILE";
const NAME: &str = "MERCATOR_CRASH_TEST_NAME";

/// Not a test by itself: what the killed process does, run by the test below in a process of its own.
#[test]
fn child_writes_until_it_is_killed() {
    let (Ok(file), Ok(name)) = (std::env::var(FILE), std::env::var(NAME)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = OpenOptions { instance: name.clone(), ..OpenOptions::default() };
        let store = Store::open(&Target::File(file.into()), options).await.unwrap();
        for n in 0.. {
            let mut tx = store.begin_at(Moment(n)).await.unwrap();
            let (inbox, _, conversation) = samples::world(&mut tx, &format!("{name}-{n}")).await;
            samples::say(&mut tx, inbox, conversation, n, &format!("message {name}x{n}")).await;
            tx.commit().await.unwrap();
            println!("ack {name}-{n}");
        }
    });
}

fn start(file: &Path, name: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash_tests::child_writes_until_it_is_killed", "--nocapture"])
        .env(FILE, file)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

/// Reads acknowledgements until there are `enough` (0: until the process is gone).
fn acknowledged(out: &mut impl BufRead, enough: usize, into: &mut Vec<String>) {
    let mut line = String::new();
    let mut read = 0;
    while (enough == 0 || read < enough) && out.read_line(&mut line).is_ok_and(|n| n > 0) {
        // The last line may be cut off by the kill: only a whole one counts.
        if let Some((_, name)) = line.strip_suffix('\n').and_then(|l| l.split_once("ack ")) {
            into.push(name.to_owned());
            read += 1;
        }
        line.clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_of_two_processes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let mut acks = Vec::new();
    for round in 0..4 {
        let (names, path) = ([format!("a{round}"), format!("b{round}")], file.clone());
        acks = tokio::task::spawn_blocking(move || {
            let (mut ann, mut from_ann) = start(&path, &names[0]);
            let (mut bea, mut from_bea) = start(&path, &names[1]);
            acknowledged(&mut from_ann, 3 + round * 4, &mut acks);
            ann.kill().unwrap();
            acknowledged(&mut from_bea, 2 + round, &mut acks);
            bea.kill().unwrap();
            acknowledged(&mut from_ann, 0, &mut acks);
            acknowledged(&mut from_bea, 0, &mut acks);
            let _ = (ann.wait(), bea.wait());
            acks
        })
        .await
        .unwrap();
    }
    assert!(acks.len() >= 4 * 2 + 12, "the processes did write: {}", acks.len());
    let store = Store::open(&Target::File(file), OpenOptions::default()).await.unwrap();
    let found = store.verify().await.unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
    let filter = ListFilter { view: View::All, limit: 100_000, ..ListFilter::default() };
    let (_, lines) = store.conversation_page(&filter).await.unwrap();
    let stored: std::collections::BTreeSet<&str> = lines.iter().map(|line| line.contact.as_str()).collect();
    for ack in &acks {
        assert!(stored.contains(ack.as_str()), "{ack} was acknowledged and is gone");
    }
    assert_eq!(lines.len(), stored.len(), "nothing is there twice");
    assert!(lines.iter().all(|line| line.preview.starts_with("message ")), "nothing is there by half");
    let count = |table: &str| found.counts.iter().find(|(name, _)| *name == table).map(|(_, n)| *n);
    assert_eq!(count("messages"), count("conversations"));
}
