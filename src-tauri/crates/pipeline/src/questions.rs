//! What kind of question a text is: one about a rule of the shop, one about who pays, a payment that went wrong, or none at all.
//!
//! Phrases in sixteen languages, without a model: the intents say what a message is about, these say what is wanted of it. The
//! rules that use them are in `decide`; `retrieve` looks the asking sentences up one by one.

use std::sync::LazyLock;

use regex::Regex;

use crate::{entities::pattern, tokens};

/// How, what, whether it is allowed: in sixteen languages.
static RULE_QUESTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:how (?:do|can|does|long|much|many)|what (?:is|are|if|happens)|can i|may i|which (?:payment|means|ways|cards|methods|countries)|do you (?:accept|take|offer|have|allow|ship|deliver|send)|is it possible|are returns|policy|conditions)\b",
        r"|\b(?:wie (?:kann|bekomme|erhalte|funktioniert|lange|viel|läuft)|welche (?:zahlungs\w*|länder)|nehmen sie|akzeptieren sie|was (?:ist|passiert|muss)|kann ich|darf ich|ist es möglich|bieten sie|liefern sie|versenden sie|verschicken sie|bedingungen)\b",
        r"|\b(?:comment|puis-je|peut-on|est-il possible|livrez-vous|expédiez-vous|est-ce que je peux|quel(?:le)?s? (?:est|sont|moyens|modes|pays)|acceptez-vous|prenez-vous|combien de temps|conditions|politique)\b",
        r"|(?:¿?\b(?:cómo|puedo|se puede|envían|envian|hacen envíos|es posible|cuál|cuáles|cuánto|qué pasa|qué (?:métodos|formas|medios|países)|aceptan|política|condiciones)\b)|\b(?:come (?:posso|ricevo|ottengo|funziona|si)|posso|si può|è possibile|spedite|consegnate|qual è|quali sono|quanto tempo|quali (?:metodi|pagamenti|paesi)|accettate|condizioni)\b",
        r"|\b(?:como (?:posso|recebo|obtenho|funciona|faço)|posso|é possível|enviam|entregam|qual é|quais (?:são|os|as)|que (?:métodos|formas|meios)|aceitam|quanto tempo|política)\b|\b(?:hoe (?:kan|krijg|ontvang|werkt|lang)|kan ik|mag ik|is het mogelijk|leveren jullie|levert u|verzenden jullie|verzendt u|wat (?:is|zijn)|welke (?:betaal\w*|landen)|accepteren jullie|accepteert u|voorwaarden)\b",
        r"|\b(?:jak (?:mogę|można|otrzymam|dostanę|uzyskać|długo|wygląda)|czy (?:mogę|można|jest możliw\w*)|czy (?:wysyłacie|dostarczacie)|ile (?:mam|czasu)|jakie (?:metody|formy|są)|czy (?:akceptujecie|przyjmujecie)|warunki|zasady)\b|(?:как (?:можно|вернуть|оформить|мне)|можно ли|доставляете|отправляете|могу ли|какие (?:условия|способы)|принимаете|чем можно|сколько дней|условия)",
        r"|(?:nasıl|gönderiyor mu|gönderim yapıyor|mümkün mü|edebilir miyim|kaç gün|hangi (?:ödeme|ülke)\w*|kabul ediyor|yapabilir miyim|ödeyebilir miyim|koşul\w*|şartlar\w*)|(?:كيف|هل تشحنون|هل توصلون|هل يمكن|هل بإمكاني|ما هي|كم يوم|ما (?:طرق|هي طرق|وسائل)|هل تقبلون|سياسة)|(?:(?:哪些|什么|哪幾種|哪几种|什麼).{0,4}(?:付款|支付)|支持.{0,8}[吗嗎]|接受.{0,10}[吗嗎]|怎么|(?:发|送|寄|發)(?:货|貨)?到.{0,8}[吗嗎]|怎麼|如何|可以.{0,16}[吗嗎]|能不能|能否|多久|政策|规定|規定|条件|條件)|(?:どうすれば|使えますか|払えますか|配送(?:して|でき)|方法|できますか|可能ですか|条件|期限|何日)|(?:어떻게|(?:어떤|무슨) (?:결제|방법)|받으시나요|쓸 수 있|배송(?:이|도)? ?(?:되|가능|하)|가능한가요|할 수 있나요|되나요|될까요|며칠|방법|정책|조건)|(?:อย่างไร|ส่ง(?:ไป|ถึง).{0,16}(?:ไหม|มั้ย)|ยังไง|ได้ไหม|ได้มั้ย|ได้บ้าง|รับ(?:ชำระ|บัตร).{0,20}(?:ไหม|มั้ย|บ้าง)|นโยบาย|เงื่อนไข|กี่วัน)"
    ))
});

