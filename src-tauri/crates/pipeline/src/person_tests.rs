//! Asking for a person: six ways in each of the sixteen languages, and three that only look alike.

use mercator_domain::language::Language;

use super::request;

/// Language, six that ask, three that do not.
const TABLE: &[(&str, [&str; 6], [&str; 3])] = &[
    (
        "en",
        [
            "I want to talk to a real person",
            "Can I speak with a human, please?",
            "Connect me to an agent",
            "Is there anyone I can talk to?",
            "Please let someone from your team call me",
            "No bot please, a human being",
        ],
        ["Is it made by a person?", "Do you sell personal care products?", "How many kilograms per person?"],
    ),
    (
        "de",
        [
            "Ich möchte mit einem Menschen sprechen",
            "Kann ich mit jemandem reden?",
            "Verbinden Sie mich bitte mit einem Mitarbeiter",
            "Bitte einen echten Menschen",
            "Rufen Sie mich bitte zurück",
            "Ich will keinen Bot, sondern einen Mitarbeiter",
        ],
        ["Ist der Tisch für eine Person gedacht?", "Wird es von Menschenhand gefertigt?", "Haben Sie Produkte für die persönliche Pflege?"],
    ),
    (
        "fr",
        [
            "Je veux parler à un conseiller",
            "Puis-je parler à quelqu'un ?",
            "Passez-moi un responsable, s'il vous plaît",
            "Je veux un vrai humain",
            "Merci de me rappeler",
            "Pas de robot, une vraie personne s'il vous plaît",
        ],
        ["Est-ce fabriqué par une personne ?", "Combien de grammes par personne ?", "Vendez-vous des soins personnels ?"],
    ),
    (
        "es",
        [
            "Quiero hablar con una persona",
            "¿Puedo hablar con alguien?",
            "Páseme con un agente, por favor",
            "Necesito un asesor humano",
            "Llámenme, por favor",
            "No quiero un robot, quiero una persona real",
        ],
        ["¿Está hecho por una persona?", "¿Cuántos gramos por persona?", "¿Venden productos de cuidado personal?"],
    ),
    (
        "it",
        [
            "Vorrei parlare con un operatore",
            "Posso parlare con qualcuno?",
            "Mi passi un responsabile, per favore",
            "Voglio una persona vera",
            "Richiamatemi per favore",
            "Niente bot, voglio un operatore umano",
        ],
        ["È fatto da una persona?", "Quanti grammi a persona?", "Vendete prodotti per la cura personale?"],
    ),
    (
        "pt",
        [
            "Quero falar com um atendente",
            "Posso falar com alguém?",
            "Passe-me a um responsável, por favor",
            "Quero uma pessoa de verdade",
            "Liguem-me, por favor",
            "Não quero um robô, quero um atendente humano",
        ],
        ["É feito por uma pessoa?", "Quantos gramas por pessoa?", "Vendem produtos de cuidado pessoal?"],
    ),
    (
        "nl",
        [
            "Ik wil met een medewerker spreken",
            "Kan ik iemand spreken?",
            "Verbind me door met een medewerker",
            "Ik wil een echt mens",
            "Bel me terug alstublieft",
            "Geen bot, graag een echte medewerker",
        ],
        ["Is het door een mens gemaakt?", "Hoeveel gram per persoon?", "Verkopen jullie persoonlijke verzorging?"],
    ),
    (
        "pl",
        [
            "Chcę porozmawiać z konsultantem",
            "Czy mogę z kimś porozmawiać?",
            "Proszę mnie połączyć z pracownikiem",
            "Chcę rozmawiać z człowiekiem",
            "Proszę do mnie zadzwonić",
            "Nie chcę bota, tylko żywego człowieka",
        ],
        ["Czy to zrobił człowiek?", "Ile gramów na osobę?", "Czy macie produkty do higieny osobistej?"],
    ),
    (
        "ru",
        [
            "Хочу поговорить с оператором",
            "Можно поговорить с кем-нибудь?",
            "Соедините меня с менеджером",
            "Мне нужен живой человек",
            "Перезвоните мне, пожалуйста",
            "Не бот, а человек, пожалуйста",
        ],
        ["Это сделано человеком?", "Сколько граммов на человека?", "Есть ли у вас средства личной гигиены?"],
    ),
    (
        "tr",
        [
            "Müşteri temsilcisiyle görüşmek istiyorum",
            "Biriyle konuşabilir miyim?",
            "Beni bir yetkiliye bağlayın",
            "Gerçek bir insanla konuşmak istiyorum",
            "Beni arayın lütfen",
            "Bot değil, insan istiyorum",
        ],
        ["Bunu bir insan mı yaptı?", "Kişi başı kaç gram?", "Kişisel bakım ürünleri var mı?"],
    ),
    (
        "ar",
        [
            "أريد التحدث مع موظف",
            "هل يمكنني التحدث إلى شخص ما؟",
            "حولني إلى موظف خدمة العملاء",
            "أريد شخصا حقيقيا",
            "اتصلوا بي من فضلكم",
            "لا أريد روبوت أريد إنسان",
        ],
        ["هل صنعه شخص؟", "كم غراما لكل شخص؟", "هل تبيعون منتجات العناية الشخصية؟"],
    ),
    (
        "zh",
        ["转人工", "我要找真人客服", "请帮我接人工服务", "可以和真人说话吗？", "请给我回电话", "不要机器人，我要人工"],
        ["这是人工制作的吗？", "适合几个人用？", "有个人护理用品吗？"],
    ),
    (
        "zh-tw",
        ["請轉真人客服", "我要找專人", "可以跟真人說話嗎？", "請客服人員跟我聯絡", "請打電話給我", "不要機器人，我要真人"],
        ["這是人工製作的嗎？", "適合幾個人用？", "有個人護理用品嗎？"],
    ),
    (
        "ja",
        [
            "オペレーターにつないでください",
            "担当者と話したいです",
            "人間と話せますか",
            "スタッフの方に対応をお願いします",
            "電話をください",
            "ボットではなく人に代わってください",
        ],
        ["これは人が作ったものですか", "一人用のサイズですか", "スタッフのおすすめはどれですか"],
    ),
    (
        "ko",
        [
            "상담원 연결해 주세요",
            "사람과 이야기하고 싶어요",
            "담당자 바꿔 주세요",
            "상담사와 통화하고 싶습니다",
            "전화 주세요",
            "봇 말고 사람이랑 상담하고 싶어요",
        ],
        ["사람이 직접 만든 건가요?", "한 사람당 몇 그램인가요?", "개인 위생용품도 있나요?"],
    ),
    (
        "th",
        ["ขอคุยกับเจ้าหน้าที่", "อยากคุยกับคนจริงๆ", "ขอสายพนักงานหน่อยค่ะ", "ติดต่อแอดมินได้ไหม", "ช่วยโทรกลับด้วยค่ะ", "ไม่เอาบอท ขอคุยกับคน"],
        ["ทำโดยคนหรือเปล่า", "ใช้ได้กี่คน", "มีของใช้ส่วนตัวไหม"],
    ),
];

#[test]
fn g6_six_ways_to_ask_for_a_person_in_sixteen_languages() {
    let missed: Vec<String> = TABLE
        .iter()
        .flat_map(|(code, asks, _)| asks.iter().filter(|t| request(t).is_none()).map(move |t| format!("{code}: {t}")))
        .collect();
    assert!(Language::SUPPORTED.iter().all(|code| TABLE.iter().any(|(c, ..)| c == code)));
    assert!(missed.is_empty(), "{}:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn g6_what_only_names_people_asks_for_nobody() {
    let wrong: Vec<String> = TABLE
        .iter()
        .flat_map(|(code, _, others)| others.iter().filter_map(move |t| request(t).map(|found| format!("{code}: {t}: {found}"))))
        .collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    // "Pasa con" is no "páseme con", and a lamp is connected without a person.
    for text in ["¿Qué pasa con mi pedido?", "Hoe verbind ik mijn lamp met wifi?", "The travel agent said it fits"] {
        assert_eq!(request(text), None, "{text}");
    }
}
