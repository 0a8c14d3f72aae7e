//! Words of the trade that mean the same in sixteen languages, so that a question finds an article that uses another word or language.
//!
//! For shops without the sentence encoder, and beside it where languages differ: only words of which the shop's meaning is certain are here.

use std::sync::LazyLock;

use crate::{
    fold::Folded,
    lexicon::{Hit, Lexicon, Script},
};

/// Name, words over all languages, separated by `|`.
const CONCEPTS: &[(&str, &str)] = &[
    (
        "cost",
        "shipping cost|shipping costs|shipping fee|delivery fee|delivery cost|postage|how much|cost|costs|price|prices|charge|kostet|kosten|preis|preise|versandkosten|wie viel|wieviel|combien|coûte|coute|prix|tarif|tarifs|frais|cuánto|cuesta|cuestan|precio|precios|coste|costos|gastos|quanto|costa|costano|prezzo|prezzi|costi|custa|custam|preço|preços|custo|custos|hoeveel|prijs|prijzen|verzendkosten|ile kosztuje|koszt|koszty|cena|ceny|сколько стоит|стоимость|цена|цены|стоит|ne kadar|fiyat|fiyatı|ücret|ücreti|多少钱|多少錢|价格|價格|费用|費用|运费|運費|いくら|料金|価格|値段|送料|얼마|가격|비용|요금|배송비|ราคา|เท่าไหร่|ค่าส่ง|ค่าใช้จ่าย|كم سعر|سعر|تكلفة|رسوم|بكم",
    ),
    (
        "shipping",
        "ship|ships|shipped|shipping|deliver|delivers|delivery|dispatch|dispatched|versand|versenden|verschicken|liefern|lieferung|liefert|geliefert|zustellung|livraison|livrer|livrez|livré|expédition|expédier|expédiez|envío|envio|envíos|envios|enviar|envían|envian|entrega|entregar|entregan|spedizione|spedizioni|spedire|spedite|consegna|consegnate|consegnare|entregas|enviam|entregam|verzending|verzenden|verzendt|bezorging|bezorgen|levering|leveren|levert|wysyłka|wysyłki|wysyłkę|wysyłacie|dostawa|dostawy|dostawę|dostawie|доставка|доставки|доставку|доставляете|доставите|отправка|отправляете|gönderim|gönderiyor|teslimat|kargo|kargolama|发货|發貨|送货|送貨|配送|快递|快遞|寄送|寄到|邮寄|運送|送達|送达|发到|出貨|発送|配達|届き|届く|お届け|배송|발송|배달|จัดส่ง|ส่งของ|ส่งสินค้า|การส่ง|شحن|الشحن|توصيل|التوصيل|تشحنون",
    ),
    (
        "duration",
        "how long|how many days|how fast|how quickly|delivery time|shipping time|processing time|wie lange|wie schnell|wie viele tage|lieferzeit|lieferzeiten|lieferdauer|combien de temps|combien de jours|délai|délais|cuánto tarda|cuánto tiempo|cuántos días|plazo|plazos|quanto tempo|quanti giorni|tempi|quantos dias|prazo|prazos|hoe lang|hoelang|hoeveel dagen|levertijd|jak długo|ile trwa|ile dni|czas dostawy|сколько времени|как долго|сколько дней|сроки|срок|ne kadar sürer|kaç gün|kaç günde|süresi|多久|多长时间|多長時間|几天|幾天|时效|時效|何日|どのくらい|どれくらい|日数|期間|며칠|얼마나 걸|소요|기간|กี่วัน|นานเท่าไหร่|ใช้เวลา|كم يوم|كم يستغرق|مدة|كم من الوقت",
    ),
    (
        "return",
        "return|returns|returning|send back|send an item back|send something back|send items back|give back|sending back|send it back|return policy|retourzending|retourzendingen|الإرجاع|الارجاع|ค่าส่งคืน|rückgabe|rücksendung|zurückschicken|zurückgeben|zurücksenden|retoure|retoure|umtausch und rückgabe|widerruf|widerrufsrecht|retour|retours|retourner|renvoyer|rétractation|devolución|devolver|devoluciones|devolucion|desistimiento|reso|resi|restituire|restituzione|rendere|recesso|devolução|devoluções|retourneren|retourzenden|terugsturen|zwrot|zwrotu|zwroty|zwrócić|odesłać|возврат|возврата|вернуть|возвратить|iade|iadesi|iade etmek|geri göndermek|退货|退貨|退回|退换|退換|返品|返送|返却|반품|반송|คืนสินค้า|ส่งคืน|คืนของ|إرجاع|ارجاع|إعادة المنتج|استرجاع",
    ),
    (
        "refund",
        "refund|refunds|refunded|money back|reimbursement|rückerstattung|erstattung|geld zurück|remboursement|rembourser|remboursé|reembolso|reembolsar|dinero de vuelta|rimborso|rimborsi|rimborsare|reembolsos|terugbetaling|geld terug|zwrot pieniędzy|zwrot środków|refundacja|возврат денег|вернуть деньги|para iadesi|geri ödeme|退款|退钱|退錢|返金|환불|คืนเงิน|استرداد|رد المبلغ|استرجاع المال",
    ),
    (
        "exchange",
        "exchange|exchanges|swap|umtausch|umtauschen|tauschen|échange|échanger|cambio|cambiar|sostituzione|cambiare|troca|trocar|ruilen|omruilen|wymiana|wymiany|wymienić|обмен|обменять|değişim|değiştirmek|换货|換貨|交換|교환|เปลี่ยนสินค้า|استبدال|تبديل",
    ),
    (
        "warranty",
        "warranty|guarantee|guaranteed|garantie|gewährleistung|garantía|garantia|garanzia|gwarancja|gwarancji|гарантия|гарантии|гарантию|garanti|保修|质保|質保|保固|保証|보증|รับประกัน|ประกัน|ضمان|كفالة",
    ),
    (
        "customs",
        "customs|import duty|import duties|duty|duties|import tax|import taxes|tariff|tariffs|customs fees|zoll|zölle|zollgebühren|einfuhrabgaben|einfuhrumsatzsteuer|douane|droits de douane|taxes d'importation|aduana|aduanas|arancel|aranceles|dogana|dazi|dazio|oneri doganali|alfândega|alfandega|taxas de importação|impostos de importação|invoerrechten|douanekosten|cło|cła|opłaty celne|пошлина|пошлины|таможня|таможенные|gümrük|gümrük vergisi|关税|關稅|清关|海关|報關|通關|関税|税関|관세|통관|세관|ศุลกากร|ภาษีนำเข้า|جمارك|الجمارك|جمركية|رسوم جمركية",
    ),
    (
        "vat",
        "vat|sales tax|mwst|mehrwertsteuer|umsatzsteuer|tva|iva|btw|ндс|kdv|增值税|加值稅|消費税|부가세|부가가치세|ภาษีมูลค่าเพิ่ม|ضريبة القيمة المضافة",
    ),
    (
        "payment",
        "pay|payment|payments|paying|payment method|payment methods|zahlen|bezahlen|zahlung|zahlungsmethoden|zahlungsarten|bezahlung|payer|paiement|paiements|moyens de paiement|pagar|pago|pagos|métodos de pago|pagare|pagamento|pagamenti|metodi di pagamento|pagamentos|formas de pagamento|betalen|betaling|betaalmethoden|płatność|płatności|zapłacić|оплата|оплаты|оплатить|способы оплаты|ödeme|ödemek|ödeme yöntemleri|付款|支付|付款方式|付费|支払い|支払|決済|結済|결제|지불|ชำระเงิน|จ่ายเงิน|دفع|الدفع|طرق الدفع",
    ),
    (
        "invoice",
        "invoice|invoices|receipt|rechnung|rechnungen|quittung|facture|factures|factura|facturas|recibo|fattura|fatture|ricevuta|fatura|nota fiscal|factuur|facturen|bon|faktura|fakturę|faktury|счет|счёт|чек|счет-фактура|fatura|发票|發票|收据|請求書|領収書|인보이스|영수증|세금계산서|ใบกำกับภาษี|ใบเสร็จ|فاتورة|الفاتورة",
    ),
    (
        "cancel",
        "cancel|cancelling|cancellation|canceled|cancelled|stornieren|stornierung|storno|annuler|annulation|cancelar|cancelación|anular|annullare|annullamento|cancelamento|annuleren|annulering|anulować|anulowanie|отменить|отмена|отмены|iptal|取消|キャンセル|취소|ยกเลิก|إلغاء|الغاء",
    ),
    (
        "address",
        "address|adresse|dirección|direccion|indirizzo|endereço|morada|adres|adresu|адрес|адреса|adresi|地址|住所|お届け先|주소|배송지|ที่อยู่|عنوان|العنوان",
    ),
    (
        "tracking",
        "track|tracking|tracking number|sendungsverfolgung|sendungsnummer|verfolgen|suivi|suivre|numéro de suivi|seguimiento|rastrear|rastreo|tracciare|tracciamento|tracking|rastreamento|rastreio|volgen|volgnummer|śledzić|śledzenie|отследить|отслеживание|трек-номер|takip|takip numarası|追踪|追蹤|物流信息|查询物流|追跡|추적|조회|운송장|ติดตาม|เลขพัสดุ|تتبع|رقم التتبع",
    ),
    (
        "discount",
        "discount|discounts|coupon|voucher|promo code|discount code|rabatt|rabattcode|gutschein|gutscheincode|remise|réduction|code promo|descuento|descuentos|cupón|código de descuento|sconto|sconti|codice sconto|desconto|descontos|cupom|cupão|korting|kortingscode|rabat|zniżka|zniżki|kod rabatowy|скидка|скидки|скидку|промокод|indirim|indirim kodu|kupon|折扣|优惠|優惠|优惠券|優惠券|割引|クーポン|할인|쿠폰|ส่วนลด|โค้ดส่วนลด|خصم|تخفيض|كوبون",
    ),
    (
        "stock",
        "in stock|out of stock|available|availability|back in stock|restock|vorrätig|auf lager|verfügbar|lieferbar|en stock|disponible|disponibilité|disponibilidad|agotado|disponibile|disponibilità|esaurito|em stock|em estoque|disponível|esgotado|op voorraad|beschikbaar|leverbaar|dostępny|dostępne|dostępność|w magazynie|в наличии|наличие|stokta|stok|mevcut|有货|有貨|缺货|缺貨|库存|庫存|现货|在庫|再入荷|재고|품절|입고|มีของ|สต็อก|มีสินค้า|متوفر|المخزون|متاح",
    ),
    (
        "damaged",
        "damaged|broken|defective|faulty|beschädigt|kaputt|defekt|abîmé|cassé|endommagé|défectueux|dañado|roto|defectuoso|danneggiato|rotto|difettoso|danificado|quebrado|partido|defeituoso|beschadigd|kapot|defect|uszkodzony|uszkodzone|zepsuty|поврежден|сломан|брак|сломалась|hasarlı|kırık|bozuk|破损|破損|损坏|損壞|坏了|壞了|瑕疵|壊れ|不良品|파손|고장|불량|ชำรุด|เสียหาย|แตก|تالف|مكسور|معيب",
    ),
    (
        "size",
        "size|sizes|size chart|dimensions|measurements|größe|grösse|größen|maße|abmessungen|größentabelle|taille|tailles|dimensions|talla|tallas|tamaño|medidas|taglia|taglie|dimensioni|misure|tamanho|tamanhos|maat|maten|afmetingen|rozmiar|rozmiary|wymiary|размер|размеры|beden|ölçü|ölçüleri|boyut|尺寸|尺码|尺碼|大小|サイズ|寸法|사이즈|크기|치수|ขนาด|ไซส์|مقاس|المقاس|أبعاد|الحجم",
    ),
    (
        "material",
        "material|materials|made of|fabric|materialien|stoff|matière|matériau|tissu|materiales|tela|tejido|materiale|materiali|tessuto|materiais|tecido|materiaal|stof|materiał|materiału|материал|материалы|ткань|malzeme|kumaş|材质|材質|材料|素材|소재|재질|วัสดุ|خامة|قماش|مادة",
    ),
    (
        "wash",
        "wash|washing|washable|care instructions|waschen|waschbar|pflege|laver|lavable|lavage|lavar|lavado|lavare|lavabile|lavaggio|lavável|wassen|wasbaar|prać|prania|pranie|стирать|стирка|yıkama|yıkanır|洗涤|清洗|洗滌|機洗|机洗|洗濯|洗え|세탁|ซัก|غسل|الغسيل",
    ),
    (
        "plug",
        "plug|adapter|voltage|volt|socket|stecker|spannung|steckdose|netzteil|prise|tension|adaptateur|enchufe|voltaje|adaptador|spina|tensione|presa|adattatore|tomada|voltagem|tensão|stekker|spanning|stopcontact|wtyczka|napięcie|gniazdko|вилка|розетка|напряжение|вольт|fiş|priz|voltaj|插头|插頭|电压|電壓|插座|プラグ|コンセント|電圧|플러그|전압|콘센트|ปลั๊ก|แรงดันไฟ|قابس|فيش|الجهد",
    ),
    (
        "battery",
        "battery|batteries|charging|recharge|akku|batterie|batterien|aufladen|pile|piles|recharger|batería|baterías|pilas|cargar|batteria|batterie|ricarica|bateria|baterias|pilhas|accu|batterij|opladen|bateria|ładowanie|аккумулятор|батарея|зарядка|pil|batarya|şarj|电池|電池|充电|充電|バッテリー|배터리|충전|แบตเตอรี่|ชาร์จ|بطارية|شحن البطارية",
    ),
    (
        "gift",
        "gift|gift wrap|gift wrapping|geschenk|geschenkverpackung|cadeau|emballage cadeau|regalo|envolver para regalo|confezione regalo|presente|embrulho|cadeauverpakking|prezent|opakowanie prezentowe|подарок|подарочная|hediye|hediye paketi|礼物|禮物|礼品|包装|包裝|ギフト|プレゼント|ラッピング|선물|포장|ของขวัญ|ห่อของขวัญ|هدية|تغليف",
    ),
    (
        "international",
        "international|abroad|worldwide|overseas|international shipping|ausland|international|weltweit|étranger|à l'étranger|monde entier|internacional|extranjero|todo el mundo|internazionale|estero|all'estero|tutto il mondo|exterior|estrangeiro|buitenland|wereldwijd|zagranicę|za granicę|międzynarodow|за границу|международная|yurt dışı|yurtdışı|国际|國際|海外|国外|國外|해외|국제|ต่างประเทศ|دولي|الخارج|خارج",
    ),
    (
        "account",
        "account|password|log in|login|konto|passwort|anmelden|compte|mot de passe|connexion|cuenta|contraseña|account|password|conta|senha|wachtwoord|hasło|konta|аккаунт|пароль|личный кабинет|hesap|şifre|账号|账户|帳號|密码|密碼|アカウント|パスワード|계정|비밀번호|บัญชี|รหัสผ่าน|حساب|كلمة المرور",
    ),
    (
        "contact",
        "opening hours|business hours|phone number|contact|öffnungszeiten|telefonnummer|kontakt|horaires|numéro de téléphone|contacter|horario|teléfono|contacto|orari|telefono|contatto|horário|telefone|contato|openingstijden|telefoonnummer|godziny otwarcia|numer telefonu|часы работы|телефон|контакт|çalışma saatleri|telefon|iletişim|营业时间|營業時間|联系方式|電話|电话|営業時間|連絡先|영업시간|전화번호|연락처|เวลาทำการ|เบอร์โทร|ساعات العمل|رقم الهاتف",
    ),
    (
        "wrong",
        "wrong item|wrong product|wrong colour|wrong color|wrong size|wrong one|different item|not what i ordered|falsch|falsche|falschen|falscher|falsches|nicht bestellt|mauvais article|mauvaise couleur|mauvais|mauvaise|pas ce que j'ai commandé|equivocado|equivocada|incorrecto|no es lo que pedí|sbagliato|sbagliata|errado|errada|verkeerde|verkeerd|niet wat ik besteld|niewłaściwy|inny produkt|nie ten|pomyłka|не тот|не то|не та|другой товар|yanlış|发错|發錯|送错|寄错|不是我订|間違|違う商品|잘못 왔|다른 상품|잘못된|ผิด|خطأ|منتج مختلف",
    ),
    (
        "missing",
        "missing|not in the box|not in the parcel|incomplete|fehlt|fehlen|fehlte|unvollständig|manque|manquant|manquante|incomplet|falta|faltan|faltaba|incompleto|manca|mancante|mancano|faltando|faltou|ontbreekt|ontbreken|brakuje|niekompletn|не хватает|не было|отсутствует|недостача|eksik|少了|缺少|漏发|漏發|少发|少件|足りない|入っていな|欠品|빠졌|누락|안 들어|ขาด|ไม่ครบ|ناقص|ينقص",
    ),
    (
        "whereabouts",
        "where is|where's|wheres|arrived|arrive|wo ist|wo bleibt|angekommen|où est|où en est|arrivé|dónde está|ha llegado|no ha llegado|llega|dov'è|arrivato|onde está|cadê|chegou|waar is|waar blijft|aangekomen|gdzie jest|dotarła|dotarło|где мой|где моя|где заказ|где посылка|пришел|пришла|nerede|gelmedi|到哪|在哪|还没到|還沒到|没收到|沒收到|どこ|届いていません|届かない|まだ届|어디|도착|안 왔|อยู่ไหน|อยู่ที่ไหน|ยังไม่ได้รับ|ถึงไหน|أين|وصل|لم يصل",
    ),
    (
        "fit",
        "fit|fits|compatible|compatibility|work with|works with|passt|passen|kompatibel|funktioniert mit|compatible|compatibles|fonctionne avec|compatible con|funciona con|sirve para|compatibile|funziona con|compatível|funciona com|serve|past|compatibel|werkt met|pasuje|kompatybiln|działa z|подходит|подойдет|совместим|работает с|uyumlu|uyar mı|çalışır mı|兼容|适配|適用|适用|配合|対応|互換|使えますか|호환|맞나요|ใช้กับ|เข้ากันได้|متوافق|يعمل مع|يناسب",
    ),
    (
        "recommend",
        "recommend|recommendation|suggest|which one should|empfehlen|empfehlung|raten|recommander|conseiller un|conseillez|recomendar|recomienda|recomiendan|consigliare|consigliate|consiglia|recomendam|sugerem|aanraden|aanbevelen|polecić|poleca|polecacie|doradzić|посоветуйте|посоветовать|порекомендуйте|tavsiye|önerir|önerirsiniz|推荐|推薦|おすすめ|お勧め|추천|แนะนำ|تنصح|تنصحون|اقتراح",
    ),
    (
        "thanks",
        "thank you|thanks|thx|cheers|danke|vielen dank|dankeschön|merci|gracias|grazie|obrigado|obrigada|bedankt|dank u|dziękuję|dzięki|спасибо|благодарю|teşekkür|teşekkürler|谢谢|多谢|謝謝|感谢|ありがとう|感謝|감사|고마워|ขอบคุณ|شكرا",
    ),
    (
        "who_pays",
        "who pays|who has to pay|who covers|who bears|at whose cost|wer zahlt|wer bezahlt|wer trägt|wer übernimmt|qui paie|qui paye|qui prend en charge|à la charge de qui|quién paga|quién asume|quién cubre|a cargo de quién|chi paga|chi sostiene|a carico di chi|quem paga|quem suporta|quem assume|wie betaalt|wie draagt|kto płaci|kto zapłaci|kto ponosi|kto pokrywa|кто оплачивает|кто платит|кто несёт|за чей счёт|kim ödüyor|kim öder|kim karşılıyor|kim karşılar|kime ait|من يتحمل|من يدفع|على حساب من|谁出|谁付|谁承担|谁负担|誰出|誰付|誰承擔|誰負擔|誰が負担|誰の負担|誰が払|どちらの負担|どちらが負担|누가 부담|누가 내|누가 지불|누구 부담|ใครจ่าย|ใครเป็นคนจ่าย|ใครออก",
    ),
    (
        "change_of_mind",
        "change my mind|changed my mind|do not like it|don't like it|nicht gefällt|nicht gefallen|anders überlege|change d'avis|changer d'avis|cambio de opinión|cambiar de opinión|no me gusta|cambio idea|cambiare idea|non mi piace|mudar de ideias|mudar de ideia|não gostar|me bedenk|bevalt niet|niet bevalt|rozmyślę|zmienię zdanie|передумаю|передумал|передумала|не подошёл|не подойдёт|не понравится|vazgeçersem|fikrimi değiştirirsem|beğenmezsem|غيرت رأيي|لم يعجبني|改变主意|改變主意|不喜欢|不喜歡|気が変わ|気に入らな|단순 변심|변심|마음에 안 들|เปลี่ยนใจ|ไม่ชอบ",
    ),
    (
        "wholesale",
        "wholesale|bulk order|bulk|reseller|großhandel|großbestellung|wiederverkäufer|en gros|grossiste|al por mayor|mayorista|ingrosso|atacado|groothandel|hurt|hurtowo|оптом|опт|toptan|批发|批發|大量|卸売|まとめ買い|도매|대량|ขายส่ง|الجملة|بالجملة",
    ),
];

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let phrases = (0u8..).zip(CONCEPTS).flat_map(|(i, (_, words))| words.split('|').map(move |w| (i, w)));
    Lexicon::new(phrases, Script::Whole)
});

/// The concepts named in a text.
pub fn find(text: &Folded) -> Vec<Hit> {
    LEXICON.find(text)
}

/// The name of a concept.
pub fn name(category: u8) -> &'static str {
    CONCEPTS.get(usize::from(category)).map_or("", |(name, _)| name)
}
