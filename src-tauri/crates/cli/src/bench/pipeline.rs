//! `pipeline`: a whole turn of the bot, every stage, with a small and with a large knowledge base; before it the stages of understanding
//! alone, and the memory of the process once they have all been used. Over made messages, most of whose words are none, which is the
//! hardest there is for a model that reads pieces of words; and over what the demo's buyers write.
//!
//! The turn has no database in it: orders come from a list in memory, so the figure is that of the stages alone. All on one thread.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use anyhow::Result;
use mercator_app::{clock::micros, demo, models::load_bot};
use mercator_domain::{
    account::CustomerAccount,
    action::{self, Action, ActionFacts, ActionRequest, ActionRules},
    hours::BusinessHours,
    ids::{ActionId, ArticleId, ContactId, OrderId},
    inbox::{BotMode, BotModes},
    language::Language,
    message::Automatic,
    moment::{DAY_MS, HOUR_MS, Moment},
    money::{Currency, Money},
    order::{Order, OrderStatus},
    product::Product,
};
use mercator_pipeline::{
    Bot, Encoder, KnowledgeIndex,
    bot::AnalysisInput,
    knowledge::meaning::{self, Packed},
    ports::{Actions, ActionsChecked, IndexedArticle, NoTranslator, OrderFound, Orders, Ports, Rules, StoreProfile, TurnInput, Writer},
};
use serde_json::{Value, json};

use super::{
    Plan,
    measure::{Times, cpu_seconds, pss_kib, ratio, status_kib},
    phrases,
    random::Random,
};

/// Messages of one measurement.
const MESSAGES: usize = 2_000;

/// Articles of the knowledge bases that are measured: a small shop's, and a large one's.
const ARTICLES: [usize; 2] = [40, 5_000];

/// The moment of all turns: a fixed one, so that every run decides alike.
const NOW: Moment = Moment(1_793_404_800_000);

/// Measures with each knowledge base.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let messages = plan.messages.first().copied().unwrap_or(MESSAGES);
    let articles = Plan::sizes(&plan.stored, &ARTICLES);
    tokio::task::spawn_blocking(move || all(messages, &articles)).await?
}

fn all(messages: usize, articles: &[usize]) -> Result<Value> {
    let start = micros();
    let bot = load_bot(None)?;
    let languages: Vec<Language> = phrases::ALL.iter().filter_map(|phrases| Language::parse(phrases.language)).collect();
    bot.warm(&languages);
    let warm = micros().saturating_sub(start);
    let made = inputs(messages);
    let written: Vec<TurnInput> = demo::letters()?.into_iter().map(|(subject, text)| input(subject, text)).collect();
    // Before any article is there: the memory is that of the models.
    let (of_made, of_written) = (understanding(&bot, &made), understanding(&bot, &written));
    let orders = OneOrder(order()?);
    let (mut figures, mut demo) = (vec![], vec![]);
    for &articles in articles {
        let given = knowledge(articles);
        let start = micros();
        let vectors = bot.encoder().map(|encoder| vectors(&given, encoder)).unwrap_or_default();
        let embedded = micros().saturating_sub(start);
        let start = micros();
        let knowledge = KnowledgeIndex::with_meanings(given, &vectors, bot.models());
        let built = micros().saturating_sub(start);
        figures.push(one(&bot, &knowledge, &orders, &made, (embedded, built)));
        demo.push(one(&bot, &knowledge, &orders, &written, (embedded, built)));
    }
    let demo = json!({ "messages": written.len(), "understanding": of_written, "knowledge": demo });
    Ok(json!({ "messages": messages, "load_and_train_micros": warm, "understanding": of_made, "knowledge": figures, "demo": demo }))
}

/// What `analyze` does: clean, language, understand, emotion. The memory is that of the process with every model in use and no article.
fn understanding(bot: &Bot, inputs: &[TurnInput]) -> Value {
    let english = Language::english();
    let analyze = |input: &TurnInput| {
        let asked =
            AnalysisInput { text: &input.text, history: &[], country: None, contact_language: None, store_language: &english, at: NOW };
        bot.analyze(&asked, &micros)
    };
    inputs.iter().take(50).for_each(|input| drop(analyze(input)));
    let (mut times, cpu) = (Times::default(), cpu_seconds());
    for input in inputs {
        let start = micros();
        let _understood = analyze(input);
        times.push_since(start);
    }
    let cpu = cpu_seconds().zip(cpu).map(|(after, before)| after - before);
    let mut letters: Vec<usize> = inputs.iter().map(|input| input.text.chars().count()).collect();
    letters.sort_unstable();
    json!({
        "letters_p50": letters.get(letters.len() / 2), "letters_p99": letters.get(letters.len() * 99 / 100),
        "encoder": bot.encoder().map(|encoder| encoder.name().to_owned()), "analyze": times.spread(),
        "messages_per_cpu_second": cpu.and_then(|cpu| ratio(inputs.len() as f64, cpu)),
        "resident_kib": status_kib("VmRSS"), "proportional_kib": pss_kib(), "peak_resident_kib": status_kib("VmHWM"),
    })
}

