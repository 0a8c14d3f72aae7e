//! One conversation with everything its screen shows, and the stored Turn behind an answer.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_domain::{
    conversation::Conversation,
    entity::comparable_number,
    ids::{ArticleId, ConversationId, MemberId, MessageId},
    message::Delivery,
    moment::Moment,
    order::Order,
};
use mercator_store::StoreError;

use crate::{
    App, lists, orders,
    views::{ComposerDraft, SourceChip, Thread, ThreadItem, TurnView},
};

/// Past conversations and other orders shown beside a thread.
const BESIDE: i64 = 20;

impl App {
    /// A conversation with all that is shown of it.
    pub async fn thread(&self, id: ConversationId) -> Result<Thread> {
        let now = self.now();
        let conversation = self.store.conversation(id).await?;
        let row = self.store.conversation_lines(&[id]).await?.into_iter().next().ok_or(StoreError::NotFound)?;
        let contact = self.store.contact(conversation.contact_id).await?;
        let past = self.store.past_conversations(contact.id, Some(id), BESIDE).await?;
        let (order, other_orders) = self.orders_beside(&conversation).await?;
        let stuck_after = i64::from(self.settings.read().await.stuck_after_hours);
        Ok(Thread {
            row: lists::row(row, now),
            identities: self.store.identities_of(contact.id).await?,
            items: self.items(id).await?,
            handoff: self.store.waiting_handoff(id).await?,
            draft: self.store.draft::<ComposerDraft>(id, self.member.id).await?,
            other_orders: other_orders.iter().map(|other| orders::row_of_order(other, &contact.name, now, stuck_after)).collect(),
            cases: self.platform_cases_of(id, order.as_ref().map(|order| order.number.as_str())).await?,
            order,
            actions: self.actions_of_conversation(id).await?,
            work_orders: self.store.work_orders(id).await?,
            past: past.into_iter().map(|line| lists::row(line, now)).collect(),
            utc_offset_minutes: utc_offset(contact.time_zone.as_deref(), contact.country.as_deref(), now),
            present: self.present(id, now).await?,
            contact,
            conversation,
        })
    }

    /// The linked order, else the contact's only one; and the contact's others.
    async fn orders_beside(&self, conversation: &Conversation) -> Result<(Option<Order>, Vec<Order>)> {
        let facts = self.store.conversation_facts(conversation.id).await?;
        let mut others = self.store.orders_of_contact(conversation.contact_id, BESIDE).await?;
        let linked = match &facts.order_number {
            Some(number) => self.store.order_by_number(number).await?,
            None if !facts.order_fixed && others.len() == 1 => others.first().cloned(),
            None => None,
        };
        if let Some(linked) = &linked {
            others.retain(|other| comparable_number(&other.number) != comparable_number(&linked.number));
        }
        Ok((linked, others))
    }

    async fn items(&self, id: ConversationId) -> Result<Vec<ThreadItem>> {
        let members: BTreeMap<MemberId, String> = self.store.members().await?.into_iter().map(|m| (m.id, m.name)).collect();
        let messages = self.store.thread(id).await?;
        let with_turn = self.store.messages_with_turn(id).await?;
        let sources = self.sources(id).await?;
        let undo: BTreeMap<MessageId, Moment> =
            self.store.outbox_of_conversation(id).await?.into_iter().map(|line| (line.message_id, line.not_before)).collect();
        let mut items: Vec<(Moment, u8, ThreadItem)> = vec![];
        for message in messages.into_iter().filter(|message| message.delivery != Delivery::Cancelled) {
            let item = ThreadItem::Message {
                has_turn: with_turn.contains(&message.id),
                sources: sources.get(&message.id).cloned().unwrap_or_default(),
                undo_until: undo.get(&message.id).copied().filter(|_| message.delivery == Delivery::Queued),
                message: Box::new(message.clone()),
            };
            items.push((message.at, 0, item));
        }
        for note in self.store.notes(id).await? {
            let member = members.get(&note.member_id).cloned().unwrap_or_default();
            items.push((note.at, 1, ThreadItem::Note { note, member }));
        }
        for activity in self.store.activities(id).await? {
            let item = ThreadItem::Activity { activity: activity.kind, by: activity.actor, detail: activity.detail, at: activity.at };
            items.push((activity.at, 2, item));
        }
        items.sort_by_key(|(at, kind, _)| (*at, *kind));
        Ok(items.into_iter().map(|(_, _, item)| item).collect())
    }

