//! What the stage says of messages as buyers write them: every language of the product, misspelt, without accents, short, shouted,
//! with numbers, links and product names inside; short, mixed and other ones; what is known of the writer; any text at all.

use mercator_domain::{language::Language, message::Author, moment::Moment};
use proptest::prelude::*;

use super::*;
use crate::ports::HistoryLine;

fn told(text: &str) -> Guess {
    let store = Language::english();
    detect(text, &Prior::store(&store))
}

fn guess(text: &str) -> LanguageGuess {
    told(text).0
}

/// Sure and of this language.
fn check(text: &str, code: &str) {
    let (got, confidence, why) = told(text);
    assert_eq!((got.code.code(), got.unsure, got.mixed), (code, false, false), "{text} ({confidence}, {why:?})");
}

fn line(author: Author, text: &str) -> HistoryLine {
    HistoryLine { author, text: text.to_owned(), at: Moment(0), intent: None, emotion: None, clarified: false }
}

#[test]
fn english_as_buyers_write_it() {
    check("Where is my order? I have been waiting for two weeks.", "en");
    check("hi wheres my parcel its been 3 weeks now", "en");
    check("PLEASE CANCEL MY ORDER #48213 ASAP", "en");
    check("i recieved the wrong colour, can u send me a new one pls", "en");
    check("the tracking hasnt moved since monday http://track.example/ABC123", "en");
    check("It arrived broken 😡 I want my money back", "en");
    check("thanks for your help", "en");
    check("does it fit the Galaxy S23 Ultra?", "en");
}

#[test]
fn german_as_buyers_write_it() {
    check("Wo bleibt meine Bestellung? Ich warte seit zwei Wochen.", "de");
    check("hallo wo ist mein paket", "de");
    check("ich moechte die ware zurueckschicken", "de");
    check("WANN KOMMT ENDLICH MEINE LIEFERUNG", "de");
    check("habe die falsche grösse bekommen was nun??", "de");
    check("Die Cloud Sofa Bezüge sind schon kaputt", "de");
    check("Danke schön!", "de");
    check("Bitte Rechnung an max@example.com schicken", "de");
}

#[test]
fn french_as_buyers_write_it() {
    check("Où est ma commande ? J'attends depuis deux semaines.", "fr");
    check("bonjour jai pas recu mon colis", "fr");
    check("je voudrais etre rembourse svp", "fr");
    check("MON COLIS EST ARRIVÉ CASSÉ", "fr");
    check("c koi le delai de livraison pour la belgique", "fr");
    check("Le AirPods Pro Case ne ferme pas", "fr");
    check("merci beaucoup", "fr");
}

#[test]
fn spanish_as_buyers_write_it() {
    check("¿Dónde está mi pedido? Llevo dos semanas esperando.", "es");
    check("hola quiero saber cuando llega mi paquete", "es");
    check("me llego roto y quiero que me devuelvan el dinero", "es");
    check("NO ME HA LLEGADO NADA TODAVIA", "es");
    check("q paso con mi compra? nadie me contesta", "es");
    check("El Garmin Forerunner 265 viene con cargador?", "es");
    check("gracias", "es");
}

#[test]
fn italian_as_buyers_write_it() {
    check("Dov'è il mio ordine? Aspetto da due settimane.", "it");
    check("buongiorno non ho ancora ricevuto il pacco", "it");
    check("vorrei fare il reso perche la taglia e sbagliata", "it");
    check("QUANDO ARRIVA IL MIO ORDINE", "it");
    check("il prodotto e' arrivato rotto, che faccio?", "it");
    check("La Moka Express è adatta alle piastre a induzione?", "it");
    check("grazie mille", "it");
}

#[test]
fn portuguese_as_buyers_write_it() {
    check("Onde está a minha encomenda? Estou à espera há duas semanas.", "pt");
    check("oi meu pedido nao chegou ainda", "pt");
    check("quero meu dinheiro de volta", "pt");
    check("VEIO O PRODUTO ERRADO", "pt");
    check("vcs entregam em sao paulo?", "pt");
    check("O Kindle Paperwhite vem com capa?", "pt");
    check("muito obrigado", "pt");
}

