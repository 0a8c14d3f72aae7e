//! Levels from signs alone, from the whole stage with the head, over a conversation.

use mercator_domain::{
    emotion::{CueKind, EmotionLevel},
    message::Author,
    moment::MINUTE_MS,
};

use super::{
    cues::{ANGRY, CONCERNED, MITIGATION, POSITIVE, UPSET, URGENCY},
    *,
};

fn english() -> EmotionWords {
    EmotionWords::of(
        "en",
        &[
            (CONCERNED, "worried"),
            (UPSET, "disappointed"),
            (UPSET, "unacceptable"),
            (ANGRY, "angry"),
            (ANGRY, "liars"),
            (POSITIVE, "happy"),
            (POSITIVE, "love"),
            (POSITIVE, "thank you"),
            (URGENCY, "urgent"),
            (MITIGATION, "just kidding"),
        ],
    )
}

fn level(text: &str, history: &[HistoryLine]) -> Emotion {
    feel(text, &Folded::new(text), &[&english()], &Context { history, at: Moment(3_600_000), intent: Intent::OrderStatus, reading: None })
}

#[test]
fn levels_from_words_and_signs() {
    let check = |text: &str, expect: EmotionLevel| assert_eq!(level(text, &[]).level, expect, "{text}");
    check("Where is my order?", EmotionLevel::Calm);
    check("I am worried about my parcel", EmotionLevel::Concerned);
    check("I am disappointed.", EmotionLevel::Upset);
    check("I am so angry, you liars", EmotionLevel::Angry);
    check("WHERE IS MY ORDER???", EmotionLevel::Upset);
    check("THIS IS UNACCEPTABLE!!! WHERE IS IT", EmotionLevel::Angry);
    check("I LOVE IT SO MUCH!!!! Thank you!!!", EmotionLevel::Calm);
    check("I'm not angry, only asking", EmotionLevel::Calm);
    check("I am not happy with this", EmotionLevel::Upset);
    check("🤬", EmotionLevel::Angry);
    check("You liars, just kidding", EmotionLevel::Upset);
}

#[test]
fn f1_cues_are_shown_as_they_stand() {
    let got = level("This is UNACCEPTABLE, urgent!!! 😡", &[]);
    let shown: Vec<_> = got.cues.iter().map(|c| (c.kind, c.text.as_str())).collect();
    for expect in [(CueKind::Keyword, "UNACCEPTABLE"), (CueKind::Punctuation, "!!!"), (CueKind::Emoji, "😡"), (CueKind::Urgency, "urgent")]
    {
        assert!(shown.contains(&expect), "{expect:?} in {shown:?}");
    }
    assert!(got.urgency > 0.0 && got.anger > 0.5);
}

#[test]
fn f1_repeated_demand_and_short_interval_raise_the_level() {
    let line = |minutes: i64| HistoryLine {
        author: Author::Contact,
        text: "Where is my order?".into(),
        at: Moment(3_600_000 - minutes * MINUTE_MS),
        intent: Some(Intent::OrderStatus),
        emotion: None,
        clarified: false,
    };
    assert_eq!(level("Where is my order?", &[line(50)]).level, EmotionLevel::Concerned);
    let third = level("Where is my order?", &[line(50), line(3)]);
    assert_eq!(third.level, EmotionLevel::Upset);
    let kinds: Vec<_> = third.cues.iter().map(|c| c.kind).collect();
    assert!(kinds.contains(&CueKind::RepeatedDemand) && kinds.contains(&CueKind::ShortInterval));
}
