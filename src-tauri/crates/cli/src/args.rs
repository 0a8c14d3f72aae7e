//! The arguments: every command with its help. What they do is in the file of each group; nothing is carried out here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mercator_domain::{
    language::Language,
    moment::{DAY_MS, Moment},
    platform_case::{CaseKind, CaseState},
};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "mercator-cli",
    version,
    about = "Mercator without a window: answers buyers around the clock, imports, exports, measures.",
    after_help = "Exit status: 0 done, 1 failed (one line on standard error: what, and what to do), 2 wrong arguments.\n\
                  Come with a later version: translate, segments.",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    /// The workspace: a folder, a .db file, or postgres://…; without it the user's own data folder.
    #[arg(long, global = true, value_name = "PATH|postgres://…")]
    pub workspace: Option<String>,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read every inbox, run the bot, send; until Ctrl-C.
    Run {
        /// Make one pass and end.
        #[arg(long)]
        once: bool,
    },
    /// Fill a demo workspace and print its summary (without --workspace: one that is thrown away).
    Demo {
        /// Write the dashboards into this folder, as SVG, PNG and CSV.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Let the rest of the day play live for so many minutes.
        #[arg(long, value_name = "N", default_value_t = 0)]
        minutes: u32,
    },
    /// Take in mails, orders, products, articles, customers, events or cases from files.
    #[command(subcommand, after_help = mercator_app::App::import_help())]
    Import(ImportCommand),
    /// Write everything that the workspace holds into a folder, in open formats.
    Export {
        /// The folder; it is made when there is none.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Erase what is stored of a person, everywhere. There is no way back.
    #[command(subcommand)]
    Erase(EraseCommand),
    /// Write the whole workspace into one file, and check it.
    Backup {
        /// The file.
        file: String,
    },
    /// Put a backup in the place of the workspace; what was there is kept beside it.
    Restore {
        /// The backup.
        file: String,
    },
    /// Check the database: integrity, references, roll-ups against facts.
    Verify,
    /// Check everything around: version, disk, keychain, clock, each inbox.
    Doctor,
    /// The test bench: what the bot would do with a text, and why. Nothing is stored, nothing is sent.
    Ask(Ask),
    /// JSON lines from standard input, JSON lines out: cleaning, language, intent, entities, emotion, risk.
    Analyze,
    /// Read mails that lie in files.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Find tracking numbers: number, carrier, what the check digit says.
    Track {
        /// A number, or a text with numbers in it.
        #[arg(required = true, value_name = "TEXT")]
        texts: Vec<String>,
    },
    /// Write every chart and table into a folder, as SVG, PNG and CSV.
    Dashboards(Dashboards),
    /// The knowledge base.
    #[command(subcommand)]
    Kb(KbCommand),
    /// Measure; without a name the names are listed.
    Bench(Bench),
    /// Actions on orders: what waits for a person, and the shop's rules.
    #[command(subcommand)]
    Actions(ActionsCommand),
    /// What the bot would have done with stored messages, beside what a person answered. Nothing is stored, nothing is sent.
    Replay(Replay),
    /// Train on example phrases of your own, and see how well it tells them apart.
    #[command(subcommand)]
    Intents(IntentsCommand),
    /// Measure against public benchmarks.
    #[command(subcommand)]
    Evaluate(EvaluateCommand),
    /// Comes with a later version.
    #[command(hide = true)]
    Translate(Rest),
    /// Comes with a later version.
    #[command(hide = true)]
    Segments(Rest),
    /// Duty and import tax as an estimate, with the date and source of each rule, or "unknown".
    Quote(Quote),
    /// Rules of your own: WHEN something happens, IF all conditions hold, THEN do this.
    #[command(subcommand, after_help = RULES_HELP)]
    Rules(RulesCommand),
    /// The language model, which is optional: what is set, what is sent, whether it answers.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Help for the person who answers: a draft, a summary, words written anew.
    #[command(subcommand)]
    Copilot(CopilotCommand),
    /// The service that is asked where parcels are: what is set, and asking now.
    #[command(subcommand)]
    Parcels(ParcelsCommand),
    /// How customers of a country are addressed: names, greeting, opening, sign-off, words to avoid.
    #[command(subcommand)]
    Courtesy(CourtesyCommand),
    /// Claims, disputes and feedback at platforms, the nearest deadline first.
    #[command(subcommand)]
    Cases(PlatformCasesCommand),
    /// What has left this computer: which host, what for, how often. Never what was said.
    Outbound,
}

