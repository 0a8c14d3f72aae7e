//! Knowledge that is brought in from files, and what the bot makes of it.

use mercator_app::views::{ArticleInput, ArticleQuery, ImportKind};
use mercator_domain::{article::ArticleCategory, ids::InboxId, inbox::BotMode, language::Language, message::Author};
use mercator_store::inboxes::NewInbox;

use crate::support::{NOW, buyer, code, new_inbox, shop, shops};

const CSV: &str = "key,title,body,category,language,source\n\
    pay,Which payment methods do you accept?,\"Cards, PayPal and bank transfer.\",payment,en,help page\n\
    pay,¿Qué métodos de pago aceptan?,\"Tarjetas, PayPal y transferencia.\",payment,es,help page\n\
    ,No body,,faq,en,\n";

#[tokio::test(flavor = "multi_thread")]
async fn d1_articles_come_from_a_table_with_category_language_source_and_date() {
    for shop in shops().await {
        let trial = shop.app.import_bytes(ImportKind::Articles, "faq.csv", CSV.as_bytes(), true).await.unwrap();
        assert_eq!((trial.imported, trial.rejected), (2, 1));
        let all = async || shop.app.list_articles(&ArticleQuery::default()).await.unwrap();
        assert_eq!(all().await.len(), 0, "a trial leaves nothing");
        let report = shop.app.import_bytes(ImportKind::Articles, "faq.csv", CSV.as_bytes(), false).await.unwrap();
        assert_eq!((report.imported, report.rejected, report.rows[0].line), (2, 1, 4));
        let rows = all().await;
        assert_eq!(rows.len(), 2);
        for row in &rows {
            assert_eq!((row.article.category, row.article.updated_at), (ArticleCategory::Payment, NOW));
            assert!(row.article.source.contains("help page"), "{}", row.article.source);
        }
        let spanish = ArticleQuery { language: Language::parse("es"), ..ArticleQuery::default() };
        assert_eq!(shop.app.list_articles(&spanish).await.unwrap().len(), 1);
        let again = shop.app.import_bytes(ImportKind::Articles, "faq.csv", CSV.as_bytes(), false).await.unwrap();
        assert_eq!((again.imported, again.unchanged), (0, 2));
        // The bot answers from it at once, in the customer's language.
        shop.hear(&buyer("eva").writes("", "¿Qué métodos de pago aceptan?")).await;
        assert!(shop.last_sent().text.contains("Tarjetas, PayPal y transferencia."), "{}", shop.last_sent().text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_articles_come_from_a_page_in_markdown() {
    let shop = shop().await;
    let page = "# How do I clean the Aurora lamp?\n\nUse a dry cloth. Never use water on the Aurora lamp.\n";
    let report = shop.app.import_bytes(ImportKind::Articles, "care.md", page.as_bytes(), false).await.unwrap();
    assert_eq!((report.imported, report.rejected), (1, 0), "{report:?}");
    let rows = shop.app.list_articles(&ArticleQuery::default()).await.unwrap();
    assert_eq!(rows[0].article.title, "How do I clean the Aurora lamp?");
    shop.hear(&buyer("ana").writes("", "How do I clean the Aurora lamp?")).await;
    assert!(shop.last_sent().text.contains("dry cloth"), "{}", shop.last_sent().text);
    let found = shop.app.search_knowledge("clean the lamp", &Language::english(), 3).await.unwrap();
    assert_eq!(found[0].article_id, rows[0].article.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_table_with_wrong_columns_changes_nothing_and_says_what_is_missing() {
    let shop = shop().await;
    let wrong = shop.app.import_bytes(ImportKind::Articles, "wrong.csv", b"name,price\nLamp,3\n", false).await;
    let error = mercator_app::views::UserError::from(&wrong.unwrap_err());
    assert_eq!(error.code, "bad_input");
    assert!(error.message.contains("title") && error.message.contains("name"), "{}", error.message);
    assert_eq!(code(shop.app.import_file(ImportKind::Articles, "/nowhere.csv", false).await), "not_found");
    assert_eq!(shop.app.list_articles(&ArticleQuery::default()).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_an_article_holds_only_in_the_stores_that_it_names() {
    for shop in shops().await {
        let other = NewInbox { name: "Outlet".into(), address: "outlet@seller.example".into(), ..new_inbox(BotMode::Auto) };
        let mut tx = shop.store.begin_at(NOW).await.unwrap();
        let outlet = tx.insert_inbox(&other).await.unwrap();
        tx.commit().await.unwrap();
        // The harness has one wire for all inboxes; the outlet shall not take the letters.
        shop.app.pause_inbox(outlet, true).await.unwrap();
        let csv = "title,body,stores\nWhich payment methods do you accept?,Only cash on collection.,outlet\nA,B,Nowhere\n";
        let report = shop.app.import_bytes(ImportKind::Articles, "faq.csv", csv.as_bytes(), false).await.unwrap();
        assert_eq!((report.imported, report.rejected), (1, 1));
        assert_eq!(report.rows[0].reason, "stores: there is no store 'Nowhere'", "it must not hold everywhere instead");
        let article = shop.app.list_articles(&ArticleQuery::default()).await.unwrap().remove(0).article;
        assert_eq!(article.inbox_ids, [outlet]);
        let letter = buyer("ana").writes("Paying", "Which payment methods do you accept?");
        shop.hear(&letter).await;
        assert!(!shop.sent_by(Author::Bot).iter().any(|sent| sent.text.contains("cash")), "another store's article");
        let mut input = ArticleInput {
            id: Some(article.id),
            key: article.key,
            category: article.category,
            title: article.title,
            body: article.body,
            language: article.language,
            country: None,
            inbox_ids: vec![InboxId(999)],
            valid_from: None,
            valid_to: None,
            review_at: None,
            state: article.state,
        };
        assert_eq!(code(shop.app.save_article(&input).await), "not_found");
        input.inbox_ids = vec![outlet, shop.inbox, outlet];
        assert_eq!(shop.app.save_article(&input).await.unwrap().article.inbox_ids.len(), 2);
        shop.hear(&buyer("bo").writes("Paying", "Which payment methods do you accept?")).await;
        assert!(shop.last_sent().text.contains("cash on collection"), "{}", shop.last_sent().text);
        // A list that says nothing of stores takes none away.
        let bare = "title,body\nWhich payment methods do you accept?,Only cash on collection.\n";
        shop.app.import_bytes(ImportKind::Articles, "faq.csv", bare.as_bytes(), false).await.unwrap();
        assert_eq!(shop.app.list_articles(&ArticleQuery::default()).await.unwrap()[0].article.inbox_ids.len(), 2);
    }
}
