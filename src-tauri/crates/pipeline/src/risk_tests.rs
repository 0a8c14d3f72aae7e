//! Threats as buyers say them: five ways a kind and language, found among their neighbours of other kinds.

use std::{collections::BTreeMap, sync::LazyLock};

use super::*;

/// Language, then five ways each of: chargeback, legal, review threat, platform claim.
const THREATS: &[(&str, [&str; 4])] = &[
    (
        "en",
        [
            "I will dispute the charge with my bank|I'm going to file a chargeback|My bank will reverse the payment|I'll call my credit card company and get the money back|I will have the payment reversed by the bank",
            "You will hear from my lawyer|I'll take you to court|I am going to sue you|I will take legal action|I will report you to the consumer protection agency",
            "I will leave a one star review|Expect a bad review on Trustpilot|I'll tell everyone on social media how you treat customers|Refund me or I will write a negative review|I will post a negative review everywhere",
            "I will open a PayPal dispute|I'm filing an A-to-z claim|I'll open a case with eBay|I have opened a dispute on AliExpress|I am going to report you to Amazon",
        ],
    ),
    (
        "de",
        [
            "Ich lasse die Zahlung von meiner Bank zurückbuchen|Ich werde eine Rückbuchung veranlassen|Dann mache ich eine Rücklastschrift|Ich buche das Geld über die Kreditkarte zurück|Ich hole mir das Geld über meine Bank zurück",
            "Mein Anwalt wird sich melden|Ich schalte einen Rechtsanwalt ein|Dann sehen wir uns vor Gericht|Ich erstatte Anzeige wegen Betrugs|Ich wende mich an die Verbraucherzentrale",
            "Ich schreibe eine schlechte Bewertung|Sonst gibt es eine negative Bewertung|Das gibt einen Stern|Ich bewerte Sie mit einem Stern|Ich werde das überall im Internet posten",
            "Ich eröffne einen Fall bei PayPal|Ich stelle einen Antrag auf Käuferschutz|Ich mache einen A-bis-z-Antrag|Ich melde Sie bei Amazon|Ich habe bei eBay einen Fall geöffnet",
        ],
    ),
    (
        "fr",
        [
            "Je vais contester le paiement auprès de ma banque|Je demande une rétrofacturation|Je fais opposition au paiement|Ma banque va annuler le paiement|Je vais faire un chargeback",
            "Mon avocat va vous contacter|Je vais porter plainte|Je saisirai le tribunal|Je vais engager des poursuites|Je signale votre site à la DGCCRF",
            "Je vais laisser un avis négatif|Vous aurez un mauvais avis sur Trustpilot|Je mettrai une seule étoile|Sinon je publie un avis négatif partout|Je vais le dire sur les réseaux sociaux",
            "J'ouvre un litige PayPal|Je vais ouvrir un litige sur PayPal|Je fais une réclamation A à Z|Je vais vous signaler à Amazon|J'ai ouvert une réclamation auprès d'eBay",
        ],
    ),
    (
        "es",
        [
            "Voy a pedir un contracargo|Voy a disputar el cargo con mi banco|Mi banco anulará el pago|Voy a retroceder el cargo de la tarjeta|Reclamaré el dinero a través de mi banco",
            "Hablará con mi abogado|Los voy a denunciar|Voy a poner una demanda|Iremos a juicio|Voy a ir a la oficina de consumo",
            "Voy a dejar una mala reseña|Les pondré una estrella|Si no, escribiré una reseña negativa|Dejaré un comentario negativo en Trustpilot|Voy a contarlo en redes sociales",
            "Pondré una reclamación en PayPal|Voy a abrir una disputa|Abriré un caso en PayPal|Voy a hacer una reclamación de la A a la Z|Los voy a reportar a Amazon",
        ],
    ),
    (
        "it",
        [
            "Chiederò lo storno alla mia banca|Farò un chargeback|Contesterò l'addebito con la banca|Farò annullare il pagamento dalla banca|Farò bloccare il pagamento dalla carta di credito",
            "Vi scriverà il mio avvocato|Farò denuncia|Vi porto in tribunale|Passerò alle vie legali|Mi rivolgo a un'associazione dei consumatori",
            "Lascerò una recensione negativa|Vi metto una stella|Scriverò una brutta recensione su Trustpilot|Altrimenti pubblico una recensione negativa|Lo racconterò sui social",
            "Aprirò una controversia su PayPal|Apro una contestazione PayPal|Farò un reclamo dalla A alla Z|Vi segnalo ad Amazon|Ho aperto un reclamo su eBay",
        ],
    ),
    (
        "pt",
        [
            "Vou pedir o estorno ao banco|Vou contestar a cobrança no cartão|Vou fazer um chargeback|O meu banco vai reverter o pagamento|Vou contestar a compra com o banco",
            "O meu advogado vai contactá-los|Vou processar vocês|Vou ao tribunal|Vou apresentar queixa na polícia|Vou reclamar no Procon",
            "Vou deixar uma avaliação negativa|Vou dar uma estrela|Vou escrever uma má avaliação no Trustpilot|Senão publico uma avaliação negativa|Vou expor isto nas redes sociais",
            "Vou abrir uma disputa no PayPal|Abri uma reclamação no PayPal|Vou fazer uma reclamação de A a Z|Vou denunciar vocês à Amazon|Vou abrir uma disputa no AliExpress",
        ],
    ),
    (
        "nl",
        [
            "Ik laat de betaling terugboeken door mijn bank|Ik ga het bedrag storneren|Ik doe een chargeback|Ik betwist de afschrijving bij mijn bank|Mijn creditcardmaatschappij draait de betaling terug",
            "Mijn advocaat neemt contact op|Ik doe aangifte bij de politie|Ik stap naar de rechter|Ik neem juridische stappen|Ik meld dit bij de Consumentenbond",
            "Ik laat een slechte review achter|Jullie krijgen één ster|Anders schrijf ik een negatieve recensie|Ik zet een slechte beoordeling op Trustpilot|Ik zet dit op sociale media",
            "Ik open een geschil bij PayPal|Ik start een PayPal-zaak|Ik dien een A-tot-Z-claim in|Ik meld jullie bij Amazon|Ik heb een klacht ingediend bij bol.com",
        ],
    ),
    (
        "pl",
        [
            "Złożę reklamację w banku i zrobię chargeback|Bank cofnie płatność|Zgłoszę obciążenie zwrotne|Zakwestionuję płatność w banku|Zareklamuję transakcję kartą",
            "Skontaktuje się z wami mój prawnik|Zgłoszę sprawę na policję|Spotkamy się w sądzie|Mój adwokat się tym zajmie|Zgłoszę to do UOKiK",
            "Wystawię negatywną opinię|Dostaniecie jedną gwiazdkę|Napiszę złą opinię na Trustpilot|Jak nie, to wystawię negatywny komentarz|Opiszę to w mediach społecznościowych",
            "Otworzę spór w PayPal|Zgłoszę spór na Allegro|Skorzystam z Allegro Protect|Zgłoszę was do Amazon|Założę sprawę w PayPal",
        ],
    ),
    (
        "ru",
        [
            "Я оформлю чарджбэк|Я оспорю платёж в банке|Верну деньги через банк|Банк отменит платёж|Подам заявление в банк на возврат платежа",
            "С вами свяжется мой адвокат|Я подам в суд|Я напишу заявление в полицию|Обращусь в Роспотребнадзор|Мой юрист займётся этим",
            "Я оставлю плохой отзыв|Поставлю одну звезду|Иначе напишу негативный отзыв|Напишу отрицательный отзыв везде|Расскажу всем в соцсетях",
            "Открою спор в PayPal|Я открою спор на AliExpress|Пожалуюсь на вас в Amazon|Подам жалобу на Ozon|Открываю диспут",
        ],
    ),
    (
        "tr",
        [
            "Bankamdan ters ibraz talep edeceğim|Ödemeye bankadan itiraz edeceğim|Harcama itirazı yapacağım|Chargeback yapacağım|Parayı bankam üzerinden geri alacağım",
            "Avukatım sizinle iletişime geçecek|Sizi mahkemeye vereceğim|Savcılığa suç duyurusunda bulunacağım|Tüketici hakem heyetine başvuracağım|Hakkınızda dava açacağım",
            "Kötü yorum yazacağım|Tek yıldız vereceğim|Olumsuz yorum bırakacağım|Yoksa her yere kötü yorum yazarım|Sosyal medyada paylaşacağım",
            "PayPal'da anlaşmazlık açacağım|PayPal üzerinden itiraz açacağım|Sizi Trendyol'a şikayet edeceğim|Amazon'a şikayet edeceğim|eBay'de dava açacağım",
        ],
    ),
    (
        "ar",
        [
            "سأطلب من البنك استرجاع المبلغ|سأعترض على العملية لدى البنك|سأقدم اعتراضا على الدفعة في البنك|سأسترد أموالي عن طريق البنك|سأطلب رد المدفوعات",
            "سيتواصل معكم المحامي الخاص بي|سأرفع دعوى قضائية|سأذهب إلى المحكمة|سأقدم بلاغا للشرطة|سأشتكي إلى حماية المستهلك",
            "سأكتب تقييما سلبيا|سأعطيكم نجمة واحدة|سأترك مراجعة سيئة|وإلا سأنشر تقييم سلبي|سأفضحكم على وسائل التواصل",
            "سأفتح نزاعا في PayPal|سأفتح نزاع على باي بال|سأقدم شكوى إلى أمازون|فتحت نزاعا على AliExpress|سأبلغ عنكم أمازون",
        ],
    ),
    (
        "zh",
        [
            "我要向银行申请拒付|我会让银行退单|我要找信用卡公司撤销付款|我要让银行把钱追回来|我会申请信用卡拒付",
            "我的律师会联系你们|我要去法院起诉你们|我要报警|我要打12315投诉|我要走法律程序",
            "我要给差评|给你们一星|不退款就给差评|我会在网上曝光你们|我要写差评",
            "我要在PayPal开争议|我要在平台投诉你们|我要向亚马逊投诉|申请平台介入|我会在速卖通开纠纷",
        ],
    ),
    (
        "zh-tw",
        [
            "我要向銀行申請拒付|我會請信用卡公司止付|我要辦理爭議款|我會請銀行退刷|我要跟銀行申請信用卡爭議",
            "我的律師會聯絡你們|我要提告|我要報警|我要向消保官申訴|我會走法律途徑",
            "我要給負評|給你們一顆星|不退款就給負評|我會在網路上公開|我要留差評",
            "我要在PayPal開爭議|我要向蝦皮檢舉|我要向亞馬遜投訴|我會申請平台介入|我要在PayPal提出申訴",
        ],
    ),
    (
        "ja",
        [
            "チャージバックを申請します|クレジットカード会社に支払い停止を依頼します|カード会社に異議申し立てをします|銀行に連絡して返金してもらいます|カード会社に連絡します",
            "弁護士に相談します|訴えます|消費者センターに連絡します|警察に被害届を出します|法的措置を取ります",
            "悪いレビューを書きます|星1をつけます|低評価のレビューを投稿します|返金しないなら口コミに書きます|SNSで拡散します",
            "PayPalで異議を申し立てます|Amazonマーケットプレイス保証を申請します|Amazonに通報します|PayPalに紛争を報告します|楽天に通報します",
        ],
    ),
    (
        "ko",
        [
            "카드사에 차지백 신청하겠습니다|카드사에 이의제기 하겠습니다|은행에 결제 취소를 요청하겠습니다|카드사에 연락해서 결제 취소하겠습니다|차지백 하겠습니다",
            "변호사를 선임하겠습니다|고소하겠습니다|경찰에 신고하겠습니다|소비자원에 신고하겠습니다|법적 조치를 취하겠습니다",
            "별점 1점 줄게요|나쁜 리뷰를 남기겠습니다|환불 안 해 주면 악평 남길게요|안 좋은 후기를 쓰겠습니다|SNS에 올리겠습니다",
            "페이팔에 분쟁을 제기하겠습니다|PayPal 분쟁을 열겠습니다|아마존에 신고하겠습니다|쿠팡에 신고할게요|알리익스프레스에 분쟁을 신청하겠습니다",
        ],
    ),
    (
        "th",
        [
            "จะขอให้ธนาคารดึงเงินคืน|จะปฏิเสธการชำระเงินกับบัตรเครดิต|จะทำ chargeback|จะแจ้งธนาคารให้ยกเลิกรายการ|จะโทรหาธนาคารขอเงินคืน",
            "ทนายของฉันจะติดต่อไป|จะฟ้องร้อง|จะแจ้งความ|จะร้องเรียน สคบ.|จะดำเนินคดีตามกฎหมาย",
            "จะให้ดาวเดียว|จะเขียนรีวิวแย่ๆ|จะให้รีวิว 1 ดาว|ถ้าไม่คืนเงินจะรีวิวไม่ดี|จะโพสต์ลงโซเชียล",
            "จะเปิดข้อพิพาทใน PayPal|จะร้องเรียนกับ Shopee|จะแจ้ง Lazada|จะเปิดเคสกับ PayPal|จะร้องเรียน Amazon",
        ],
    ),
];

