//! Stage 9: the words. Greeting, comfort where it is due, the answer from an article, an order or a text, sign-off, disclosure.
//!
//! The body is collected together with what it rests on, so that [`crate::guard`] can check every number. The disclosure is added
//! here and nowhere else, after everything that a seller can edit.

use mercator_domain::{
    action::{Action, ActionState},
    article::Passage,
    courtesy::{CourtesyProfile, NameForm},
    emotion::EmotionLevel,
    language::Language,
    turn::{Decision, ReplyDraft},
};

use crate::{
    action_reply::{self, Proposal},
    calendar, courtesy,
    error::PipelineError,
    guard,
    offers::{self, Offer},
    order_reply,
    ports::{StoreProfile, TurnInput},
    request::{Missing, Wish},
    retrieve::Found,
    texts,
};

/// A growing text with its sources.
#[derive(Debug, Default)]
pub struct Body {
    paragraphs: Vec<String>,
    sources: Vec<String>,
}

impl Body {
    /// A paragraph from a text with values.
    pub fn template(&mut self, language: &Language, key: &str, values: &[(&str, &str)]) -> Result<(), PipelineError> {
        let rendered = self.render(language, key, values)?;
        self.paragraphs.push(rendered);
        Ok(())
    }

    /// A sentence behind the last paragraph.
    pub fn sentence(&mut self, language: &Language, key: &str, values: &[(&str, &str)]) -> Result<(), PipelineError> {
        let rendered = self.render(language, key, values)?;
        match self.paragraphs.last_mut() {
            Some(last) => {
                append(last, &rendered);
            }
            None => self.paragraphs.push(rendered),
        }
        Ok(())
    }

    /// A line under the last paragraph.
    pub fn line(&mut self, language: &Language, key: &str, values: &[(&str, &str)]) -> Result<(), PipelineError> {
        let rendered = self.render(language, key, values)?;
        self.under(&rendered);
        Ok(())
    }

    /// A link of the shop's own under the last paragraph.
    pub fn link(&mut self, url: &str) {
        self.sources.push(url.to_owned());
        self.under(url);
    }

    fn under(&mut self, text: &str) {
        match self.paragraphs.last_mut() {
            Some(last) => {
                last.push('\n');
                last.push_str(text);
            }
            None => self.paragraphs.push(text.to_owned()),
        }
    }

    fn render(&mut self, language: &Language, key: &str, values: &[(&str, &str)]) -> Result<String, PipelineError> {
        let rendered = texts::render(language, key, values)?;
        self.sources.extend(texts::raw(language, key).map(|(_, raw)| raw.to_owned()));
        self.sources.extend(values.iter().map(|(_, v)| (*v).to_owned()));
        Ok(rendered.text)
    }

    /// A passage, word by word.
    pub fn passage(&mut self, passage: &Passage) {
        self.paragraphs.push(passage.text.clone());
        self.sources.push(passage.text.clone());
    }

    /// The text, unless a number in it stands in no source.
    fn checked(self) -> Result<String, String> {
        let text = self.paragraphs.join("\n\n");
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        guard::unsupported_number(&text, &sources).map_or(Ok(text), |number| Err(format!("the number {number} stands in no source")))
    }
}

/// A sentence behind another; Chinese and Japanese put no space between them.
fn append(text: &mut String, sentence: &str) {
    if !text.ends_with(['。', '！', '？']) {
        text.push(' ');
    }
    text.push_str(sentence);
}

/// What the words depend on.
pub struct Occasion<'a> {
    /// The turn's input.
    pub input: &'a TurnInput,
    /// The language to answer in.
    pub language: &'a Language,
    /// The feeling of the message.
    pub level: EmotionLevel,
    /// What was found.
    pub found: &'a Found,
    /// The parcel has not moved for too long.
    pub stuck: bool,
    /// The risk rule fired.
    pub high_risk: bool,
    /// What the wish for an action has come to.
    pub wish: &'a Wish,
    /// What the shop's products and rules for duty offer.
    pub offer: &'a Offer,
    /// What is restated.
    pub proposal: Option<&'a Proposal>,
    /// What became of the action that the customer said yes to.
    pub acted: Option<&'a Action>,
    /// The days within which what was refused as too late would have been possible.
    pub within_days: Option<u32>,
}

