//! Before the sale: duty and tax for a product and a country, and products that fit (E4, I3).

use mercator_app::views::ImportKind;
use mercator_domain::{
    duty::{DutyRow, Terms},
    message::Author,
};

use crate::support::{Shop, buyer, shops};

const PRODUCTS: &str = "sku,title,price,currency,stock,description,category,ships_to\n\
    LAMP-1,Aurora table lamp,20.00,EUR,5,Warm light,lamps,\n\
    TEA-1,Porcelain teapot,29.00,EUR,5,For green tea,tea,DE\n\
    CUP-1,Tea cup,9.00,EUR,0,Small,tea,\n";

async fn stocked(shop: &Shop) {
    let report = shop.app.import_bytes(ImportKind::Products, "products.csv", PRODUCTS.as_bytes(), false).await.unwrap();
    assert_eq!(report.imported, 3, "{report:?}");
}

async fn said(shop: &Shop, name: &str, text: &str) -> String {
    let id = shop.hear(&buyer(name).writes("Question", text)).await;
    shop.last_of(id, Author::Bot).await.map(|message| message.text).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_the_bot_estimates_duty_by_the_sellers_own_rules_from_the_next_message_on() {
    for shop in shops().await {
        stocked(&shop).await;
        let ask = "Will I have to pay customs duty if you ship 2 pieces of LAMP-1 to Brazil?";
        // Brazil's limits are in dollars; without a rate of exchange nothing is known.
        let before = said(&shop, "ana", ask).await;
        assert!(!before.contains("we estimate"), "{before}");
        let row = r#"[{"fact": {"kind": "exchange", "from": "EUR", "to": "USD", "millionths": 1100000}, "from": "2026-01-01",
            "source": "the seller's bank", "as_of": "2026-11-20"}]"#;
        shop.app.save_duty_rows(&serde_json::from_str::<Vec<DutyRow>>(row).unwrap()).await.unwrap();
        let after = said(&shop, "bo", ask).await;
        assert!(after.contains("we estimate duty and import tax of 17.83 EUR to 20.00 EUR"), "{after}");
        assert!(after.contains("You pay it to the carrier"), "{after}");
        shop.app.save_duty_terms(Terms::Ddp).await.unwrap();
        let paid = said(&shop, "cy", ask).await;
        assert!(paid.contains("It is included in our price"), "{paid}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_the_bot_advises_what_is_in_stock_and_ships_there() {
    for shop in shops().await {
        let ask = "Hi from Germany! Can you recommend a gift for a friend who loves tea, under EUR 30?";
        let before = said(&shop, "ana", ask).await;
        assert!(!before.contains("These could suit you"), "{before}");
        stocked(&shop).await;
        let after = said(&shop, "bo", ask).await;
        assert!(after.contains("Porcelain teapot, 29.00 EUR") && after.contains("Germany"), "{after}");
        assert!(!after.contains("Tea cup"), "sold out: {after}");
    }
}
