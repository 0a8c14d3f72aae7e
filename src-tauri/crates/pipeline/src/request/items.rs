//! Which items of an order a message means: by their numbers, by words of their titles, by "all", or because there is only one.

use std::{collections::BTreeSet, sync::LazyLock};

use mercator_domain::order::OrderLine;
use regex::Regex;

use super::{Matter, Missing};
use crate::{entities::pattern, fold::fold, tokens};

/// The whole order is meant.
static ALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:all(?: of (?:it|them))?|everything|both|(?:whole|entire|complete) order|alles|alle|beide|ganze bestellung|tout|tous|toutes|tous les deux|les deux|todo|todos|todas|ambos|ambas",
        r"|tutto|tutti|tutte|entrambi|entrambe|tudo|todas|ambos|wszystko|wszystkie|oba|obie|allebei|hepsi|hepsini|tamamı|tümü|ikisi|ikisini|tüm sipariş)\b",
        r"|все|всё|оба|обе|весь заказ|الكل|كلها|كله|جميعها|كلاهما|全部|所有|都退|两个都|兩個都|整个订单|整個訂單|すべて|全て|全部|両方|전부|모두|둘 다|다 반품|ทั้งหมด|ทุกชิ้น|ทั้งสอง|ทั้งคู่"
    ))
});

/// The shortest part of a title that tells items apart, in letters; in scripts without spaces a pair of them.
const TELLING: usize = 3;

/// The numbers of the items that are meant, one a piece; else the titles to choose from.
pub(super) fn meant(matter: &Matter) -> Result<Vec<String>, Missing> {
    lines(matter).map(|lines| lines.iter().flat_map(|line| pieces(line)).collect())
}

/// A line of three pieces is three numbers.
fn pieces(line: &OrderLine) -> impl Iterator<Item = String> + '_ {
    (0..line.quantity.max(0)).map(|_| line.sku.clone())
}

/// The lines that are meant.
pub(super) fn lines<'a>(matter: &Matter<'a>) -> Result<Vec<&'a OrderLine>, Missing> {
    let all: Vec<&OrderLine> = matter.order.lines.iter().filter(|line| line.quantity > 0).collect();
    if all.len() <= 1 {
        return Ok(all);
    }
    // What the newest message says counts more than what an earlier one said.
    for text in std::iter::once(matter.text).chain(matter.before.iter().copied()) {
        let named = named(text, &all);
        if !named.is_empty() {
            return Ok(named);
        }
        if ALL.is_match(text) {
            return Ok(all);
        }
    }
    Err(Missing::Items(all.iter().map(|line| line.title.clone()).collect()))
}

/// The lines whose number or whose own words stand in the text.
fn named<'a>(text: &str, lines: &[&'a OrderLine]) -> Vec<&'a OrderLine> {
    let said = fold(text);
    let words: BTreeSet<&str> = telling(&said).collect();
    let folded: Vec<String> = lines.iter().map(|line| fold(&line.title)).collect();
    let own = |at: usize, word: &str| folded.iter().enumerate().all(|(other, title)| other == at || !title.contains(word));
    let hit = |at: usize, line: &OrderLine| {
        let number = fold(&line.sku);
        let by_number = number.chars().count() >= TELLING && said.contains(&number);
        by_number || folded.get(at).is_some_and(|title| telling(title).any(|word| own(at, word) && words.contains(word)))
    };
    lines.iter().enumerate().filter(|(at, line)| hit(*at, line)).map(|(_, line)| *line).collect()
}

/// The words of a folded text that can tell one thing from another.
fn telling(folded: &str) -> impl Iterator<Item = &str> {
    tokens::words(folded).into_iter().filter(|word| {
        let unspaced = word.chars().any(tokens::is_unspaced);
        word.chars().count() >= if unspaced { 2 } else { TELLING }
    })
}
