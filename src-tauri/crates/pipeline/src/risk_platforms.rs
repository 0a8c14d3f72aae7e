//! A claim at a marketplace or a payment service, said with the platform's name: "reclamación en PayPal", 向亚马逊投诉.
//!
//! The names are the same in every language, so that two short lists and the order in which a language puts them cover what no list
//! of phrases would. Ways to say it without a name stand in the data files of `risk`.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use crate::entities::pattern;

/// Marketplaces and payment services, folded.
const PLATFORMS: &str = concat!(
    r"(?:(?:\b|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Arabic}])(?:pay ?pal|amazon|ebay|ali ?express|etsy|allegro|temu|shein|shopee|lazada|mercado ?li[bv]re|mercado ?pago|bol\.com|cdiscount|trendyol",
    r"|hepsiburada|wildberries|ozon|klarna|zalando|rakuten|walmart|vinted|tiktok)|озон|вайлдберриз|амазон|алиэкспресс|пейпал",
    r"|亚马逊|亞馬遜|速卖通|速賣通|淘宝|淘寶|天猫|京东|拼多多|蝦皮|虾皮|露天|贝宝|楽天|メルカリ|アマゾン|ペイパル|쿠팡|아마존|페이팔|네이버|지마켓|알리익스프레스",
    r"|امازون|باي ?بال|علي ?اكسبرس|ช้อปปี้|ลาซาด้า|อเมซอน|เพย์พาล)"
);
/// What is said before the platform.
const BEFORE: &str = concat!(
    r"(?:\bdisput\w*|\bclaims? (?:with|at|on|through|via|to|against)|\bcomplain\w* (?:to|with|at)|\breport(?:ing)? (?:you|this|it|your shop)|\b(?:open\w*|fil\w+|rais\w+|start\w*) (?:a |an )?(?:\w+ )?case",
    r"|\bstreitfall|\bkonflikt\w*|\bkauferschutz\w*|\b(?:einen|den) fall|\bbeschwer\w+|\bmelden? (?:sie|euch|das|ihren|den)|\bantrag",
    r"|\blitige|\breclamation|\bvous signaler\w*|\bsignale(?:rai)?\b|\bcontestation|\bplainte",
    r"|\breclamaci\w+|\breclamo|\breclamar\w*|\bdisputa\w*|\bun caso|\bdenunci\w+|\breportar\w*|\bcontroversi\w+|\bcontestazion\w+|\breclam[io]\b|\bsegnal\w+",
    r"|\breclamac\w+|\breclamar|\bcontestac\w+|\bgeschil|\been zaak|\bklacht|\bmeld\w* (?:jullie|u|dit|het|je)",
    r"|\b(?:otw|zglo|zalo|zglasz)\w* spor|\bsporu|\bzglosz\w+ (?:was|to|sprawe|spor)|\breklamacj\w+ (?:w|na|do|przez)|\bsprawe|\bskarg\w+",
    r"|спор\w*|диспут\w*|жалоб\w*|пожалу\w+|претензи\w+|نزاع\w*|شكوي|اعتراض\w*|سابلغ|ابلغ عن|بلاغ\w*|اشكو\w*",
    r"|ข้อพิพาท|ร้องเรียน|จะแจ้ง|เปิดเคส|ขอเคลม)"
);
/// What is said behind it.
const BEHIND: &str = concat!(
    r"(?:[ -]?(?:disput\w*|claims?\b|case\b)|[ -]?(?:fall|streitfall|konflikt|antrag|kauferschutz|zaak|geschil)\b|[^.!?\n]{0,14}(?:anlasmazlik|uyusmazlik|itiraz|sikayet|talep ac|dava ac)\w*",
    r"|[^。！？\n]{0,8}(?:申請爭議|争议|爭議|投诉|投訴|纠纷|糾紛|举报|檢舉|检举|申诉|申訴|客诉|客訴|维权|維權|索赔|索賠|异议|異議|紛争|通報|クレーム|申し立て|申立て|苦情|報告し)|[^.!?\n]{0,8}(?:분쟁|신고|이의|클레임|민원))"
);

/// Both orders; a few small words may stand between.
static CLAIM: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"{BEFORE}[^.!?。！？؟\n]{{0,22}}?{PLATFORMS}|{PLATFORMS}(?:['’]?\p{{L}}{{1,6}})?{BEHIND}")));

/// Where a folded text speaks of such a claim.
pub fn claims(folded: &str) -> impl Iterator<Item = Range<usize>> {
    CLAIM.find_iter(folded).map(|found| found.range())
}
