//! `analyze`: JSON lines in, JSON lines out, in the order of the input, on all cores.
//!
//! Each line gets a place in a queue before it is worked on, and the printer takes the places in their order: so the order holds,
//! memory stays flat, and a single line is answered at once, for a script that asks and waits.

use std::{
    io::{self, BufRead, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, mpsc},
    thread,
};

use anyhow::{Context, Result};
use mercator_app::{
    clock::{Clock, SystemClock, micros},
    models::load_bot,
};
use mercator_domain::{
    emotion::{Emotion, Risk},
    entity::Entity,
    intent::IntentGuess,
    language::Language,
    message::Author,
    moment::Moment,
};
use mercator_pipeline::{
    Bot,
    bot::{Analysis, AnalysisInput},
    ports::HistoryLine,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Done;

/// Lines in work or waiting to be printed: enough to keep all cores busy, few enough for flat memory.
const IN_FLIGHT: usize = 256;

/// Only the last messages of a history are read: what was felt long ago says nothing of today.
const MOST_HISTORY: usize = 20;

/// A line of the input.
#[derive(Debug, Deserialize)]
struct Given {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default)]
    history: Vec<Earlier>,
    country: Option<String>,
    at: Option<When>,
}

#[derive(Debug, Deserialize)]
struct Earlier {
    from: Speaker,
    text: String,
    at: Option<When>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Speaker {
    Customer,
    Bot,
    Agent,
}

/// A time as people and as programs write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum When {
    Milliseconds(i64),
    Text(jiff::Timestamp),
}

impl When {
    fn moment(&self) -> Moment {
        match self {
            Self::Milliseconds(ms) => Moment(*ms),
            Self::Text(at) => (*at).into(),
        }
    }
}

/// A line of the output.
#[derive(Debug, Serialize)]
struct Told<'a> {
    id: &'a Value,
    visible_text: &'a str,
    language: ToldLanguage<'a>,
    intent: &'a IntentGuess,
    entities: &'a [Entity],
    emotion: Option<&'a Emotion>,
    risk: &'a Risk,
    micros: Micros,
}

#[derive(Debug, Serialize)]
struct ToldLanguage<'a> {
    code: &'a Language,
    confidence: f32,
}

#[derive(Debug, Serialize)]
struct Micros {
    clean: u32,
    language: u32,
    understand: u32,
    emotion: u32,
}

#[derive(Debug, Serialize)]
struct Fault {
    line: usize,
    error: String,
}

/// What became of one line: the text to print, and whether it was good.
type Answer = (String, bool);

/// A line on its way to a worker, with the place where the answer is awaited.
type Job = (usize, Vec<u8>, mpsc::SyncSender<Answer>);

/// Analyses standard input.
pub fn analyze() -> Result<Done> {
    let bot = load_bot(None)?;
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let well = stream(&bot, io::stdin().lock(), io::stdout(), workers)?;
    Ok(Done::unless(!well))
}

/// True when every line was good.
fn stream(bot: &Bot, input: impl BufRead, output: impl Write + Send, workers: usize) -> Result<bool> {
    let (give, take) = mpsc::sync_channel::<Job>(IN_FLIGHT);
    let (place, places) = mpsc::sync_channel::<mpsc::Receiver<Answer>>(IN_FLIGHT);
    let take = Mutex::new(take);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(bot, &take));
        }
        let printer = scope.spawn(move || print(output, &places));
        // When the printer ends early (a closed pipe), reading ends too, and its error is the one that counts.
        let read = read(input, &give, &place);
        drop((give, place));
        let printed = printer.join().unwrap_or_else(|_| Err(io::Error::other("The printer was cut off")))?;
        read.context("Cannot read standard input")?;
        Ok(printed)
    })
}

fn read(mut input: impl BufRead, give: &mpsc::SyncSender<Job>, place: &mpsc::SyncSender<mpsc::Receiver<Answer>>) -> io::Result<()> {
    for number in 1.. {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let (answer, awaited) = mpsc::sync_channel(1);
        if place.send(awaited).is_err() || give.send((number, line, answer)).is_err() {
            break;
        }
    }
    Ok(())
}

fn work(bot: &Bot, jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let Ok(Ok((number, line, answer))) = jobs.lock().map(|jobs| jobs.recv()) else { return };
        // One hostile line must not end the others.
        let result =
            catch_unwind(AssertUnwindSafe(|| one(bot, &line))).unwrap_or_else(|_| Err("the text could not be analysed".to_owned()));
        let given = match result {
            Ok(text) => (text, true),
            Err(error) => (serde_json::to_string(&Fault { line: number, error }).unwrap_or_default(), false),
        };
        let _printer_has_gone = answer.send(given);
    }
}

fn print(mut output: impl Write, places: &mpsc::Receiver<mpsc::Receiver<Answer>>) -> io::Result<bool> {
    let mut well = true;
    let mut pending = io::BufWriter::new(&mut output);
    while let Ok(place) = next(places, &mut pending)? {
        let Ok((text, good)) = answer(&place, &mut pending)? else { continue };
        well &= good;
        writeln!(pending, "{text}")?;
    }
    pending.flush()?;
    Ok(well)
}

/// The next place; what is finished is shown before a wait.
fn next<T>(places: &mpsc::Receiver<T>, pending: &mut impl Write) -> io::Result<Result<T, mpsc::RecvError>> {
    if let Ok(place) = places.try_recv() {
        return Ok(Ok(place));
    }
    pending.flush()?;
    Ok(places.recv())
}

fn answer(place: &mpsc::Receiver<Answer>, pending: &mut impl Write) -> io::Result<Result<Answer, mpsc::RecvError>> {
    next(place, pending)
}

