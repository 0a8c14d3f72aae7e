//! Courtesy by the customer's country: the same answer, addressed as it is usual there; the seller's own goes before.

use mercator_domain::{
    courtesy::{CourtesyProfile, NameForm},
    language::Language,
    message::Delivery,
};

use crate::support::{Person, Shop, buyer, code, shop};

async fn greeted(shop: &Shop, country: &str, name: &str, language: &str, question: &str) -> String {
    let person = Person { name: name.to_owned(), ..buyer(&format!("{country}-{language}")) };
    let contact = shop.contact(&person).await;
    let mut tx = shop.store.begin_at(shop.app.now()).await.unwrap();
    let mut known = tx.contact(contact).await.unwrap();
    known.country = Some(country.to_owned());
    known.name = name.to_owned();
    tx.update_contact(&known).await.unwrap();
    tx.commit().await.unwrap();
    shop.hear(&person.writes("", question)).await;
    shop.last_sent().text
}

fn own(country: &str, language: &str) -> CourtesyProfile {
    CourtesyProfile {
        country: country.into(),
        language: Language::parse(language).unwrap(),
        name: NameForm::Full,
        greeting: String::new(),
        opening: String::new(),
        sign_off: String::new(),
        avoid: vec![],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_the_same_answer_is_addressed_as_is_usual_in_the_country() {
    let shop = shop().await.with_faqs().await;
    shop.article("time", "ja", "配送にはどのくらいかかりますか？", "ヨーロッパへは4〜7営業日でお届けします。").await;
    let american = greeted(&shop, "US", "Grace Kimball", "en", "How long does delivery take?").await;
    assert!(american.starts_with("Hi Grace,\n"), "{american}");
    let german = greeted(&shop, "DE", "Jana Morgenroth", "de", "Wie lange dauert die Lieferung?").await;
    assert!(german.starts_with("Guten Tag Jana Morgenroth!\n"), "{german}");
    let japanese = greeted(&shop, "JP", "高瀬 美咲", "ja", "配送にはどのくらいかかりますか？").await;
    assert!(japanese.starts_with("高瀬 美咲 様\n\nこのたびはお問い合わせいただき"), "{japanese}");
    assert!(japanese.contains("4〜7営業日"), "{japanese}");
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_the_sellers_own_goes_before_and_a_word_to_avoid_keeps_the_answer_back() {
    let shop = shop().await.with_faqs().await;
    let wrong = CourtesyProfile { greeting: "Hello".into(), ..own("US", "en") };
    assert_eq!(code(shop.app.save_courtesy(&[wrong]).await), "precondition");
    let mine = CourtesyProfile { greeting: "Dear {name}:".into(), sign_off: "Yours,".into(), ..own("US", "en") };
    assert!(shop.app.preview_courtesy(&mine).await.unwrap().starts_with("Dear Alex Martin:\n"));
    shop.app.save_courtesy(std::slice::from_ref(&mine)).await.unwrap();
    let text = greeted(&shop, "US", "Grace Kimball", "en", "How long does delivery take?").await;
    assert!(text.starts_with("Dear Grace Kimball:\n") && text.contains("\nYours,\n"), "{text}");
    let sent = shop.last_sent().id;
    shop.app.save_courtesy(&[CourtesyProfile { avoid: vec!["Working Days".into()], ..mine }]).await.unwrap();
    let person = buyer("US-en");
    let id = shop.hear(&person.writes("Again", "And how long does delivery take, please?")).await;
    assert_eq!(shop.last_sent().id, sent, "nothing more was sent");
    let kept = shop.messages(id).await.into_iter().any(|message| message.delivery == Delivery::Draft);
    assert!(kept, "the answer waits as a draft");
}