impl<'a> Occasion<'a> {
    /// An occasion on which no action is spoken of.
    pub const fn plain(input: &'a TurnInput, language: &'a Language, level: EmotionLevel, found: &'a Found) -> Self {
        let wish = &Wish::None;
        Self {
            input,
            language,
            level,
            found,
            stuck: false,
            high_risk: false,
            wish,
            offer: &Offer::None,
            proposal: None,
            acted: None,
            within_days: None,
        }
    }
}

/// The words for a decision; `Err` says why there are none.
pub fn compose(decision: Decision, rule: &str, on: &Occasion) -> Result<Option<ReplyDraft>, String> {
    let mut body = Body::default();
    let mut sources = Vec::new();
    let done = match decision {
        Decision::Answer => answer(&mut body, &mut sources, on),
        Decision::OrderAnswer => order_answer(&mut body, on),
        Decision::Quote => match on.offer {
            Offer::Duty(offer) => comfort(&mut body, on).and_then(|()| offers::quote(&mut body, offer, on.language)),
            _ => return Ok(None),
        },
        Decision::Advise => match on.offer {
            Offer::Advice(advised, country, limit) => offers::advise(&mut body, advised, (country.as_deref(), *limit), on.language),
            _ => return Ok(None),
        },
        Decision::Clarify => clarify(&mut body, rule, on),
        Decision::Courtesy => body.template(on.language, "courtesy_thanks", &[]),
        Decision::Decline => body.template(on.language, "action_declined", &[]),
        Decision::Refuse => comfort(&mut body, on).and_then(|()| action_reply::refuse(&mut body, on)),
        Decision::Propose => match on.proposal {
            Some(proposal) => comfort(&mut body, on).and_then(|()| action_reply::propose(&mut body, on.language, proposal)),
            None => return Ok(None),
        },
        Decision::Act => match on.acted {
            Some(action) => action_reply::done(&mut body, on.language, action),
            None => return Ok(None),
        },
        Decision::HandOff | Decision::Silence => return Ok(None),
    };
    done.map_err(|e| e.to_string())?;
    frame(body, sources, Kind::Answer, on).map(Some)
}

/// What the customer is told of a handoff: the answer as far as there is one, then who answers and by when.
pub fn notice(rule: &str, on: &Occasion) -> Result<ReplyDraft, String> {
    let mut body = Body::default();
    let zone = on.input.store.hours.time_zone.as_str();
    let when = calendar::date_time(on.input.promised_at, zone, on.language);
    // Where the parcel is answers the question even when a person must go on from there.
    if matches!(rule, "stuck_parcel" | "customs_held" | "carrier_exception" | "delivered_but_missing") {
        order_answer(&mut body, on).map_err(|e| e.to_string())?;
    } else if on.level >= EmotionLevel::Concerned && on.level < EmotionLevel::Angry && !on.high_risk {
        comfort(&mut body, on).map_err(|e| e.to_string())?;
    }
    let of_action = on.acted.and_then(|action| action_reply::notice_key(action.state));
    let key = match (on.high_risk, on.level) {
        (true, _) => "handoff_notice_risk",
        _ if of_action.is_some() => of_action.unwrap_or_default(),
        (false, EmotionLevel::Angry) => "handoff_notice_angry",
        _ => "handoff_notice",
    };
    if !on.input.store.hours.is_open(on.input.now)
        && let Some(opening) = on.input.store.hours.next_opening(on.input.now)
    {
        let opening = calendar::date_time(opening, zone, on.language);
        body.template(on.language, "out_of_hours", &[("when", &opening)]).map_err(|e| e.to_string())?;
        body.sentence(on.language, key, &[("when", &when)]).map_err(|e| e.to_string())?;
    } else {
        body.template(on.language, key, &[("when", &when)]).map_err(|e| e.to_string())?;
    }
    frame(body, Vec::new(), Kind::Notice, on)
}

/// What a customer is told of an action that a person of the shop has decided about; nothing where there is no end to tell of.
pub fn decided(action: &Action, on: &Occasion) -> Result<Option<ReplyDraft>, String> {
    let mut body = Body::default();
    match action.state {
        // What the bot never proposes, it has no words for: whoever has decided writes.
        ActionState::Done if !action_reply::has_words(action.request.kind()) => return Ok(None),
        ActionState::Done => action_reply::done(&mut body, on.language, action),
        ActionState::Rejected => body.template(on.language, "action_rejected", &[("order", action.request.order().unwrap_or_default())]),
        _ => return Ok(None),
    }
    .map_err(|e| e.to_string())?;
    frame(body, Vec::new(), Kind::Notice, on).map(Some)
}

