// What the customers of the preview write, in fourteen languages, and who they are. Written for this project.
import type { Intent } from "$lib/backend/types";

/** The topics of the preview. */
export const TOPICS = [
  "order_status",
  "damaged_item",
  "refund_status",
  "product_question",
  "tariff_question",
  "return_request",
  "thanks",
  "complaint",
] as const satisfies readonly Intent[];
/** One of them. */
export type Topic = (typeof TOPICS)[number];

/** A country of the preview: who lives there, and how they write. */
export type Voice = { language: string; countries: string[]; names: string[]; says: Record<Topic, string> };

/** Fourteen languages. `{n}` is the order's number. */
export const VOICES: Voice[] = [
  {
    language: "en",
    countries: ["US", "GB", "AU", "CA"],
    names: ["Hannah Whitlock", "Marcus Odell", "Priya Raman", "Owen Tully", "Grace Kimball"],
    says: {
      order_status: "Hi, could you tell me where my order {n} is? The tracking page has not changed since last Tuesday.",
      damaged_item: "The glass shade of the lamp from order {n} arrived cracked. I have attached a photo. What can we do?",
      refund_status: "You confirmed my refund for {n} nine days ago and nothing has reached my account. This is the third time I ask!!!",
      product_question: "Does the desk lamp come with a UK plug, or would I need an adapter?",
      tariff_question: "Will I have to pay import duty if I order two of the travel kettles to Canada?",
      return_request: "The jacket from {n} is a size too small. How do I send it back?",
      thanks: "It came this morning, beautifully packed. Thank you for sorting it so quickly!",
      complaint: "I have had enough. If this is not settled today I will file an A-to-z claim and dispute the charge with my bank.",
    },
  },
  {
    language: "de",
    countries: ["DE", "AT", "CH"],
    names: ["Jana Brettschneider", "Uwe Kalthoff", "Lena Morgenroth", "Stefan Aigner"],
    says: {
      order_status: "Guten Tag, wo bleibt meine Bestellung {n}? Laut Sendungsverfolgung liegt sie seit sechs Tagen in Leipzig.",
      damaged_item: "Leider kam die Lampe aus Bestellung {n} mit einem Riss im Schirm an. Foto im Anhang.",
      refund_status: "Sie haben die Erstattung zu {n} vor zehn Tagen zugesagt. Auf meinem Konto ist nichts. Wann kommt das Geld?",
      product_question: "Passt der Wasserkocher in 230-Volt-Steckdosen, oder brauche ich einen Adapter?",
      tariff_question: "Fallen bei einer Lieferung in die Schweiz noch Zoll und Einfuhrsteuer an?",
      return_request: "Die Jacke aus {n} ist mir zu klein. Wie läuft die Rücksendung?",
      thanks: "Vielen Dank, heute ist alles heil angekommen. Sehr netter Kontakt!",
      complaint: "So etwas habe ich noch nie erlebt. Wenn bis morgen nichts passiert, geht die Sache an meinen Anwalt.",
    },
  },
  {
    language: "fr",
    countries: ["FR", "BE"],
    names: ["Camille Renaudin", "Théo Lacaze", "Inès Charpentier"],
    says: {
      order_status: "Bonjour, où en est ma commande {n} ? Le suivi n'a pas bougé depuis jeudi.",
      damaged_item: "L'abat-jour de la commande {n} est arrivé fendu, voir la photo jointe.",
      refund_status: "Vous m'aviez promis le remboursement de {n} sous cinq jours. Cela fait deux semaines. C'est inadmissible.",
      product_question: "Cette bouilloire fonctionne-t-elle avec une prise française ?",
      tariff_question: "Y aura-t-il des droits de douane à payer à la livraison ?",
      return_request: "La veste de la commande {n} est trop petite, comment faire pour la renvoyer ?",
      thanks: "Bien reçu ce matin, merci pour votre aide !",
      complaint: "Je suis vraiment déçue : personne ne me répond depuis une semaine.",
    },
  },
  {
    language: "es",
    countries: ["ES", "MX"],
    names: ["Lucía Barrenechea", "Iván Montoya", "Rocío Salvatierra"],
    says: {
      order_status: "Hola, ¿me pueden decir dónde está mi pedido {n}? Lleva una semana sin moverse.",
      damaged_item: "La lámpara del pedido {n} llegó rota. Les mando una foto.",
      refund_status: "Sigo esperando el reembolso de {n}. Ya he escrito dos veces.",
      product_question: "¿La lámpara trae enchufe europeo?",
      tariff_question: "¿Tengo que pagar aduana si lo envían a México?",
      return_request: "La chaqueta de {n} me queda pequeña, ¿cómo la devuelvo?",
      thanks: "¡Muchas gracias! Llegó perfecto.",
      complaint: "Esto es una vergüenza, NADIE me contesta.",
    },
  },
  {
    language: "it",
    countries: ["IT"],
    names: ["Chiara Fontanelli", "Davide Bressan"],
    says: {
      order_status: "Buongiorno, dov'è il mio ordine {n}? Il tracciamento è fermo da giorni.",
      damaged_item: "Il paralume dell'ordine {n} è arrivato crepato, allego una foto.",
      refund_status: "Aspetto ancora il rimborso dell'ordine {n}, quando arriva?",
      product_question: "La lampada ha la spina italiana?",
      tariff_question: "Ci sono dazi da pagare alla consegna?",
      return_request: "La giacca dell'ordine {n} è piccola, come posso restituirla?",
      thanks: "Tutto arrivato, grazie mille!",
      complaint: "Sono molto delusa dal vostro servizio.",
    },
  },
  {
    language: "nl",
    countries: ["NL"],
    names: ["Femke Oosterling", "Joris van Dalen"],
    says: {
      order_status: "Hallo, waar is mijn bestelling {n}? De track & trace staat al dagen stil.",
      damaged_item: "De lampenkap uit bestelling {n} is gebarsten aangekomen.",
      refund_status: "Wanneer krijg ik het geld van {n} terug?",
      product_question: "Past de stekker in een Nederlands stopcontact?",
      tariff_question: "Moet ik nog invoerrechten betalen?",
      return_request: "De jas van {n} is te klein, hoe stuur ik hem terug?",
      thanks: "Top, alles goed ontvangen. Bedankt!",
      complaint: "Ik wacht nu al twee weken en hoor niets.",
    },
  },
  {
    language: "pl",
    countries: ["PL"],
    names: ["Agnieszka Wrona", "Tomasz Zieliński"],
    says: {
      order_status: "Dzień dobry, gdzie jest moje zamówienie {n}?",
      damaged_item: "Klosz z zamówienia {n} przyszedł pęknięty, w załączniku zdjęcie.",
      refund_status: "Kiedy otrzymam zwrot pieniędzy za {n}?",
      product_question: "Czy lampka ma europejską wtyczkę?",
      tariff_question: "Czy muszę zapłacić cło przy odbiorze?",
      return_request: "Kurtka z {n} jest za mała, jak ją odesłać?",
      thanks: "Dziękuję, wszystko dotarło!",
      complaint: "Jestem bardzo rozczarowana obsługą.",
    },
  },
  {
    language: "pt",
    countries: ["BR", "PT"],
    names: ["Beatriz Quintela", "Rafael Amorim"],
    says: {
      order_status: "Olá, onde está o meu pedido {n}? O rastreio não muda há dias.",
      damaged_item: "A luminária do pedido {n} chegou quebrada. Segue a foto.",
      refund_status: "Ainda não recebi o reembolso do pedido {n}.",
      product_question: "A chaleira funciona em 127 V?",
      tariff_question: "Vou pagar imposto de importação?",
      return_request: "A jaqueta do pedido {n} ficou pequena, como devolvo?",
      thanks: "Chegou tudo certinho, obrigada!",
      complaint: "Péssimo atendimento, ninguém resolve nada.",
    },
  },
  {
    language: "ja",
    countries: ["JP"],
    names: ["高瀬 美咲", "村井 健太", "小野寺 遥"],
    says: {
      order_status: "注文番号{n}の荷物は今どこにありますか。追跡が火曜日から更新されていません。",
      damaged_item: "注文{n}のランプシェードにひびが入っていました。写真を添付します。",
      refund_status: "{n}の返金はいつ頃になりますでしょうか。",
      product_question: "このランプは日本のコンセント(100V)で使えますか。",
      tariff_question: "受け取りの際に関税はかかりますか。",
      return_request: "{n}のジャケットが小さかったので返品したいです。",
      thanks: "無事に届きました。ありがとうございました。",
      complaint: "何度も問い合わせているのに返事がなく、とても残念です。",
    },
  },
  {
    language: "ko",
    countries: ["KR"],
    names: ["한지윤", "오세훈"],
    says: {
      order_status: "주문 {n} 배송 조회가 일주일째 그대로예요. 어디에 있나요?",
      damaged_item: "주문 {n} 램프 갓이 깨져서 왔어요. 사진 첨부합니다.",
      refund_status: "{n} 환불은 언제 되나요?",
      product_question: "한국 220V 콘센트에서 쓸 수 있나요?",
      tariff_question: "관세를 따로 내야 하나요?",
      return_request: "{n} 재킷이 작아서 반품하고 싶어요.",
      thanks: "잘 받았습니다. 감사합니다!",
      complaint: "너무 실망스럽네요. 답변이 왜 없나요?",
    },
  },
  {
    language: "zh",
    countries: ["CN", "SG"],
    names: ["沈若溪", "顾明远"],
    says: {
      order_status: "你好，订单{n}到哪里了？物流从周二起就没有更新。",
      damaged_item: "订单{n}的灯罩收到时已经裂了，照片见附件。",
      refund_status: "订单{n}的退款什么时候能到账？",
      product_question: "这款台灯配的是什么插头？",
      tariff_question: "寄到新加坡需要交关税吗？",
      return_request: "订单{n}的外套小了一码，怎么退货？",
      thanks: "已经收到了，包装很好，谢谢！",
      complaint: "太让人失望了，一直没有人回复。",
    },
  },
  {
    language: "ru",
    countries: ["KZ", "GE"],
    names: ["Дарина Ковалевич", "Артём Лисин"],
    says: {
      order_status: "Здравствуйте, где мой заказ {n}? Трек не меняется с прошлой недели.",
      damaged_item: "Плафон из заказа {n} пришёл треснутым, фото прилагаю.",
      refund_status: "Когда вернут деньги за {n}?",
      product_question: "Подойдёт ли вилка к европейской розетке?",
      tariff_question: "Нужно ли платить пошлину?",
      return_request: "Куртка из {n} мала, как её вернуть?",
      thanks: "Всё пришло, большое спасибо!",
      complaint: "Очень разочарован, никто не отвечает.",
    },
  },
  {
    language: "tr",
    countries: ["TR"],
    names: ["Elif Karaduman", "Mert Soylu"],
    says: {
      order_status: "Merhaba, {n} numaralı siparişim nerede?",
      damaged_item: "{n} siparişindeki lamba kırık geldi, fotoğrafı ekte.",
      refund_status: "{n} için iadem ne zaman yatacak?",
      product_question: "Fişi Türkiye prizlerine uyar mı?",
      tariff_question: "Gümrük vergisi ödeyecek miyim?",
      return_request: "{n} siparişindeki ceket küçük geldi, nasıl iade ederim?",
      thanks: "Sorunsuz ulaştı, teşekkürler!",
      complaint: "Hiç kimse cevap vermiyor, çok kötü bir hizmet.",
    },
  },
  {
    language: "ar",
    countries: ["AE", "SA"],
    names: ["ليلى منصور", "سامر حداد"],
    says: {
      order_status: "مرحبا، أين طلبي رقم {n}؟ لم يتغير التتبع منذ أيام.",
      damaged_item: "وصل غطاء المصباح في الطلب {n} مكسورا، الصورة مرفقة.",
      refund_status: "متى يصل المبلغ المسترد للطلب {n}؟",
      product_question: "هل يعمل المصباح على 220 فولت؟",
      tariff_question: "هل سأدفع رسوما جمركية؟",
      return_request: "السترة في الطلب {n} صغيرة، كيف أعيدها؟",
      thanks: "وصلت الشحنة بسلامة، شكرا لكم!",
      complaint: "خدمة سيئة جدا، لا أحد يرد.",
    },
  },
];

