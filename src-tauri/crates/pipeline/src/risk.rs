//! High risk: threats and dangers that stop the bot and alarm a person, found by phrases, whatever the feeling of the message.
//!
//! Phrases that look like a risk and are none (a "killer deal") mask what they cover. English is always looked for as well, since
//! buyers everywhere write "A-to-z" and "PayPal case". What takes a risk back is for `risk_denied` to say.

use mercator_domain::{
    emotion::{Cue, CueKind, Risk, RiskKind},
    language::Language,
};

use crate::{
    error::PipelineError,
    fold::Folded,
    lexicon::{Hit, Lexicon},
    risk_denied, risk_platforms,
};

/// The arrays of a file, in the order of the categories. `not_risk` masks; `unless_asked` is a platform's claim outside of a question.
pub(crate) const ARRAYS: &[&str] = &["chargeback", "legal", "safety", "review_threat", "platform_claim", "not_risk", "unless_asked"];
const KINDS: [RiskKind; 5] = [RiskKind::Chargeback, RiskKind::Legal, RiskKind::Safety, RiskKind::ReviewThreat, RiskKind::PlatformClaim];

/// The place of that kind in [`KINDS`].
const PLATFORM_CLAIM: u8 = 4;
/// Covers what it only looks like.
const NOT_RISK: u8 = 5;
/// "Buyer protection": whoever asks whether the shop has it claims nothing.
const UNLESS_ASKED: u8 = 6;

/// The phrases of one language.
pub struct RiskPhrases {
    language: String,
    lexicon: Lexicon,
}

impl RiskPhrases {
    /// Reads the file of a language.
    pub fn load(language: &str) -> Result<Self, PipelineError> {
        Ok(Self { language: language.to_owned(), lexicon: Lexicon::load("risk", language, ARRAYS)? })
    }

    /// Phrases given in code, for tests.
    #[cfg(test)]
    pub(crate) fn of(phrases: &[(u8, &str)]) -> Self {
        Self { language: "en".to_owned(), lexicon: Lexicon::new(phrases.iter().copied(), crate::lexicon::Script::Whole) }
    }

    /// What is found, without what is taken back or only asked.
    fn hits(&self, text: &Folded) -> Vec<Hit> {
        let counts = |hit: &Hit| match (hit.category, KINDS.get(usize::from(hit.category))) {
            (UNLESS_ASKED, _) => !risk_denied::asked(&text.text, &hit.folded, &self.language),
            (_, Some(kind)) => !risk_denied::denied(&text.text, &hit.folded, *kind, &self.language),
            _ => true,
        };
        let found = self.lexicon.find(text).into_iter().filter(counts);
        found.map(|hit| if hit.category == UNLESS_ASKED { Hit { category: PLATFORM_CLAIM, ..hit } } else { hit }).collect()
    }
}

/// The risks of a text over several languages' phrases, with the phrases that show them.
pub fn find(original: &str, text: &Folded, phrases: &[&RiskPhrases]) -> (Risk, Vec<Cue>) {
    let (mut kinds, mut cues) = (Vec::new(), Vec::new());
    let mut all: Vec<Hit> = phrases.iter().flat_map(|p| p.hits(text)).collect();
    all.extend(risk_platforms::claims(&text.text).map(|folded| Hit {
        category: PLATFORM_CLAIM,
        original: text.original(folded.clone()),
        folded,
    }));
    let masks: Vec<&Hit> = all.iter().filter(|h| h.category == NOT_RISK).collect();
    for hit in &all {
        let Some(kind) = KINDS.get(usize::from(hit.category)) else { continue };
        // A mask in another language's file may cover it.
        if masks.iter().any(|m| m.folded.start <= hit.folded.start && hit.folded.end <= m.folded.end) {
            continue;
        }
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
        let cue = Cue { kind: CueKind::Threat, text: original.get(hit.original.clone()).unwrap_or_default().to_owned() };
        if !cues.contains(&cue) {
            cues.push(cue);
        }
    }
    kinds.sort();
    (Risk { high: !kinds.is_empty(), kinds }, cues)
}

/// The languages whose phrases are looked for in a message of this language.
pub fn languages(language: &Language) -> Vec<Language> {
    language.fallbacks()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_covers_a_risk() {
        let phrases = RiskPhrases::of(&[(1, "lawyer"), (2, "fire"), (5, "i am a lawyer"), (5, "fire tv")]);
        let check = |text: &str, expect: &[RiskKind]| assert_eq!(find(text, &Folded::new(text), &[&phrases]).0.kinds, expect, "{text}");
        check("I will call my lawyer", &[RiskKind::Legal]);
        check("I am a lawyer and like your lamp", &[]);
        check("It caught FIRE", &[RiskKind::Safety]);
        check("Does it work with Fire TV?", &[]);
        check("fire! my lawyer", &[RiskKind::Legal, RiskKind::Safety]);
    }

    #[test]
    fn f3_shipped_phrases_find_the_five_kinds_and_spare_the_harmless() {
        let english = RiskPhrases::load("en").unwrap();
        let check = |text: &str, expect: &[RiskKind]| assert_eq!(find(text, &Folded::new(text), &[&english]).0.kinds, expect, "{text}");
        check("I will file an A-to-z claim tomorrow.", &[RiskKind::PlatformClaim]);
        check("My lawyer will contact you.", &[RiskKind::Legal]);
        check("I will do a chargeback", &[RiskKind::Chargeback]);
        check("There were sparks and smoke coming out of the plug", &[RiskKind::Safety]);
        check("Refund me or I will leave a one star review", &[RiskKind::ReviewThreat]);
        check("That is a killer deal, thanks", &[]);
        check("Where can I read the reviews?", &[]);
    }
}

#[cfg(test)]
#[path = "risk_tests.rs"]
mod table;