/// An example of the file, for the help.
const RULES_HELP: &str = r#"The file is a list of rules, like:
[{"name": "Big refunds", "enabled": true, "when": "customer_writes",
  "if": [{"kind": "intent", "any": ["refund_request"]}, {"kind": "order_above", "amount": {"minor": 10000, "currency": "EUR"}}],
  "then": [{"kind": "label", "name": "big refund"}, {"kind": "hand_over"}]}]
when: customer_writes, conversation_begins, handed_over.
if, all must hold: intent, language, country, inbox, channel, order_status, parcel_stage, words, label (each with "any"),
emotion ("at_least"), order_above and order_below ("amount" in hundredths), high_risk, out_of_hours.
then: label ("name"), assign ("member"), hand_over, draft, work_order ("work", "details")."#;

/// `rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Print the rules as JSON.
    Show,
    /// Take the rules from a file; they hold from the next message on.
    #[command(after_help = RULES_HELP)]
    Set {
        /// The file.
        file: PathBuf,
    },
    /// What a rule would have done with stored messages. Nothing is stored, nothing is sent.
    Try {
        /// Take the rule from this file instead of the workspace.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Which, where there are several.
        #[arg(long)]
        name: Option<String>,
        /// Only messages from here on; without it the last 90 days.
        #[arg(long, value_parser = first_moment, value_name = "DAY")]
        since: Option<Moment>,
    },
}

/// `parcels …`
#[derive(Debug, Subcommand)]
pub enum ParcelsCommand {
    /// Print what is set.
    Show,
    /// Change what is set. Another service needs a key of its own.
    Set {
        /// The service.
        #[arg(long, value_enum)]
        service: Option<Tracker>,
        /// A parcel is asked about again after so many hours, 2 to 72.
        #[arg(long, value_name = "HOURS")]
        every: Option<u16>,
        /// Its address, if not its own; empty for its own.
        #[arg(long, value_name = "ADDRESS")]
        address: Option<String>,
        /// Read the key from standard input, and keep it in the keychain; nothing there takes it away.
        #[arg(long)]
        key_stdin: bool,
    },
    /// Ask now about every parcel that may still move.
    Ask,
}

/// A tracking service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tracker {
    /// None: parcels are as the shop's data say.
    None,
    /// 17TRACK.
    #[value(name = "17track")]
    SeventeenTrack,
    /// AfterShip.
    Aftership,
}

/// `model …`
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Print what is set, and whether it may be asked.
    Show,
    /// Change what is set. A new host has to be looked at and agreed to before anything is sent there.
    Set(ModelSet),
    /// Print, word by word, what would be sent. Nothing is sent.
    Preview {
        /// For the draft of an answer in this conversation; without it the trial's few words.
        #[arg(long, value_name = "N")]
        conversation: Option<i64>,
    },
    /// Agree to what the preview shows being sent to this host.
    Agree {
        /// The host, as `model show` and the preview name it.
        host: String,
    },
    /// Ask whether it answers at all.
    Try,
}

