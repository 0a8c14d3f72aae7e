//! Whole imports into a real workspace: what is taken in, what is refused and why, and that a second time changes nothing.

use std::sync::Arc;

use mercator_domain::{
    contact::{Identity, IdentityKind},
    ids::{OrderId, ShipmentId},
    order::{OrderStatus, Payment, PaymentKind},
    shipment::{Shipment, ShipmentEvent, ShipmentStage},
};
use mercator_providers::secrets::Memory;
use proptest::prelude::*;

use super::*;
use crate::{OpenApp, clock::FixedClock};

const NOW: Moment = Moment(1_780_000_000_000);

async fn workspace() -> (tempfile::TempDir, Arc<App>) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenApp {
        workspace: Some(folder.path().display().to_string()),
        clock: Some(Arc::new(FixedClock::at(NOW))),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    let app = App::open(options).await.unwrap();
    (folder, app)
}

async fn take(app: &App, kind: ImportKind, name: &str, text: &str) -> ImportReport {
    app.import_bytes(kind, name, text.as_bytes(), false).await.unwrap()
}

fn counts(report: &ImportReport) -> (i32, i32, i32) {
    (report.imported, report.unchanged, report.rejected)
}

const ORDERS: &str = "\u{FEFF}Customer_ID;Order_ID;Ordered_At;Total;Currency;Status;Email;Name;Country;SKU;Quantity;Unit_Price;Item_Title;Carrier;Tracking_Number;Shipped_At;Delivered_At;Colour
c1;#1001;13.05.2026;1.039,90;EUR;shipped;Ana@Mail.example;Ana;Germany;L-1;2;19,95;\"Lamp,
with a new line\";DHL;JD0001;14.05.2026;;red
c1;#1001;13.05.2026;1.039,90;EUR;;;;;T-1;1;1.000,00;=SUM(A1);DHL;JD0001;14.05.2026;;
c2;1002;14.05.2026;980;JPY;paid;ben@mail.example;Ben;JP;;;;;;;;
c2;1003;14.05.2026;-5;EUR;;;;;;;;;;;;
c2;1004;14.05.2026;5,00;EURO;;;;;;;;;;;;
c2;1005;31.02.2026;5,00;EUR;;;;;;;;;;;;
c2;;14.05.2026;5,00;EUR;;;;;;;;;;;;
c9;1001;13.05.2026;1.039,90;EUR;;;;;;;;;;;;
c3;1006;14.05.2026;5,00;EUR;weird;no address;Eve;Atlantis;;;;;;;;2026-05-20
c2;1007;14.05.2026;5,001;EUR;;;;;;;;;;;;
c2;10\u{0}08;14.05.2026;5;EUR;;;;;;;;;;;;
";

#[tokio::test]
async fn a_list_of_orders_is_taken_in_with_what_was_refused() {
    let (_folder, app) = workspace().await;
    let trial = app.import_bytes(ImportKind::Orders, "orders.csv", ORDERS.as_bytes(), true).await.unwrap();
    assert_eq!(app.store.order_by_number("1001").await.unwrap(), None, "a trial leaves no trace");
    let report = take(&app, ImportKind::Orders, "orders.csv", ORDERS).await;
    assert_eq!(report, trial);
    insta::assert_json_snapshot!("orders_report", report);
    let mut order = app.store.order_by_number("1001").await.unwrap().unwrap();
    let contact = app.store.contact_by_identity(&Identity::email("ana@mail.example")).await.unwrap().unwrap();
    assert_eq!((order.contact_id, contact.name.as_str(), contact.country.as_deref()), (contact.id, "Ana", Some("DE")));
    (order.id, order.shipments[0].id) = (OrderId(0), ShipmentId(0));
    insta::assert_json_snapshot!("orders_order", order);
    let delivered = app.store.order_by_number("1006").await.unwrap().unwrap();
    assert_eq!((delivered.status, delivered.shipments[0].stage), (OrderStatus::Delivered, ShipmentStage::Delivered));
}