/** Answers of the bot in the preview, by topic. */
export const ANSWERS: Partial<Record<Topic, string>> = {
  order_status:
    "Thank you for asking. Your order {n} left our warehouse and is at customs in your country since yesterday. The carrier expects to deliver it within two to four working days.",
  product_question: "The lamp comes with a Type G plug for the United Kingdom and works from 100 to 240 volts, so no adapter is needed.",
  tariff_question:
    "Orders under CAD 40 are free of duty. Above that your carrier asks for the duty before delivery; we state the full value on the parcel.",
  return_request:
    "You can send it back within 30 days of delivery. Print the label in the attachment, and we refund the price as soon as the parcel reaches us.",
};

/** Articles of the preview: key, category, title, body. */
export const ARTICLES: [string, string, string, string][] = [
  [
    "shipping-times",
    "logistics",
    "How long does delivery take?",
    "Parcels leave our warehouse within one working day.\n\nEurope: 5 to 8 working days. United States and Canada: 7 to 12 working days. Japan and Korea: 4 to 6 working days.\n\nCustoms can add two to four days, which neither we nor the carrier can shorten.",
  ],
  [
    "returns",
    "after_sales",
    "How do I return an item?",
    "You may return an unused item within 30 days of delivery.\n\nWrite to us with the order number. We answer with a label for the parcel. Postage is free when the item is faulty.\n\nThe refund is made within five working days after the parcel has reached us.",
  ],
  [
    "plugs",
    "product",
    "Which plug does the desk lamp have?",
    "The lamp is sold with a Type C, Type G or Type A plug; the order page shows which.\n\nIt works from 100 to 240 volts at 50 or 60 hertz.",
  ],
  [
    "duty-canada",
    "tariff",
    "Do I pay duty in Canada?",
    "Orders under CAD 40 are free of duty.\n\nAbove that the carrier asks for duty and tax before delivery.",
  ],
  [
    "duty-switzerland",
    "tariff",
    "Zoll bei Lieferungen in die Schweiz",
    "Bis 62 Franken Warenwert fällt keine Einfuhrsteuer an.\n\nDarüber erhebt die Post Steuer und eine Gebühr bei der Zustellung.",
  ],
  ["pay-safely", "payment", "How can I pay?", "We take cards, PayPal and bank transfer. Card numbers are never seen or stored by us."],
  [
    "warranty",
    "after_sales",
    "What does the warranty cover?",
    "Two years from delivery on faults of material and make.\n\nNot covered: wear, drops, and a wrong voltage.",
  ],
  [
    "kettle",
    "product",
    "Travel kettle: voltage and size",
    "0.6 litres, 230 volts only. It is not made for 110-volt sockets.\n\nIt folds to 7 cm.",
  ],
  [
    "tracking-stuck",
    "logistics",
    "My tracking does not move",
    "Between export and import the carrier reports nothing; three to five days without news are normal.\n\nAfter five days we open an inquiry with the carrier for you.",
  ],
  ["gift-wrap", "faq", "Do you wrap gifts?", "Yes, choose it in the cart. A card with your words goes inside, and no invoice."],
  ["invoice", "faq", "Can I have an invoice with VAT?", "Yes. Tell us company, address and VAT number, and it comes as a PDF by mail."],
  [
    "address",
    "logistics",
    "Can I change the address?",
    "As long as the parcel has not left the warehouse, yes. Write to us with the order number and the new address.",
  ],
];
