//! Runs the stages over one message and collects the turn. The only place that knows all of them and their order.
//!
//! A [`Bot`] is immutable and cheap to clone: everything heavy is shared, and read or trained when a language is first met.

use std::sync::{Arc, OnceLock};

use mercator_domain::{
    emotion::EmotionLevel,
    intent::Intent,
    language::Language,
    message::Automatic,
    moment::Moment,
    turn::{Cleaned, Evidence, EvidenceCode, EvidenceKind, EvidenceValue, Felt, LanguageGuess, Staged, Translation, Turn, Understood},
};

use crate::{
    clean,
    conclude::{self, Considered},
    data, dialogue,
    emotion::{self, EmotionWords, head},
    encoder::{Encoder, MessageReader},
    entities::{self, OwnNumbers},
    error::PipelineError,
    files,
    fold::Folded,
    injection,
    intents::{Models, classifier::Classifier},
    knowledge::{KnowledgeIndex, meaning::WordVectors},
    language::{self, Prior},
    own_name,
    ports::{HistoryLine, Ports, TurnInput},
    retrieve::{self, Found, Question},
    risk::{self, RiskPhrases},
    understand::{self, Reading},
};

/// The bot.
#[derive(Clone)]
pub struct Bot(Arc<Shared>);

struct Shared {
    models: Models,
    encoder: Option<Encoder>,
    /// Of the words of questions, for the knowledge index.
    words: Option<WordVectors>,
    /// The encoder is the one on whose vectors the head of the emotions was trained.
    head_knows_vectors: bool,
    emotions: Vec<(&'static str, OnceLock<Option<EmotionWords>>)>,
    risks: Vec<(&'static str, OnceLock<Option<RiskPhrases>>)>,
}

/// What was learned ahead of the first message; each part may be missing.
#[derive(Clone, Default)]
pub struct Learned {
    /// The sentence encoder.
    pub encoder: Option<Encoder>,
    /// The model of the intents, trained on the encoder's vectors.
    pub intents: Option<Arc<Classifier>>,
    /// What people said of whole messages: the same words are known again.
    pub taught: Vec<(Intent, String)>,
}

/// What the first stages say of a text: for the command line and for imported history.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The parts.
    pub clean: Staged<Cleaned>,
    /// The language.
    pub language: Staged<LanguageGuess>,
    /// Intent and entities; the offsets count in the text that was given, not in the visible part.
    pub understand: Staged<Understood>,
    /// Level, cues and risks.
    pub emotion: Staged<Felt>,
}

/// What is to be analysed.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisInput<'a> {
    /// The whole text.
    pub text: &'a str,
    /// Earlier messages, oldest first.
    pub history: &'a [HistoryLine],
    /// The writer's country.
    pub country: Option<&'a str>,
    /// The writer's language, when known.
    pub contact_language: Option<&'a Language>,
    /// The store's language.
    pub store_language: &'a Language,
    /// When it was written.
    pub at: Moment,
}

/// The stages that every path runs.
pub(crate) struct Read {
    pub(crate) parted: clean::Parted,
    /// How much of the visible text is analysed: the writer's name at its end is not.
    content: usize,
    pub(crate) clean: Staged<Cleaned>,
    pub(crate) language: Staged<LanguageGuess>,
    pub(crate) translate: Staged<Translation>,
    pub(crate) reading: Reading,
    pub(crate) understand: Staged<Understood>,
    pub(crate) emotion: Staged<Felt>,
}

/// The message and what is known of its writer, for the stages that every path runs.
struct Message<'a> {
    text: &'a str,
    subject: &'a str,
    /// The writer's name, which is no content where it signs.
    name: &'a str,
    history: &'a [HistoryLine],
    at: Moment,
    prior: Prior<'a>,
    emotion_enabled: bool,
    own: &'a OwnNumbers,
    /// What a person said of the very same words.
    corrected: Option<EmotionLevel>,
}

impl Bot {
    /// Finds the data; reads and trains nothing yet, so that the start is quick. Without what was learned the bot works by rules,
    /// words and example phrases.
    pub fn load(learned: Learned) -> Result<Self, PipelineError> {
        let slots = |kind: &'static str| data::languages(kind).map(|code| (code, OnceLock::new())).collect();
        Ok(Self(Arc::new(Shared {
            models: Models::load(learned.intents, &learned.taught)?,
            head_knows_vectors: learned.encoder.as_ref().is_some_and(|e| head::shipped().is_some_and(|h| h.encoder == e.fingerprint())),
            words: learned.encoder.clone().map(WordVectors::new),
            encoder: learned.encoder,
            emotions: data::languages("emotion").map(|code| (code, OnceLock::new())).collect(),
            risks: slots("risk"),
        })))
    }

