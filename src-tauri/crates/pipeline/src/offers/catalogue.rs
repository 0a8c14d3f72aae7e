//! The shop's products as the bot looks them up: by number, by the words of their titles, and by what a buyer is looking for.

use std::collections::{BTreeMap, BTreeSet};

use mercator_domain::{entity::comparable_number, money::Money, product::Product};

use crate::{fold::fold, tokens};

/// More products than this are not looked through for a title: the turn must stay quick.
pub const MOST: usize = 5_000;
/// A title counts as named from this share of its words on.
const NAMED: f32 = 0.5;
/// Words of fewer letters say nothing; in scripts without spaces pairs of letters count.
const SHORTEST: usize = 3;

/// One product with its words.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    product: Product,
    /// Of the title.
    title: BTreeSet<String>,
    /// Of category and description.
    about: BTreeSet<String>,
}

/// The products. Made once after an import, shared by all turns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    entries: Vec<Entry>,
    by_number: BTreeMap<String, usize>,
}

/// What a buyer is looking for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The message.
    pub text: &'a str,
    /// At most this.
    pub limit: Option<Money>,
    /// Where it goes, ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
}

/// A product that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The product.
    pub product: Product,
    /// The buyer's words that it fits, as they stand in its title or description.
    pub words: Vec<String>,
}

fn words_of(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let enough = |word: &&str| word.chars().count() >= SHORTEST || word.chars().any(tokens::is_unspaced);
    tokens::words(&folded).into_iter().filter(enough).map(str::to_owned).collect()
}

impl Catalogue {
    /// Takes the products in; those beyond [`MOST`] are found by their number only.
    pub fn new(products: Vec<Product>) -> Self {
        let by_number = products.iter().enumerate().map(|(at, product)| (comparable_number(&product.sku), at)).collect();
        let entry = |product: Product| Entry {
            title: words_of(&product.title),
            about: words_of(&format!("{} {}", product.category, product.description)),
            product,
        };
        Self { entries: products.into_iter().map(entry).collect(), by_number }
    }

    /// True without a product.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The product with this number, compared without spaces and hyphens.
    pub fn numbered(&self, sku: &str) -> Option<&Product> {
        self.by_number.get(&comparable_number(sku)).and_then(|at| self.entries.get(*at)).map(|entry| &entry.product)
    }

    /// The first product whose number a text names. A number holds a digit: a word that happens to be one is none.
    pub fn numbered_in(&self, text: &str) -> Option<&Product> {
        let parts = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')));
        let numbers = parts.map(|part| part.trim_matches(['-', '_', '.', '/'])).filter(|part| part.chars().any(|c| c.is_ascii_digit()));
        numbers.filter(|part| !part.is_empty()).find_map(|part| self.numbered(part))
    }

    /// The one product whose title a text names by at least half of its words; none where two fit alike that are no variants of one.
    pub fn named_in(&self, text: &str) -> Option<&Product> {
        let said = words_of(text);
        let fits = |entry: &Entry| {
            let hit = entry.title.intersection(&said).count();
            let share = hit as f32 / entry.title.len().max(1) as f32;
            (hit > 0 && share >= NAMED).then_some((hit, share))
        };
        let mut found: Vec<(usize, f32, &Product)> =
            self.entries.iter().take(MOST).filter_map(|entry| fits(entry).map(|(hit, share)| (hit, share, &entry.product))).collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
        let (best, rest) = found.split_first()?;
        let rival = rest.iter().find(|other| (other.0, other.1) == (best.0, best.1) && !same(best.2, other.2));
        rival.is_none().then_some(best.2)
    }

    /// At most `most` products in stock that ship to the country and keep to the limit: those that fit most of the buyer's words first,
    /// of these the dearest. One of each group of variants.
    pub fn advise(&self, wanted: &Wanted, most: usize) -> Vec<Advice> {
        let said = words_of(wanted.text);
        let mut fitting: Vec<(usize, Advice)> = self.entries.iter().take(MOST).filter_map(|entry| fitting(entry, wanted, &said)).collect();
        fitting.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.product.price.minor.cmp(&a.1.product.price.minor)));
        let mut out: Vec<Advice> = Vec::new();
        for (_, advice) in fitting {
            if out.len() == most {
                break;
            }
            if !out.iter().any(|other| same(&other.product, &advice.product)) {
                out.push(advice);
            }
        }
        out
    }
}