const CASES: &str = "Case_ID;Kind;Opened_At;Answer_By;Order_ID;Reason;Amount;Currency;Status;Store
A-77;A-to-z Guarantee;13.05.2026;16.05.2026;#1001;It never came;1.039,90;EUR;Action required;
PP-1;INR;13.05.2026;;;;;;under review;Nowhere
A-79;birthday;13.05.2026;;;;;;;
A-80;SNAD;;;;;;;;
A-81;SNAD;13.05.2026;12.05.2026;;;;;;
A-82;SNAD;13.05.2026;;;;5,00;;;
a 77;INR;13.05.2026;;;;;;;
FB-3;feedback;13.05.2026;;;;;;odd;
";

#[tokio::test]
async fn e10_a_list_of_cases_is_taken_in_with_what_was_refused() {
    let (_folder, app) = workspace().await;
    let trial = app.import_bytes(ImportKind::Cases, "cases.csv", CASES.as_bytes(), true).await.unwrap();
    assert!(app.platform_cases(false).await.unwrap().is_empty(), "a trial leaves no trace");
    let report = take(&app, ImportKind::Cases, "cases.csv", CASES).await;
    assert_eq!(report, trial);
    insta::assert_json_snapshot!("cases_report", report);
    let open = app.platform_cases(false).await.unwrap();
    // A bare day counts to its end; a term begins with the opening.
    let shown: Vec<_> = open.iter().map(|row| (row.case.number.as_str(), row.deadline.to_string(), row.estimated, row.overdue)).collect();
    assert_eq!(
        shown,
        [("A-77", "2026-05-16T23:59:59Z".to_owned(), false, true), ("FB-3", "2026-08-11T00:00:00Z".to_owned(), true, false),]
    );
    assert_eq!(take(&app, ImportKind::Cases, "cases.csv", CASES).await.imported, 0, "again: nothing changes");
    assert_eq!(app.platform_cases(true).await.unwrap().len(), 1);
}

#[tokio::test]
async fn importing_again_changes_nothing() {
    let (_folder, app) = workspace().await;
    let articles = "title,body,valid_to\nA,one,2026-01-01\nB,two,\nA,other,\n";
    let products = "sku,title,price,currency,stock\nA,Lamp,12.50,EUR,3\nB,Plug,7,USD,\n";
    let customers = "customer_id,name,email,phone\n1,Ana,a@x.example,+49 30 1234567\n2,Bob,a@x.example,0301234\n";
    let events = "visitor_id,customer_id,at,kind\nv1,,2026-01-01T10:00Z,view\n,1,2026-01-01T10:00Z,cart\nv1,,2026-01-01T10:00Z,view\n";
    let files = [
        (ImportKind::Orders, ORDERS, (4, 7)),
        (ImportKind::Articles, articles, (2, 1)),
        (ImportKind::Products, products, (2, 0)),
        (ImportKind::Customers, customers, (2, 0)),
        (ImportKind::Events, events, (2, 0)),
    ];
    for (kind, text, (imported, rejected)) in files {
        let first = take(&app, kind, "a.csv", text).await;
        assert_eq!((first.imported, first.rejected), (imported, rejected), "{kind} {first:?}");
        let before = (app.store.counts().await.unwrap(), app.store.latest_change().await.unwrap());
        let second = take(&app, kind, "again.csv", text).await;
        assert_eq!(counts(&second), (0, first.imported + first.unchanged, rejected), "{kind} {second:?}");
        assert_eq!((app.store.counts().await.unwrap(), app.store.latest_change().await.unwrap()), before, "{kind}");
    }
    let ana = app.store.contact_by_identity(&Identity { kind: IdentityKind::Customer, value: "2".into() }).await.unwrap().unwrap();
    assert_eq!(ana.name, "Ana", "of two rows about one person the first tells");
}