/// Asks for it to be done now, about the writer's own order.
static OWN_REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:i want|i need|i would like|i'd like|please (?:cancel|refund|change|send|return|exchange)|(?:can|could) you|cancel (?:my|this|the) order|my order|my money|refund me|i have changed my mind)\b",
        r"|\b(?:ich (?:möchte|will|brauche|hätte gern)|bitte (?:stornieren|ändern|erstatten)|können sie|könnten sie|meine bestellung|mein geld)\b|\b(?:je (?:veux|voudrais|souhaite)|pouvez-vous|pourriez-vous|ma commande|mon argent)\b",
        r"|\b(?:quiero|quisiera|me gustaría|necesito|pueden? (?:cancelar|cambiar|devolver)|mi pedido|mi dinero)\b|\b(?:voglio|vorrei|potete|potreste|il mio ordine|i miei soldi)\b|\b(?:quero|queria|gostaria|podem|poderiam|(?:a minha|minha) encomenda|(?:o )?meu pedido|meu dinheiro)\b",
        r"|\b(?:ik wil|ik zou graag|kunnen jullie|kunt u|mijn bestelling|mijn geld)\b|\b(?:chcę|chciał\w* ?bym|proszę o|moje zamówienie|mojego zamówienia|moje pieniądze)\b|(?:я хочу|хочу|хотел\w* бы|прошу|мой заказ|моего заказа|мои деньги)",
        r"|(?:istiyorum|rica ederim|eder misiniz|siparişimi|paramı)|(?:أريد|اريد|أرغب|طلبي|أموالي|نقودي)|(?:我要|我想|帮我|幫我|麻烦|麻煩|请给我|請給我|我的订单|我的訂單|给我退|給我退)|(?:してください|お願いします|したいです|したいのですが|希望します)|(?:해 주세요|해주세요|하고 싶|부탁|원해요|원합니다|제 주문)|(?:ต้องการ|อยาก|ช่วย|ขอ(?:ยกเลิก|คืน|เปลี่ยน))"
    ))
});