    /// Reads and trains for these languages ahead of the first message; for a background task after the start.
    pub fn warm(&self, languages: &[Language]) {
        let english = Language::english();
        let own = OwnNumbers::default();
        let counter = || 0;
        for language in languages {
            let prior = Prior { fixed: Some(language), ..Prior::store(&english) };
            let message = Message {
                text: "order 1000?",
                subject: "",
                name: "",
                history: &[],
                at: Moment(0),
                prior,
                emotion_enabled: true,
                corrected: None,
                own: &own,
            };
            self.read(&message, None, &counter, self.reader().as_ref());
        }
    }

    /// The intent models, for evaluation and for the knowledge screens.
    pub fn models(&self) -> &Models {
        &self.0.models
    }

    /// The sentence encoder, where its model is there.
    pub fn encoder(&self) -> Option<&Encoder> {
        self.0.encoder.as_ref()
    }

    /// Makes the vectors of words for a search of the knowledge index; `None` without an encoder.
    pub fn words(&self) -> Option<&WordVectors> {
        self.0.words.as_ref()
    }

    /// Cleaning, language, intent, entities, emotion and risk of a text: no orders, no knowledge, no decision.
    pub fn analyze(&self, input: &AnalysisInput, micros: &dyn Fn() -> u64) -> Analysis {
        let prior =
            Prior { contact: input.contact_language, history: input.history, country: input.country, ..Prior::store(input.store_language) };
        let own = OwnNumbers::default();
        let message = Message {
            text: input.text,
            subject: "",
            name: "",
            history: input.history,
            at: input.at,
            prior,
            emotion_enabled: true,
            corrected: None,
            own: &own,
        };
        let reader = self.reader();
        let mut read = self.read(&message, None, micros, reader.as_ref());
        for entity in &mut read.understand.value.entities {
            if let Some((start, end)) = read.parted.original(entity.start as usize, entity.end as usize) {
                (entity.start, entity.end) = (u32::try_from(start).unwrap_or(entity.start), u32::try_from(end).unwrap_or(entity.end));
            }
        }
        Analysis { clean: read.clean, language: read.language, understand: read.understand, emotion: read.emotion }
    }