#[tokio::test]
async fn what_the_list_does_not_tell_stays() {
    let (_folder, app) = workspace().await;
    take(&app, ImportKind::Orders, "o.csv", ORDERS).await;
    let mut order = app.store.order_by_number("1001").await.unwrap().unwrap();
    let held = ShipmentEvent { at: NOW, stage: ShipmentStage::CustomsHeld, place: "Leipzig".into(), text: "Papers are missing".into() };
    order.shipments = vec![Shipment { stage: held.stage, events: vec![held], ..order.shipments[0].clone() }];
    order.payments = vec![Payment { kind: PaymentKind::Paid, amount: order.total, method: "card".into(), at: NOW }];
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    tx.put_order(&order).await.unwrap();
    tx.commit().await.unwrap();
    let known = app.store.order_by_number("1001").await.unwrap().unwrap();
    assert_eq!(counts(&take(&app, ImportKind::Orders, "o.csv", ORDERS).await).0, 0);
    take(&app, ImportKind::Orders, "short.csv", "customer_id,order_id,ordered_at,total,currency\nc1,1001,2026-05-13,1039.90,EUR\n").await;
    assert_eq!(app.store.order_by_number("1001").await.unwrap().unwrap(), known, "stage, payments, items and state");
    take(&app, ImportKind::Products, "p.csv", "sku,title,price,currency,stock,hs_code\nA,Lamp,12.50,EUR,3,9405.42\n").await;
    take(&app, ImportKind::Products, "p.csv", "sku,title,price,currency\nA,Lamp,13,EUR\n").await;
    let product = app.store.product("A").await.unwrap().unwrap();
    assert_eq!((product.price.minor, product.stock, product.hs_code.as_deref()), (1300, Some(3), Some("940542")));
}

#[tokio::test]
async fn d1_articles_come_from_tables_and_from_markdown() {
    let (_folder, app) = workspace().await;
    let csv = "title,body,category,language\nHow long?,\"Five days.\n\nTen to islands.\",Shipping,en\nRückgabe,Sie können den Artikel innerhalb von 30 Tagen zurückschicken.,,\n";
    assert_eq!(counts(&take(&app, ImportKind::Articles, "kb.csv", csv).await), (2, 0, 0));
    let markdown = "---\ncategory: tariff\nlanguage: en\nvalid_to: 2026-12-31\n---\n# Do I pay duty?\nNot within the EU.\n\n# What is DDP?\nWe pay the **duty**.\n";
    let report = take(&app, ImportKind::Articles, "folder/duty.md", markdown).await;
    assert_eq!((counts(&report), report.warnings), ((2, 0, 0), vec![]));
    let mut articles = app.store.approved_articles().await.unwrap();
    articles.sort_by(|a, b| a.key.cmp(&b.key));
    insta::assert_json_snapshot!("articles", articles);
    // A person took one out of use: the same list does not bring it back, a new text does.
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    tx.set_article_state(articles[0].id, mercator_domain::article::ArticleState::Archived).await.unwrap();
    tx.commit().await.unwrap();
    take(&app, ImportKind::Articles, "folder/duty.md", markdown).await;
    assert_eq!(app.store.approved_articles().await.unwrap().len(), 3);
    take(&app, ImportKind::Articles, "folder/duty.md", &markdown.replace("Not within", "Never within")).await;
    assert_eq!(app.store.approved_articles().await.unwrap().len(), 4);
}