/// The best words that the agent could start from, for the card: an answer if there is one, else comfort alone.
pub fn suggestion(on: &Occasion) -> String {
    let mut body = Body::default();
    let threshold = on.input.rules.answer_threshold;
    let mut sources = Vec::new();
    let written = if on.found.retrieved.order.is_some() {
        order_answer(&mut body, on)
    } else if on.found.retrieved.passages.first().is_some_and(|p| p.score >= threshold * 0.7) {
        answer(&mut body, &mut sources, on)
    } else {
        comfort(&mut body, on)
    };
    // Half a body is better than none here: a person reads it before it goes out.
    drop(written);
    let (greeting, sign_off) = (greeting(on), signed_off(courtesy::of(on.input, on.language), on.language));
    let signature = on.input.store.signature.trim();
    let parts = [vec![greeting], body.paragraphs, vec![format!("{sign_off}\n{signature}").trim().to_owned()]].concat();
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Words for a person to send: greeting above, sign-off and signature below.
pub fn letter(body: &str, input: &TurnInput, language: &Language) -> String {
    let found = Found::default();
    let on = Occasion::plain(input, language, EmotionLevel::Calm, &found);
    let store = &input.store;
    let signature = if store.signature.trim().is_empty() { store.name.trim() } else { store.signature.trim() };
    let sign_off = signed_off(courtesy::of(input, language), language);
    format!("{}\n\n{}\n\n{sign_off}\n{signature}", greeting(&on), body.trim())
}

/// One sentence before the answer, by the feeling.
fn comfort(body: &mut Body, on: &Occasion) -> Result<(), PipelineError> {
    let key = match on.level {
        EmotionLevel::Calm => return Ok(()),
        EmotionLevel::Concerned => "comfort_concerned",
        EmotionLevel::Upset => "comfort_upset",
        EmotionLevel::Angry => "comfort_angry",
    };
    body.template(on.language, key, &[])
}

fn answer(body: &mut Body, sources: &mut Vec<Passage>, on: &Occasion) -> Result<(), PipelineError> {
    comfort(body, on)?;
    let Some(passage) = on.found.retrieved.passages.first() else { return Err(PipelineError::UnknownText("passage".to_owned())) };
    if !on.language.fallbacks().iter().take_while(|l| l.code() != "en" || on.language.code() == "en").any(|l| *l == passage.language) {
        let name = texts::words(on.language, &format!("language_name_{}", passage.language), &[]);
        body.template(
            on.language,
            "article_lead_other_language",
            &[("language_name", if name.is_empty() { passage.language.code() } else { &name })],
        )?;
    }
    body.passage(passage);
    sources.push(passage.clone());
    Ok(())
}

fn order_answer(body: &mut Body, on: &Occasion) -> Result<(), PipelineError> {
    comfort(body, on)?;
    let Some(order) = &on.found.retrieved.order else { return Err(PipelineError::UnknownText("order".to_owned())) };
    order_reply::describe(body, order, on.language, &on.input.store.hours.time_zone, on.stuck)
}

fn clarify(body: &mut Body, rule: &str, on: &Occasion) -> Result<(), PipelineError> {
    if !matches!(on.wish, Wish::Missing(Missing::Photos)) {
        comfort(body, on)?;
    }
    if let Wish::Missing(missing) = on.wish {
        return action_reply::ask(body, missing, on);
    }
    let number = on.found.asked_number.as_deref().unwrap_or_default();
    match rule {
        "no_order_number" | "no_order_to_change" => body.template(on.language, "ask_order_number", &[]),
        "order_not_found" => body.template(on.language, "order_not_found", &[("order", number)]),
        "order_is_somebody_elses" => body.template(on.language, "order_not_theirs", &[]),
        "which_order" | "which_order_to_change" => body.template(on.language, "which_order", &[("orders", &on.found.several.join(", "))]),
        "duty_product_missing" => body.template(on.language, "ask_duty_product", &[]),
        "duty_country_missing" => body.template(on.language, "ask_duty_country", &[]),
        _ => body.template(on.language, "clarify_generic", &[]),
    }
}

/// The name as a greeting may use it: a person's name, not an address, a link or a sentence.
fn name<'a>(on: &Occasion<'a>) -> Option<&'a str> {
    let name = on.input.writer.name.trim();
    let fine = !name.is_empty()
        && name.chars().count() <= 40
        && !name.chars().any(|c| c.is_ascii_digit() || c.is_control() || matches!(c, '@' | '/' | ':' | '{' | '}' | '<' | '>' | '\n' | '.'));
    fine.then_some(name)
}

