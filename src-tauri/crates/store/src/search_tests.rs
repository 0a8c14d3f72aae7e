//! Searching finds what a person means, in every script, on both engines alike.

use mercator_domain::{ids::ConversationId, message::Author};

use super::*;
use crate::{
    Store, both_engines,
    conversation_lines::ListFilter,
    messages::{NewAttachment, NewMessage},
    samples,
};

async fn found(store: &Store, search: SearchFilter) -> Vec<ConversationId> {
    let filter = ListFilter { search, limit: 100, ..ListFilter::default() };
    let (total, lines) = store.conversation_page(&filter).await.unwrap();
    assert_eq!(total, lines.len() as i64);
    lines.into_iter().map(|line| line.id).collect()
}

fn words(text: &str) -> SearchFilter {
    SearchFilter { words: text.into(), ..SearchFilter::default() }
}

both_engines!(a7_words_are_found_in_every_script, |store| async move {
    let texts = [
        "我的订单还没有到,我要退款",
        "Wo ist meine Bestellung? Größe café",
        "注文した商品が届きません。返金してください",
        "ฉันต้องการเงินคืนสำหรับคำสั่งซื้อ",
        "배송이 너무 늦어요 환불해 주세요",
        "Где мой заказ? Верните деньги",
        "order 302-1234567-1234567 never arrived",
        "أين طلبي؟ أريد استرداد المال",
    ];
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, contact, _) = samples::world(&mut tx, "Ana").await;
    let mut ids = vec![];
    for (index, text) in texts.iter().enumerate() {
        let id = tx.insert_conversation(&samples::conversation(inbox, contact, "x")).await.unwrap();
        samples::say(&mut tx, inbox, id, index as i64 + 10, text).await;
        ids.push(id);
    }
    tx.commit().await.unwrap();
    let check = async |query: &str, expect: &[usize]| {
        let mut got = found(&store, words(query)).await;
        got.sort_unstable();
        assert_eq!(got, expect.iter().map(|i| ids[*i]).collect::<Vec<_>>(), "{query}");
    };
    check("退款", &[0]).await;
    check("订单", &[0]).await;
    check("我要退款", &[0]).await;
    check("款", &[0]).await;
    check("退钱", &[]).await;
    check("GROSSE", &[]).await;
    check("größe", &[1]).await;
    check("grosse", &[]).await;
    check("groß", &[1]).await;
    check("cafe", &[1]).await;
    check("bestell", &[1]).await;
    check("bestell ", &[]).await;
    check("返金", &[2]).await;
    check("届きません", &[2]).await;
    check("เงินคืน", &[3]).await;
    check("환불", &[4]).await;
    check("ЗАКАЗ деньги", &[5]).await;
    check("302-1234567", &[6]).await;
    check("1234567 302 ", &[6]).await;
    check("\"302 99\"", &[]).await;
    check("استرداد", &[7]).await;
    check("' & | ! ( :* <->", &[]).await;
    check("a\"b'c OR NOT NEAR", &[]).await;
});

