//! Quotes in the languages of the world, as their mail programs write them; all examples are made for this project.

use super::*;

/// The answer stays, whatever of the earlier mail stands below it.
#[track_caller]
fn check(answer: &str, earlier: &str) {
    for below in [format!("\n\n{earlier}"), format!("\n{earlier}")] {
        let mail = format!("{answer}{below}");
        assert_eq!(part(&mail).cleaned.visible, answer, "{mail}");
    }
}

#[test]
fn introductions_above_quoted_lines() {
    check("Yes please.", "On Mon, 3 Nov 2026 at 10:02, Lamp Shop <help@shop.test> wrote:\n> Shall we?\n");
    check("Order 12 please.", "On Mon, 3 Nov 2026 at 10:02, Lamp Shop wrote:\n> Shall we?");
    check("Order 12 please.", "Ann <help@shop.test> wrote:\n> Shall we?");
    check("Thanks.", "On 3 Nov 2026, at 10:02, Lamp Shop <help@shop.test> wrote:\n\n> Shall we?");
    check("Thanks.", "> On 3 Nov 2026, at 10:02, Lamp Shop <help@shop.test> wrote:\n>\n> Shall we?");
    check("Ja, gerne.", "Am 03.11.2026 um 10:02 schrieb Lampenladen <help@shop.test>:\n> Sollen wir?");
    check("Ja, gerne.", "Lampenladen <help@shop.test> schrieb am Di., 3. Nov. 2026, 10:02:\n\n> Sollen wir?");
    check("Oui.", "Le mar. 3 nov. 2026 à 10:02, Boutique <help@shop.test> a écrit :\n> On y va ?");
    check("Sí.", "El mar, 3 nov 2026 a las 10:02, Tienda (<help@shop.test>) escribió:\n> ¿Vamos?");
    check("Sì.", "Il giorno mar 3 nov 2026 alle ore 10:02 Negozio <help@shop.test> ha scritto:\n> Andiamo?");
    check("Sim.", "Em ter., 3 de nov. de 2026 às 10:02, Loja <help@shop.test> escreveu:\n> Vamos?");
    check("Ja.", "Op di 3 nov 2026 om 10:02 schreef Winkel <help@shop.test>:\n> Zullen we?");
    check("Tak.", "wt., 3 lis 2026 o 10:02 Sklep <help@shop.test> napisał(a):\n> Idziemy?");
    check("Да.", "вт, 3 нояб. 2026 г. в 10:02, Магазин <help@shop.test>:\n> Идём?");
    check("Да.", "3 ноября 2026 г., в 10:02, Магазин <help@shop.test> написал(а):\n> Идём?");
    check("Так.", "вт, 3 лист. 2026 р. о 10:02 Крамниця <help@shop.test> пише:\n> Ідемо?");
    check("Ja tack.", "Den tis 3 nov. 2026 kl 10:02 skrev Lampbutiken <help@shop.test>:\n> Ska vi?");
    check("Ja tak.", "Den tirs. den 3. nov. 2026 kl. 10.02 skrev Lampebutik <help@shop.test>:\n> Skal vi?");
    check("Ja takk.", "tir. 3. nov. 2026 kl. 10:02 skrev Lampebutikk <help@shop.test>:\n> Skal vi?");
    check("Kyllä.", "ti 3. marrask. 2026 klo 10.02 Lamppukauppa (help@shop.test) kirjoitti:\n> Mennäänkö?");
    check("Ano.", "út 3. 11. 2026 v 10:02 odesílatel Obchod <help@shop.test> napsal:\n> Jdeme?");
    check("Áno.", "ut 3. 11. 2026 o 10:02 Obchod <help@shop.test> napísal(a):\n> Ideme?");
    check("Igen.", "Bolt <help@shop.test> ezt írta (időpont: 2026. nov. 3., K, 10:02):\n> Menjünk?");
    check("Da.", "mar., 3 nov. 2026 la 10:02, Magazin <help@shop.test> a scris:\n> Mergem?");
    check("Ναι.", "Στις Τρί 3 Νοε 2026 στις 10:02 μ.μ., ο χρήστης Μαγαζί <help@shop.test> έγραψε:\n> Πάμε;");
    check("Evet.", "Mağaza <help@shop.test>, 3 Kas 2026 Sal, 10:02 tarihinde şunu yazdı:\n> Olur mu?");
    check("نعم.", "في الثلاثاء، 3 نوفمبر 2026 في 10:02 ص تمت كتابة ما يلي بواسطة متجر <help@shop.test>:\n> هل نذهب؟");
    check("כן.", "\u{200f}בתאריך יום ג׳, 3 בנוב׳ 2026 ב-10:02 מאת חנות <\u{202a}help@shop.test\u{202c}>:\n> נלך?");
    check("好的。", "在 2026年11月3日，上午10:02，小店 <help@shop.test> 写道：\n> 可以吗？");
    check("好的。", "小店 <help@shop.test> 于2026年11月3日周二 10:02写道：\n> 可以吗？");
    check("好的。", "小店 <help@shop.test> 於 2026年11月3日 週二 上午10:02寫道：\n> 可以嗎？");
    check("はい。", "2026年11月3日(火) 10:02 店 <help@shop.test>:\n> よろしいですか");
    check("はい。", "2026/11/03 10:02、店 <help@shop.test>のメール:\n> よろしいですか");
    check("네.", "2026년 11월 3일 (화) 오전 10:02, 가게 <help@shop.test>님이 작성:\n> 할까요?");
    check("ได้ครับ", "เมื่อ อ. 3 พ.ย. 2026 เวลา 10:02 ร้าน <help@shop.test> เขียนว่า:\n> ไปไหม");
    check("Vâng.", "Vào Th 3, 3 thg 11, 2026 lúc 10:02 Cửa hàng <help@shop.test> đã viết:\n> Đi nhé?");
    check("Ya.", "Pada tanggal Sel, 3 Nov 2026 pukul 10.02 Toko <help@shop.test> menulis:\n> Jadi?");
    check("Da.", "uto, 3. stu 2026. u 10:02 Trgovina <help@shop.test> napisao je:\n> Idemo?");
    check("Да.", "На вт, 3.11.2026 г. в 10:02 Магазин <help@shop.test> написа:\n> Хайде?");
}