/// What only sounds alike, in each language.
const HARMLESS: &[(&str, &str)] = &[
    (
        "en",
        "I paid by PayPal, in which case does the warranty apply?|Which bank account do I pay to?|I read the good reviews|Is the lamp on Amazon the same?|I saw you on social media|Why was my payment reversed?|I read a negative review, is it true?",
    ),
    (
        "de",
        "Ich habe mit PayPal bezahlt, was ist in diesem Fall zu tun?|Ich habe gute Bewertungen gelesen|Gibt es die Lampe auch bei Amazon?|An welche Bank überweise ich?|Hat die Lampe einen Stern als Muster?|Ich habe Sie in den sozialen Medien gesehen|Gibt es eine Bewertung dazu?",
    ),
    (
        "fr",
        "J'ai payé avec PayPal, merci|J'ai lu de bons avis|Quelle est votre banque ?|Vendez-vous aussi sur Amazon ?|Je vous ai vus sur les réseaux sociaux|J'ai lu un avis négatif, est-ce vrai ?",
    ),
    (
        "es",
        "Pagué con PayPal, gracias|He leído buenas reseñas|¿A qué banco transfiero?|¿Venden también en Amazon?|Los vi en redes sociales|¿Puedo cancelar el pago del pedido?",
    ),
    (
        "it",
        "Ho pagato con PayPal, grazie|Ho letto belle recensioni|Vendete anche su Amazon?|A quale banca faccio il bonifico?|Posso annullare il pagamento dell'ordine?|Vi ho visti sui social",
    ),
    (
        "pt",
        "Paguei com PayPal, obrigado|Li boas avaliações|Também vendem na Amazon?|Para que banco transfiro?|Vi vocês nas redes sociais|Quero solicitar o estorno do meu pedido",
    ),
    (
        "nl",
        "Ik heb met PayPal betaald, bedankt|Ik las goede recensies|Verkopen jullie ook op Amazon?|Naar welke bank maak ik over?|Ik zag jullie op sociale media|Ik wil een lamp met een ster",
    ),
    (
        "pl",
        "Zapłaciłem przez PayPal, dziękuję|Czytałem dobre opinie|Czy sprzedajecie też na Allegro?|Na jaki bank zrobić przelew?|Widziałem was w mediach społecznościowych|Chcę złożyć reklamację zamówienia z Allegro|Lampa do ogrodu",
    ),
    (
        "ru",
        "Я оплатил через PayPal, спасибо|Я читал хорошие отзывы|Вы продаёте и на Ozon?|В каком банке у вас счёт?|Я увидел вас в соцсетях|Я прочитал плохой отзыв, это правда?",
    ),
    (
        "tr",
        "PayPal ile ödedim, teşekkürler|İyi yorumlar okudum|Spor ayakkabı Amazon fiyatına mı?|Trendyol'da da satıyor musunuz?|Hangi bankaya havale yapayım?|Sizi sosyal medyada gördüm|Yıldız şeklinde lamba var mı?",
    ),
    (
        "ar",
        "دفعت عبر PayPal شكرا|قرأت تقييمات جيدة|هل تبيعون أيضا على أمازون؟|إلى أي بنك أحول؟|رأيتكم على وسائل التواصل|هل المصباح على شكل نجمة واحدة؟",
    ),
    ("zh", "我用PayPal付款了，谢谢|看到很多好评|你们在亚马逊也卖吗？|转账到哪个银行？|有烟雾报警器吗？|想发小红书分享|我有一个星星灯"),
    ("zh-tw", "我用PayPal付款了，謝謝|看到很多好評|蝦皮也有賣嗎？|轉帳到哪個銀行？|有煙霧警報器嗎？|我想買一顆星星燈"),
    (
        "ja",
        "PayPalで支払いました。ありがとう|良いレビューを見ました|Amazonでも販売していますか？|振込先の銀行はどこですか|口コミに書いてありました|星の形のランプはありますか",
    ),
    (
        "ko",
        "페이팔로 결제했어요, 감사합니다|좋은 리뷰를 봤어요|쿠팡에서도 파나요?|어느 은행으로 송금하나요?|SNS에서 봤어요|주문 결제 취소를 요청합니다",
    ),
    ("th", "จ่ายด้วย PayPal แล้วค่ะ ขอบคุณ|อ่านรีวิวดีๆ มา|มีขายใน Shopee ไหม|โอนเข้าธนาคารไหน|เห็นในโซเชียลค่ะ|มีโคมไฟรูปดาวไหม"),
];

