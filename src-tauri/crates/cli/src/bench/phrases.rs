//! What the buyers of a measurement write: a few sentences a language, mixed with words of a made-up vocabulary of natural size.
//!
//! Written for this project. The made-up words keep the index honest: a vocabulary of a few hundred words would be too easy to search.

use super::random::Random;

/// The sentences of one language. `{}` is an order number.
pub struct Phrases {
    /// BCP-47.
    pub language: &'static str,
    /// Subjects.
    pub subjects: &'static [&'static str],
    /// First words.
    pub greetings: &'static [&'static str],
    /// What it is about.
    pub sentences: &'static [&'static str],
    /// Last words.
    pub closings: &'static [&'static str],
    /// What an answer of the shop says.
    pub answers: &'static [&'static str],
    /// How a mail program introduces a quote.
    pub wrote: &'static str,
}

/// The language of a number: they take turns.
pub fn of(number: usize) -> &'static Phrases {
    ALL.get(number % ALL.len()).copied().unwrap_or(&ENGLISH)
}

/// The languages, the frequent ones twice.
pub const ALL: &[&Phrases] = &[&ENGLISH, &ENGLISH, &GERMAN, &FRENCH, &SPANISH, &ITALIAN, &CHINESE, &CHINESE, &JAPANESE, &POLISH];

const ENGLISH: Phrases = Phrases {
    language: "en",
    subjects: &["Where is my order {}?", "Order {}", "Refund for {}", "Question before I buy", "Parcel {} damaged", "Wrong item received"],
    greetings: &["Hello,", "Hi there,", "Good morning,", "Dear team,"],
    sentences: &[
        "I ordered a desk lamp two weeks ago, number {}, and it has still not arrived.",
        "The tracking of order {} has not moved for nine days, can you have a look?",
        "Could you tell me how long delivery to Ireland takes?",
        "The lamp from order {} came with a broken shade, I would like a refund or a new one.",
        "Does the adapter work with a British socket and 240 volts?",
        "I changed my mind and want to send order {} back, what do I have to do?",
        "Please change the delivery address of {} before you ship it.",
        "Customs asks me for a document about order {}, what should I give them?",
        "I was charged twice for {}, this is not acceptable at all!",
        "I need an invoice with our VAT number for order {}.",
    ],
    closings: &["Thank you, Anna", "Best regards, Tom", "Thanks a lot", "Waiting for your answer."],
    answers: &[
        "Thank you for writing. We have asked the carrier about {} and come back to you tomorrow.",
        "Your refund for {} left us today.",
    ],
    wrote: "On 12 March 2026 at 09:41, the other side wrote:",
};

const GERMAN: Phrases = Phrases {
    language: "de",
    subjects: &["Bestellung {}", "Wo bleibt mein Paket?", "Rücksendung {}", "Frage zur Lampe", "Rechnung für {}"],
    greetings: &["Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,"],
    sentences: &[
        "ich habe vor zwei Wochen eine Lampe bestellt, Nummer {}, und sie ist noch nicht da.",
        "die Sendungsverfolgung zu {} steht seit neun Tagen still.",
        "passt der Stecker in eine Schweizer Steckdose?",
        "der Schirm aus Bestellung {} ist zerbrochen, ich möchte mein Geld zurück.",
        "bitte ändern Sie die Lieferadresse der Bestellung {}.",
        "ich brauche eine Rechnung mit ausgewiesener Mehrwertsteuer für {}.",
        "das ist jetzt meine dritte Mail wegen {}, langsam bin ich wirklich sauer!",
    ],
    closings: &["Mit freundlichen Grüßen, Jonas", "Danke und viele Grüße", "Vielen Dank im Voraus"],
    answers: &[
        "vielen Dank für Ihre Nachricht. Wir haben beim Zusteller wegen {} nachgefragt.",
        "Ihre Erstattung zu {} ist heute hinausgegangen.",
    ],
    wrote: "Am 12. März 2026 um 09:41 schrieb die andere Seite:",
};

