//! The whole stage over messages as buyers write them, with encoder and head, where set-up has put the encoder.

use mercator_domain::emotion::{CueKind, Emotion, EmotionLevel, Sentiment};

use crate::{
    Bot,
    bot::AnalysisInput,
    support::{BOT, NOW, encoder, intents},
};
use mercator_domain::language::Language;

fn felt_by(bot: &Bot, text: &str) -> (Emotion, Vec<String>) {
    let english = Language::english();
    let input = AnalysisInput { text, history: &[], country: None, contact_language: None, store_language: &english, at: NOW };
    let staged = bot.analyze(&input, &|| 0).emotion;
    (staged.value.emotion.unwrap(), staged.evidence.into_iter().map(|reason| format!("{}: {}", reason.kind, reason.text)).collect())
}

fn felt(text: &str) -> Emotion {
    felt_by(&BOT, text).0
}

#[test]
fn sarcasm_is_no_praise() {
    if encoder().is_none() {
        return;
    }
    for text in [
        "Great, third week without my parcel, thanks a lot",
        "Na toll, die dritte Woche ohne mein Paket, vielen Dank auch",
        "Super, troisième semaine sans mon colis, merci beaucoup",
        "Genial, tercera semana sin mi paquete, muchas gracias",
        "Ottimo, terza settimana senza il mio pacco, grazie mille",
        "Ótimo, terceira semana sem a minha encomenda, muito obrigado",
        "Geweldig, al de derde week zonder mijn pakket, hartelijk bedankt",
        "Świetnie, trzeci tydzień bez paczki, dziękuję bardzo",
        "Отлично, третья неделя без посылки, спасибо большое",
        "真棒，第三周了还没收到包裹，太谢谢你们了",
    ] {
        let got = felt(text);
        assert!(got.level >= EmotionLevel::Upset && got.sentiment == Sentiment::Negative, "{text}: {got:?}");
        // Where the whole phrase is known ("na toll"), the word is the reason.
        let reasons: Vec<CueKind> = got.cues.iter().map(|cue| cue.kind).collect();
        let meant = [CueKind::Sarcasm, CueKind::ReadsUpset, CueKind::ReadsAngry];
        assert!(reasons.iter().any(|kind| meant.contains(kind)) || text.starts_with("Na toll"), "{text}: {got:?}");
    }
}