both_engines!(a7_operators_narrow_and_all_must_hold, |store| async move {
    let mut tx = store.begin_at(Moment(1_000)).await.unwrap();
    let (inbox, contact, german) = samples::world(&mut tx, "Ana").await;
    let mut amazon = samples::inbox("Other Store");
    amazon.channel = ChannelKind::Amazon;
    let amazon = tx.insert_inbox(&amazon).await.unwrap();
    let french = tx.insert_conversation(&samples::conversation(amazon, contact, "x")).await.unwrap();
    samples::say(&mut tx, inbox, german, 2_000, "refund please").await;
    let file = NewAttachment { name: "p.jpg".into(), media_type: "image/jpeg".into(), bytes: 1, sha256: "s".into(), content: None };
    let photo = NewMessage { attachments: vec![file], ..samples::message(amazon, french, Moment(3_000), "refund too") };
    tx.insert_message(&photo).await.unwrap();
    let answer = NewMessage { author: Author::Bot, ..samples::message(amazon, french, Moment(3_001), "sure") };
    tx.insert_message(&answer).await.unwrap();
    let understood = crate::conversations::Understanding {
        language: Language::parse("fr"),
        emotion: Some(EmotionLevel::Upset),
        intent: Some(Intent::RefundRequest),
        ..Default::default()
    };
    tx.set_understanding(french, &understood).await.unwrap();
    tx.set_order_number(french, Some("ab-12 34"), false).await.unwrap();
    tx.set_status(german, Status::Resolved, None).await.unwrap();
    sqlx::raw_sql("insert into labels (id, name, colour) values (1, 'refund', 'red')").execute(tx.conn()).await.unwrap();
    sqlx::query("insert into conversation_labels (conversation_id, label_id) values ($1, 1)")
        .bind(french.get())
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let base = SearchFilter::default;
    let check = async |search: SearchFilter, expect: &[ConversationId]| {
        assert_eq!(found(&store, search.clone()).await, expect, "{search:?}");
    };
    check(SearchFilter { channel: Some(ChannelKind::Amazon), ..base() }, &[french]).await;
    check(SearchFilter { status: Some(Status::Resolved), ..base() }, &[german]).await;
    check(SearchFilter { not_status: Some(Status::Resolved), ..words("refund") }, &[french]).await;
    check(SearchFilter { label: Some("Refund".into()), ..base() }, &[french]).await;
    check(SearchFilter { not_label: Some("refund".into()), ..base() }, &[german]).await;
    check(SearchFilter { language: Language::parse("fr"), ..base() }, &[french]).await;
    check(SearchFilter { language: Language::parse("de"), ..base() }, &[german]).await;
    check(SearchFilter { country: Some("de".into()), ..words("please") }, &[german]).await;
    check(SearchFilter { country: Some("FR".into()), ..base() }, &[]).await;
    check(SearchFilter { intent: Some(Intent::RefundRequest), ..base() }, &[french]).await;
    check(SearchFilter { emotion: Some(EmotionLevel::Upset), ..base() }, &[french]).await;
    check(SearchFilter { store: Some("other".into()), ..base() }, &[french]).await;
    check(SearchFilter { order: Some("#AB1234".into()), ..base() }, &[french]).await;
    check(SearchFilter { has_attachment: true, ..base() }, &[french]).await;
    check(SearchFilter { from_bot: true, ..base() }, &[french]).await;
    check(SearchFilter { unassigned: true, ..words("refund") }, &[german, french]).await;
    check(SearchFilter { created_after: Some(Moment(1_001)), ..base() }, &[]).await;
    check(SearchFilter { created_before: Some(Moment(1_001)), ..words("refund") }, &[german, french]).await;
    check(SearchFilter { updated_after: Some(Moment(1_500)), ..base() }, &[german]).await;
    check(SearchFilter { updated_before: Some(Moment(1_500)), ..base() }, &[french]).await;
    check(SearchFilter { channel: Some(ChannelKind::Email), ..words("too") }, &[]).await;
});

both_engines!(a7_the_writers_name_is_found_and_an_edited_draft_by_its_new_words, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, id) = samples::world(&mut tx, "Ana").await;
    let new = NewMessage { search_also: "Ana Müller ana@mail.example".into(), ..samples::message(inbox, id, Moment(1), "hi") };
    tx.insert_message(&new).await.unwrap();
    let draft = NewMessage {
        author: Author::Bot,
        delivery: mercator_domain::message::Delivery::Draft,
        ..samples::message(inbox, id, Moment(2), "before")
    };
    let draft = tx.insert_message(&draft).await.unwrap();
    tx.rewrite_draft(draft, "afterwards", Author::Agent, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(&store, words("muller")).await, [id]);
    assert_eq!(found(&store, words("ana@mail.example")).await, [id]);
    assert_eq!(found(&store, words("afterw")).await, [id]);
    assert!(found(&store, words("before")).await.is_empty());
});

both_engines!(a7_a_page_that_the_newest_matches_do_not_fill_is_filled_from_older_ones, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, contact, old) = samples::world(&mut tx, "Ana").await;
    let new = tx.insert_conversation(&samples::conversation(inbox, contact, "x")).await.unwrap();
    tx.set_order_number(old, Some("A-1"), false).await.unwrap();
    samples::say(&mut tx, inbox, old, 1, "the lamp").await;
    let many: Vec<_> = (0..2_100).map(|n| samples::message(inbox, new, Moment(10 + n), "a lamp")).collect();
    tx.insert_messages(&many).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(&store, words("lamp")).await.len(), 2, "the second step finds it");
    let of_the_order = SearchFilter { order: Some("a1".into()), ..words("lamp") };
    assert_eq!(found(&store, of_the_order).await, [old]);
    let filter = ListFilter { search: words("lamp"), limit: 1, ..ListFilter::default() };
    let (total, lines) = store.conversation_page(&filter).await.unwrap();
    assert_eq!((total, lines[0].id), (1, new), "a full page looks no further");
});