#[tokio::test]
async fn d1_a_table_and_a_saved_page_give_category_language_source_and_date() {
    let (_folder, app) = workspace().await;
    let csv = "title,body,category,language\nHow long?,Five days.,Shipping,en\nRückgabe,Sie können den Artikel innerhalb von 30 Tagen zurückschicken.,,\n";
    take(&app, ImportKind::Articles, "kb.csv", csv).await;
    let german = "<html lang='en'><head><title>Zoll und Steuern | Lampenhaus</title>\
        <link rel='canonical' href='https://lamps.example/zoll'><script>var x = 'tracked';</script></head><body><nav>Warenkorb</nav>\
        <main><h1>Zoll und Steuern</h1><h2>Muss ich Zoll zahlen?</h2><p>Innerhalb der EU fällt für Sie kein Zoll an.</p>\
        <h2>Und in der Schweiz?</h2><p>Dort berechnet die Post Einfuhrsteuer.</p></main></body></html>";
    assert_eq!(counts(&take(&app, ImportKind::Articles, "folder/zoll.html", german).await), (1, 0, 0));
    let story = "<!doctype html><title>Our story</title><p>We have made lamps since 1990.</p>";
    assert_eq!(counts(&take(&app, ImportKind::Articles, "story", story).await), (1, 0, 0), "told by its content");
    assert_eq!(counts(&take(&app, ImportKind::Articles, "again.html", german).await), (0, 1, 0));
    let rows = app.list_articles(&crate::views::ArticleQuery::default()).await.unwrap();
    let check = |title: &str, category: &str, language: &str, source: &str| {
        let article = &rows.iter().find(|row| row.article.title == title).unwrap().article;
        let found = (article.category.as_str(), article.language.code(), article.source.as_str(), article.updated_at);
        assert_eq!(found, (category, language, source, NOW), "{title}");
    };
    check("How long?", "logistics", "en", "kb.csv");
    check("Rückgabe", "faq", "de", "kb.csv");
    check("Zoll und Steuern", "tariff", "de", "https://lamps.example/zoll");
    check("Our story", "faq", "en", "story");
    let duty = &rows.iter().find(|row| row.article.category.as_str() == "tariff").unwrap().article;
    let passages: Vec<&str> = duty.passages().collect();
    assert_eq!(passages[0], "Muss ich Zoll zahlen?\nInnerhalb der EU fällt für Sie kein Zoll an.");
    assert_eq!((passages.len(), duty.body.contains("Warenkorb"), duty.body.contains("tracked")), (2, false, false));
    let german = mercator_domain::language::Language::parse("de").unwrap();
    let answer = app.search_knowledge("Berechnet die Post in der Schweiz etwas?", &german, 1).await.unwrap();
    assert_eq!((answer[0].index, answer[0].article_id), (1, duty.id), "the bot finds the passage under its heading");
}

#[tokio::test]
async fn a_file_that_is_none_imports_nothing_and_says_why() {
    let (_folder, app) = workspace().await;
    let check = async |kind, name: &str, bytes: &[u8], expect: &str| {
        let error = app.import_bytes(kind, name, bytes, false).await.unwrap_err();
        let known = crate::views::UserError::from(&error);
        assert_eq!((known.code.as_str(), known.message.as_str()), ("bad_input", expect));
        assert!(!known.hint.is_empty());
    };
    check(
        ImportKind::Orders,
        "o.csv",
        b"PK\x03\x04xlsx",
        "Nothing was imported from o.csv: this is an archive or an Excel workbook (save it as CSV first), no CSV or JSONL file",
    )
    .await;
    check(ImportKind::Orders, "o.csv", b"", "Nothing was imported from o.csv: the file is empty").await;
    check(
        ImportKind::Products,
        "p.csv",
        b"1,2,3\n4,5,6",
        "Nothing was imported from p.csv: the columns sku, title, price, currency must be there; the heading has 1, 2, 3",
    )
    .await;
    check(ImportKind::Articles, "a.html", b"title,body\nA,B\n", "Nothing was imported from a.html: this is no HTML page").await;
    check(
        ImportKind::Articles,
        "a.htm",
        b"<html><body><div id=app></div><script src=app.js></script></body></html>",
        "Nothing was imported from a.htm: the page has no text of its own: it is put together by scripts, or has pictures only",
    )
    .await;
    let error = app.import_file(ImportKind::Orders, "/nowhere/o.csv", false).await.unwrap_err();
    assert_eq!(crate::views::UserError::from(&error).code, "not_found");
    assert!(app.store.counts().await.unwrap().iter().all(|(table, n)| *n == 0 || *table == "members"));
}

#[tokio::test]
async fn json_lines_and_utf_16_are_read_alike() {
    let (_folder, app) = workspace().await;
    let lines = "{\"customer_id\":7,\"order_id\":\"J-1\",\"ordered_at\":\"2026-05-13T10:00:00Z\",\"total\":12.5,\"currency\":\"EUR\"}\nbroken\n{\"customer_id\":7}\n";
    let report = take(&app, ImportKind::Orders, "o.jsonl", lines).await;
    assert_eq!((counts(&report), report.rows[0].line, report.rows[1].reason.as_str()), ((1, 0, 2), 2, "order_id is missing"));
    let wide: Vec<u8> =
        "\u{FEFF}customer_id\torder_id\tordered_at\ttotal\tcurrency\n8\tU-1\t5/13/2026\t9,5\tEUR\n8\tU-2\t5/1/2026\t9,5\tEUR\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    assert_eq!(counts(&app.import_bytes(ImportKind::Orders, "o.txt", &wide, false).await.unwrap()), (2, 0, 0));
    let order = app.store.order_by_number("u2").await.unwrap().unwrap();
    assert_eq!((order.ordered_at.to_string().as_str(), order.total.minor), ("2026-05-01T00:00:00Z", 950));
}

