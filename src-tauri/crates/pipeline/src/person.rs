//! Does the writer ask for a person? Works in every supported language within one turn, whatever else the message says.
//!
//! Three ways, any of which is enough: the word that the disclosure names, phrases with a verb of contact and a word for a person,
//! and the intent model over each sentence (in `understand`). Being understood too often costs a colleague a minute, too seldom
//! a customer.

use std::{collections::HashSet, sync::LazyLock};

use mercator_domain::language::Language;
use regex::Regex;

use crate::{entities::pattern, intents::plain, texts};

/// A verb of contact with a word for a person near it, by language.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:talk|speak|chat|connect me|transfer me|put me through|pass me|escalate|get me|give me|need|want|let me)\b[^.!?\n]{0,30}\b(?:a|an|the|your|real|live|some)?\s?(?:human(?: being)?|real person|live person|person|agent|representative|operator|supervisor|manager|someone real|real someone)\b",
        r"|\b(?:speak|talk) (?:to|with) (?:someone|somebody|a colleague|customer service|support)\b|\b(?:call|ring|phone) me(?: back)?\b",
        r"|\b(?:mit|einen|einem|an|zu)\s[^.!?\n]{0,24}\b(?:menschen|mensch|mitarbeiter(?:in)?|person|vorgesetzten|berater(?:in)?|ansprechpartner(?:in)?)\b[^.!?\n]{0,20}\b(?:sprechen|reden|verbinden|verbunden|schreiben|chatten|weiterleiten)|\b(?:rufen sie mich|ruf mich)\b[^.!?\n]{0,12}\b(?:an|zurück)|\bechten? (?:menschen|person|mitarbeiter)\b",
        r"|\b(?:parler|discuter|échanger|contact|communiquer)\b[^.!?\n]{0,24}\b(?:humain|personne|conseiller|conseillère|agent|responsable|quelqu'un|quelqu’un)|\b(?:un|une) (?:vrai|vraie) (?:humain|personne)|\brappelez[- ]moi\b",
        r"|\b(?:hablar|comunicar\w*|contactar|chatear|pase\w*|pásame)\b[^.!?\n]{0,24}\b(?:persona|humano|agente|alguien|encargado|supervisor|operador|representante)|\bpersona real\b|\bllámen?me\b",
        r"|\b(?:parlare|comunicare|contattare|passatemi|passami)\b[^.!?\n]{0,24}\b(?:persona|umano|operatore|operatrice|qualcuno|responsabile|addetto)|\bpersona (?:vera|reale)\b|\b(?:richiamatemi|chiamatemi)\b",
        r"|\b(?:falar|conversar|contactar)\b[^.!?\n]{0,24}\b(?:pessoa|humano|atendente|alguém|gerente|responsável|operador)|\bpessoa (?:real|de verdade)\b|\bliguem?-me\b|\bme liguem?\b",
        r"|\b(?:met|aan)\s[^.!?\n]{0,20}\b(?:mens|medewerker|persoon|iemand|leidinggevende|manager)\b[^.!?\n]{0,16}\b(?:spreken|praten|chatten|doorverbonden|verbinden)|\b(?:spreken|praten) met (?:een|iemand)|\becht(?:e)? (?:mens|persoon)\b|\bbel (?:me|mij)\b",
        r"|\b(?:rozmawiać|porozmawiać|połączyć|połączenie|rozmowa|rozmowę|kontakt)\b[^.!?\n]{0,24}\b(?:człowiek\w*|konsultant\w*|pracownik\w*|osob\w*|kimś|kierownik\w*)|\b(?:żyw\w+|prawdziw\w+) (?:człowiek\w*|osob\w*)|\bproszę o (?:telefon|kontakt telefoniczny)",
        r"|(?:поговорить|связать\w*|соедин\w*|переключ\w*|позов\w*|пообщаться|говорить|нужен|дайте|хочу)[^.!?\n]{0,24}(?:человек\w*|оператор\w*|менеджер\w*|сотрудник\w*|живы\w+|специалист\w*)|перезвоните|позвоните мне",
        r"|(?:insan|temsilci|yetkili|müdür|operatör|müşteri temsilcisi)\w*[^.!?\n]{0,20}(?:görüş\w*|konuş\w*|bağla\w*|aktar\w*|istiyorum)|gerçek (?:bir )?(?:insan|kişi)|beni arayın",
        r"|(?:أتحدث|التحدث|اتحدث|التكلم|أتكلم|تحدث|تحويلي|حولني|حولوني|أريد|اريد)[^.!?\n]{0,24}(?:شخص|موظف|إنسان|انسان|بشري|مندوب|ممثل|المدير|مدير|مسؤول)|اتصلوا بي|اتصل بي",
        r"|(?:转|接|找|换|要|联系|轉|換|聯繫|聯絡)[^。！？\n]{0,4}(?:人工|真人|客服人员|客服人員|专员|專員|经理|經理|主管)|(?:真人|人工)(?:客服|服务|服務)|和(?:真人|人)(?:说话|聊|交流|谈)|跟(?:真人|人)(?:說話|聊|對話|談|说话)|给我(?:回)?电话|打電話給我|回電",
        r"|(?:人間|担当者|担当の方|オペレーター|スタッフ|責任者|上司|店長|係の人|有人)[^。！？\n]{0,8}(?:話|つない|繋い|代わ|お願い|対応|チャット|と直接)|電話(?:して|をください|ください)|折り返し",
        r"|(?:상담원|상담사|사람|직원|담당자|매니저|관리자)[^.!?\n]{0,8}(?:연결|통화|이야기|얘기|대화|상담|바꿔|불러|말하)|전화\s?(?:주세요|해 주세요|해주세요|부탁)",
        r"|\b(?:anyone|anybody|someone|somebody) (?:i|we) can (?:talk|speak|chat)|\b(?:no|not a|without a?) (?:chat)?(?:bot|robot|machine)s?\b[^.!?\n]{0,24}\b(?:human|person|agent)\b|\bmit jemandem (?:reden|sprechen|telefonieren|chatten)|\bverbinden sie mich\b|\bkein(?:en)? (?:chat)?(?:bot|roboter|automat)\w*\b[^.!?\n]{0,30}\b(?:mensch\w*|mitarbeiter\w*|person)\b",
        r"|\b(?:passez|transférez|mettez)[- ]moi\b[^.!?\n]{0,24}\b(?:responsable|conseill\w+|quelqu['’]un|agent|personne|humain|service)|\bme rappeler\s*(?:[.!?]|$|au |s'il|svp|dès|par téléphone|demain|aujourd)|\bp[aá]s[ae]n?me con\b|\bme (?:pas[ae]n?|puede pasar|pueden pasar) con\b|\b(?:asesor|agente|operador|asistente)a? human[oa]\b|\bmi (?:passi|metta in contatto|colleghi)\b[^.!?\n]{0,24}\b(?:responsabile|operat\w+|collega|persona|qualcuno)|\b(?:operatore|assistente|persona) uman[oa]\b",
        r"|\b(?:passe|transfira)[- ]me\b[^.!?\n]{0,24}\b(?:responsável|atendente|pessoa|humano|alguém|colega)|\b(?:atendente|agente|assistente|operador)a? human[oa]\b|\b(?:iemand|medewerker|mens) (?:aan de lijn|spreken)\b|\bverbind (?:me|mij)\b|\bechte (?:mens|persoon|medewerker)\b|\bz kimś (?:po)?rozmawiać|\b(?:do mnie|mi) zadzwonić|\bzadzwońcie\b|\bproszę (?:do mnie )?oddzwonić",
        r"|(?:говорить|пообщаться|связаться) с (?:кем|живым|человек)|не (?:бот|робот)\w*,? а (?:человек|живо)|\bbiri(?:yle| ile|siyle)\s(?:konuş|görüş)\w*|[转轉接找][^。！？\n]{0,2}(?:专人|專人)|客服(?:人員|人员)?[^。！？\n]{0,4}[跟与和與]我(?:聯絡|联系|聯繫)|人間?に(?:代わ|変わ|替わ|つな|繋)|คุยกับ(?:คน|มนุษย์)",
        r"|(?:คุย|พูด|ติดต่อ|สนทนา|ขอสาย|โอนสาย|ต่อสาย|ขอ)[^.!?\n]{0,16}(?:คนจริง|เจ้าหน้าที่|พนักงาน|แอดมิน|ผู้จัดการ|มนุษย์|คนจริงๆ)|โทรกลับ|โทรหา(?:ฉัน|ผม)"
    ))
});

/// What looks alike and asks for something else.
static NOT_ASKING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:for|per|each|one|per ogni|pro|par|por) (?:a |one |each |every )?person\b|\bdelivery person\b|\bcall me (?:crazy|old)\b|\bin person\b|\btravel agent\b|\bpersonne (?:ne|n')",
    )
});

/// The words of the disclosures, in the form in which whole messages are looked up.
static OFFERED: LazyLock<HashSet<String>> =
    LazyLock::new(|| Language::SUPPORTED.iter().flat_map(|code| texts::person_words(code)).map(|word| plain(&word)).collect());

/// The words that ask for a person, if there are any.
pub fn request(text: &str) -> Option<String> {
    let whole = plain(text);
    if OFFERED.contains(&whole) {
        return Some(whole);
    }
    let found = ASKS.find(text)?;
    (!NOT_ASKING.is_match(text)).then(|| found.as_str().to_owned())
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod tests;