    async fn sources(&self, conversation: ConversationId) -> Result<BTreeMap<MessageId, Vec<SourceChip>>> {
        let citations = self.store.citations_of(conversation).await?;
        let mut articles: Vec<ArticleId> = citations.iter().map(|citation| citation.article_id).collect();
        articles.sort_unstable();
        articles.dedup();
        let titles: BTreeMap<ArticleId, String> =
            self.store.articles_by_id(&articles).await?.into_iter().map(|article| (article.id, article.title)).collect();
        let mut chips: BTreeMap<MessageId, Vec<SourceChip>> = BTreeMap::new();
        for citation in citations {
            let title = titles.get(&citation.article_id).cloned().unwrap_or_default();
            chips.entry(citation.message_id).or_default().push(SourceChip {
                article_id: citation.article_id,
                title,
                passage: citation.passage,
            });
        }
        Ok(chips)
    }

    async fn present(&self, id: ConversationId, now: Moment) -> Result<Vec<String>> {
        Ok(self.store.present(id, self.store.instance(), now).await?)
    }

    /// The stored Turn of a customer message or of the bot's answer to it.
    pub async fn turn(&self, message: MessageId) -> Result<Option<TurnView>> {
        Ok(self.store.turn_of(message).await?.map(|stored| TurnView { message_id: stored.message_id, at: stored.at, turn: stored.turn }))
    }
}

/// Minutes east of UTC at the customer's place now: by the known zone, else where a country has one zone only.
fn utc_offset(zone: Option<&str>, country: Option<&str>, now: Moment) -> Option<i32> {
    let name = zone.or_else(|| country.and_then(only_zone))?;
    let zone = jiff::tz::TimeZone::get(name).ok()?;
    Some(zone.to_offset(now.timestamp()).seconds() / 60)
}

/// Countries that lie in one time zone, of those that small cross-border sellers sell to most. Others stay unknown: a wrong local
/// time is worse than none.
fn only_zone(country: &str) -> Option<&'static str> {
    Some(match country {
        "AT" => "Europe/Vienna",
        "BE" => "Europe/Brussels",
        "CH" => "Europe/Zurich",
        "CN" => "Asia/Shanghai",
        "CZ" => "Europe/Prague",
        "DE" => "Europe/Berlin",
        "DK" => "Europe/Copenhagen",
        "FI" => "Europe/Helsinki",
        "FR" => "Europe/Paris",
        "GB" => "Europe/London",
        "GR" => "Europe/Athens",
        "HK" => "Asia/Hong_Kong",
        "HU" => "Europe/Budapest",
        "IE" => "Europe/Dublin",
        "IL" => "Asia/Jerusalem",
        "IN" => "Asia/Kolkata",
        "IT" => "Europe/Rome",
        "JP" => "Asia/Tokyo",
        "KR" => "Asia/Seoul",
        "NL" => "Europe/Amsterdam",
        "NO" => "Europe/Oslo",
        "PH" => "Asia/Manila",
        "PL" => "Europe/Warsaw",
        "RO" => "Europe/Bucharest",
        "SA" => "Asia/Riyadh",
        "AE" => "Asia/Dubai",
        "SE" => "Europe/Stockholm",
        "SG" => "Asia/Singapore",
        "TH" => "Asia/Bangkok",
        "TR" => "Europe/Istanbul",
        "TW" => "Asia/Taipei",
        "VN" => "Asia/Ho_Chi_Minh",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_told_only_where_it_is_sure() {
        let winter = Moment(1_768_000_000_000);
        assert_eq!(utc_offset(None, Some("JP"), winter), Some(540));
        assert_eq!(utc_offset(None, Some("US"), winter), None);
        assert_eq!(utc_offset(Some("America/New_York"), Some("US"), winter), Some(-300));
        assert_eq!(utc_offset(Some("Nowhere/At_All"), None, winter), None);
    }
}