/// Whose cost it is: always a question about a rule, also beside "my order".
static WHO_PAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:who (?:pays|covers|bears|has to pay|is paying)|at (?:whose|my own|my|your) (?:cost|expense)|(?:do|will|would) i (?:have to |need to )?pay for (?:the )?(?:return|shipping))\b",
        r"|\b(?:wer (?:zahlt|bezahlt|trägt|übernimmt|muss)|wer kommt für|zu wessen lasten|auf wessen kosten|(?:muss|müsste) ich [^.!?\n]{0,40}(?:zahlen|bezahlen|tragen|übernehmen))\b",
        r"|\b(?:qui (?:paie|paye|paiera|prend en charge|supporte|règle)|à la charge de qui|(?:est|sont|reste\w*)(?:-il|-ils|-elle|-elles)? à (?:ma|votre) charge|aux frais de qui)\b",
        r"|\b(?:qui[eé]n (?:paga|asume|cubre|corre|se hace cargo)|a cargo de qui[eé]n|(?:corren?|va|van) (?:a|de|por) (?:mi|su) (?:cuenta|cargo))",
        r"|\b(?:chi (?:paga|sostiene|copre|si fa carico|deve pagare)|a carico di chi|a (?:mio|vostro) carico)\b",
        r"|\b(?:quem (?:paga|suporta|assume|arca|cobre)|por conta de quem|(?:é|são|fica|ficam) por (?:minha|vossa|sua) conta)\b",
        r"|\b(?:wie (?:betaalt|draagt|moet [^.!?\n]{0,30}betalen)|voor wiens rekening|voor (?:mijn|jullie|uw) (?:eigen )?rekening|op wiens kosten)\b",
        r"|\b(?:kto (?:płaci|zapłaci|ponosi|pokrywa|opłaca)|na czyj koszt|czy (?:to )?na (?:mój|wasz) koszt|po czyjej stronie)\b",
        r"|кто (?:платит|заплатит|оплачивает|несет|несёт|покрывает)|за чей сч[её]т|за (?:мой|ваш) сч[её]т",
        r"|(?:kim (?:öd\w+|karşıl\w+|tarafından)|kime ait|masraf\w* kim\w*|ücret\w* kim\w*)",
        r"|من (?:يدفع|يتحمل|سيدفع|سيتحمل|الذي يدفع|الذي يتحمل)|على حساب من|على نفقة من|على من",
        r"|[谁誰](?:来|來|要)?(?:付|出|承担|承擔|负担|負擔|支付|负责|負責)|由[谁誰]|(?:算|是)[谁誰]的|(?:自费|自費|自付|自理)[吗嗎]",
        r"|誰が(?:負担|払|支払)|(?:誰|どちら)(?:の|が)?負担|どちら(?:が|側)[^。？\n]{0,8}(?:負担|払)|負担は(?:誰|どちら|どう)|(?:こちら|自己|お客様|購入者)(?:の)?負担(?:です|でしょう|になります)か",
        r"|누가 [^.?\n]{0,16}(?:내|부담|지불)|(?:누구|제|구매자|고객) ?부담|부담은 누구|부담하나요",
        r"|ใคร(?:จ่าย|เป็นคน|เป็นผู้|ออก|ต้อง|รับผิดชอบ)|(?:ต้อง|ลูกค้า)(?:จ่าย|ออก)(?:เอง|ค่าส่งคืน)"
    ))
});

