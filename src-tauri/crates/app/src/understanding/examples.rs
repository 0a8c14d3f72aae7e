//! What people say of messages: a label for a customer's message, an example written by the seller.

use anyhow::Result;
use mercator_domain::{
    ids::{IntentExampleId, MessageId},
    intent::{ExampleSource, Intent},
    language::Language,
    message::{Author, Automatic, Message},
};
use mercator_pipeline::intents::{example, plain};
use mercator_store::{
    Tx,
    conversations::Understanding,
    episodes::EpisodeTraits,
    intent_examples::{IntentExample, NewExample},
};

use super::views::{ExamplePage, ExampleRow};
use crate::{
    App,
    error::{refuse, user},
    files::sha256,
    lists::small,
};

/// Rows of one page at most.
const MOST: i32 = 200;

impl App {
    /// A person's word on what a message wants: it replaces the bot's, counts in the figures, and becomes an example.
    pub async fn correct_intent(&self, message: MessageId, intent: Intent) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let stored = tx.message(message).await?;
        if stored.author != Author::Contact || stored.automatic != Automatic::None {
            return Err(refuse("This message has no intent to correct", "Only what customers write themselves is understood."));
        }
        let conversation = tx.conversation(stored.conversation_id).await?;
        tx.set_message_understanding(message, stored.language.as_ref(), stored.emotion.as_ref(), Some(intent)).await?;
        if is_last_of_customer(&mut tx, &stored).await? {
            let traits = EpisodeTraits { intent: Some(intent), ..EpisodeTraits::default() };
            tx.set_episode_traits(conversation.id, stored.episode, &traits).await?;
            if stored.episode == conversation.episode {
                let shown = Understanding { intent: Some(intent), emotion: conversation.emotion, ..Understanding::default() };
                tx.set_understanding(conversation.id, &shown).await?;
            }
        }
        let writer = tx.contact(conversation.contact_id).await?;
        let words = example::words(&stored.text, &writer.name);
        if !words.is_empty() {
            let language = stored.language.as_ref();
            self.put_example(&mut tx, &words, intent, language, Some(message)).await?;
        }
        let detail = serde_json::json!({ "message": message, "was": stored.intent, "is": intent });
        tx.insert_audit(&self.member.name, "correct_intent", &message.to_string(), &detail).await?;
        self.finish(tx, conversation.id).await?;
        self.taught().await
    }

    /// A text of the seller's own with what it means. A text that is an example already gets the new label.
    pub async fn add_example(&self, text: &str, intent: Intent, language: Option<Language>) -> Result<IntentExampleId> {
        let words = example::words(text, "");
        if words.is_empty() {
            return Err(user("bad_input", "There are no words to learn from", "Write it as a customer would."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        let id = self.put_example(&mut tx, &words, intent, language.as_ref(), None).await?;
        tx.commit().await?;
        self.taught().await?;
        Ok(id)
    }

    async fn put_example(
        &self,
        tx: &mut Tx,
        words: &str,
        intent: Intent,
        language: Option<&Language>,
        message_id: Option<MessageId>,
    ) -> Result<IntentExampleId> {
        let source = if message_id.is_some() { ExampleSource::Correction } else { ExampleSource::Own };
        let (key, member) = (key_of(words), self.member.name.as_str());
        let new = NewExample { key: &key, text: words, language, intent, source, message_id, member };
        Ok(tx.put_intent_example(&new).await?)
    }

    /// Takes an example away; the model that has learned from it stays as it is until it is trained again.
    pub async fn remove_example(&self, id: IntentExampleId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.delete_intent_example(id).await?;
        tx.commit().await?;
        self.taught().await
    }

    /// A page of the workspace's examples, the newest label first.
    pub async fn examples(&self, offset: i32, limit: i32) -> Result<ExamplePage> {
        let (total, rows) = self.store.intent_examples(i64::from(limit.clamp(1, MOST)), i64::from(offset.max(0))).await?;
        Ok(ExamplePage { total: small(total), rows: rows.into_iter().map(row).collect() })
    }
}

/// The same for texts that are the same. A digest, since an index takes no long text.
pub(super) fn key_of(words: &str) -> String {
    sha256(plain(words))
}

fn row(example: IntentExample) -> ExampleRow {
    ExampleRow {
        id: example.id,
        text: example.text,
        language: example.language,
        intent: example.intent,
        source: example.source,
        member: example.member,
        labelled_at: example.labelled_at,
    }
}

/// The list and the figures show what the customer wrote last; a correction of an older message changes neither.
pub(crate) async fn is_last_of_customer(tx: &mut Tx, message: &Message) -> Result<bool> {
    let said = tx.history(message.conversation_id, message.episode).await?;
    let by_customer = |m: &&Message| m.author == Author::Contact && m.automatic == Automatic::None;
    Ok(said.iter().rfind(by_customer).is_none_or(|last| last.id == message.id))
}
