//! The last stages of a turn: decide, act, reply, and what comes out.

use mercator_domain::{
    action::{Action, ActionState},
    emotion::EmotionLevel,
    handoff::HandoffReason,
    inbox::BotMode,
    intent::Intent,
    media::MediaKind,
    message::{Author, Automatic},
    turn::{Decided, Decision, Evidence, EvidenceCode, EvidenceKind, EvidenceValue, Outcome, ReplyDraft, Retrieved, Staged, Turn},
};

use crate::{
    act, action_reply,
    action_reply::Proposal,
    automation,
    bot::{Read, clean_subject, timed},
    card,
    consent::Consent,
    courtesy,
    decide::{self, Choice},
    dialogue::{self, Talk},
    facts::Facts,
    files, offers,
    offers::Offer,
    order_reply,
    ports::{HistoryLine, Ports, TurnInput},
    reply::{self, Occasion},
    request::{self, Matter, Wish},
    retrieve::Found,
};

/// What the last stages work on.
pub(crate) struct Considered<'a> {
    pub(crate) input: &'a TurnInput,
    pub(crate) ports: &'a Ports<'a>,
    pub(crate) found: &'a Found,
    pub(crate) talk: &'a Talk,
}

/// Decide, act, reply, and what comes out.
pub(crate) fn conclude(matter: &Considered, read: Read, retrieve: Staged<Retrieved>) -> Turn {
    let Considered { input, ports, found, .. } = *matter;
    let parcel = found.retrieved.order.as_ref().and_then(order_reply::parcel);
    let stuck = parcel.is_some_and(|p| p.is_stuck(input.now, input.rules.stuck_after_hours));
    let offer = offers::consider(input, &read, found);
    let mut rules = automation::before(input, &read, found);
    let ((choice, wish), mut decide) = timed(ports.micros, || {
        let mode = automation::mode(&rules, input.store.modes.of(read.understand.value.intent.name));
        let (wish, mut why) = wish(matter, &read, mode);
        let facts = Facts { handed_over: automation::hands_over(&rules), mode, offer: &offer, ..facts(matter, &read, &wish, stuck) };
        let (decided, choice) = decide::decide(&facts);
        why.extend(rules.iter().map(|hit| Evidence::said(EvidenceKind::Rule, EvidenceCode::OwnRule, [EvidenceValue::text(&hit.name)])));
        why.push(Evidence::new(EvidenceKind::Rule, decided.rule.clone()));
        why.extend(offers::reasons(&offer).filter(|_| decided.decision == Decision::Quote));
        if decided.rule == decide::UNSURE {
            let sure = [EvidenceValue::Intent(facts.intent), EvidenceValue::share(facts.confidence)];
            why.push(Evidence::said(EvidenceKind::Rule, EvidenceCode::NotSure, sure));
        }
        (decided, 1.0, why, (choice, wish))
    });
    let (acted, act) = timed(ports.micros, || {
        let pending = input.pending.as_ref().filter(|_| choice == Choice::Say(Decision::Act));
        let acted = pending.map(|pending| ports.actions.confirm(pending.id));
        let (done, steps) = act::act(found, acted.as_ref());
        (done, 1.0, steps, acted)
    });
    let level = read.emotion.value.emotion.as_ref().map_or(EmotionLevel::Calm, |e| e.level);
    let proposal = (choice == Choice::Say(Decision::Propose)).then(|| proposal(input, &wish, matter)).flatten();
    let on = Occasion {
        input,
        language: &read.language.value.code,
        level,
        found,
        stuck,
        high_risk: read.emotion.value.risk.high,
        wish: &wish,
        offer: &offer,
        proposal: proposal.as_ref(),
        acted: acted.as_ref().and_then(|acted| acted.as_ref().ok()),
        within_days: within_days(&wish, ports),
    };
    let (outcome, reply) = timed(ports.micros, || {
        let (outcome, words, evidence) = speak(after_acting(choice, acted.as_ref()), &mut decide, &read, &on);
        (words, 1.0, evidence, outcome)
    });
    if matches!(outcome, Outcome::HandOff { .. }) {
        rules.extend(automation::handed_over(input, &read, found));
    }
    Turn {
        rules,
        clean: read.clean,
        language: read.language,
        translate: read.translate,
        understand: read.understand,
        emotion: read.emotion,
        retrieve,
        decide,
        act,
        reply,
        outcome,
    }
}