/// Variants of one product.
fn same(a: &Product, b: &Product) -> bool {
    a.title == b.title || (a.item_group.is_some() && a.item_group == b.item_group)
}

fn fitting(entry: &Entry, wanted: &Wanted, said: &BTreeSet<String>) -> Option<(usize, Advice)> {
    let product = &entry.product;
    let in_stock = product.stock.is_some_and(|pieces| pieces > 0);
    let ships = wanted
        .country
        .is_none_or(|country| product.ships_to.is_empty() || product.ships_to.iter().any(|code| code.eq_ignore_ascii_case(country)));
    let affordable = wanted.limit.is_none_or(|limit| product.price.currency == limit.currency && product.price.minor <= limit.minor);
    if !in_stock || !ships || !affordable || product.price.minor <= 0 {
        return None;
    }
    let words: Vec<String> = entry.title.union(&entry.about).filter(|word| said.contains(*word)).cloned().collect();
    Some((words.len(), Advice { product: product.clone(), words }))
}

#[cfg(test)]
mod tests {
    use mercator_domain::money::Currency;

    use super::*;
    use crate::support::product;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::parse("EUR").unwrap())
    }

    fn shop() -> Catalogue {
        let mut lamp = product("LAMP-1", "Aurora table lamp", 4990);
        lamp.description = "Warm light, dimmable".into();
        let mut tea = product("TEA-1", "Porcelain teapot", 2900);
        (tea.category, tea.ships_to) = ("tea gifts".into(), vec!["DE".into(), "AT".into()]);
        let mut cup = product("CUP-1", "Tea cup", 900);
        cup.stock = Some(0);
        Catalogue::new(vec![lamp, tea, cup, product("BAG-1", "Linen bag", 1500)])
    }

    #[test]
    fn e4_a_product_is_found_by_its_number_and_by_its_title() {
        let shop = shop();
        assert_eq!(shop.numbered("lamp 1").map(|p| p.sku.as_str()), Some("LAMP-1"));
        let check = |text: &str, expect: Option<&str>| assert_eq!(shop.numbered_in(text).map(|p| p.sku.as_str()), expect, "{text}");
        check("customs for 2 of TEA-1, to Brazil?", Some("TEA-1"));
        check("2 of lamp-1.", Some("LAMP-1"));
        check("2 of TEA-12", None);
        let check = |text: &str, expect: Option<&str>| assert_eq!(shop.named_in(text).map(|p| p.sku.as_str()), expect, "{text}");
        check("Will I pay customs for the Aurora lamp to Brazil?", Some("LAMP-1"));
        check("customs on two porcelain teapots? the porcelain teapot I mean", Some("TEA-1"));
        check("customs to Brazil?", None);
        check("a table", None);
    }

    #[test]
    fn i3_what_is_advised_is_in_stock_ships_there_and_keeps_to_the_limit() {
        let shop = shop();
        let check = |text: &str, limit: Option<Money>, country: Option<&str>, expect: &[&str]| {
            let advised = shop.advise(&Wanted { text, limit, country }, 3);
            assert_eq!(advised.iter().map(|a| a.product.sku.as_str()).collect::<Vec<_>>(), expect, "{text}");
        };
        check("a gift for someone who likes tea", Some(eur(3000)), Some("DE"), &["TEA-1", "BAG-1"]);
        check("a gift", Some(eur(3000)), Some("US"), &["BAG-1"]);
        check("a dimmable light", None, Some("US"), &["LAMP-1", "BAG-1"]);
        check("a gift", Some(Money::new(9000, Currency::parse("USD").unwrap())), Some("DE"), &[]);
        check("a gift", Some(eur(100)), Some("DE"), &[]);
    }
}