#[test]
fn dutch_as_buyers_write_it() {
    check("Waar blijft mijn bestelling? Ik wacht al twee weken.", "nl");
    check("hoi wanneer komt mijn pakketje", "nl");
    check("ik wil graag mijn geld terug", "nl");
    check("HET PAKKET IS NOG STEEDS NIET BINNEN", "nl");
    check("verkeerde maat gekregen kan ik ruilen", "nl");
    check("Past de Philips Senseo pad houder hierop?", "nl");
    check("bedankt voor de snelle levering", "nl");
}

#[test]
fn polish_as_buyers_write_it() {
    check("Gdzie jest moje zamówienie? Czekam już dwa tygodnie.", "pl");
    check("dzien dobry gdzie jest moja paczka", "pl");
    check("chce zwrocic towar i odzyskac pieniadze", "pl");
    check("DOSTALEM ZLY ROZMIAR", "pl");
    check("kiedy wyslecie? placilem w poniedzialek", "pl");
    check("Czy Samsung Galaxy Buds działają z tym etui?", "pl");
    check("dziękuję bardzo", "pl");
}

#[test]
fn turkish_as_buyers_write_it() {
    check("Siparişim nerede? İki haftadır bekliyorum.", "tr");
    check("merhaba kargom hala gelmedi", "tr");
    check("urunu iade etmek istiyorum", "tr");
    check("PARAMI GERİ İSTİYORUM", "tr");
    check("yanlis beden gelmis ne yapmam lazim", "tr");
    check("Xiaomi Redmi Note için kılıf var mı?", "tr");
    check("Merhaba", "tr");
}

#[test]
fn russian_as_buyers_write_it() {
    check("Где мой заказ? Жду уже две недели.", "ru");
    check("здравствуйте когда придет посылка", "ru");
    check("хочу вернуть товар и деньги", "ru");
    check("ПРИШЕЛ НЕ ТОТ РАЗМЕР", "ru");
    check("а доставка в казань есть?", "ru");
    check("Чехол для iPhone 15 Pro Max не подошёл", "ru");
    check("спасибо", "ru");
}

#[test]
fn arabic_as_buyers_write_it() {
    check("أين طلبي؟ أنتظر منذ أسبوعين.", "ar");
    check("وين طلبيتي لسه ما وصلت", "ar");
    check("اريد استرجاع المبلغ", "ar");
    check("المنتج وصل مكسور", "ar");
    check("كم سعر التوصيل الى الرياض", "ar");
    check("هل يعمل مع iPhone 14 ؟", "ar");
    check("شكرا جزيلا", "ar");
}

#[test]
fn thai_korean_and_japanese_as_buyers_write_them() {
    check("สินค้าของฉันอยู่ที่ไหน", "th");
    check("ของยังไม่ได้เลยค่ะ สั่งไปสองอาทิตย์แล้ว", "th");
    check("ขอคืนเงินได้ไหมครับ", "th");
    check("ส่งของผิดสีมา", "th");
    check("เคส iPhone 15 มีสีดำไหม", "th");
    check("ขอบคุณค่ะ", "th");
    check("주문한 상품이 언제 오나요?", "ko");
    check("배송이 너무 늦어요ㅠㅠ", "ko");
    check("환불해 주세요", "ko");
    check("사이즈가 잘못 왔어요", "ko");
    check("갤럭시 S23 케이스 있나요?", "ko");
    check("감사합니다", "ko");
    check("注文した商品はいつ届きますか", "ja");
    check("まだ届いていません", "ja");
    check("返品したいのですが", "ja");
    check("サイズ違いが届きました", "ja");
    check("iPhone用のケースはありますか", "ja");
    check("ありがとうございます", "ja");
}

#[test]
fn chinese_of_both_sides_as_buyers_write_it() {
    check("我的订单什么时候发货？", "zh");
    check("东西坏了我要退款", "zh");
    check("怎么还没收到货", "zh");
    check("发错颜色了，能换吗", "zh");
    check("这个 iPhone 15 手机壳有黑色吗", "zh");
    check("谢谢", "zh");
    check("我的訂單什麼時候出貨？", "zh-tw");
    check("東西壞了我要退款", "zh-tw");
    check("怎麼還沒收到貨", "zh-tw");
    check("寄錯顏色了，可以換嗎", "zh-tw");
    check("請問有現貨嗎", "zh-tw");
    check("謝謝", "zh-tw");
}