/// `model set`
#[derive(Debug, Args)]
pub struct ModelSet {
    /// The wire that it speaks.
    #[arg(long, value_enum)]
    pub kind: Option<Wire>,
    /// The address of its API, up to where the paths of the wire begin; for OpenAI-compatible servers it ends with v1.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// The model's name, as the server lists it.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Longest wait for an answer in seconds, 5 to 300.
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u16>,
    /// Tokens a day; nothing is asked beyond.
    #[arg(long, value_name = "N")]
    pub daily_tokens: Option<u32>,
    /// Whether it is asked at all.
    #[arg(long, value_enum, value_name = "on|off")]
    pub enabled: Option<OnOff>,
    /// Whether outside services are asked only where they run on this computer.
    #[arg(long, value_enum, value_name = "on|off")]
    pub local_only: Option<OnOff>,
    /// Read the key from standard input, and keep it in the keychain; nothing there takes it away.
    #[arg(long)]
    pub key_stdin: bool,
}

/// The wire of a language model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Wire {
    /// The chat completions of OpenAI, which most servers speak.
    Openai,
    /// Ollama's own.
    Ollama,
}

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}

/// `copilot …`
#[derive(Debug, Subcommand)]
pub enum CopilotCommand {
    /// Words to answer a conversation's last message with; nothing is sent.
    Draft {
        /// The conversation's number.
        conversation: i64,
    },
    /// What a conversation is about, for whoever takes it over.
    Summary {
        /// The conversation's number.
        conversation: i64,
    },
    /// Words written anew by the language model.
    Rewrite {
        /// How.
        #[arg(long, value_enum)]
        how: RewriteHow,
        /// The conversation that they are for: its names and addresses are hidden.
        #[arg(long, value_name = "N")]
        conversation: Option<i64>,
        /// The words.
        text: String,
    },
}

/// How words are written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RewriteHow {
    /// About half as long.
    Shorter,
    /// Warmer and kinder.
    Warmer,
    /// More formal and polite.
    Formal,
}

impl Command {
    /// The name of a command that this version does not have yet.
    pub const fn later(&self) -> Option<&'static str> {
        match self {
            Self::Translate(_) => Some("translate"),
            Self::Segments(_) => Some("segments"),
            _ => None,
        }
    }
}

/// Whatever stands behind the name of a later command: it is not looked at.
#[derive(Debug, Args)]
pub struct Rest {
    /// Not looked at.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<String>,
}

/// `intents …`
#[derive(Debug, Subcommand)]
pub enum IntentsCommand {
    /// Train on a file and write the model.
    Train(IntentsTrain),
    /// Train on one file, answer another, print the figures. Nothing is stored.
    Evaluate(IntentsEvaluate),
    /// Train the workspace's own model on the phrases that ship and its examples, and use it unless it is worse.
    Retrain,
    /// Show how well the workspace's bot understands.
    Report,
}

/// `intents train`
#[derive(Debug, Args)]
pub struct IntentsTrain {
    /// JSON lines {"text", "intent"}.
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// Where the model goes.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The label of rows that mean "none of the others".
    #[arg(long, value_name = "LABEL")]
    pub out_of_scope: Option<String>,
}

/// `intents evaluate`
#[derive(Debug, Args)]
pub struct IntentsEvaluate {
    /// JSON lines {"text", "intent"} to learn from.
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// JSON lines {"text", "intent"} to answer.
    #[arg(long, value_name = "FILE")]
    pub test: PathBuf,
    /// The label of rows that mean "none of the others".
    #[arg(long, value_name = "LABEL")]
    pub out_of_scope: Option<String>,
    /// Write each row of the test with its answer, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
}

/// `import …`
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Mails: .eml files, mbox files, maildirs, or folders of them. They are history: the bot does not answer them.
    Mail {
        /// Files and folders.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Into this inbox (its number, name or address); without it a new one is made for the files.
        #[arg(long)]
        inbox: Option<String>,
        /// Only count.
        #[arg(long)]
        dry_run: bool,
    },
    /// Orders with their items and parcels.
    Orders(ImportFile),
    /// Products.
    Products(ImportFile),
    /// Articles of the knowledge base: spreadsheet, CSV, JSONL, Markdown, PDF, or a web page that was saved as HTML.
    Articles(ImportFile),
    /// Customers.
    Customers(ImportFile),
    /// What visitors did in the shop.
    Events(ImportFile),
    /// Claims, disputes and feedback at platforms.
    Cases(ImportFile),
}