/// What the buyer's wish comes to, where the bot may bring it about by itself; with the reasons.
fn wish(matter: &Considered, read: &Read, mode: BotMode) -> (Wish, Vec<Evidence>) {
    let Considered { input, ports, found, talk } = matter;
    let intent = &read.understand.value.intent;
    let may = input.automatic == Automatic::None
        && !input.human_owns
        && talk.consent == Consent::None
        && request::can_act(intent.name)
        && intent.in_scope
        && mode == BotMode::Auto;
    let Some(order) = found.retrieved.order.as_ref().filter(|_| may) else { return (Wish::None, vec![]) };
    let before = dialogue::before(input, talk);
    let wanted = Matter {
        intent: intent.name,
        order,
        text: read.content(),
        entities: &read.understand.value.entities,
        before: before.iter().map(|line| line.text.as_str()).collect(),
        pictures: input.pictures_before || files::has(input, MediaKind::Picture),
    };
    let wish = request::wish(&wanted, ports.actions);
    let why = match &wish {
        Wish::Allowed(allowed) => {
            Some(Evidence::said(EvidenceKind::Rule, EvidenceCode::ActionAllowed, [EvidenceValue::Action(allowed.0.kind())]))
        }
        Wish::Refused(kind, why) => {
            let values = [EvidenceValue::Action(*kind), EvidenceValue::Refused(*why)];
            Some(Evidence::said(EvidenceKind::Rule, EvidenceCode::ActionRefused, values))
        }
        Wish::Unchecked(why) => Some(Evidence::said(EvidenceKind::Rule, EvidenceCode::ActionUnchecked, [EvidenceValue::text(why)])),
        Wish::None | Wish::Missing(_) => None,
    };
    (wish, why.into_iter().collect())
}

/// What is restated: the new request, or once more the one that waits.
fn proposal(input: &TurnInput, wish: &Wish, matter: &Considered) -> Option<Proposal> {
    let (request, amount) = match (wish, &input.pending) {
        (Wish::Allowed(allowed), _) => (allowed.0.clone(), allowed.1.amount),
        (_, Some(pending)) => (pending.request.clone(), pending.amount),
        _ => return None,
    };
    let items = action_reply::items(&request, matter.found.retrieved.order.as_ref(), matter.ports.actions);
    Some(Proposal { request, amount, items })
}

/// The days within which what was refused as too late would have been possible.
fn within_days(wish: &Wish, ports: &Ports) -> Option<u32> {
    let Wish::Refused(kind, mercator_domain::action::Refusal::TooLate) = wish else { return None };
    ports.actions.rules().ok()?.of(*kind)?.within_days
}

fn facts<'a>(matter: &'a Considered, read: &Read, wish: &'a Wish, stuck: bool) -> Facts<'a> {
    let Considered { input, found, talk, .. } = matter;
    let intent = &read.understand.value.intent;
    let bot = |l: &&HistoryLine| l.author == Author::Bot;
    let asked_last = input.history.iter().rev().find(|line| line.author == Author::Contact).and_then(|line| line.intent);
    let restated = input.history.iter().rev().take_while(|line| line.intent.is_none_or(|of| Some(of) == talk.carried));
    Facts {
        automatic: input.automatic,
        human_owns: input.human_owns,
        empty: read.parted.own_words().trim().is_empty() && clean_subject(&input.subject).trim().is_empty(),
        attachments: !input.attachments.is_empty(),
        unheard: files::unheard(input),
        high_risk: read.emotion.value.risk.high,
        asks_for_person: read.reading.person.is_some()
            || (intent.name == Intent::HumanRequest && intent.in_scope && intent.confidence >= input.rules.intent_threshold),
        level: read.emotion.value.emotion.as_ref().map_or(EmotionLevel::Calm, |e| e.level),
        intent: intent.name,
        confidence: intent.confidence,
        in_scope: intent.in_scope,
        asks_about_rule: read.reading.asks_about_rule,
        short: read.content().split_whitespace().count() <= 2 && read.content().chars().count() <= 16,
        is_question: read.content().contains(['?', '？', '؟']),
        payment_failed: read.reading.payment_failed,
        names_order: found.names_order,
        retrieved: &found.retrieved,
        lookup_failed: found.failed,
        parcel: found.retrieved.order.as_ref().and_then(order_reply::parcel),
        stuck,
        bot_replies: input.history.iter().filter(bot).count(),
        asked: input.history.iter().filter(|l| bot(l) && l.clarified).count(),
        asks_again: talk.carried.is_none()
            && asked_last == Some(intent.name)
            && input.history.last().is_some_and(|line| line.author == Author::Bot),
        carried: talk.carried.is_some(),
        consent: talk.consent,
        restated_twice: restated.filter(bot).filter(|line| !line.clarified).count() > 1,
        wish,
        handed_over: false,
        offer: &Offer::None,
        mode: input.store.modes.of(intent.name),
        rules: &input.rules,
    }
}