fn one(bot: &Bot, line: &[u8]) -> Result<String, String> {
    // A mark of the byte order stands before the first line of some files.
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    // The parser counts lines within this one, which would contradict the number of the line.
    let given: Given = serde_json::from_slice(line).map_err(|error| error.to_string().replace("line 1 column", "column"))?;
    let at = given.at.as_ref().map_or_else(|| SystemClock::default().now(), When::moment);
    let country = given.country.as_deref();
    let history = history(bot, &given, country, at);
    let analysis = understand(bot, &given.text, &history, country, at);
    serde_json::to_string(&told(&given.id, &analysis)).map_err(|error| error.to_string())
}

/// The earlier messages with what the bot would have noted of each, as a stored conversation has it.
fn history(bot: &Bot, given: &Given, country: Option<&str>, at: Moment) -> Vec<HistoryLine> {
    let skipped = given.history.len().saturating_sub(MOST_HISTORY);
    let mut lines: Vec<HistoryLine> = vec![];
    for earlier in given.history.iter().skip(skipped) {
        let author = match earlier.from {
            Speaker::Customer => Author::Contact,
            Speaker::Bot => Author::Bot,
            Speaker::Agent => Author::Agent,
        };
        // Without a time of its own nothing is known of the interval: it counts as long ago.
        let when = earlier.at.as_ref().map_or(Moment(at.ms().saturating_sub(mercator_domain::moment::DAY_MS)), When::moment);
        let read = (author == Author::Contact).then(|| understand(bot, &earlier.text, &lines, country, when));
        lines.push(HistoryLine {
            author,
            text: read.as_ref().map_or_else(|| earlier.text.clone(), |read| read.clean.value.visible.clone()),
            at: when,
            intent: read.as_ref().map(|read| &read.understand.value.intent).filter(|intent| intent.in_scope).map(|intent| intent.name),
            emotion: read.and_then(|read| read.emotion.value.emotion).map(|emotion| emotion.level),
            clarified: false,
        });
    }
    lines
}

fn understand(bot: &Bot, text: &str, history: &[HistoryLine], country: Option<&str>, at: Moment) -> Analysis {
    let english = Language::english();
    bot.analyze(&AnalysisInput { text, history, country, contact_language: None, store_language: &english, at }, &micros)
}

fn told<'a>(id: &'a Value, analysis: &'a Analysis) -> Told<'a> {
    Told {
        id,
        visible_text: &analysis.clean.value.visible,
        language: ToldLanguage { code: &analysis.language.value.code, confidence: analysis.language.confidence },
        intent: &analysis.understand.value.intent,
        entities: &analysis.understand.value.entities,
        emotion: analysis.emotion.value.emotion.as_ref(),
        risk: &analysis.emotion.value.risk,
        micros: Micros {
            clean: analysis.clean.micros,
            language: analysis.language.micros,
            understand: analysis.understand.micros,
            emotion: analysis.emotion.micros,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &str, workers: usize) -> (Vec<Value>, bool) {
        let bot = load_bot(None).unwrap();
        let mut output = Vec::new();
        let well = stream(&bot, input.as_bytes(), &mut output, workers).unwrap();
        (String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect(), well)
    }

    #[test]
    fn the_order_of_the_input_holds_on_many_workers() {
        let input: String = (0..600).map(|n| format!("{{\"id\":{n},\"text\":\"{}\"}}\n", "Where is my order? ".repeat(n % 7))).collect();
        let (lines, well) = run(&input, 4);
        assert!(well);
        assert!(lines.iter().enumerate().all(|(n, line)| line["id"] == n), "out of order");
        assert_eq!(lines.len(), 600);
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_goes_on() {
        let (lines, well) = run("{\"id\":1,\"text\":\"Hi\"}\nnot json\n{\"id\":2}\n\n{\"id\":3,\"text\":\"Bye\"}", 2);
        assert!(!well);
        assert_eq!(lines.len(), 5);
        assert_eq!((&lines[1]["line"], &lines[2]["line"], &lines[3]["line"]), (&2.into(), &3.into(), &4.into()));
        assert!(lines[1]["error"].is_string());
        assert_eq!(lines[4]["id"], 3);
    }

    #[test]
    fn offsets_are_bytes_of_the_given_text() {
        let text = "Où est ma commande ?\nNuméro 1Z5R89390357567127, merci\n\n> 1Z5R89390357567127";
        let (lines, _) = run(&format!("{}\n", serde_json::json!({ "id": "é", "text": text, "at": 0 })), 1);
        let entities = lines[0]["entities"].as_array().unwrap();
        assert!(!entities.is_empty());
        for entity in entities {
            let at = |key: &str| usize::try_from(entity[key].as_u64().unwrap()).unwrap();
            assert_eq!(text.get(at("start")..at("end")), entity["text"].as_str());
        }
    }

    #[test]
    fn a_repeated_demand_of_the_history_counts() {
        let line = |history: Value| {
            format!(
                "{}\n",
                serde_json::json!({ "id": 1, "text": "Where is my order number 1042?", "at": "2026-01-05T00:00:00Z", "history": history })
            )
        };
        let cues = |input: &str| run(input, 1).0[0]["emotion"]["cues"].to_string();
        let twice = serde_json::json!([
            { "from": "customer", "text": "Where is my order number 1042?", "at": "2026-01-01T00:00:00Z" },
            { "from": "agent", "text": "On its way.", "at": 1_767_312_000_000_i64 },
        ]);
        assert!(!cues(&line(serde_json::json!([]))).contains("repeated_demand"));
        assert!(cues(&line(twice)).contains("repeated_demand"));
    }
}