    /// Reads the texts of one message; `None` without an encoder.
    fn reader(&self) -> Option<MessageReader<'_>> {
        self.0.encoder.as_ref().map(MessageReader::new)
    }

    /// Cleaning and language alone.
    pub fn language(&self, input: &AnalysisInput, micros: &dyn Fn() -> u64) -> Staged<LanguageGuess> {
        let clean = clean::part(input.text);
        let prior =
            Prior { contact: input.contact_language, history: input.history, country: input.country, ..Prior::store(input.store_language) };
        timed(micros, || {
            let (guess, sure, why) = language::detect(&clean.cleaned.visible, &prior);
            (guess, sure, why, ())
        })
        .1
    }

    /// One turn: every stage over one message.
    pub fn turn(&self, input: &TurnInput, knowledge: &KnowledgeIndex, ports: &Ports) -> Turn {
        let writer = &input.writer;
        let prior = Prior {
            fixed: writer.language.as_ref().filter(|_| writer.language_fixed),
            contact: writer.language.as_ref(),
            history: &input.history,
            country: writer.country.as_deref(),
            store: &input.store.language,
        };
        let text = files::text(input);
        let message = Message {
            text: &text,
            subject: &input.subject,
            name: &writer.name,
            history: &input.history,
            at: input.at,
            prior,
            emotion_enabled: input.rules.emotion_enabled,
            own: &input.own,
            corrected: input.corrected,
        };
        let reader = self.reader();
        let mut read = self.read(&message, Some((ports, &input.store.language)), ports.micros, reader.as_ref());
        let vectors = |texts: &[&str]| reader.as_ref().map(|reader| reader.vectors(texts));
        read.clean.evidence.extend(files::reasons(input));
        let talk = dialogue::take_up(input, &mut read);
        let (found, retrieve) = timed(ports.micros, || {
            let mut named = read.understand.value.entities.clone();
            named.extend(entities::find_with(&input.subject, &input.own));
            named.extend(files::shown(input).flat_map(|words| entities::find_with(words, &input.own)));
            named.extend(dialogue::order_before(input, &talk, &named));
            let question = Question {
                text: read.content(),
                subject: clean_subject(&input.subject),
                language: &read.language.value.code,
                intent: read.understand.value.intent.name,
                intents: &read.reading.probabilities,
                entities: &named,
                vector: read.reading.vector.as_deref(),
                vectors: &vectors,
                words: self.words(),
            };
            // What a machine wrote or a person answers needs no look-up.
            let skip = input.automatic != Automatic::None || input.human_owns;
            let found = if skip { Found::default() } else { retrieve::retrieve(&question, input, knowledge, ports.orders) };
            (found.retrieved.clone(), confidence(&found), found.evidence.clone(), found)
        });
        conclude::conclude(&Considered { input, ports, found: &found, talk: &talk }, read, retrieve)
    }

    /// Clean, language, translate, understand, emotion.
    fn read(
        &self,
        message: &Message,
        translate: Option<(&Ports, &Language)>,
        micros: &dyn Fn() -> u64,
        reader: Option<&MessageReader>,
    ) -> Read {
        let ((parted, content), clean) = timed(micros, || cleaned(message));
        let visible = words(&parted, content);
        let worth = if visible.is_empty() { message.subject } else { visible };
        let ((), language) = timed(micros, || {
            let (guess, sure, why) = language::detect(worth, &message.prior);
            (guess, sure, why, ())
        });
        let code = &language.value.code;
        let ((), translate) = timed(micros, || {
            let done = translate
                .filter(|(_, to)| *to != code && !visible.is_empty())
                .and_then(|(ports, to)| ports.translator.translate(visible, code, to));
            let why = if done.is_none() { vec![Evidence::said(EvidenceKind::Engine, EvidenceCode::NoEngine, [])] } else { vec![] };
            let (text, engine) = done.unzip();
            (Translation { text, engine }, 1.0, why, ())
        });
        let vectors = |texts: &[&str]| reader.map(|reader| reader.vectors(texts));
        let (reading, understand) = timed(micros, || {
            let subject = clean_subject(message.subject);
            let reading = understand::understand(visible, subject, code, message.own, &self.0.models, &vectors);
            (reading.understood.clone(), reading.understood.intent.confidence, reading.evidence.clone(), reading)
        });
        let ((), emotion) = timed(micros, || {
            let (felt, sure, why) = self.feel(visible, &language.value, &reading, message);
            (felt, sure, why, ())
        });
        Read { parted, content, clean, language, translate, reading, understand, emotion }
    }

    fn feel(&self, visible: &str, guess: &LanguageGuess, reading: &Reading, message: &Message) -> (Felt, f32, Vec<Evidence>) {
        let folded = Folded::new(visible);
        let mut codes = guess.code.fallbacks();
        let phrases: Vec<&RiskPhrases> = codes.iter().filter_map(|l| slot(&self.0.risks, l, RiskPhrases::load)).collect();
        let (risk, threats) = risk::find(visible, &folded, &phrases);
        let mut evidence: Vec<Evidence> = threats.iter().map(|c| phrase(EvidenceCode::RiskWords, &c.text)).collect();
        if !message.emotion_enabled {
            return (Felt { emotion: None, risk }, 1.0, evidence);
        }
        // English words count only where the message may be English, since some mean something else elsewhere.
        let own = slot(&self.0.emotions, &guess.code, EmotionWords::load).is_some();
        if own && !guess.mixed && !guess.unsure {
            codes.retain(|l| l.code() != "en" || guess.code.code() == "en");
        }
        let words: Vec<&EmotionWords> = codes.iter().filter_map(|l| slot(&self.0.emotions, l, EmotionWords::load)).collect();
        let read = head::shipped().filter(|_| !visible.is_empty()).map(|head| {
            let vector = reading.vector.as_deref().filter(|_| self.0.head_knows_vectors);
            head.reading(visible, vector, guess.code.code())
        });
        evidence.push(told(read.as_ref()));
        let intent = reading.understood.intent.name;
        let context = emotion::Context { history: message.history, at: message.at, intent, reading: read.as_ref() };
        let mut felt = emotion::feel(visible, &folded, &words, &context);
        felt.cues.splice(0..0, threats);
        evidence.extend(
            felt.cues.iter().map(|c| {
                Evidence::said(EvidenceKind::Cue, EvidenceCode::CueSeen, [EvidenceValue::Cue(c.kind), EvidenceValue::text(&c.text)])
            }),
        );
        if let Some(level) = message.corrected.filter(|level| *level != felt.level) {
            let levels = [EvidenceValue::Level(level), EvidenceValue::Level(felt.level)];
            evidence.push(Evidence::said(EvidenceKind::History, EvidenceCode::ReadByPerson, levels));
            felt.level = level;
            felt.trend = emotion::trend(&felt, message.history);
        }
        (Felt { emotion: Some(felt), risk }, 0.8, evidence)
    }
}