#[test]
fn others_come_out_as_themselves() {
    check("Де моє замовлення? Чекаю вже два тижні, їх немає", "uk");
    check("Var är min beställning? Jag har väntat i två veckor", "sv");
    check("Hvor er min ordre? Jeg har ventet i to uger nu og har intet hørt fra jer", "da");
    check("Hvor er bestillingen min? Jeg har ventet i to uker uten å høre noe fra dere", "nb");
    check("Missä tilaukseni on? Olen odottanut jo kaksi viikkoa", "fi");
    check("Kde je moje objednávka? Čekám už dva týdny", "cs");
    check("Unde este comanda mea? Aștept de două săptămâni", "ro");
    check("Hol van a rendelésem? Már két hete várok", "hu");
    check("Đơn hàng của tôi đâu rồi? Tôi chờ hai tuần rồi", "vi");
    check("Di mana pesanan saya? Saya sudah menunggu dua minggu tetapi belum datang juga", "id");
    check("Πού είναι η παραγγελία μου;", "el");
    check("איפה ההזמנה שלי?", "he");
    check("मेरा ऑर्डर कहाँ है? दो हफ्ते हो गए", "hi");
    check("mera order abhi tak nahi aaya hai, kab milega", "hi");
    check("سفارش من کجاست؟ دو هفته است که منتظرم", "fa");
    check("Къде е моята поръчка? Чакам вече две седмици", "bg");
}

#[test]
fn c1_short_is_unsure_mixed_is_mixed_and_thai_is_thai() {
    for text in
        ["ok", "OK!!", "12345", "👍", "", "?", "#48213", "Carlos", "https://example.com/order/12", "me@example.com", "USB", "iPhone 15"]
    {
        assert!(guess(text).unsure, "{text}");
    }
    for text in [
        "Hola, where is my pedido?",
        "你好 where is my order please",
        "Guten Tag, my order has not arrived, wo bleibt das Paket?",
        "bonjour, can you tell me quand arrive mon colis please",
        "Merhaba, I want to return my order, iade nasıl yapılır",
        "สวัสดีค่ะ where is my order please",
    ] {
        assert!(guess(text).mixed, "{text} {:?}", told(text));
    }
    assert_eq!(guess("เมื่อไหร่จะได้ของคะ").code.code(), "th");
}

#[test]
fn c1_confidence_and_reasons_reach_the_turn() {
    let (guess, confidence, why) = told("Wo bleibt meine Bestellung? Ich warte seit zwei Wochen.");
    assert!(!guess.unsure && confidence > 0.95, "{confidence}");
    assert!(why.iter().any(|e| e.kind == EvidenceKind::Phrase && e.text.starts_with("de ")), "{why:?}");
    let (guess, confidence, why) = told("ok");
    assert!(guess.unsure && confidence < 0.5);
    assert!(why.iter().any(|e| e.kind == EvidenceKind::History && e.text.contains("the store's language")), "{why:?}");
}

#[test]
fn c1_the_analysis_carries_the_guess_its_confidence_and_why() {
    let bot = crate::Bot::load(crate::Learned::default()).unwrap();
    let (store, german) = (Language::english(), Language::parse("de").unwrap());
    let history = [line(Author::Contact, "Wo bleibt meine Bestellung?")];
    let analysis = |text: &str| {
        let input = crate::AnalysisInput {
            text,
            history: &history,
            country: Some("DE"),
            contact_language: Some(&german),
            store_language: &store,
            at: Moment(0),
        };
        bot.language(&input, &|| 0)
    };
    let short = analysis("ok");
    assert_eq!((short.value.code.code(), short.value.unsure), ("de", true));
    assert!(short.confidence < 0.5 && short.evidence.iter().any(|e| e.kind == EvidenceKind::History));
    let clear = analysis("Where is my parcel? It should have been here yesterday.");
    assert_eq!((clear.value.code.code(), clear.value.unsure), ("en", false));
    assert!(clear.confidence > 0.9);
    assert!(analysis("Hola, where is my pedido?").value.mixed);
}

#[test]
fn product_names_mix_nothing() {
    for text in [
        "Ist das Apple MacBook Air Case auch in Blau da?",
        "Je cherche un chargeur pour mon Samsung Galaxy Watch",
        "Vorrei il libro The House of the Rising Sun in regalo",
        "Tienen el libro The Lord of the Rings en tapa dura?",
        "Kiedy będzie dostępny Nintendo Switch Pro Controller?",
    ] {
        assert!(!guess(text).mixed, "{text} {:?}", told(text));
        assert_ne!(guess(text).code.code(), "en", "{text}");
    }
}