/// A payment that failed, was refused, or was taken twice.
static PAYMENT_FAILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bpayment (?:just |has |has been |was |is |keeps |always )?(?:failed|fails|failing|declined|rejected|refused|not working|(?:did|does|will|would|could)(?:n't|n’t| not) (?:go through|work|be processed))|\b(?:charged|billed|debited|paid)(?: me| us| my \w+| for it)? (?:twice|double|two times|2 times|three times)|\bdouble[- ]?charged?\b|\b(?:duplicate|double) (?:charge|payment)|\bcard (?:was|is|got|has been|keeps (?:being|getting)) (?:declined|rejected|refused)|\b(?:can't|can’t|cannot|could not|couldn't|unable to|not able to) (?:pay|check out|complete (?:the|my) payment)\b|\bovercharged\b|\bcharged (?:too much|the wrong)",
        r"|\b(?:zahlung|bezahlung|überweisung)\b[^.!?\n]{0,30}(?:fehlgeschlagen|abgelehnt|schlug fehl|schlägt fehl|nicht geklappt|klappt nicht|funktioniert nicht|nicht funktioniert|ging nicht durch)|\b(?:doppelt|zweimal|zwei mal|2x|mehrfach)\b[^.!?\n]{0,12}(?:abgebucht|belastet|bezahlt|berechnet|eingezogen|abgezogen)|\bdoppelte (?:abbuchung|belastung|zahlung)|\bkarte\b[^.!?\n]{0,16}abgelehnt|\bkann nicht (?:be)?zahlen|\bzu viel (?:abgebucht|berechnet|abgezogen)",
        r"|\bpaiement\b[^.!?\n]{0,24}(?:échoué|échoue|refusé|rejeté|pas passé|ne passe pas|ne fonctionne pas|impossible)|\b(?:débit\w*|prélev\w*|factur\w*|pay\w+)[^.!?\n]{0,12}(?:deux|2) fois|\bdouble (?:débit|prélèvement|paiement)|\bcarte\b[^.!?\n]{0,20}(?:refusée|rejetée)",
        r"|\bpago\b[^.!?\n]{0,24}(?:falló|falla|fallado|fallido|rechazad\w+|rechazó|no se (?:procesó|completó|realizó)|no (?:pasa|pasó|funciona))|\b(?:cobr\w+|cargad\w+|cargaron|pagad\w+|pagué)[^.!?\n]{0,16}(?:dos veces|doble|2 veces)|\b(?:doble|cargo|cobro) (?:cobro|cargo|duplicado|doble)|\btarjeta\b[^.!?\n]{0,16}(?:rechazad\w+|denegad\w+)|\bno (?:puedo|pude) pagar",
        r"|\bpagamento\b[^.!?\n]{0,24}(?:fallito|fallisce|rifiutato|non riuscito|non va|non funziona|non è andato)|\b(?:addebit\w+|pagat\w+)[^.!?\n]{0,16}(?:due volte|doppio|2 volte)|\bdoppio addebito|\bcarta\b[^.!?\n]{0,16}rifiutata|\bnon riesco a pagare",
        r"|\bpagamento\b[^.!?\n]{0,24}(?:falhou|falha|recusado|rejeitado|não (?:foi|passou|passa|funciona))|\b(?:cobra\w+|debita\w+|pag\w+)[^.!?\n]{0,16}(?:duas vezes|em dobro|a dobrar|2 vezes)|\bcobrança (?:dupla|duplicada|em duplicado)|\bcartão\b[^.!?\n]{0,16}(?:recusado|rejeitado)|\bnão (?:consigo|consegui) pagar",
        r"|\bbetaling\b[^.!?\n]{0,24}(?:mislukt|geweigerd|niet gelukt|lukt niet|niet doorgegaan|werkt niet)|\b(?:twee keer|dubbel|tweemaal)[^.!?\n]{0,8}(?:afgeschreven|betaald|in rekening)|\bdubbele (?:afschrijving|betaling)|\b(?:kaart|pas)\b[^.!?\n]{0,12}geweigerd|\bkan niet betalen",
        r"|płatnoś\w+[^.!?\n]{0,24}(?:odrzucon\w*|nieudan\w*|nie (?:przeszła|przechodzi|powiodła|działa|udała))|(?:dwa razy|dwukrotnie|podwójnie)[^.!?\n]{0,12}(?:pobran\w*|obciążon\w*|zapłac\w*)|(?:pobran\w*|pobrał\w*|obciążon\w*|zapłac\w*)[^.!?\n]{0,24}(?:dwa razy|dwukrotnie|podwójnie)|podwójn\w+ (?:obciążeni|pobrani|płatnoś)\w+|kart\w+[^.!?\n]{0,12}odrzucon\w+|nie mogę zapłacić",
        r"|(?:платеж|платёж|оплат)\w*[^.!?\n]{0,24}(?:не прош\w+|отклон\w+|не проходит|ошибк\w+|не удал\w+)|(?:дважды|два раза|двойн\w+)[^.!?\n]{0,20}(?:спис\w+|снял\w*|сняты|оплат\w+)|(?:спис\w+|снял\w*|оплати\w+)[^.!?\n]{0,20}(?:дважды|два раза)|карт\w+[^.!?\n]{0,12}отклон\w+|не могу оплатить",
        r"|ödeme\w*[^.!?\n]{0,20}(?:başarısız|reddedildi|gerçekleşmedi|geçmedi|alınamadı|yapamıyorum|yapamadım)|(?:iki kez|iki kere|iki defa|çift)[^.!?\n]{0,20}(?:çekil\w+|çekti\w*|tahsil\w*|ödeme|ödedim)|kart\w*[^.!?\n]{0,14}reddedildi",
        r"|(?:فشل|فشلت|رفضت|رفض|لم يتم|لم تتم|لم تنجح|لم ينجح)[^.!؟\n]{0,14}(?:الدفع|دفع|بطاق)|(?:خصم|سحب|دفعت|تحصيل)[^.!؟\n]{0,24}(?:مرتين|مرتان)|الدفع[^.!؟\n]{0,14}(?:فشل|مرفوض|لا يعمل)|بطاقت\w*[^.!؟\n]{0,10}(?:رفضت|مرفوضة)",
        r"|(?:付款|支付|刷卡)(?:不了|失败|失敗|不成功|没成功|沒成功|出错|出錯|被拒|不過)|(?:重复|重複|两次|兩次|多次|双重|雙重)(?:扣款|扣费|扣費|收费|收費|付款|支付|扣錢|扣钱)|(?:扣|付|收|刷)了?(?:我)?(?:两|兩|2|二)(?:次|遍|笔|筆)|多扣",
        r"|(?:決済|支払い?)(?:が|に|を)?[^。？\n]{0,8}(?:失敗|できない|できませんでした|できません。|エラー|拒否|通らない|通りません)|二重(?:に)?(?:請求|決済|引き落と|課金)|(?:2|２|二)(?:回|度)[^。？\n]{0,8}(?:請求|引き落と|決済|課金)|カード[^。？\n]{0,8}(?:拒否|使えない|エラー|通らない)",
        r"|결제[^.?\n]{0,8}(?:실패|안 ?되|안 ?돼|안 ?됩|오류|거절|거부)|(?:두 ?번|이중|중복)(?:으로)?[^.?\n]{0,8}(?:결제|청구|출금|빠져)|(?:결제|청구|출금)[^.?\n]{0,8}(?:두 ?번|이중|중복)|카드[^.?\n]{0,8}(?:거절|거부)",
        r"|(?:ชำระเงิน|จ่ายเงิน|การชำระ)[^\n]{0,16}(?:ไม่สำเร็จ|ไม่ผ่าน|ล้มเหลว)|(?:ชำระเงิน|จ่ายเงิน)ไม่ได้|(?:ตัด|หัก|เก็บ|คิด)เงิน[^\n]{0,20}(?:สองครั้ง|2 ครั้ง|สองรอบ|ซ้ำ)|บัตร[^\n]{0,16}(?:ถูกปฏิเสธ|ไม่ผ่าน)"
    ))
});