/// The turns of one knowledge base. `took`: the microseconds for the vectors of its texts, and for the index.
fn one(bot: &Bot, knowledge: &KnowledgeIndex, orders: &OneOrder, inputs: &[TurnInput], took: (u64, u64)) -> Value {
    let ports = Ports { orders, actions: orders, translator: &NoTranslator, micros: &micros };
    let mut times = Times::default();
    let mut stages = BTreeMap::<String, Times>::new();
    let mut decisions = BTreeMap::<String, u64>::new();
    // Once without counting: the index's memory is touched for the first time.
    for input in inputs.iter().take(50) {
        let _warm = bot.turn(input, knowledge, &ports);
    }
    for input in inputs {
        let start = micros();
        let turn = bot.turn(input, knowledge, &ports);
        times.push_since(start);
        for (stage, micros) in turn.micros() {
            stages.entry(stage.to_string()).or_default().push(u64::from(micros));
        }
        *decisions.entry(turn.decide.value.decision.to_string()).or_default() += 1;
    }
    let of_stages = |share: usize| -> serde_json::Map<String, Value> {
        stages.iter().map(|(name, times)| (name.clone(), json!(times.percentile(share)))).collect()
    };
    json!({
        "articles": knowledge.len(), "vectors_micros": took.0, "index_micros": took.1, "turn": times.spread(), "stage_p50_micros": of_stages(50),
        "stage_p99_micros": of_stages(99), "decisions": decisions,
    })
}

/// The vectors of all texts, as the application makes and keeps them.
fn vectors(articles: &[IndexedArticle], encoder: &Encoder) -> HashMap<String, Packed> {
    let texts: BTreeSet<String> = articles.iter().flat_map(meaning::texts).collect();
    let words: Vec<&str> = texts.iter().map(String::as_str).collect();
    let made = encoder.vectors(&words);
    texts.into_iter().zip(made).filter_map(|(text, vector)| Some((text, Packed::of(&vector)?))).collect()
}

fn inputs(count: usize) -> Vec<TurnInput> {
    let mut random = Random::new(5);
    (0..count)
        .map(|number| {
            let phrases = phrases::of(number);
            let order = if random.percent(50) { ORDER.to_owned() } else { (20_000 + number).to_string() };
            let mut text = phrases.message(&mut random, &order);
            if random.percent(30) {
                text.push_str(&format!("\n\n{}\n> {}", phrases.wrote, phrases.answer(&mut random, &order).replace('\n', "\n> ")));
            }
            input(random.of(phrases.subjects).replace("{}", &order), text)
        })
        .collect()
}

fn input(subject: String, text: String) -> TurnInput {
    TurnInput {
        subject,
        text,
        attachments: vec![],
        automatic: Automatic::None,
        at: NOW,
        now: NOW,
        store: StoreProfile {
            name: "Lamps".to_owned(),
            language: Language::english(),
            signature: "Lamps".to_owned(),
            modes: BotModes { default: BotMode::Auto, ..BotModes::default() },
            hours: BusinessHours::default(),
        },
        writer: Writer { name: "Anna".to_owned(), address: "anna@mail.example".to_owned(), ..Writer::default() },
        history: vec![],
        human_owns: false,
        disclosed: false,
        promised_at: NOW.plus_ms(4 * HOUR_MS),
        corrected: None,
        pending: None,
        pictures_before: false,
        offers: Arc::default(),
        automation: Arc::new([]),
        courtesy: Arc::new([]),
        inbox: None,
        channel: mercator_domain::channel::ChannelKind::Email,
        labels: vec![],
        rules: Rules::default(),
        own: Arc::default(),
    }
}

/// Articles in all languages of the messages, with passages of their words.
fn knowledge(count: usize) -> Vec<IndexedArticle> {
    let mut random = Random::new(9);
    (0..count)
        .filter_map(|number| {
            let phrases = phrases::of(number);
            let passage = |random: &mut Random| {
                let mut text = random.of(phrases.sentences).replace("{}", "");
                let words = 20 + random.below(40);
                phrases.words(random, words, &mut text);
                text
            };
            Some(IndexedArticle {
                id: ArticleId(i64::try_from(number).ok()?),
                key: format!("article-{number}"),
                title: random.of(phrases.subjects).replace("{}", ""),
                passages: (0..3).map(|_| passage(&mut random)).collect(),
                language: Language::parse(phrases.language)?,
                country: None,
                inboxes: vec![],
                valid_from: None,
                valid_to: None,
            })
        })
        .collect()
}

/// The number that half of the messages name.
const ORDER: &str = "48213";

struct OneOrder(Order);

impl Orders for OneOrder {
    fn find(&self, number: &str) -> OrderFound {
        if number.contains(ORDER) { OrderFound::Theirs(Box::new(self.0.clone())) } else { OrderFound::NotFound }
    }

    fn of_contact(&self, _: usize) -> Vec<Order> {
        vec![self.0.clone()]
    }
}

/// The shop's rules over that order, in memory like it; nothing is ever carried out, for nobody says yes.
impl Actions for OneOrder {
    fn rules(&self) -> Result<ActionRules, String> {
        Ok(ActionRules::default())
    }

    fn check(&self, request: &ActionRequest) -> ActionsChecked {
        let facts = ActionFacts {
            contact: self.0.contact_id,
            verified: true,
            order: Some(&self.0),
            account: &CustomerAccount::default(),
            products: &BTreeMap::new(),
            earlier: &[],
            busy: false,
            now: NOW,
        };
        match action::check(request, &ActionRules::default(), &facts) {
            Ok(plan) => ActionsChecked::Allowed(Box::new(plan)),
            Err(refusal) => ActionsChecked::Refused(refusal),
        }
    }

    fn variants(&self, _: &str) -> Vec<Product> {
        vec![]
    }

    fn confirm(&self, id: ActionId) -> Result<Action, String> {
        Err(format!("the bench carries out nothing, and not action {id}"))
    }
}

fn order() -> Result<Order> {
    let total = Money::parse("39.90", Currency::parse("EUR")?)?;
    Ok(Order {
        id: OrderId(1),
        number: ORDER.to_owned(),
        contact_id: ContactId(1),
        status: OrderStatus::Shipped,
        ordered_at: NOW.plus_ms(-9 * DAY_MS),
        total,
        country: Some("DE".to_owned()),
        address: None,
        lines: vec![],
        payments: vec![],
        shipments: vec![],
    })
}