/// One file with a list.
#[derive(Debug, Args)]
pub struct ImportFile {
    /// A spreadsheet, CSV or JSONL with the standard columns (import --help prints them).
    pub file: String,
    /// Only count.
    #[arg(long)]
    pub dry_run: bool,
}

/// `courtesy …`
#[derive(Debug, Subcommand)]
pub enum CourtesyCommand {
    /// Print the seller's own profiles and those that ship, as JSON.
    Show,
    /// Store the seller's own profiles from a JSON file (a list); they take the place of those that ship.
    Set {
        /// The file.
        file: PathBuf,
    },
    /// Print a letter to a customer of a country.
    Preview {
        /// Two letters, like JP.
        country: String,
    },
}

/// `cases …`
#[derive(Debug, Subcommand)]
pub enum PlatformCasesCommand {
    /// List the open cases.
    List {
        /// Those that are answered or decided instead.
        #[arg(long)]
        settled: bool,
    },
    /// Say how far a case is: open, answered, won, lost, closed.
    Set {
        /// The platform's number.
        number: String,
        /// The state.
        #[arg(value_parser = crate::cases::state_of)]
        state: CaseState,
    },
    /// How many hours there are for each kind when the platform does not say.
    Terms {
        /// Change one, as in a_to_z=72.
        #[arg(long, value_name = "KIND=HOURS", value_parser = crate::cases::term_of)]
        set: Vec<(CaseKind, i32)>,
    },
}

/// `erase …`
#[derive(Debug, Subcommand)]
pub enum EraseCommand {
    /// A customer with all conversations.
    Contact {
        /// The customer's address, exactly.
        address: String,
    },
}

/// `ask …`
#[derive(Debug, Args)]
pub struct Ask {
    /// What a buyer might write.
    #[arg(allow_hyphen_values = true)]
    pub text: String,
    /// As this customer (number, address or name), whose orders the bot may then look up.
    #[arg(long)]
    pub contact: Option<String>,
    /// In this inbox (number, name or address); without it the first one.
    #[arg(long)]
    pub inbox: Option<String>,
}

/// `actions …`
#[derive(Debug, Subcommand)]
pub enum ActionsCommand {
    /// What waits for a person: actions over a limit, and those that were cut off.
    List,
    /// Agree to an action that waits; the customer is told.
    Approve {
        /// Its number, as the list shows it.
        id: i64,
    },
    /// Refuse an action that waits; the customer is told that it cannot be done.
    Reject {
        /// Its number.
        id: i64,
        /// Why, for the log; the customer does not see it.
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Say what became of an action that was cut off.
    Settle {
        /// Its number.
        id: i64,
        /// What a look at the order has shown.
        #[arg(value_enum)]
        end: Settled,
    },
    /// Print the rules as JSON, or take them from a file.
    Rules {
        /// Take the rules from this file: what `actions rules` printed, changed.
        #[arg(long, value_name = "FILE")]
        set: Option<PathBuf>,
    },
}

/// What became of an action that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Settled {
    /// It was done.
    Done,
    /// It was not done.
    Undone,
}