/// The marks and last words of a question in scripts that often leave the mark out.
static QUESTION_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[?？؟]|[吗嗎呢]\s*[。.！!]?\s*$|(?:ですか|ますか|ませんか|でしょうか|のか|ください)\s*[。.]?\s*$|(?:나요|까요|가요|습니까|ㅂ니까|은지요?)\s*[.]?\s*$|(?:ไหม|มั้ย|หรือไม่|หรือเปล่า|เท่าไหร่|อย่างไร|ยังไง)(?:คะ|ครับ|ค่ะ)?\s*$",
    )
});

/// True for a question about a rule; a request in the same message makes it a request.
pub fn asks_about_rule(text: &str) -> bool {
    if WHO_PAYS.is_match(text) {
        // Who pays "if I want to send my order back" asks for nothing; a request would stand in a sentence of its own.
        return tokens::sentences(text).iter().all(|(_, s)| WHO_PAYS.is_match(s) || !OWN_REQUEST.is_match(s));
    }
    RULE_QUESTION.is_match(text) && !OWN_REQUEST.is_match(text)
}

/// True when the writer tells of a payment that failed or was taken more than once.
pub fn payment_failed(text: &str) -> bool {
    PAYMENT_FAILED.is_match(text)
}

/// True for a sentence that asks something.
pub fn is_asked(sentence: &str) -> bool {
    QUESTION_END.is_match(sentence) || RULE_QUESTION.is_match(sentence) || WHO_PAYS.is_match(sentence)
}

#[cfg(test)]
#[path = "questions_tests.rs"]
mod tests;