#[tokio::test]
async fn many_orders_go_in_several_transactions() {
    let (_folder, app) = workspace().await;
    let mut text = "customer_id,order_id,ordered_at,total,currency,sku,quantity\n".to_owned();
    for n in 0..1_203 {
        text.push_str(&format!("c{},{n},2026-01-01,{n}.50,EUR,S-1,2\n", n % 40));
    }
    assert_eq!(counts(&take(&app, ImportKind::Orders, "o.csv", &text).await), (1_203, 0, 0));
    assert_eq!(counts(&take(&app, ImportKind::Orders, "o.csv", &text).await), (0, 1_203, 0));
    let lines = app.verify().await.unwrap();
    assert!(lines.iter().all(|line| line.result == "ok"), "{lines:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_row_ends_in_exactly_one_count(rows in proptest::collection::vec(("[0-3x]?", "[A-C ]{0,2}", "(-?[0-9]{1,4}[.,]?[0-9]{0,3}|=1)", "(EUR|JPY|euro)"), 0..30)) {
        let mut text = "sku,title,price,currency\n".to_owned();
        for (sku, title, price, currency) in &rows {
            text.push_str(&format!("{sku},{title},\"{price}\",{currency}\n"));
        }
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (_folder, app) = workspace().await;
            let report = take(&app, ImportKind::Products, "p.csv", &text).await;
            let (imported, unchanged, rejected) = counts(&report);
            assert_eq!(usize::try_from(imported + unchanged + rejected).unwrap(), rows.len());
            assert!(report.rows.iter().all(|r| r.line >= 2 && !r.reason.is_empty()));
            let again = take(&app, ImportKind::Products, "p.csv", &text).await;
            assert_eq!(counts(&again), (0, imported + unchanged, rejected));
        });
    }
}

#[tokio::test]
async fn l4_spreadsheets_are_taken_in_like_lists() {
    let (_folder, app) = workspace().await;
    for (name, bytes) in [
        ("products.xlsx", include_bytes!("../../../../../tests/fixtures/files/products.xlsx").as_slice()),
        ("products.ods", include_bytes!("../../../../../tests/fixtures/files/products.ods").as_slice()),
    ] {
        let report = app.import_bytes(ImportKind::Products, name, bytes, false).await.unwrap();
        let taken = if name == "products.xlsx" { (2, 0, 1) } else { (0, 2, 1) };
        assert_eq!(counts(&report), taken, "{name}: {report:?}");
        assert_eq!(report.rows[0].line, 6, "{report:?}");
    }
    let lamp = app.store.product("LAMP-1").await.unwrap().unwrap();
    assert_eq!((lamp.title.as_str(), lamp.price.to_string(), lamp.stock), ("Aurora 台灯", "19.90 EUR".to_owned(), Some(5)));
    assert!(app.store.product("10023").await.unwrap().is_some());
}

#[tokio::test]
async fn d1_a_pdf_file_becomes_an_article() {
    let (_folder, app) = workspace().await;
    let pdf = include_bytes!("../../../../../tests/fixtures/files/warranty.pdf");
    let report = app.import_bytes(ImportKind::Articles, "our-warranty.pdf", pdf, false).await.unwrap();
    assert_eq!(counts(&report), (1, 0, 0), "{report:?}");
    let articles = app.store.articles(&mercator_store::articles::ArticleFilter::default()).await.unwrap();
    assert_eq!(
        (articles[0].title.as_str(), articles[0].language.code(), articles[0].source.as_str()),
        ("Warranty", "en", "our-warranty.pdf")
    );
    assert!(articles[0].body.contains("two years from the day of delivery"), "{}", articles[0].body);
    let error = app.import_bytes(ImportKind::Articles, "broken.pdf", b"%PDF-1.7 nothing", false).await.unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
}