const FRENCH: Phrases = Phrases {
    language: "fr",
    subjects: &["Commande {}", "Où est mon colis ?", "Remboursement {}", "Question sur la livraison"],
    greetings: &["Bonjour,", "Madame, Monsieur,"],
    sentences: &[
        "j'ai commandé une lampe il y a deux semaines, numéro {}, et je n'ai toujours rien reçu.",
        "le suivi de la commande {} ne bouge plus depuis neuf jours.",
        "combien de temps faut-il pour une livraison en Belgique ?",
        "l'abat-jour de la commande {} est arrivé cassé, je voudrais être remboursée.",
        "la douane me demande un document pour {}.",
        "c'est inadmissible, personne ne répond au sujet de {} !",
    ],
    closings: &["Cordialement, Claire", "Merci d'avance", "Bien à vous"],
    answers: &["merci pour votre message. Nous avons interrogé le transporteur au sujet de {}."],
    wrote: "Le 12 mars 2026 à 09:41, l'autre partie a écrit :",
};

const SPANISH: Phrases = Phrases {
    language: "es",
    subjects: &["Pedido {}", "¿Dónde está mi paquete?", "Devolución {}", "Pregunta sobre el enchufe"],
    greetings: &["Hola:", "Buenos días:"],
    sentences: &[
        "hice un pedido hace dos semanas, el número {}, y todavía no ha llegado.",
        "el seguimiento de {} no se mueve desde hace nueve días.",
        "¿cuánto tarda el envío a Canarias?",
        "la lámpara del pedido {} llegó rota y quiero que me devuelvan el dinero.",
        "quiero devolver {} porque el color no es el que pedí.",
        "¿me podéis mandar la factura de {}?",
    ],
    closings: &["Un saludo, Marta", "Gracias", "Quedo a la espera"],
    answers: &["gracias por escribirnos. Hemos preguntado al transportista por {}."],
    wrote: "El 12 de marzo de 2026 a las 09:41, la otra parte escribió:",
};

const ITALIAN: Phrases = Phrases {
    language: "it",
    subjects: &["Ordine {}", "Dov'è il mio pacco?", "Reso {}"],
    greetings: &["Buongiorno,", "Salve,"],
    sentences: &[
        "ho ordinato una lampada due settimane fa, numero {}, e non è ancora arrivata.",
        "il tracciamento di {} è fermo da nove giorni.",
        "la spina è compatibile con le prese italiane?",
        "il paralume dell'ordine {} è arrivato rotto, vorrei un rimborso.",
        "vorrei restituire {} perché ho cambiato idea.",
    ],
    closings: &["Cordiali saluti, Luca", "Grazie mille"],
    answers: &["grazie per averci scritto. Abbiamo chiesto al corriere notizie di {}."],
    wrote: "Il 12 marzo 2026 alle 09:41 l'altra parte ha scritto:",
};

const CHINESE: Phrases = Phrases {
    language: "zh",
    subjects: &["订单 {} 什么时候发货", "退款问题 {}", "收到的商品坏了", "关税咨询"],
    greetings: &["你好，", "您好，", "客服你好："],
    sentences: &[
        "我两周前下的订单 {} 到现在还没有收到。",
        "订单 {} 的物流信息已经九天没有更新了，请帮忙查一下。",
        "灯罩收到的时候已经碎了，订单号 {}，我要求退款。",
        "这个插头可以在欧洲使用吗？电压是多少？",
        "请把订单 {} 的收货地址改成新的地址。",
        "海关要我提供 {} 的发票，请尽快发给我。",
        "已经问了三次了，怎么还没有人处理 {}？太让人生气了！",
    ],
    closings: &["谢谢！", "麻烦尽快回复。", "期待您的答复"],
    answers: &["感谢您的来信，我们已经向物流公司查询订单 {}，明天给您答复。", "订单 {} 的退款今天已经处理。"],
    wrote: "在 2026年3月12日 09:41，对方写道：",
};

const JAPANESE: Phrases = Phrases {
    language: "ja",
    subjects: &["注文 {} について", "荷物が届きません", "返品のお願い {}"],
    greetings: &["お世話になっております。", "こんにちは。"],
    sentences: &[
        "二週間前に注文した {} がまだ届いていません。",
        "注文 {} の追跡情報が九日間更新されていません。",
        "届いたランプの傘が割れていました。注文番号は {} です。返金をお願いします。",
        "このプラグは日本のコンセントで使えますか。",
        "注文 {} の送り先を変更していただけますか。",
    ],
    closings: &["よろしくお願いいたします。", "ありがとうございます。"],
    answers: &["お問い合わせありがとうございます。注文 {} について配送会社に確認しております。"],
    wrote: "2026年3月12日 09:41 相手さんは書きました:",
};