/// `mail …`
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// One JSON object a mail: .eml files, mbox files, maildirs, folders of them, or - for standard input.
    Parse {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// `dashboards …`
#[derive(Debug, Args)]
pub struct Dashboards {
    /// The folder.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// From this day on (UTC, 2026-01-31) or moment (2026-01-31T12:00:00Z); without it the 30 days before --to.
    #[arg(long, value_parser = first_moment)]
    pub from: Option<Moment>,
    /// To this day, included, or before this moment; without it today.
    #[arg(long, value_parser = end_moment)]
    pub to: Option<Moment>,
    /// Only these: inbox=1, channel=email, language=de (or unknown), country=DE, intent=refund_request. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub filter: Vec<(String, String)>,
}

/// `replay`
#[derive(Debug, Args)]
pub struct Replay {
    /// Only messages from this day on (UTC, 2026-01-31) or moment (2026-01-31T12:00:00Z); without it all.
    #[arg(long, value_parser = first_moment)]
    pub since: Option<Moment>,
    /// Write each message with the bot's words and the person's, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `quote`
#[derive(Debug, Args)]
pub struct Quote {
    /// Where the parcel goes, two letters (BR).
    #[arg(long, value_name = "COUNTRY")]
    pub to: Option<String>,
    /// The price of one piece, 19.90; with --currency.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub value: Option<String>,
    /// The currency of --value and --shipping.
    #[arg(long)]
    pub currency: Option<String>,
    /// The Harmonised System code of the goods.
    #[arg(long)]
    pub hs: Option<String>,
    /// A product of the shop instead: its price and its code.
    #[arg(long, conflicts_with_all = ["value", "hs"])]
    pub sku: Option<String>,
    /// Pieces.
    #[arg(long, default_value_t = 1)]
    pub quantity: u32,
    /// What shipping costs.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub shipping: Option<String>,
    /// Delivered duty paid: the seller pays; without it the buyer does.
    #[arg(long)]
    pub ddp: bool,
    /// On this day (2026-01-31); without it today.
    #[arg(long)]
    pub day: Option<String>,
    /// Print your own rules as JSON; they go before those that ship.
    #[arg(long)]
    pub rules: bool,
    /// Take your own rules from this file.
    #[arg(long, value_name = "FILE")]
    pub set_rules: Option<PathBuf>,
    /// Set who pays, as the bot tells it when it is asked.
    #[arg(long, value_enum, value_name = "ddp|ddu")]
    pub set_terms: Option<WhoPays>,
}

/// Who pays duty and tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhoPays {
    /// The seller: it is in the price.
    Ddp,
    /// The buyer, on delivery.
    Ddu,
}

/// `evaluate …`
#[derive(Debug, Subcommand)]
pub enum EvaluateCommand {
    /// The actions on orders against the shop and the tasks of tau2-bench (retail). Nothing is stored.
    Retail(Retail),
}

/// `evaluate retail`
#[derive(Debug, Args)]
pub struct Retail {
    /// The shop: db.json, or db.json.zst.
    #[arg(long, value_name = "FILE")]
    pub db: PathBuf,
    /// The tasks, as JSON lines or one JSON list; may be packed with Zstandard.
    #[arg(long, value_name = "FILE")]
    pub tasks: PathBuf,
    /// Write what each task changed, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The states that the benchmark's own tools leave, to compare with.
    #[arg(long, value_name = "FILE")]
    pub gold: Option<PathBuf>,
}

/// `kb …`
#[derive(Debug, Subcommand)]
pub enum KbCommand {
    /// The passages that the bot would rest on, with their scores.
    Search(KbSearch),
    /// How well articles answer a list of questions, at the product's own threshold. Nothing is stored.
    Evaluate(KbEvaluate),
    /// Answers of people, proposed as articles.
    #[command(subcommand)]
    Proposals(ProposalsCommand),
    /// Questions that the bot could not answer, grouped and counted.
    Gaps,
    /// Corrected mistakes of the bot, which must not come back.
    #[command(subcommand)]
    Cases(CasesCommand),
}

/// `kb proposals …`
#[derive(Debug, Subcommand)]
pub enum ProposalsCommand {
    /// What waits for a decision.
    List,
    /// Make it an article, which the bot uses from then on.
    Approve {
        /// Its number, as the list shows it.
        id: i64,
        /// Another title than the question.
        #[arg(long)]
        title: Option<String>,
        /// Another text than the answer; needed where something personal was taken out of it.
        #[arg(long)]
        body: Option<String>,
    },
    /// Leave it; the same question is not proposed again.
    Reject {
        /// Its number.
        id: i64,
    },
}

/// `kb cases …`
#[derive(Debug, Subcommand)]
pub enum CasesCommand {
    /// How each came out when it ran last.
    List,
    /// Run all now; the exit status is 1 when one fails.
    Run,
    /// Take one away.
    Delete {
        /// Its number, as the list shows it.
        id: i64,
    },
}

/// `kb evaluate`
#[derive(Debug, Args)]
pub struct KbEvaluate {
    /// JSON lines {"id", "category", "title", "body", "language"}.
    #[arg(long, value_name = "FILE")]
    pub articles: PathBuf,
    /// JSON lines {"id", "text", "language", "answers": [ids of articles]}; no answers mean that none of the articles answers.
    #[arg(long, value_name = "FILE")]
    pub questions: PathBuf,
    /// Write each question with the articles found, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
}

/// `kb search …`
#[derive(Debug, Args)]
pub struct KbSearch {
    /// The question.
    #[arg(allow_hyphen_values = true)]
    pub text: String,
    /// Its language; without it, as the bot reads it.
    #[arg(long, value_parser = language)]
    pub language: Option<Language>,
    /// At most so many passages.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
}

/// `bench …`
#[derive(Debug, Args)]
pub struct Bench {
    /// Which measurement.
    pub name: Option<String>,
    /// Mails to import (ingest), messages to understand (pipeline), articles (turn). May be repeated.
    #[arg(long, value_name = "N")]
    pub messages: Vec<usize>,
    /// Messages in the database that is measured (live, search, dashboards, start); articles of the knowledge base (pipeline). May be repeated.
    #[arg(long, value_name = "N")]
    pub stored: Vec<usize>,
    /// How often each thing is measured.
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Where databases and mails are made and kept for the next run; without it a folder in the system's temporary one.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// A folder of data sets (understanding).
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Only these parts of understanding. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub part: Vec<String>,
    /// The database of one start, for the process that is measured.
    #[arg(long, hide = true)]
    pub one_start: Option<PathBuf>,
}

fn moment(text: &str) -> Result<(Moment, bool), String> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok((at.into(), false));
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let start = day.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
    start.map(|start| (start.timestamp().into(), true)).ok_or_else(|| "write it as 2026-01-31 or 2026-01-31T12:00:00Z".to_owned())
}

