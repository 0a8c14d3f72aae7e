//! Facts that belong to no single aggregate: what a dashboard's filter can be set to.

use mercator_domain::{channel::ChannelKind, ids::InboxId, intent::Intent, language::Language};

use crate::{
    Store, StoreError,
    columns::{Columns, each},
};

/// What is there to filter a dashboard by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterChoices {
    /// Inboxes with their names, removed ones too as long as they have facts.
    pub inboxes: Vec<(InboxId, String)>,
    /// Channels.
    pub channels: Vec<ChannelKind>,
    /// Languages.
    pub languages: Vec<Language>,
    /// Countries.
    pub countries: Vec<String>,
    /// Intents.
    pub intents: Vec<Intent>,
}

impl Store {
    /// The values that occur in the facts, each once, in order. Reads the roll-up of episodes, since every fact has an episode.
    pub async fn filter_choices(&self) -> Result<FilterChoices, StoreError> {
        let mut connection = self.read().await?;
        let mut rows = async |text: &'static str| sqlx::query(text).fetch_all(&mut *connection).await;
        let inboxes = rows("select id, name from inboxes where id in (select inbox_id from episode_days) order by id").await?;
        let channels = rows("select distinct channel from episode_days").await?;
        let languages = rows("select distinct language from episode_days where language <> ''").await?;
        let countries = rows("select distinct country from episode_days where country <> ''").await?;
        let intents = rows("select distinct intent from episode_days where intent <> ''").await?;
        Ok(FilterChoices {
            inboxes: each(&inboxes, |row| Ok((row.id("id")?, row.text("name")?)))?,
            channels: sorted(each(&channels, |row| row.word("channel"))?),
            languages: sorted(each(&languages, |row| row.language("language"))?),
            countries: sorted(each(&countries, |row| row.text("country"))?),
            intents: sorted(each(&intents, |row| row.word("intent"))?),
        })
    }
}

/// Sorted here, not by the database: engines order texts differently.
fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::{
        both_engines,
        episodes::{EpisodeTraits, NewEpisode},
        people,
    };

    both_engines!(a_filter_offers_what_occurs, |store| async move {
        assert_eq!(store.filter_choices().await.unwrap(), FilterChoices::default());
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        people::merchant(&mut tx, 2, ChannelKind::Amazon).await;
        for (no, language) in [(1, Some("zh")), (2, Some("de")), (3, None)] {
            let new = NewEpisode {
                conversation_id: conversation,
                no,
                inbox_id: InboxId(1),
                channel: ChannelKind::Email,
                language: language.and_then(Language::parse),
                country: Some("DE".into()),
                at: Moment(1),
            };
            tx.start_episode(&new).await.unwrap();
        }
        let traits = EpisodeTraits { intent: Some(Intent::Thanks), ..EpisodeTraits::default() };
        tx.set_episode_traits(conversation, 3, &traits).await.unwrap();
        tx.commit().await.unwrap();
        let expect = FilterChoices {
            inboxes: vec![(InboxId(1), "Shop".into())],
            channels: vec![ChannelKind::Email],
            languages: vec![Language::parse("de").unwrap(), Language::parse("zh").unwrap()],
            countries: vec!["DE".into()],
            intents: vec![Intent::Thanks],
        };
        assert_eq!(store.filter_choices().await.unwrap(), expect);
    });
}
