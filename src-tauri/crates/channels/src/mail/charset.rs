//! Text whose character set is not declared or declared wrongly: the set that fits its bytes.
//!
//! Only for repair: a declared set that fits is never overruled. The candidates are those that buyers' mail programs still send.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

/// The text of `bytes` and the name of the character set that it was read in.
pub fn decode_guessing(bytes: &[u8]) -> (String, &'static str) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if bytes.contains(&0x1b)
            && let Some(text) = strict(ISO_2022_JP, bytes)
        {
            return (text, ISO_2022_JP.name());
        }
        return (text.to_owned(), "UTF-8");
    }
    let (sequences, broken) = utf8_of(bytes);
    if sequences >= 4 * broken {
        return (String::from_utf8_lossy(bytes).into_owned(), "UTF-8");
    }
    let best = [GB18030, SHIFT_JIS, EUC_KR, BIG5]
        .into_iter()
        .filter_map(|set| strict(set, bytes).map(|text| (east_asian_share(set, &text), text, set.name())))
        .filter(|(share, _, _)| *share > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, text, name)) = best {
        return (text, name);
    }
    // By chance a capital and a quotation mark of Cyrillic text make such a character here and there.
    if sequences * 2 >= broken {
        return (String::from_utf8_lossy(bytes).into_owned(), "UTF-8");
    }
    let set = if looks_cyrillic(bytes) { WINDOWS_1251 } else { WINDOWS_1252 };
    (set.decode_without_bom_handling(bytes).0.into_owned(), set.name())
}

/// How many characters beyond ASCII stand in UTF-8, and how many places are broken: a mail that was cut or mixed is UTF-8 still.
fn utf8_of(bytes: &[u8]) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(sequences, broken), chunk| {
        (sequences + chunk.valid().chars().filter(|c| !c.is_ascii()).count(), broken + usize::from(!chunk.invalid().is_empty()))
    })
}

/// The text, if every byte is valid in this set.
fn strict(set: &'static Encoding, bytes: &[u8]) -> Option<String> {
    set.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// How much of the non-ASCII text is what a writer of this set's language commonly writes.
fn east_asian_share(set: &'static Encoding, text: &str) -> f64 {
    let wide: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    let usual = |c: char| match c {
        '\u{3040}'..='\u{30ff}' => set == SHIFT_JIS,
        // Beyond the 2350 syllables of KS X 1001 lie those that nobody writes, which other sets read as Korean give.
        '\u{ac00}'..='\u{d7a3}' => set == EUC_KR && is_in_rows(EUC_KR, c, 0xb0, 0xc8),
        '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff5e}' => true,
        // The first level of GB 2312 holds the 3755 common characters; rare ones come out when another set is read as GBK.
        '\u{4e00}'..='\u{9fff}' => match set {
            s if s == GB18030 => is_in_rows(GB18030, c, 0xb0, 0xd7),
            s if s == BIG5 => is_big5_common(c),
            s if s == SHIFT_JIS => true,
            _ => false,
        },
        _ => false,
    };
    #[allow(clippy::cast_precision_loss)]
    let share = wide.iter().filter(|c| usual(**c)).count() as f64 / wide.len().max(1) as f64;
    share
}

/// True for a character of two bytes whose first is within these rows and whose second is of the original standard.
fn is_in_rows(set: &'static Encoding, c: char, first: u8, last: u8) -> bool {
    let mut buffer = [0u8; 4];
    let (bytes, _, bad) = set.encode(c.encode_utf8(&mut buffer));
    !bad && bytes.len() == 2 && bytes.first().is_some_and(|b| (first..=last).contains(b)) && bytes.get(1).is_some_and(|b| *b >= 0xa1)
}

/// Rows of the frequently used characters of Big5.
fn is_big5_common(c: char) -> bool {
    let mut buffer = [0u8; 4];
    let (bytes, _, bad) = BIG5.encode(c.encode_utf8(&mut buffer));
    !bad && bytes.len() == 2 && bytes.first().is_some_and(|b| (0xa4..=0xc6).contains(b))
}

/// Cyrillic text in windows-1251 is mostly bytes from 0xC0; western text has few of them between ASCII letters.
fn looks_cyrillic(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|b| **b >= 0xc0).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    high > letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(set: &'static Encoding, text: &str) {
        let (bytes, _, bad) = set.encode(text);
        assert!(!bad);
        let (guessed, name) = decode_guessing(&bytes);
        assert_eq!(guessed, text, "read as {name}");
    }

    #[test]
    fn broken_utf8_stays_utf8() {
        let (text, name) = decode_guessing(b"M\xc3\xbcller \xc3\xa4\xc3\xb6\xc3\xbc \xe6\x9d cut");
        assert_eq!((text.as_str(), name), ("M\u{fc}ller \u{e4}\u{f6}\u{fc} \u{fffd} cut", "UTF-8"));
        assert_eq!(decode_guessing(b"M\xfcller").0, "M\u{fc}ller");
    }

    #[test]
    fn the_sets_of_real_buyers_are_found() {
        check(encoding_rs::UTF_8, "Wo ist mein Paket? 订单");
        check(GB18030, "你好，我的包裹还没有收到，请问什么时候可以送到？");
        check(BIG5, "你好，我的包裹還沒有收到，請問什麼時候可以送到？");
        check(SHIFT_JIS, "こんにちは、荷物がまだ届きません。いつ届きますか？");
        check(EUC_KR, "안녕하세요, 아직 소포를 받지 못했습니다.");
        check(WINDOWS_1251, "Здравствуйте, где моя посылка?");
        check(WINDOWS_1252, "Où est mon colis ? Réponse souhaitée, déjà trois semaines.");
        check(ISO_2022_JP, "荷物が届きません");
    }
}