/// What the head read, for whoever asks why; and what it had to do without.
fn told(read: Option<&head::Reading>) -> Evidence {
    let Some(read) = read else { return Evidence::said(EvidenceKind::Cue, EvidenceCode::SignsOnly, []) };
    let code = if read.whole { EvidenceCode::WordingRead } else { EvidenceCode::WordsRead };
    let levels = [(EmotionLevel::Angry, read.angry), (EmotionLevel::Upset, read.upset), (EmotionLevel::Concerned, read.concerned)];
    let values = levels.into_iter().flat_map(|(level, share)| [EvidenceValue::Level(level), EvidenceValue::share(share)]);
    Evidence::said(EvidenceKind::Cue, code, values)
}

impl Read {
    /// The visible text that is analysed.
    pub(crate) fn content(&self) -> &str {
        words(&self.parted, self.content)
    }
}

/// Words of the message that a list of phrases knows.
fn phrase(code: EvidenceCode, words: &str) -> Evidence {
    Evidence::said(EvidenceKind::Phrase, code, [EvidenceValue::text(words)])
}

/// The writer's own words at the start of the visible text; quotes that are shown between answers are somebody else's.
fn words(parted: &clean::Parted, content: usize) -> &str {
    let own = parted.own_words().get(..content).unwrap_or_default();
    if own.trim().is_empty() { "" } else { own }
}

/// The clean stage, with how much of the visible text is content.
fn cleaned(message: &Message) -> (Cleaned, f32, Vec<Evidence>, (clean::Parted, usize)) {
    let parted = clean::part(message.text);
    let attempt = injection::attempt(&parted.cleaned.visible);
    let mut evidence: Vec<Evidence> = attempt
        .map(|words| Evidence::said(EvidenceKind::Injection, EvidenceCode::AsText, [EvidenceValue::text(words)]))
        .into_iter()
        .collect();
    let (content, name) = own_name::without(&parted.cleaned.visible, message.name);
    let length = content.len();
    if name.is_some() {
        // The name itself stands in the visible text; the reasons are kept longer than that and need not hold it.
        evidence.push(Evidence::said(EvidenceKind::Rule, EvidenceCode::OwnName, []));
    }
    (parted.cleaned.clone(), 1.0, evidence, (parted, length))
}

/// The data of a language, read at its first use; a file that cannot be read counts as empty (a test reads them all).
fn slot<'a, T>(
    slots: &'a [(&'static str, OnceLock<Option<T>>)],
    language: &Language,
    load: impl Fn(&str) -> Result<T, PipelineError>,
) -> Option<&'a T> {
    let (code, slot) = slots.iter().find(|(code, _)| *code == language.code())?;
    slot.get_or_init(|| load(code).ok()).as_ref()
}

/// The subject when it was written by the customer for this matter, not as an answer to ours.
pub(crate) fn clean_subject(subject: &str) -> &str {
    let lower = subject.trim_start().to_lowercase();
    let answer =
        ["re:", "aw:", "sv:", "fw:", "fwd:", "wg:", "tr:", "rv:", "antw:", "odp:", "回复", "回覆", "答复", "ynt:", "res:", "rif:", "re："];
    if answer.iter().any(|mark| lower.starts_with(mark)) { "" } else { subject }
}

/// Runs a stage and takes its time. The stage gives value, confidence, reasons, and something that only the caller needs.
pub(crate) fn timed<T, X>(micros: &dyn Fn() -> u64, stage: impl FnOnce() -> (T, f32, Vec<Evidence>, X)) -> (X, Staged<T>) {
    let start = micros();
    let (value, confidence, evidence, extra) = stage();
    let micros = u32::try_from(micros().saturating_sub(start)).unwrap_or(u32::MAX);
    (extra, Staged { value, confidence, evidence, micros })
}

fn confidence(found: &Found) -> f32 {
    if found.retrieved.order.is_some() { 1.0 } else { found.retrieved.passages.first().map_or(0.0, |p| p.score) }
}
