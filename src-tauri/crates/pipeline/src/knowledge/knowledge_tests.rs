//! The index over a small shop's articles, and over many.

use mercator_domain::ids::{ArticleId, InboxId};

use super::*;

fn article(id: i64, key: &str, language: &str, title: &str, body: &str) -> IndexedArticle {
    IndexedArticle {
        id: ArticleId(id),
        key: key.into(),
        title: title.into(),
        passages: body.split("\n\n").map(str::to_owned).collect(),
        language: Language::parse(language).unwrap(),
        country: None,
        inboxes: vec![],
        valid_from: None,
        valid_to: None,
    }
}

fn shop() -> Vec<IndexedArticle> {
    vec![
        article(
            1,
            "time",
            "en",
            "How long does delivery take?",
            "Within Europe a parcel takes 4 to 7 working days.\n\nFrom China it takes 10 to 20 days.",
        ),
        article(
            2,
            "time",
            "de",
            "Wie lange dauert die Lieferung?",
            "Innerhalb Europas braucht ein Paket 4 bis 7 Werktage.\n\nAus China dauert es 10 bis 20 Tage.",
        ),
        article(3, "returns", "en", "Can I return an item?", "You can return unused items within 30 days."),
        article(4, "returns", "zh", "可以退货吗？", "未使用的商品可在30天内退货。"),
        article(5, "pay", "en", "Which payment methods do you accept?", "Cards, PayPal and bank transfer."),
        article(6, "dim", "en", "Is the Aurora lamp dimmable?", "Yes, with any LED dimmer."),
        article(7, "germany", "en", "Do you ship to Germany?", "Yes, from our warehouse in Leipzig."),
    ]
}

fn query<'a>(text: &'a str, language: &'a Language, limit: usize) -> Query<'a> {
    Query { text, vector: None, words: None, intents: &[], language, country: None, inbox: None, now: Moment(0), limit }
}

fn best(question: &str, language: &str) -> Option<(i64, f32)> {
    let found = KnowledgeIndex::build(shop()).search(&query(question, &Language::parse(language).unwrap(), 3));
    found.first().map(|p| (p.article_id.get(), p.score))
}

#[test]
fn questions_find_their_article_in_the_buyers_language() {
    let check = |question: &str, language: &str, id: i64| {
        let (found, score) = best(question, language).unwrap();
        assert_eq!(found, id, "{question}");
        assert!(score >= 0.45, "{question}: {score}");
    };
    check("How long does shipping take?", "en", 1);
    check("Hello, I would like to know how many days the delivery takes. Thanks", "en", 1);
    check("Wie lange dauert der Versand?", "de", 2);
    check("How long is the delivery?", "de", 2);
    check("How long does delivery take to France?", "en", 1);
    check("Can I send an item back?", "en", 3);
    check("可以退货吗", "zh", 4);
    check("退货需要什么条件？", "zh", 4);
    check("How can I pay?", "en", 5);
    check("is the aurora lamp dimmable", "en", 6);
    check("Liefern Sie nach Deutschland?", "de", 7);
}

#[test]
fn d3_a_question_about_something_else_stays_below_the_threshold() {
    let check = |question: &str| {
        let score = best(question, "en").map_or(0.0, |(_, s)| s);
        assert!(score < 0.45, "{question}: {score}");
    };
    check("Do you deliver to Mars?");
    check("Do you ship to Brazil?");
    check("Is the Nebula chandelier dimmable?");
    check("Is the Aurora lamp in stock?");
    check("Who won the football match yesterday?");
    check("Do you repair vintage radios?");
}

#[test]
fn d8_expired_early_and_foreign_articles_are_never_given() {
    let mut articles = shop();
    articles.truncate(1);
    let given = |articles: &[IndexedArticle], country: Option<&str>| {
        !KnowledgeIndex::build(articles.to_vec())
            .search(&Query { country, now: Moment(1_000), ..query("How long does delivery take?", &Language::english(), 3) })
            .is_empty()
    };
    assert!(given(&articles, None));
    articles[0].valid_to = Some(Moment(999));
    assert!(!given(&articles, None));
    articles[0].valid_to = None;
    articles[0].valid_from = Some(Moment(1_001));
    assert!(!given(&articles, None));
    articles[0].valid_from = None;
    articles[0].country = Some("BR".into());
    assert!(!given(&articles, None) && !given(&articles, Some("DE")) && given(&articles, Some("br")));
}