fn first_moment(text: &str) -> Result<Moment, String> {
    moment(text).map(|(at, _)| at)
}

/// A day counts to its end.
fn end_moment(text: &str) -> Result<Moment, String> {
    moment(text).map(|(at, whole_day)| if whole_day { at.plus_ms(DAY_MS) } else { at })
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as key=value")?;
    const KEYS: &[&str] = &["inbox", "channel", "language", "country", "intent"];
    if !KEYS.contains(&key) {
        return Err(format!("'{key}' is none of {}", KEYS.join(", ")));
    }
    Ok((key.to_owned(), value.to_owned()))
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "use a code such as en, de, zh".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_put_together_without_contradiction() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_last_day_counts_to_its_end_and_a_moment_as_it_stands() {
        assert_eq!(first_moment("2026-01-01"), Ok(Moment(1_767_225_600_000)));
        assert_eq!(end_moment("2026-01-01"), Ok(Moment(1_767_225_600_000 + DAY_MS)));
        assert_eq!(end_moment("2026-01-01T00:00:01Z"), Ok(Moment(1_767_225_601_000)));
        for wrong in ["yesterday", "01.02.2026", "2026-13-01", ""] {
            assert!(end_moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn commands_of_later_versions_take_any_argument() {
        for line in ["translate --from en --to de", "segments --list"] {
            let words = std::iter::once("mercator-cli").chain(line.split(' '));
            assert!(Arguments::try_parse_from(words).unwrap().command.later().is_some(), "{line}");
        }
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in ["", "sing", "import orders", "dashboards", "dashboards --out d --filter colour=red", "track", "demo --minutes x"] {
            let words = std::iter::once("mercator-cli").chain(line.split_whitespace());
            assert!(Arguments::try_parse_from(words).is_err(), "{line}");
        }
    }
}