fn risk(text: &str, code: &str) -> Risk {
    static LOADED: LazyLock<BTreeMap<&str, RiskPhrases>> =
        LazyLock::new(|| Language::SUPPORTED.iter().map(|code| (*code, RiskPhrases::load(code).unwrap())).collect());
    let chain = languages(&Language::parse(code).unwrap());
    let phrases: Vec<&RiskPhrases> = chain.iter().map(|l| &LOADED[l.code()]).collect();
    find(text, &Folded::new(text), &phrases).0
}

#[test]
fn f3_threats_are_found_in_sixteen_languages() {
    let kinds = [RiskKind::Chargeback, RiskKind::Legal, RiskKind::ReviewThreat, RiskKind::PlatformClaim];
    let mut missed = Vec::new();
    for (code, rows) in THREATS {
        for (kind, row) in kinds.iter().zip(rows) {
            assert_eq!(row.split('|').count(), 5, "{code}: {row}");
            missed.extend(row.split('|').filter(|t| !risk(t, code).kinds.contains(kind)).map(|t| format!("{code} {kind}: {t}")));
        }
    }
    assert_eq!(THREATS.len(), Language::SUPPORTED.len());
    assert!(missed.is_empty(), "{}:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn f3_what_only_sounds_alike_is_spared_in_sixteen_languages() {
    let mut wrong = Vec::new();
    for (code, row) in HARMLESS {
        wrong.extend(row.split('|').filter(|t| risk(t, code).high).map(|t| format!("{code} {:?}: {t}", risk(t, code).kinds)));
    }
    assert_eq!(HARMLESS.len(), Language::SUPPORTED.len());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Kind (`none` for no risk) and text of a line of `tests/risk/`.
fn rows(code: &str) -> Vec<(String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/risk").join(code).with_extension("tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    lines.map(|l| l.split_once('\t').map(|(kind, text)| (kind.to_owned(), text.to_owned())).unwrap()).collect()
}

/// The texts of `tests/risk/` were written before the phrases were looked at, and the phrases were mended by them afterwards: 66 % of
/// the threats were found at first with 25 % false alarms, and of the last fifteen of each file, which say it in odd ways, a third.
#[test]
fn f3_recall_and_false_alarms_hold_in_each_language() {
    let (mut report, mut holds, mut sums) = (Vec::new(), true, [0usize; 4]);
    for code in Language::SUPPORTED {
        let (mut threats, mut found, mut harmless, mut alarms) = (0usize, 0usize, 0usize, 0usize);
        for (kind, text) in rows(code) {
            let kinds: Vec<String> = risk(&text, code).kinds.iter().map(ToString::to_string).collect();
            let right = if kind == "none" { kinds.is_empty() } else { kinds.contains(&kind) };
            if kind == "none" {
                harmless += 1;
                alarms += usize::from(!right);
            } else {
                threats += 1;
                found += usize::from(right);
            }
            if !right {
                report.push(format!("  {code} {kind}, found {kinds:?}: {text}"));
            }
        }
        holds &= found * 100 >= threats * 85 && alarms * 100 <= harmless * 5;
        report.push(format!("{code}: {found} of {threats} threats, {alarms} of {harmless} alarms"));
        sums.iter_mut().zip([threats, found, harmless, alarms]).for_each(|(sum, n)| *sum += n);
    }
    report.push(format!("all: {} of {} threats, {} of {} alarms", sums[1], sums[0], sums[3], sums[2]));
    println!("{}", report.join("\n"));
    assert!(sums[0] >= 16 * 30 && sums[2] >= 16 * 15 && holds, "{}", report.join("\n"));
}

/// Kettles that spark and formal complaints aside, the example phrases of the intents are what buyers write every day.
#[test]
fn f3_ordinary_messages_raise_hardly_an_alarm() {
    let (mut n, mut alarms) = (0usize, Vec::new());
    for code in Language::SUPPORTED {
        for (intent, text) in crate::data::rows("intents", code).filter(|(intent, _)| !matches!(*intent, "damaged_item" | "complaint")) {
            n += 1;
            let kinds = risk(text, code).kinds;
            if !kinds.is_empty() {
                alarms.push(format!("{code} {intent} {kinds:?}: {text}"));
            }
        }
    }
    println!("{} of {n}:\n{}", alarms.len(), alarms.join("\n"));
    assert!(n > 10_000 && alarms.len() * 500 <= n, "{} of {n}:\n{}", alarms.len(), alarms.join("\n"));
}

#[test]
fn f3_what_is_taken_back_is_no_risk_and_a_condition_still_is() {
    let check = |code: &str, text: &str, expect: &[RiskKind]| assert_eq!(risk(text, code).kinds, expect, "{text}");
    check("en", "I won't leave a bad review, promise", &[]);
    check("en", "If you won't refund me I'll leave a bad review", &[RiskKind::ReviewThreat]);
    check("en", "I don't want to wait any longer, I'll sue you", &[RiskKind::Legal]);
    check("en", "No smoke but sparks", &[RiskKind::Safety]);
    check("en", "Is there buyer protection?", &[]);
    check("en", "Then buyer protection it is.", &[RiskKind::PlatformClaim]);
    check("de", "Ich will niemanden verklagen", &[]);
    check("de", "Kein Rauch, aber Funken", &[RiskKind::Safety]);
    check("fr", "Je ne veux pas attendre, je porte plainte", &[RiskKind::Legal]);
    check("es", "No voy a dejar una mala reseña", &[]);
    check("zh", "没冒烟，但是有火花", &[RiskKind::Safety]);
    check("zh", "我不想打官司", &[]);
    check("zh", "再不退款我就打官司", &[RiskKind::Legal]);
    check("ja", "訴えるつもりはないです", &[]);
    check("ja", "訴えないといけませんか", &[RiskKind::Legal]);
    check("ko", "고소하려는 게 아니라 교환을 원해요", &[]);
    check("tr", "Kimseyi dava etmek istemiyorum", &[]);
    check("ru", "Судиться не хочу", &[]);
}