#[test]
fn one_passage_a_key_and_the_paragraph_that_fits() {
    let index = KnowledgeIndex::build(shop());
    let found = index.search(&query("How long does delivery from China take?", &Language::english(), 5));
    assert_eq!((found[0].article_id, found[0].index), (ArticleId(1), 1));
    let mut keys: Vec<_> = found.iter().map(|p| p.article_id).collect();
    keys.dedup();
    assert_eq!(keys.len(), found.len());
    assert!(!keys.contains(&ArticleId(2)));
}

#[test]
fn an_empty_index_and_an_empty_question_give_nothing() {
    assert!(KnowledgeIndex::build(vec![]).search(&query("anything", &Language::english(), 3)).is_empty());
    assert!(KnowledgeIndex::build(shop()).search(&query("", &Language::english(), 3)).is_empty());
}

/// The score of every article by reading it whole, without any list of places: what the index must agree with.
fn read_one_by_one(index: &KnowledgeIndex, articles: &[IndexedArticle], question: &str) -> Vec<(i64, f32)> {
    let asked = terms(question);
    let concepts = asked.iter().any(Term::is_concept);
    let weight = |t: &Term| index.weight(t).1;
    let total: f32 = asked.iter().map(weight).sum();
    let mut scored: Vec<(i64, f32)> = articles
        .iter()
        .filter_map(|article| {
            let title = terms(&article.title);
            let body: Vec<String> = article.passages.iter().flat_map(|p| terms(p)).map(|t| t.word).collect();
            let in_title = |t: &Term| title.iter().any(|other| other.word == t.word);
            let met: Vec<&Term> = asked.iter().filter(|t| in_title(t) || body.contains(&t.word)).collect();
            let covered: f32 = met.iter().map(|t| if in_title(t) { weight(t) } else { weight(t) * 0.8 }).sum();
            let titled: f32 = met.iter().filter(|t| in_title(t)).map(|t| weight(t)).sum();
            let about = (titled / title.iter().map(weight).sum::<f32>()).min(1.0);
            let fitting = if concepts && !met.iter().any(|t| t.is_concept()) { 0.55 } else { 1.0 };
            let score = covered / total * (0.8 + 0.2 * about) * fitting;
            (score > 0.05).then_some((article.id.get(), score))
        })
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored
}

/// Many articles with common and rare words, each of a key of its own.
fn many(count: i64) -> Vec<IndexedArticle> {
    let passage =
        |n: i64| format!("Part {n} of the warm lamp ships within {} days.\n\nBulb {} and shade {} fit it.", n % 9, n % 31, n % 17);
    let title = |n: i64| format!("Does model {n} fit the lamp {}?", n % 97);
    (0..count).map(|n| article(n, &format!("k{n}"), "en", &title(n), &passage(n))).collect()
}

#[test]
fn scores_are_those_of_reading_every_article() {
    let articles = many(600);
    let index = KnowledgeIndex::build(articles.clone());
    for question in [
        "Does model 411 fit my lamp?",
        "How many days until part 17 of lamp 50 ships, and does shade 3 fit bulb 30?",
        "lamp",
        "Is the warm lamp in stock?",
        "A giraffe in a green kitchen",
    ] {
        let expect = read_one_by_one(&index, &articles, question);
        let got = index.search(&query(question, &Language::english(), 5));
        assert_eq!(got.len(), expect.len().min(5), "{question}");
        for (passage, (_, score)) in got.iter().zip(&expect) {
            assert!((passage.score - score).abs() < 1e-4, "{question}: {} instead of {score}", passage.score);
            assert!(expect.iter().any(|(id, s)| *id == passage.article_id.get() && (s - score).abs() < 1e-4), "{question}");
        }
    }
}

#[test]
fn one_of_five_thousand_articles_is_found_with_its_passage() {
    let index = KnowledgeIndex::build(many(5_000));
    let found = index.search(&query("Does model 4711 fit my lamp?", &Language::english(), 3));
    assert_eq!(found[0].article_id, ArticleId(4711));
    assert_eq!(found[0].index, 0, "of its paragraphs the one that names it");
}