#[test]
fn introductions_without_marks_below_and_over_several_lines() {
    check("Yes.", "On Mon, 3 Nov 2026 at 10:02, Lamp Shop <\nhelp@shop.test> wrote:\n\nShall we?");
    check("Yes.", "On Nov 3, 2026,\nat 10:02,\nLamp Shop <help@shop.test> wrote:\n\nShall we?");
    check("Yes.", "On Mon, 3 Nov 2026 at 10:02 The Lamp Shop <\na-long-address+12@shop.test> wrote:\n\nShall we?");
    check("C'est bon !", "Le 3 nov. 2026 10:02, \"Boutique\"\n<help@shop.test>\na écrit :\n\nOn y va ?");
    check("Ja.", "Lampenladen <help@shop.test> schrieb am Di., 3.\nNov. 2026 um 10:02 Uhr:\n\nSollen wir?");
    check("Ja.", "tir. 3. nov. 2026 kl. 10:02 skrev Lampebutikk <help@shop.test\n>:\n\nSkal vi?");
    check("Да.", "3 нояб. 2026 г. 10:02 пользователь \"Магазин\" <\nhelp@shop.test> написал:\n\nИдём?");
    check("好的", "2026-11-03 10:02 GMT+08:00 小店 <help@shop.test>:\n\n可以吗？");
    check("Yes.", "2026/11/3 Lamp Shop <help@shop.test>\n\nShall we?");
    check("Yes.", "---- On Tue, 03 Nov 2026 10:02:50 +0530 help@shop.test wrote ----\n\nShall we?");
    check("Yes.", "10:02 AM, November 3, 2026, \"Lamp Shop\" <help@shop.test>:\n\nShall we?");
    check("Yes.", ">>> Lamp Shop <help@shop.test> 03.11.2026 10:02 >>>\nShall we?");
    check("Yes.", ">>> On 11/3/2026 at 10:02 AM, in message <1@x.test>, Shop <help@shop.test> wrote:\n\nShall we?");
    check("Yes.", "Quoting Shop <help@shop.test>:\n\n> Shall we?");
    check("I paid 12 euros", "Sam <sam@shop.test> wrote:\n> Paid?");
    check("I paid on 3 Nov 2026.", "On Tue, 3 Nov 2026 at 10:02, Shop <help@shop.test> wrote:\n> Paid?");
}

