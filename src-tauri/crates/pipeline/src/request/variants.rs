//! Which other variant of an ordered item a message asks for: the one whose own options it names.

use mercator_domain::{action::Swap, product::Product};

use super::{Matter, Missing, items};
use crate::{
    fold::fold,
    ports::Actions,
    tokens::{self, is_unspaced},
};

/// How many variants are offered in a question.
const OFFERED: usize = 8;

/// One item against another; nothing where the shop knows no variants of what is meant.
pub(super) fn swaps(matter: &Matter, actions: &dyn Actions) -> Result<Option<Vec<Swap>>, Missing> {
    let lines = items::lines(matter)?;
    // Several items at once would need to say which goes for which: a person reads that better.
    let [line] = lines[..] else { return Ok(None) };
    let mut family = actions.variants(&line.sku);
    let Some(at) = family.iter().position(|product| product.sku == line.sku) else { return Ok(None) };
    let current = family.swap_remove(at);
    if family.is_empty() {
        return Ok(None);
    }
    for text in std::iter::once(matter.text).chain(matter.before.iter().copied()) {
        if let Some(wanted) = named(text, &current, &family) {
            let swap = Swap { from: line.sku.clone(), to: wanted.sku.clone() };
            return Ok(Some((0..line.quantity.max(1)).map(|_| swap.clone()).collect()));
        }
    }
    let offered = family.iter().filter(|product| product.stock != Some(0)).take(OFFERED);
    Err(Missing::Variant(offered.map(label).collect()))
}

/// The variant whose options that differ from the ordered one's are all named: the one with the most of them.
fn named<'a>(text: &str, current: &Product, family: &'a [Product]) -> Option<&'a Product> {
    let said = fold(text);
    let score = |product: &Product| {
        let differing: Vec<&String> =
            product.options.iter().filter(|(name, value)| current.options.get(*name) != Some(value)).map(|(_, value)| value).collect();
        let all = !differing.is_empty() && differing.iter().all(|value| says(&said, value));
        all.then_some(differing.len())
    };
    let mut scored: Vec<(usize, &Product)> = family.iter().filter_map(|product| Some((score(product)?, product))).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scored[..] {
        [(_, only)] => Some(only),
        [(best, first), (next, _), ..] if best > next => Some(first),
        _ => None,
    }
}

/// A value stands in a folded text as words of its own.
fn says(said: &str, value: &str) -> bool {
    let value = fold(value);
    let value = value.trim();
    if value.is_empty() {
        return false;
    }
    if value.chars().any(is_unspaced) {
        return said.contains(value);
    }
    let (text, wanted): (Vec<&str>, Vec<&str>) = (tokens::words(said), tokens::words(value));
    !wanted.is_empty() && text.windows(wanted.len()).any(|window| window == wanted)
}

/// As it is named to a buyer: the title with its options.
pub(crate) fn label(product: &Product) -> String {
    let options: Vec<&str> = product.options.values().map(String::as_str).collect();
    if options.is_empty() { product.title.clone() } else { format!("{} ({})", product.title, options.join(" / ")) }
}
