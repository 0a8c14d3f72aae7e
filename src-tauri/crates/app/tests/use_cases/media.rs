//! Voice messages and pictures: read by a program that the seller has added, else said to be unread and left to a person.

use mercator_domain::{conversation::Owner, message::Author, shipment::ShipmentStage, turn::EvidenceCode};

use crate::support::{Shop, buyer, shop, shop_with_media};

const QUESTION: &[u8] = b"Hello, where is my order number 10023?";

/// What the last turn of a conversation says of its files.
async fn said_of_files(shop: &Shop, id: mercator_domain::ids::ConversationId) -> Vec<(EvidenceCode, String)> {
    let turn = shop.app.turn(shop.asked(id).await).await.unwrap().unwrap();
    turn.turn.clean.evidence.iter().filter_map(|e| Some((e.code?, e.text.clone()))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_that_nobody_has_heard_is_said_to_be_unread_and_goes_to_a_person() {
    let shop = shop().await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    let id = shop.hear(&ana.writes("", "Please listen").with("voice.ogg", "audio/ogg", QUESTION)).await;
    let handoff = shop.thread(id).await.handoff.expect("a person takes over");
    assert!(handoff.card.tried.iter().any(|line| line.contains("voice.ogg")), "{:?}", handoff.card.tried);
    assert!(said_of_files(&shop, id).await.iter().any(|(code, _)| *code == EvidenceCode::VoiceUnread));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_is_answered_when_a_program_has_written_down_what_it_says() {
    // The program stands for a listener: what it is given is the file's content, what it prints is what was said.
    let shop = shop_with_media("[voice]\ncommand = [\"cat\", \"{file}\"]").await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    let id = shop.hear(&ana.writes("", "").with("voice.ogg", "audio/ogg", QUESTION)).await;
    let answer = shop.last_of(id, Author::Bot).await.expect("the bot answers");
    assert!(answer.text.contains("TRACK10023"), "{}", answer.text);
    assert_eq!(shop.thread(id).await.row.owner, Owner::Bot);
    let said = said_of_files(&shop, id).await;
    assert!(said.iter().any(|(code, text)| *code == EvidenceCode::FileRead && text.contains("10023")), "{said:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_fails_leaves_the_message_to_a_person_and_loses_nothing() {
    let shop = shop_with_media("[voice]\ncommand = [\"false\", \"{file}\"]").await;
    let id = shop.hear(&buyer("ana").writes("", "").with("voice.ogg", "audio/ogg", QUESTION)).await;
    assert!(shop.thread(id).await.handoff.is_some());
    assert!(said_of_files(&shop, id).await.iter().any(|(code, _)| *code == EvidenceCode::FileFailed));
    assert_eq!(shop.last_of(id, Author::Contact).await.unwrap().attachments.len(), 1);
    // What another person wrote is answered nevertheless.
    let ben = buyer("ben");
    shop.order(&ben, "10024", ShipmentStage::InTransit, 20).await;
    let other = shop.hear(&ben.writes("Order", "Where is my order #10024?")).await;
    assert!(shop.last_of(other, Author::Bot).await.unwrap().text.contains("TRACK10024"));
}
