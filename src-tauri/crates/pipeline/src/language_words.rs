//! Words that tell a language written in Latin letters: small words and greetings, each in its folded form.
//!
//! Written for customer mail: pronouns, question words, helpers, greetings. Words of the shop come from the example phrases.

/// Language code, words.
pub(crate) const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the is are was were my your you i'm i've it's what where when how why which who can could would should do does did have has had not don't didn't please hello dear thanks thank this that these those from with about been there still yet any will and but of for to me we they he she it at on in an yes sorry regards",
    ),
    (
        "de",
        "der die das den dem des ein eine einen einem einer ist sind war waren mein meine meinen meiner ihr ihre ich sie wir es und oder aber nicht kein keine wo wann wie was warum welche kann koennen konnen mochte habe haben hat hatte wird werden wurde bitte hallo guten tag danke vielen dank mit von fur auf bei nach noch schon immer zu im am auch wenn dass gerne sehr geehrte gruss grusse liebe mfg ja nein seit",
    ),
    (
        "fr",
        "le la les un une des du de est sont etait mon ma mes votre vos je j'ai vous nous il elle ils on et ou mais ne pas plus ou quand comment que quoi pourquoi quel quelle puis peut pouvez voudrais avez avoir ai bonjour bonsoir merci salut s'il plait svp avec pour dans sur par au aux ce cette c'est encore deja toujours tres cordialement oui non depuis",
    ),
    (
        "es",
        "el la los las un una unos es son esta estan era mi mis su sus tu yo usted ustedes nosotros y o pero no donde cuando como que por porque cual puedo puede pueden quiero quisiera tengo tiene hay he ha hola buenos buenas dias tardes gracias favor con para del al en se lo le me ya todavia aun muy saludos si desde hace",
    ),
    (
        "it",
        "il lo la i gli le un uno una e sono era mio mia miei vostro vostra io voi noi lui lei ma non dove quando come che cosa perche quale posso puo potete vorrei ho ha hai avete hanno ciao buongiorno buonasera salve grazie per favore con del della dei di da in su si mi ci ancora gia molto saluti cordiali questo questa quanto",
    ),
    (
        "pt",
        "o a os as um uma e sao era meu minha meus seu sua eu voce voces nos ele ela mas nao onde quando como que porque qual posso pode podem quero queria gostaria tenho tem ha ola oi bom boa dia tarde obrigado obrigada por favor com para do da dos das no na em se me ainda ja muito sim desde ate isso este esta foi estou",
    ),
    (
        "nl",
        "de het een is zijn was mijn uw jullie ik u wij we hij zij en of maar niet geen waar wanneer hoe wat waarom welke kan kunnen kunt wil zou heb heeft hebben had wordt worden hallo goedemiddag goedendag bedankt dank alstublieft aub graag met van voor op bij naar nog al ook dat dit deze die te er groet groeten vriendelijke ja nee sinds",
    ),
    (
        "pl",
        "i w z na do nie to jest sa byl byla moj moja moje moje panstwo panstwa ja pan pani czy gdzie kiedy jak co dlaczego ktory moge mozna moze chce chcialbym chcialabym mam ma maja dzien dobry czesc witam dziekuje dzieki prosze pozdrawiam ale lub oraz od dla po przy juz jeszcze nadal bardzo tak ze sie jesli zostal zostala",
    ),
    (
        "tr",
        "ve bir bu su o ben siz biz benim sizin nerede ne zaman nasil neden hangi mi mu var yok degil ama icin ile gibi daha cok hala henuz lutfen merhaba selam tesekkurler tesekkur ederim iyi gunler olarak istiyorum istiyor oldu olur mı musunuz misiniz geldi gelmedi aldim evet hayir kadar sonra",
    ),
    ("sv", "och att det som en ett jag inte ar min mitt var har hej tack nar vill kan med for pa av till fran ni vi mina skulle"),
    ("da", "og at det som en et jeg ikke er min mit hvor har hej tak hvornar vil kan med for pa af til fra ikke vores kunne"),
    ("vi", "toi cua khong la va don hang bao gio o dau xin chao cam on duoc cho nay voi ban"),
];

/// Words that many languages share: they tell nothing.
pub(crate) const SHARED: &[&str] = &[
    "ok", "okay", "hi", "hey", "no", "sms", "pdf", "email", "mail", "e-mail", "info", "paypal", "online", "shop", "status", "code", "usb",
    "led", "url", "app", "top", "super", "test", "sorry", "visa", "dhl", "ups", "fedex", "amazon", "ebay", "bot", "service", "tracking",
    "0",
];

/// Characters of simplified Chinese that traditional Chinese writes otherwise, in the words of shops and letters.
pub(crate) const SIMPLIFIED: &str = "这们为么个时间东马书买卖见说请谢问题话货单运输递税关费钱换坏错误发给过还没订购块样电邮账号变级优惠产质颜蓝绿红黄与从应该让认识对开门联系务帮处复约预数据录难点热线厂进实现动态经济总级续贝网络银页视频图应断损严诉终维护权监护论评责赔偿额缴纳际爱亲头现报东来两会国长讯写号码";

/// The other way round.
pub(crate) const TRADITIONAL: &str = "這們為麼個時間東馬書買賣見說請謝問題話貨單運輸遞稅關費錢換壞錯誤發給過還沒訂購塊樣電郵賬號變級優惠產質顏藍綠紅黃與從應該讓認識對開門聯繫務幫處復約預數據錄難點熱線廠進實現動態經濟總續貝網絡銀頁視頻圖應斷損嚴訴終維護權監論評責賠償額繳納際愛親頭報來兩會國長訊寫號碼您嗎裡裏";