const POLISH: Phrases = Phrases {
    language: "pl",
    subjects: &["Zamówienie {}", "Gdzie jest moja paczka?", "Zwrot {}"],
    greetings: &["Dzień dobry,", "Witam,"],
    sentences: &[
        "dwa tygodnie temu zamówiłam lampę, numer {}, i nadal jej nie ma.",
        "śledzenie przesyłki do zamówienia {} stoi od dziewięciu dni.",
        "klosz z zamówienia {} przyszedł rozbity, proszę o zwrot pieniędzy.",
        "czy wtyczka pasuje do polskich gniazdek?",
        "proszę o fakturę do zamówienia {}.",
    ],
    closings: &["Pozdrawiam, Ewa", "Z góry dziękuję"],
    answers: &["dziękujemy za wiadomość. Zapytaliśmy przewoźnika o {}."],
    wrote: "W dniu 12 marca 2026 o 09:41 druga strona napisała:",
};

/// Words of the made-up vocabulary.
const VOCABULARY: usize = 40_000;
/// Signs of the made-up Chinese and Japanese texts: as many as are in daily use.
const SIGNS: usize = 2_500;

impl Phrases {
    /// A message of one to three sentences and some further words.
    pub fn message(&self, random: &mut Random, order: &str) -> String {
        let mut text = format!("{}\n\n", random.of(self.greetings));
        for _ in 0..=random.below(3) {
            text.push_str(&random.of(self.sentences).replace("{}", order));
            text.push(' ');
        }
        let further = random.rank(160);
        self.words(random, further, &mut text);
        text.push_str("\n\n");
        text.push_str(random.of(self.closings));
        text
    }

    /// An answer of the shop.
    pub fn answer(&self, random: &mut Random, order: &str) -> String {
        let mut text = format!("{}\n\n{} ", random.of(self.greetings), random.of(self.answers).replace("{}", order));
        let further = random.rank(60);
        self.words(random, further, &mut text);
        text
    }

    /// So many made-up words, in lines of natural length.
    pub fn words(&self, random: &mut Random, count: usize, text: &mut String) {
        let unspaced = matches!(self.language, "zh" | "ja");
        for number in 1..=count {
            if unspaced {
                text.extend([sign(random.rank(SIGNS)), sign(random.rank(SIGNS))]);
            } else {
                push_word(random.rank(VOCABULARY), text);
                text.push(' ');
            }
            match number % 14 {
                0 if unspaced => text.push_str("。\n"),
                0 => text.push_str(".\n"),
                _ => {}
            }
        }
    }
}

/// The word of a rank: frequent ones are short, as in every language.
pub fn push_word(rank: usize, text: &mut String) {
    const BEGIN: &[&str] = &["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "br", "tr", "kl"];
    const MIDDLE: &[&str] = &["a", "e", "i", "o", "u", "ai", "ou"];
    let mut rest = rank + 1;
    while rest > 0 {
        text.push_str(BEGIN.get(rest % BEGIN.len()).copied().unwrap_or_default());
        rest /= BEGIN.len();
        text.push_str(MIDDLE.get(rest % MIDDLE.len()).copied().unwrap_or_default());
        rest /= MIDDLE.len();
    }
}

fn sign(rank: usize) -> char {
    u32::try_from(rank * 8).ok().and_then(|step| char::from_u32(0x4e00 + step)).unwrap_or('的')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_known_and_has_its_texts() {
        for phrases in ALL {
            assert!(mercator_domain::language::Language::SUPPORTED.contains(&phrases.language));
            let text = phrases.message(&mut Random::new(3), "48213");
            assert!(!text.contains("{}") && text.len() > 20, "{text}");
        }
    }

    #[test]
    fn words_of_different_ranks_differ() {
        let word = |rank| {
            let mut text = String::new();
            push_word(rank, &mut text);
            text
        };
        let mut all: Vec<String> = (0..5000).map(word).collect();
        all.sort();
        all.dedup();
        assert!(all.len() > 4500, "{}", all.len());
    }
}