#[test]
fn headings_of_outlook_and_others() {
    let block = |from: &str, sent: &str, to: &str, subject: &str| {
        format!("{from} Shop <help@shop.test>\n{sent} 3.11.2026 10:02\n{to} Ann <ann@b.test>\n{subject} Re: 12\n\nOld text\n\nBye")
    };
    check("Thanks!", &block("From:", "Sent:", "To:", "Subject:"));
    check("Danke!", &block("Von:", "Gesendet:", "An:", "Betreff:"));
    check("Merci !", &block("De :", "Envoyé :", "À :", "Objet :"));
    check("Gracias.", &block("De:", "Enviado el:", "Para:", "Asunto:"));
    check("Grazie.", &block("Da:", "Inviato:", "A:", "Oggetto:"));
    check("Obrigado.", &block("De:", "Enviada em:", "Para:", "Assunto:"));
    check("Bedankt.", &block("Van:", "Verzonden:", "Aan:", "Onderwerp:"));
    check("Dziękuję.", &block("Od:", "Wysłano:", "Do:", "Temat:"));
    check("Спасибо.", &block("От:", "Отправлено:", "Кому:", "Тема:"));
    check("Дякую.", &block("Від:", "Надіслано:", "Кому:", "Тема:"));
    check("Tack.", &block("Från:", "Skickat:", "Till:", "Ämne:"));
    check("Tak.", &block("Fra:", "Sendt:", "Til:", "Emne:"));
    check("Kiitos.", &block("Lähettäjä:", "Lähetetty:", "Vastaanottaja:", "Aihe:"));
    check("Děkuji.", &block("Od:", "Odesláno:", "Komu:", "Předmět:"));
    check("Ďakujem.", &block("Od:", "Odoslané:", "Komu:", "Predmet:"));
    check("Köszönöm.", &block("Feladó:", "Elküldve:", "Címzett:", "Tárgy:"));
    check("Mulțumesc.", &block("De la:", "Trimis:", "Către:", "Subiect:"));
    check("Ευχαριστώ.", &block("Από:", "Στάλθηκε:", "Προς:", "Θέμα:"));
    check("Teşekkürler.", &block("Kimden:", "Gönderildi:", "Kime:", "Konu:"));
    check("شكرا.", &block("من:", "تم الإرسال:", "إلى:", "الموضوع:"));
    check("תודה.", &block("מאת:", "נשלח:", "אל:", "נושא:"));
    check("谢谢。", &block("发件人：", "发送时间：", "收件人：", "主题："));
    check("謝謝。", &block("寄件者：", "寄件日期：", "收件者：", "主旨："));
    check("ありがとう。", &block("差出人:", "送信日時:", "宛先:", "件名:"));
    check("감사합니다.", &block("보낸 사람:", "보낸 날짜:", "받는 사람:", "제목:"));
    check("ขอบคุณ", &block("จาก:", "ส่ง:", "ถึง:", "เรื่อง:"));
    check("Cảm ơn.", &block("Từ:", "Đã gửi:", "Đến:", "Chủ đề:"));
    check("Hvala.", &block("Šalje:", "Poslano:", "Prima:", "Predmet:"));
    check("Благодаря.", &block("От:", "Изпратено:", "До:", "Относно:"));
}

#[test]
fn drawn_lines_with_words() {
    for (answer, words) in [
        ("Danke.", "Ursprüngliche Nachricht"),
        ("Merci.", "Message d’origine"),
        ("Gracias.", "Mensaje original"),
        ("Grazie.", "Messaggio originale"),
        ("Bedankt.", "Oorspronkelijk bericht"),
        ("Obrigada.", "Mensagem original"),
        ("Dzięki.", "Wiadomość oryginalna"),
        ("Спасибо.", "Исходное сообщение"),
        ("Tack.", "Ursprungligt meddelande"),
        ("Tak.", "Oprindelig meddelelse"),
        ("Takk.", "Opprinnelig melding"),
        ("Kiitos.", "Alkuperäinen viesti"),
        ("谢谢。", "原始邮件"),
        ("謝謝。", "原始郵件"),
        ("どうも。", "元のメッセージ"),
        ("고마워요.", "원본 메시지"),
        ("Sağ ol.", "Özgün İleti"),
        ("شكرا.", "الرسالة الأصلية"),
        ("ขอบคุณ", "ข้อความต้นฉบับ"),
    ] {
        check(answer, &format!("-----{words}-----\nOld text"));
        check(answer, &format!("-------- {words} --------\nOld text"));
    }
    for words in ["Forwarded message", "Weitergeleitete Nachricht", "Message transféré", "Mensaje reenviado", "转发邮件", "転送メッセージ"]
    {
        check("See this.", &format!("---------- {words} ---------\nFrom: a@b.test\nSubject: c\n\nOld text"));
    }
    check("See this.", "Begin forwarded message:\n\nFrom: a@b.test\nSubject: c\n\nOld text");
}

#[test]
fn the_lines_of_telephones_above_and_below_the_quote() {
    for (answer, line) in [
        ("Where is it?", "Sent from my iPhone"),
        ("Wo ist es?", "Von meinem iPhone gesendet"),
        ("Où est-il ?", "Envoyé de mon iPhone"),
        ("¿Dónde está?", "Enviado desde mi iPhone"),
        ("Dov'è?", "Inviato da iPhone"),
        ("Waar is het?", "Verstuurd vanaf mijn iPhone"),
        ("Gdzie to jest?", "Wysłane z iPhone'a"),
        ("Где посылка?", "Отправлено с iPhone"),
        ("Var är det?", "Skickat från min iPhone"),
        ("在哪？", "发自我的iPhone"),
        ("どこ？", "iPhoneから送信"),
        ("어디예요?", "나의 iPhone에서 보냄"),
        ("Nerede?", "iPhone'umdan gönderildi"),
        ("อยู่ไหน", "ส่งจาก iPhone ของฉัน"),
        ("أين هو؟", "تم الإرسال من الـ iPhone"),
    ] {
        check(answer, line);
        check(answer, &format!("{line}\n\nOn Mon, 3 Nov 2026 at 10:02, Shop <help@shop.test> wrote:\n> Hello"));
        check(answer, &format!("On Mon, 3 Nov 2026 at 10:02, Shop <help@shop.test> wrote:\n> Hello\n\n{line}"));
    }
}
