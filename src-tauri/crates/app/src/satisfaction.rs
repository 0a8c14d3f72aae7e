//! Surveys without a server: after a resolve the customer gets one mail with five prepared answers; the score and its proof stand
//! in the subject of the answer.
//!
//! The token is `[R<conversation>-<episode>-<score>-<proof>]`, all in base 36; the proof is the first 80 bits of an HMAC-SHA256 over
//! the three numbers with the workspace's survey key. Guessing one costs 2^80 mails. A score counts only when it comes from the
//! conversation's own contact, and once an episode.

use anyhow::Result;
use hmac::{Hmac, Mac};
use mercator_domain::{
    conversation::{ActivityKind, Conversation},
    ids::{ConversationId, MessageId},
    inbox::Inbox,
    language::Language,
    message::{Author, Delivery},
    moment::Moment,
    satisfaction::{Score, ServedBy},
};
use mercator_pipeline::texts;
use mercator_store::{
    Store, Tx,
    episodes::Episode,
    satisfaction::{NewSurvey, RatingReceipt},
};

use crate::{
    App,
    inbox::is_mail_address,
    outbox::{self, Say},
    turn_input::address_for,
};

/// A proved score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Of which of its episodes.
    pub episode: i32,
    /// The score.
    pub score: Score,
}

/// Ten bytes of the HMAC, as base 36 of a number.
fn proof(key: &[u8], conversation: i64, episode: i32, score: u8) -> String {
    // An HMAC takes a key of any length, so this cannot fail; an empty proof would verify nothing.
    let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{conversation}.{episode}.{score}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    base36(bytes.iter().take(10).fold(0u128, |number, byte| (number << 8) | u128::from(*byte)))
}