/// "Done" only where it was read back; everything else goes to a person.
fn after_acting(choice: Choice, acted: Option<&Result<Action, String>>) -> Choice {
    let Some(acted) = acted else { return choice };
    match acted.as_ref().map(|action| action.state) {
        Ok(ActionState::Done) => choice,
        Ok(ActionState::AwaitingApproval) => Choice::HandOff(HandoffReason::Limit),
        Ok(ActionState::WorkOrder) => Choice::HandOff(HandoffReason::UnsupportedRequest),
        _ => Choice::HandOff(HandoffReason::ToolFailure),
    }
}

/// What could not be written, and why.
fn failed(code: EvidenceCode, why: &str) -> Evidence {
    Evidence::said(EvidenceKind::Rule, code, [EvidenceValue::text(why)])
}

/// The words and the outcome. A reply that cannot be written, or has a number from nowhere, goes to a person instead.
fn speak(choice: Choice, decide: &mut Staged<Decided>, read: &Read, on: &Occasion) -> (Outcome, Option<ReplyDraft>, Vec<Evidence>) {
    let reason = match choice {
        Choice::Silence(reason) => return (Outcome::Silence { reason }, None, vec![]),
        Choice::HandOff(reason) => reason,
        Choice::Say(decision) => match reply::compose(decision, &decide.value.rule, on) {
            Ok(Some(reply)) => {
                let evidence = reply.sources.iter().map(|p| Evidence::new(EvidenceKind::Passage, p.title.clone())).collect();
                let mode = polite(decide, &reply, on);
                return (said(mode, &reply, on), Some(reply), evidence);
            }
            Ok(None) => HandoffReason::MissingKnowledge,
            Err(why) => {
                decide.evidence.push(failed(EvidenceCode::NoReply, &why));
                HandoffReason::MissingKnowledge
            }
        },
    };
    decide.value.decision = Decision::HandOff;
    decide.value.reason = Some(reason);
    hand_off(reason, decide, read, on)
}

/// What may be sent alone: nothing that has a word in it which is not written to the customer's country.
fn polite(decide: &mut Staged<Decided>, reply: &ReplyDraft, on: &Occasion) -> BotMode {
    let word = courtesy::of(on.input, &reply.language).and_then(|profile| profile.avoided(&reply.text));
    let Some(word) = word.filter(|_| decide.value.mode == BotMode::Auto) else { return decide.value.mode };
    decide.evidence.push(failed(EvidenceCode::AvoidedWord, word));
    BotMode::Draft
}

/// What is sent, restated or kept as a draft.
fn said(mode: BotMode, reply: &ReplyDraft, on: &Occasion) -> Outcome {
    let reply = reply.clone();
    match on.proposal {
        _ if mode != BotMode::Auto => Outcome::Draft { reply },
        Some(proposal) => Outcome::Act { reply, action: Box::new(proposal.request.clone()), amount: proposal.amount },
        None => Outcome::Reply { reply },
    }
}

fn hand_off(reason: HandoffReason, decide: &Staged<Decided>, read: &Read, on: &Occasion) -> (Outcome, Option<ReplyDraft>, Vec<Evidence>) {
    let said = read.parted.own_text();
    let matter = card::Matter {
        visible: &said,
        intent: read.understand.value.intent.name,
        translation: read.translate.value.text.as_deref(),
        draft: None,
    };
    let card = Box::new(card::make(&matter, on));
    let mut evidence = vec![];
    // A person was promised only where the bot may speak: in draft and off the agent says it.
    let notice = if decide.value.mode == BotMode::Auto {
        reply::notice(&decide.value.rule, on).map_err(|why| evidence.push(failed(EvidenceCode::NoNotice, &why))).ok()
    } else {
        None
    };
    (Outcome::HandOff { reason, card, notice: notice.clone() }, notice, evidence)
}
