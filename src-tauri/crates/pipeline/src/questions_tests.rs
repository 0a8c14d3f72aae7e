//! Questions about rules, about who pays and about payments, in sixteen languages.

use super::*;

#[test]
fn a_rule_is_asked_about_or_something_is_asked_for() {
    let check = |text: &str, expect: bool| assert_eq!(asks_about_rule(text), expect, "{text}");
    check("How can I return an item?", true);
    check("Can you cancel my order?", false);
    check("I want to return the lamp, how do I do it?", false);
    check("Kann ich Artikel zurückgeben?", true);
    check("Wie bekomme ich eine Rechnung für meine Firma?", true);
    check("怎么退货？", true);
    check("我要退货", false);
    check("I want to return the lamp. Who pays for the return?", false);
    check("Who pays for the return if I want to send my order back?", true);
}

#[test]
fn who_pays_is_a_question_about_a_rule_in_sixteen_languages() {
    let check = |text: &str| assert!(asks_about_rule(text), "{text}");
    check("Who pays for the return if I change my mind?");
    check("Wer trägt die Kosten der Rücksendung, wenn mir der Artikel nicht gefällt?");
    check("Qui paie les frais de retour si je change d'avis ?");
    check("¿Quién paga la devolución si cambio de opinión?");
    check("Buongiorno, chi paga le spese di reso se cambio idea?");
    check("Quem paga a devolução se eu mudar de ideias?");
    check("Wie betaalt de retourzending als ik me bedenk?");
    check("Kto płaci za zwrot, jeśli się rozmyślę?");
    check("Кто оплачивает возврат, если товар не подошёл?");
    check("İade kargo ücretini kim ödüyor?");
    check("من يتحمل تكلفة الإرجاع إذا غيرت رأيي؟");
    check("如果我改变主意，退货运费谁出？");
    check("如果我改變主意，退貨運費由誰負擔？");
    check("返品の送料は誰が負担しますか？");
    check("단순 변심으로 반품하면 배송비는 누가 부담하나요?");
    check("ถ้าเปลี่ยนใจ ใครจ่ายค่าส่งคืน");
}

#[test]
fn payment_methods_are_asked_about_in_sixteen_languages() {
    let check = |text: &str| assert!(asks_about_rule(text) && !payment_failed(text), "{text}");
    check("Which payment methods do you take?");
    check("Can I pay by PayPal?");
    check("Welche Zahlungsarten bieten Sie an?");
    check("Kann ich mit PayPal bezahlen?");
    check("Quels moyens de paiement acceptez-vous ?");
    check("Puis-je payer par PayPal ?");
    check("¿Qué métodos de pago aceptan?");
    check("¿Puedo pagar con PayPal?");
    check("Quali metodi di pagamento accettate?");
    check("Posso pagare con PayPal?");
    check("Quais são as formas de pagamento?");
    check("Posso pagar com PayPal?");
    check("Welke betaalmethoden zijn er?");
    check("Kan ik met PayPal betalen?");
    check("Jakie metody płatności akceptujecie?");
    check("Czy mogę zapłacić przez PayPal?");
    check("Какие способы оплаты вы принимаете?");
    check("Можно ли оплатить через PayPal?");
    check("Hangi ödeme yöntemlerini kabul ediyorsunuz?");
    check("PayPal ile ödeyebilir miyim?");
    check("ما هي طرق الدفع المتاحة؟");
    check("هل يمكن الدفع عبر PayPal؟");
    check("可以用PayPal付款吗？");
    check("支持哪些付款方式？");
    check("可以用PayPal付款嗎？");
    check("接受哪些付款方式？");
    check("支払い方法は何がありますか？");
    check("PayPalは使えますか？");
    check("어떤 결제 방법이 있나요?");
    check("PayPal로 결제할 수 있나요?");
    check("ชำระเงินด้วย PayPal ได้ไหม");
    check("มีวิธีชำระเงินอย่างไรบ้าง");
}

#[test]
fn a_payment_that_went_wrong_is_told_in_sixteen_languages() {
    let check = |text: &str| assert!(payment_failed(text), "{text}");
    for text in [
        "My payment failed, what now?",
        "I was charged twice for one order",
        "The card was declined",
        "Die Zahlung ist fehlgeschlagen",
        "Mir wurde zweimal abgebucht",
        "Le paiement a été refusé",
        "J'ai été débitée deux fois",
        "El pago fue rechazado",
        "Me han cobrado dos veces",
        "Il pagamento non è andato a buon fine",
        "Mi avete addebitato due volte",
        "O pagamento falhou",
        "Fui cobrado duas vezes",
        "De betaling is mislukt",
        "Er is twee keer afgeschreven",
        "Płatność została odrzucona",
        "Pobrano pieniądze dwa razy",
        "Оплата не прошла",
        "Деньги списали дважды",
        "Ödeme başarısız oldu",
        "Kartımdan iki kez çekildi",
        "فشلت عملية الدفع",
        "تم خصم المبلغ مرتين",
        "付款失败了",
        "我被重复扣款了",
        "付款失敗了",
        "我被重複扣款了",
        "決済に失敗しました",
        "二重に請求されています",
        "결제가 실패했어요",
        "두 번 결제됐어요",
        "ชำระเงินไม่สำเร็จ",
        "ถูกตัดเงินสองครั้ง",
    ] {
        check(text);
    }
    for text in ["How do I pay?", "I paid yesterday", "Zahlung per Rechnung?", "可以付款吗", "I paid for two lamps"] {
        assert!(!payment_failed(text), "{text}");
    }
}

#[test]
fn sentences_that_ask() {
    let check = |text: &str, expect: bool| assert_eq!(is_asked(text), expect, "{text}");
    check("Which plug do your lamps have?", true);
    check("I live in the United States.", false);
    check("Trente degrés, c'est bien ?", true);
    check("ランプの保証期間は何年でしょうか。", true);
    check("我住在美国。", false);
    check("灯具可以调光吗", true);
}