#[test]
fn the_prior_decides_what_the_message_does_not() {
    let (store, german, dutch) = (Language::english(), Language::parse("de").unwrap(), Language::parse("nl").unwrap());
    let with = |text: &str, fixed: Option<&Language>, contact: Option<&Language>, country: Option<&str>| {
        let prior = Prior { fixed, contact, country, ..Prior::store(&store) };
        detect(text, &prior).0.code.code().to_owned()
    };
    assert_eq!(with("ok", None, Some(&german), None), "de");
    assert_eq!(with("ok", None, None, Some("JP")), "ja");
    assert_eq!(with("ok", None, None, None), "en");
    assert_eq!(with("Where is my order please", None, Some(&german), None), "en");
    assert_eq!(with("再見", None, None, None), "zh-tw");
    // Written alike on both sides: the country decides.
    assert_eq!(with("不是", None, None, Some("TW")), "zh-tw");
    assert_eq!(with("不是", None, None, Some("CN")), "zh");
    // c1: what an agent fixed sticks, whatever the message says.
    assert_eq!(with("Where is my order please", Some(&dutch), Some(&german), None), "nl");
}

#[test]
fn c1_an_override_sticks() {
    let (store, dutch) = (Language::english(), Language::parse("nl").unwrap());
    let prior = Prior { fixed: Some(&dutch), ..Prior::store(&store) };
    for text in ["Where is my order?", "Wo ist mein Paket", "สินค้าของฉันอยู่ที่ไหน", ""] {
        let (guess, confidence, _) = detect(text, &prior);
        assert_eq!((guess.code.code(), guess.unsure, guess.mixed, confidence), ("nl", false, false, 1.0));
    }
}

#[test]
fn the_conversation_decides_what_the_message_does_not() {
    let store = Language::english();
    let history = [line(Author::Contact, "Gdzie jest moja paczka?"), line(Author::Bot, "Your parcel is on its way.")];
    let with = |text: &str| detect(text, &Prior { history: &history, ..Prior::store(&store) }).0;
    assert_eq!(with("ok").code.code(), "pl");
    assert!(with("ok").unsure);
    assert_eq!(with("48213").code.code(), "pl");
    // A clear message wins over what was spoken before.
    assert_eq!(with("Sorry, I will write in English from now on").code.code(), "en");
    // What the bot has said is no language of the customer.
    let bot_only = [line(Author::Bot, "Gdzie jest moja paczka?")];
    assert_eq!(detect("ok", &Prior { history: &bot_only, ..Prior::store(&store) }).0.code.code(), "en");
}

#[test]
fn without_a_model_small_words_and_scripts_still_tell() {
    let store = Language::english();
    let with = |text: &str| detect_with(None, text, &Prior::store(&store)).0;
    assert_eq!(with("Wo ist meine Bestellung? Ich warte seit zwei Wochen").code.code(), "de");
    assert_eq!(with("Где мой заказ?").code.code(), "ru");
    assert_eq!(with("สินค้าของฉันอยู่ที่ไหน").code.code(), "th");
    assert!(with("Bestellung").unsure);
}

#[test]
fn a_megabyte_takes_no_longer_than_a_page() {
    let page = "Where is my order? ".repeat(50_000);
    assert_eq!(guess(&page).code.code(), "en");
    assert!(!guess(&"x".repeat(1_000_000)).mixed);
    assert!(Message::new(&page, None).words.len() < 1_000);
    assert!(Message::new(&"订".repeat(300_000), None).words.iter().all(|word| word.text.chars().count() <= 200));
}

proptest! {
    #[test]
    fn any_text_gives_a_language_and_a_confidence(text in "\\PC{0,120}") {
        let (guess, confidence, evidence) = told(&text);
        prop_assert!((0.0..=1.0).contains(&confidence));
        prop_assert!(Language::parse(guess.code.code()).is_some());
        prop_assert!(!evidence.is_empty());
    }

    #[test]
    fn words_of_several_scripts_in_any_order(words in prop::collection::vec("[a-zçğéß]{1,12}|[а-яії]{1,9}|[一-鿿]{1,6}|[ぁ-ん]{1,5}|[ก-ฮ]{1,8}|[0-9]{1,6}|['#@/.]{1,3}|[\u{300}-\u{36f}]{1,4}", 0..30)) {
        let (guess, confidence, _) = told(&words.join(" "));
        prop_assert!((0.0..=1.0).contains(&confidence));
        prop_assert!(!guess.code.code().is_empty());
    }
}