fn base36(mut number: u128) -> String {
    let mut digits = vec![];
    loop {
        digits.push(char::from_digit(u32::try_from(number % 36).unwrap_or(0), 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

/// The text that goes into the subject.
pub fn token(key: &[u8], conversation: ConversationId, episode: i32, score: Score) -> String {
    let id = u128::try_from(conversation.get()).unwrap_or(0);
    let number = u128::try_from(episode).unwrap_or(0);
    format!("[R{}-{}-{}-{}]", base36(id), base36(number), score.get(), proof(key, conversation.get(), episode, score.get()))
}

/// The proved score in a subject, wherever it stands in it and whatever mail programs have put around it.
pub fn token_in(subject: &str, key: &[u8]) -> Option<Token> {
    subject.match_indices("[R").find_map(|(start, _)| {
        let inner = subject.get(start + 2..)?.split(']').next()?;
        let mut parts = inner.split('-').map(str::trim);
        let conversation = i64::from_str_radix(parts.next()?, 36).ok()?;
        let episode = i32::from_str_radix(parts.next()?, 36).ok()?;
        let score: u8 = parts.next()?.parse().ok()?;
        let given = parts.next()?;
        // Compared in constant time by the MAC itself would need its bytes; 80 bits over mail leave no clock to measure.
        let right = parts.next().is_none() && given == proof(key, conversation, episode, score) && !given.is_empty();
        let score = Score::try_from(score).ok()?;
        right.then_some(Token { conversation: ConversationId(conversation), episode, score })
    })
}

/// What the customer added above the prepared line.
pub fn comment_of(text: &str) -> String {
    let marker = text.find("---").unwrap_or(text.len());
    text.get(..marker).unwrap_or(text).trim().to_owned()
}

/// A survey in a customer's language: subject, plain text, HTML.
pub(crate) struct Survey {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Writes the survey. Each answer is a prepared mail to the inbox's address.
pub(crate) fn write(key: &[u8], inbox: &Inbox, conversation: &Conversation, language: &Language) -> Survey {
    let say = |name: &str, arguments: &[(&str, &str)]| texts::words(language, name, arguments);
    let subject = say("survey_subject", &[("subject", &conversation.subject), ("store", &inbox.name)]);
    let body = say("survey_body", &[("store", &inbox.name)]);
    let answers: Vec<(String, String)> = (1..=5u8)
        .rev()
        .filter_map(|n| Score::try_from(n).ok())
        .map(|score| {
            let label = format!("{} – {}", score.get(), say(&format!("survey_scale_{}", score.get()), &[]));
            let proof = token(key, conversation.id, conversation.episode, score);
            let reply = format!("{} {proof}", say("survey_reply_subject", &[("score", &score.get().to_string())]));
            let lines = format!("\n\n---\n{}", say("survey_reply_body", &[]));
            (label, format!("mailto:{}?subject={}&body={}", inbox.address, percent(&reply), percent(&lines)))
        })
        .collect();
    let plain: String = answers.iter().map(|(label, link)| format!("{label}\n{link}\n\n")).collect();
    let buttons: String =
        answers.iter().map(|(label, link)| format!("<p><a href=\"{}\">{}</a></p>\n", escape(link), escape(label))).collect();
    let direction = if language.code() == "ar" { " dir=\"rtl\"" } else { "" };
    let sign_off = say("sign_off", &[]);
    let text = format!("{body}\n\n{plain}{sign_off}\n{}\n", inbox.name);
    let html =
        format!("<div{direction}><p>{}</p>\n{buttons}<p>{}<br>{}</p></div>\n", escape(&body), escape(&sign_off), escape(&inbox.name));
    Survey { subject, text, html }
}

/// RFC 6068: everything but unreserved characters of a `mailto:` part in percent form.
fn percent(text: &str) -> String {
    text.replace('\n', "\r\n").bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Queues the survey of a resolved episode: once, only where somebody was answered, in the customer's language (C9).
pub(crate) async fn send(tx: &mut Tx, key: &[u8], conversation: &Conversation, now: Moment) -> Result<()> {
    let inbox = &tx.inbox(conversation.inbox_id).await?.inbox;
    let address = &address_for(&tx.identities(conversation.contact_id).await?, inbox.channel);
    let Some(episode) = tx.episode(conversation.id, conversation.episode).await? else { return Ok(()) };
    let Some(served_by) = served_by(&episode) else { return Ok(()) };
    if !is_mail_address(&inbox.address) || !is_mail_address(address) || tx.survey(conversation.id, conversation.episode).await?.is_some() {
        return Ok(());
    }
    let contact = tx.contact(conversation.contact_id).await?;
    let language = contact.language.clone().or_else(|| conversation.language.clone()).unwrap_or_else(|| inbox.language.clone());
    let survey = write(key, inbox, conversation, &language);
    let say = Say {
        author: Author::System,
        member: None,
        text: &survey.text,
        language: Some(&language),
        not_before: now,
        clarified: false,
        files: &[],
    };
    let message_id = outbox::insert_own(tx, inbox, conversation, &say, Delivery::Queued, now).await?;
    let new = NewSurvey {
        conversation_id: conversation.id,
        episode: conversation.episode,
        message_id: Some(message_id),
        inbox_id: inbox.id,
        channel: inbox.channel,
        language: Some(language.clone()),
        country: contact.country.clone(),
        intent: conversation.intent,
        served_by,
        sent_at: now,
    };
    tx.insert_survey(&new).await?;
    outbox::queue(tx, inbox, conversation, address, message_id, &say, Some((&survey.subject, &survey.html))).await?;
    tx.insert_activity(conversation.id, ActivityKind::SurveySent, "", "").await?;
    Ok(())
}

impl App {
    /// What surveys are signed with; `None` while they are switched off.
    pub(crate) async fn survey_key(&self) -> Option<&[u8]> {
        self.settings.read().await.survey_enabled.then_some(self.survey_key.as_slice())
    }
}

/// `None` when nobody answered: then there is nothing to rate.
const fn served_by(episode: &Episode) -> Option<ServedBy> {
    match (episode.bot_replies > 0, episode.human_replies > 0) {
        (true, true) => Some(ServedBy::Mixed),
        (true, false) => Some(ServedBy::Bot),
        (false, true) => Some(ServedBy::Human),
        (false, false) => None,
    }
}

/// A survey that did not arrive is not counted among the delivered ones.
pub(crate) async fn not_delivered(tx: &mut Tx, conversation: ConversationId, message: MessageId) -> Result<()> {
    let episode = tx.message(message).await?.episode;
    let survey = tx.survey(conversation, episode).await?;
    if survey.is_some_and(|survey| survey.sent.message_id == Some(message)) {
        tx.withdraw_survey(conversation, episode).await?;
    }
    Ok(())
}

/// Counts a score, once an episode; a good one confirms what the bot has solved.
pub(crate) async fn record(tx: &mut Tx, conversation: &Conversation, episode: i32, score: Score, comment: &str, at: Moment) -> Result<()> {
    if let RatingReceipt::Stored(_) = tx.insert_rating(conversation.id, episode, score, comment, at).await? {
        tx.insert_activity(conversation.id, ActivityKind::Rated, "", &score.get().to_string()).await?;
        if score.is_positive() {
            tx.confirm_episode(conversation.id, episode).await?;
        }
    }
    Ok(())
}

/// The key of the proofs: made once a workspace, the same for everybody who shares it. It signs scores and opens nothing.
pub(crate) async fn survey_key(store: &Store, now: Moment) -> Result<Vec<u8>> {
    const NAME: &str = "survey_key";
    if let Some(text) = store.setting::<String>(NAME).await? {
        return Ok(text.into_bytes());
    }
    let fresh = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let mut tx = store.begin_at(now).await?;
    // Another instance may have been first.
    let kept = match store.setting::<String>(NAME).await? {
        Some(kept) => kept,
        None => {
            tx.set_setting(NAME, &fresh).await?;
            fresh
        }
    };
    tx.commit().await?;
    Ok(kept.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five() -> Score {
        Score::try_from(5).unwrap()
    }

    #[test]
    fn a_token_survives_what_mail_programs_do_to_a_subject() {
        let token_text = token(b"key", ConversationId(4711), 2, five());
        let subject = format!("AW: Meine Bewertung: 5 von 5 {token_text} (fwd)");
        assert_eq!(token_in(&subject, b"key"), Some(Token { conversation: ConversationId(4711), episode: 2, score: five() }));
    }

    #[test]
    fn a_changed_score_or_another_key_proves_nothing() {
        let good = token(b"key", ConversationId(1), 1, Score::try_from(1).unwrap());
        let forged = good.replacen("-1-1-", "-1-5-", 1);
        assert_ne!(good, forged);
        assert_eq!(token_in(&forged, b"key"), None);
        assert_eq!(token_in(&good, b"other"), None);
        assert_eq!(token_in("[R1-1-5-]", b"key"), None);
        assert_eq!(token_in("Re: [R", b"key"), None);
    }

    #[test]
    fn the_comment_is_what_stands_above_the_prepared_line() {
        assert_eq!(comment_of("Great!\n\n---\nYou may add a comment above this line."), "Great!");
        assert_eq!(comment_of("---\nprepared"), "");
        assert_eq!(comment_of("no line"), "no line");
    }

    #[test]
    fn prepared_mails_keep_every_script() {
        assert_eq!(percent("é 1"), "%C3%A9%201");
        assert_eq!(percent("a\nb"), "a%0D%0Ab");
    }
}