fn greeting(on: &Occasion) -> String {
    greeted(name(on), courtesy::of(on.input, on.language), on.language)
}

fn greeted(name: Option<&str>, profile: Option<&CourtesyProfile>, language: &Language) -> String {
    let form = profile.map_or(NameForm::Full, |profile| profile.name);
    let Some(name) = name.and_then(|name| courtesy::called(name, form)) else { return texts::words(language, "greeting", &[]) };
    match profile.map(|profile| profile.greeting.trim()).filter(|greeting| !greeting.is_empty()) {
        Some(greeting) => greeting.replacen("{name}", name, 1),
        None => texts::words(language, "greeting_named", &[("name", name)]),
    }
}

fn signed_off(profile: Option<&CourtesyProfile>, language: &Language) -> String {
    let own = profile.map(|profile| profile.sign_off.trim()).filter(|sign_off| !sign_off.is_empty());
    own.map_or_else(|| texts::words(language, "sign_off", &[]), str::to_owned)
}

/// A letter by a profile: the first answer of a conversation, on an order that is being prepared.
pub fn sample(profile: &CourtesyProfile, store: &StoreProfile) -> String {
    let language = &profile.language;
    let signature = if store.signature.trim().is_empty() { store.name.trim() } else { store.signature.trim() };
    let parts = [
        greeted(Some(sample_name(language)), Some(profile), language),
        profile.opening.trim().to_owned(),
        texts::words(language, "order_processing", &[("order", "10023")]),
        format!("{}\n{signature}", signed_off(Some(profile), language)),
    ];
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A name to show how a greeting looks; in its own writing where no part of a name can be told by its place.
fn sample_name(language: &Language) -> &'static str {
    match language.code() {
        "ja" => "佐藤 恵",
        "ko" => "김지우",
        "zh" | "zh-tw" => "李小明",
        _ => "Alex Martin",
    }
}

/// What is framed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Something the bot answers or asks itself.
    Answer,
    /// That a person will answer: how to ask for one would be out of place there.
    Notice,
}

/// Greeting above, sign-off, signature and disclosure below.
fn frame(body: Body, sources: Vec<Passage>, kind: Kind, on: &Occasion) -> Result<ReplyDraft, String> {
    let body = body.checked()?;
    let store = &on.input.store;
    let profile = courtesy::of(on.input, on.language);
    let mut parts = vec![greeting(on)];
    let opens = kind == Kind::Answer && !on.input.disclosed && on.level == EmotionLevel::Calm;
    parts.extend(profile.filter(|_| opens).map(|profile| profile.opening.trim().to_owned()).filter(|opening| !opening.is_empty()));
    parts.push(body);
    let sign_off = signed_off(profile, on.language);
    let signature = if store.signature.trim().is_empty() { store.name.trim() } else { store.signature.trim() };
    parts.push(format!("{sign_off}\n{signature}"));
    let discloses = !on.input.disclosed;
    if discloses {
        let name = if store.name.trim().is_empty() { "Mercator" } else { store.name.trim() };
        let mut line = texts::render(on.language, "disclosure", &[("store", name)]).map_err(|e| e.to_string())?.text;
        if kind == Kind::Answer {
            append(&mut line, &texts::render(on.language, "person_hint", &[]).map_err(|e| e.to_string())?.text);
        }
        parts.push(line);
    }
    Ok(ReplyDraft { text: parts.join("\n\n"), language: on.language.clone(), sources, discloses_ai: discloses })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_with_a_number_from_nowhere_is_refused() {
        let mut body = Body::default();
        body.paragraphs.push("It costs 99.".into());
        assert!(body.checked().is_err());
    }

    #[test]
    fn names_that_are_none_are_not_greeted() {
        let found = Found::default();
        let check = |given: &str, expect: bool| {
            let mut input = crate::support::input("hi");
            input.writer.name = given.into();
            let english = Language::english();
            let on = Occasion::plain(&input, &english, EmotionLevel::Calm, &found);
            assert_eq!(name(&on).is_some(), expect, "{given}");
        };
        check("Ann Lee", true);
        check("王小明", true);
        check("ann@mail.test", false);
        check("Visit www.spam.test now", false);
        check("{store}", false);
    }
}