/// Messages by feeling that no training has seen: how many of a level are read as what.
#[test]
fn messages_that_no_training_has_seen() {
    if encoder().is_none() {
        return;
    }
    let mut told = std::collections::BTreeMap::<String, [u32; 4]>::new();
    for code in Language::SUPPORTED {
        let file = std::fs::read_to_string(format!("{}/tests/feelings/{code}.tsv", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (level, text) in file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')) {
            told.entry(level.to_owned()).or_default()[usize::try_from(felt(text).level.height()).unwrap()] += 1;
        }
    }
    let share = |level: &str, of: std::ops::Range<usize>| {
        let counts = told[level];
        f64::from(counts[of].iter().sum::<u32>()) / f64::from(counts.iter().sum::<u32>())
    };
    println!("{told:?}");
    assert!(share("angry", 2..4) >= 0.68, "{told:?}");
    assert!(share("calm", 0..2) >= 0.95 && share("calm", 3..4) <= 0.01, "{told:?}");
    assert!(share("happy", 0..2) >= 0.8, "{told:?}");
}

#[test]
fn loud_joy_is_joy() {
    for text in [
        "I LOVE it!!! 😍",
        "OMG best lamp EVER!!! My kids are soooo happy!!!",
        "Ich LIEBE diese Lampe!!! Vielen Dank!!! 😍",
        "J'ADORE !!! Merci mille fois !!! 😍",
        "¡¡¡ME ENCANTA!!! ¡¡Muchas gracias!! 😍",
        "LO ADORO!!! Bellissimo, grazie!!! 😍",
        "AMEI!!! Muito obrigada!!! 😍",
        "PRACHTIG!!! Ik ben er zo blij mee!!! 😍",
        "JESTEM ZACHWYCONA!!! Dziękuję!!! 😍",
        "Я В ВОСТОРГЕ!!! Спасибо огромное!!! 😍",
        "BAYILDIM!!! Çok teşekkürler!!! 😍",
        "太喜欢了！！！谢谢！！！😍",
        "最高です！！！ありがとうございます！！！😍",
        "너무 좋아요!!! 감사합니다!!! 😍",
        "ชอบมากกกก!!! ขอบคุณค่ะ!!! 😍",
        "أحببتها جداً!!! شكراً!!! 😍",
    ] {
        let got = felt(text);
        assert_eq!((got.level, got.sentiment), (EmotionLevel::Calm, Sentiment::Positive), "{text}: {got:?}");
        assert!(got.anger < 0.5, "{text}: {got:?}");
    }
}

#[test]
fn who_waits_for_weeks_is_at_least_concerned_and_it_is_shown_why() {
    for text in [
        "Where is my parcel? I have been waiting for two weeks.",
        "Wo ist mein Paket? Ich warte seit zwei Wochen!!",
        "Où est mon colis ? J'attends depuis deux semaines.",
        "¿Dónde está mi paquete? Llevo dos semanas esperando.",
        "Dov'è il mio pacco? Aspetto da due settimane.",
        "Onde está a minha encomenda? Estou à espera há duas semanas.",
        "Waar is mijn pakket? Ik wacht al twee weken.",
        "Gdzie jest moja paczka? Czekam już dwa tygodnie.",
        "Где моя посылка? Жду уже две недели.",
        "Kargom nerede? İki haftadır bekliyorum.",
        "我的包裹在哪里？我已经等了两个星期了。",
        "我的包裹在哪裡？我已經等了兩個星期了。",
        "荷物はどこですか？もう二週間待っています。",
        "제 택배 어디 있나요? 2주째 기다리고 있어요.",
        "พัสดุอยู่ไหนคะ รอมาสองอาทิตย์แล้ว",
        "أين طردي؟ أنتظر منذ أسبوعين.",
    ] {
        let got = felt(text);
        assert!(got.level >= EmotionLevel::Concerned, "{text}: {got:?}");
        assert!(got.cues.iter().any(|cue| cue.kind == CueKind::Keyword), "{text}: {got:?}");
    }
}

#[test]
fn fury_is_found_in_every_language() {
    for text in [
        "This is outrageous, you are thieves! I want my money back NOW!!!",
        "Unverschämtheit! Ihr seid Betrüger, ich will SOFORT mein Geld zurück!!!",
        "C'est scandaleux, vous êtes des voleurs ! Remboursez-moi immédiatement !!!",
        "¡Es una vergüenza, sois unos ladrones! ¡Devolvedme mi dinero YA!",
        "È una vergogna, siete dei ladri! Rivoglio i miei soldi SUBITO!!!",
        "Que vergonha, são uns ladrões! Quero o meu dinheiro JÁ!!!",
        "Schandalig, jullie zijn oplichters! Ik wil NU mijn geld terug!!!",
        "To skandal, jesteście złodziejami! Natychmiast oddajcie pieniądze!!!",
        "Это возмутительно, вы воры! Немедленно верните деньги!!!",
        "Rezalet, siz dolandırıcısınız! Paramı HEMEN geri verin!!!",
        "太过分了，你们这群骗子！马上退钱！！！",
        "太過分了，你們這群騙子！馬上退錢！！！",
        "ふざけるな、詐欺だろう！今すぐ金を返せ！！！",
        "정말 화가 나네요, 사기꾼들! 당장 돈 돌려주세요!!!",
        "โกงชัดๆ พวกคุณมันขี้โกง คืนเงินมาเดี๋ยวนี้!!!",
        "هذه فضيحة، أنتم لصوص! أعيدوا أموالي فوراً!!!",
    ] {
        let got = felt(text);
        assert_eq!(got.level, EmotionLevel::Angry, "{text}: {got:?}");
        assert!(got.anger >= 0.5 && !got.cues.is_empty(), "{text}: {got:?}");
    }
}

#[test]
fn ordinary_requests_are_calm() {
    for text in [
        "My payment was declined twice, can you tell me why?",
        "Meine Zahlung wurde abgelehnt, woran liegt das?",
        "Le paiement a été refusé, que dois-je faire ?",
        "El pago no se ha procesado, ¿podéis ayudarme?",
        "付款失败了，怎么办？",
        "支払いができませんでした。どうすればいいですか？",
        "Please cancel order 10023.",
        "Wake me up at seven tomorrow",
    ] {
        assert!(felt(text).level <= EmotionLevel::Concerned, "{text}: {:?}", felt(text));
    }
}

#[test]
fn without_the_encoder_words_and_signs_decide_and_it_is_said() {
    let bare = Bot::load(crate::Learned { encoder: None, intents: intents(), taught: vec![] }).unwrap();
    let (got, why) = felt_by(&bare, "You are liars and thieves!!!");
    assert_eq!(got.level, EmotionLevel::Angry);
    assert!(why.iter().any(|reason| reason.starts_with("cue: by words alone")), "{why:?}");
    if encoder().is_some() {
        let (_, why) = felt_by(&BOT, "You are liars and thieves!!!");
        assert!(why.iter().any(|reason| reason.starts_with("cue: wording: angry ")), "{why:?}");
    }
}