/// With the sentence encoder and the model of the intents of set-up; `None` without them.
fn by_meaning(articles: Vec<IndexedArticle>) -> Option<(KnowledgeIndex, crate::Bot)> {
    let (encoder, intents) = (crate::support::encoder()?, crate::support::intents()?);
    let bot = crate::Bot::load(crate::Learned { encoder: Some(encoder.clone()), intents: Some(intents), ..Default::default() }).unwrap();
    let vector = |text: String| {
        let packed = Packed::of(&encoder.vector(&text)).unwrap();
        (text, packed)
    };
    let vectors = articles.iter().flat_map(meaning::texts).map(vector).collect();
    Some((KnowledgeIndex::with_meanings(articles, &vectors, bot.models()), bot))
}

#[test]
fn d3_meaning_finds_across_languages_and_abstains_where_only_the_product_is_the_same() {
    let english = shop().into_iter().filter(|article| article.language == Language::english()).collect();
    let Some((index, bot)) = by_meaning(english) else { return };
    let check = |question: &str, language: &str, answered: Option<i64>| {
        let language = Language::parse(language).unwrap();
        let vector = bot.encoder().unwrap().vector(question);
        let scores = bot.models().scores(question, &language, Some(&vector)).unwrap().1.probabilities;
        let query = Query { vector: Some(&vector), words: bot.words(), intents: &scores, ..query(question, &language, 3) };
        let found = index.search(&query);
        let first = found.first().filter(|passage| passage.score >= 0.45).map(|passage| passage.article_id.get());
        assert_eq!(first, answered, "{question}: {found:?}");
    };
    check("Wie lange dauert der Versand?", "de", Some(1));
    check("배송은 며칠 걸리나요?", "ko", Some(1));
    check("ส่งของใช้เวลากี่วัน", "th", Some(1));
    check("商品を返品できますか？", "ja", Some(3));
    check("هل يمكنني إرجاع المنتج؟", "ar", Some(3));
    check("Quels moyens de paiement acceptez-vous ?", "fr", Some(5));
    check("Can I dim the Aurora lamp?", "en", Some(6));
    check("Can the Aurora lamp hang from a sloped ceiling?", "en", None);
    check("Is the Nebula chandelier dimmable?", "en", None);
    check("Is the Aurora lamp in stock?", "en", None);
    check("Do you repair vintage radios?", "en", None);
    check("Verkaufen Sie auch Fahrräder?", "de", None);
    check("你们的老板是谁？", "zh", None);
}

#[test]
fn an_article_without_vectors_is_found_by_its_words() {
    let Some((_, bot)) = by_meaning(vec![]) else { return };
    let index = KnowledgeIndex::with_meanings(shop(), &HashMap::new(), bot.models());
    let vector = bot.encoder().unwrap().vector("Can I return an item?");
    let found =
        index.search(&Query { vector: Some(&vector), words: bot.words(), ..query("Can I return an item?", &Language::english(), 1) });
    assert_eq!(found[0].article_id, ArticleId(3));
    assert!(found[0].score > 0.9, "by words alone: {found:?}");
}

#[test]
fn d8_what_meaning_finds_is_valid_and_for_the_buyers_country() {
    let mut articles = shop();
    articles.truncate(1);
    articles[0].country = Some("BR".into());
    articles[0].valid_to = Some(Moment(999));
    let Some((index, bot)) = by_meaning(articles) else { return };
    let vector = bot.encoder().unwrap().vector("How long does delivery take?");
    let given = |country, now| {
        let english = Language::english();
        let plain = Query { words: bot.words(), ..query("How long does delivery take?", &english, 3) };
        !index.search(&Query { vector: Some(&vector), country, now: Moment(now), ..plain }).is_empty()
    };
    assert!(given(Some("BR"), 999) && !given(Some("BR"), 1_000) && !given(Some("DE"), 999) && !given(None, 999));
}

#[test]
fn d8_an_article_of_one_store_is_not_used_in_another() {
    let mut articles = shop();
    articles[4].inboxes = vec![InboxId(7)];
    let index = KnowledgeIndex::build(articles);
    let english = Language::english();
    let given = |inbox| {
        let found = index.search(&Query { inbox, ..query("Which payment methods do you accept?", &english, 3) });
        found.first().map(|passage| passage.article_id)
    };
    assert_eq!((given(Some(InboxId(7))), given(None)), (Some(ArticleId(5)), Some(ArticleId(5))));
    assert_ne!(given(Some(InboxId(8))), Some(ArticleId(5)));
}
