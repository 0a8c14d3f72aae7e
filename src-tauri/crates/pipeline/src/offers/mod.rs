//! What the bot can offer from the shop's own data before the sale: an estimate of duty and tax for a product and a country, and products
//! that fit what a buyer is looking for. Where a part is missing it is asked for; where a rate is unknown nothing is said.

pub mod catalogue;
mod words;

use mercator_domain::{
    duty::{Amount, Day, DutyTable, Estimate, Line, Request, Terms, estimate},
    emotion::EmotionLevel,
    entity::{Entity, EntityKind},
    intent::Intent,
    message::Author,
    money::{Currency, Money},
    product::Product,
    turn::{Evidence, EvidenceKind},
};

use self::catalogue::{Advice, Catalogue, Wanted};
use crate::{bot::Read, entities, ports::TurnInput, request, retrieve::Found};

pub(crate) use words::{advise, quote};

/// So many products are advised.
const MOST_ADVISED: usize = 3;
/// More pieces than this are no private order: a person talks about that.
const MOST_PIECES: u32 = 1_000;

/// The shop's data that offers are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferData {
    /// The products.
    pub catalogue: Catalogue,
    /// The rules for duty and tax.
    pub duty: DutyTable,
    /// Who pays duty and tax.
    pub terms: Terms,
}

impl Default for OfferData {
    fn default() -> Self {
        Self { catalogue: Catalogue::default(), duty: DutyTable::default(), terms: Terms::Ddu }
    }
}

/// An estimate for goods.
#[derive(Clone, Debug, PartialEq)]
pub struct DutyOffer {
    /// The product.
    pub product: Product,
    /// Pieces.
    pub quantity: u32,
    /// Where it goes, ISO 3166-1 alpha-2.
    pub country: String,
    /// What is to be expected.
    pub estimate: Estimate,
}

/// What can be offered.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Offer {
    /// Nothing of the kind is asked for, or nothing is known.
    #[default]
    None,
    /// Which product is not said.
    ProductMissing,
    /// Where it goes is not said.
    CountryMissing,
    /// Duty and tax.
    Duty(Box<DutyOffer>),
    /// Products that fit.
    Advice(Vec<Advice>, Option<String>, Option<Money>),
}

/// What the message asks for of all this.
pub(crate) fn consider(input: &TurnInput, read: &Read, found: &Found) -> Offer {
    let intent = &read.understand.value.intent;
    let sure = intent.in_scope && intent.confidence >= input.rules.intent_threshold;
    if !sure || input.human_owns || input.offers.catalogue.is_empty() {
        return Offer::None;
    }
    let level = read.emotion.value.emotion.as_ref().map_or(EmotionLevel::Calm, |felt| felt.level);
    match intent.name {
        Intent::TariffQuestion => duty(input, read, found),
        // Who is upset is not sold anything.
        Intent::RecommendationRequest if level == EmotionLevel::Calm => advice(input, read),
        _ => Offer::None,
    }
}

/// What the customer has said in this episode, the newest first.
fn said<'a>(input: &'a TurnInput, read: &'a Read) -> impl Iterator<Item = &'a str> {
    let before = input.history.iter().rev().filter(|line| line.author == Author::Contact).map(|line| line.text.as_str());
    [read.content(), input.subject.as_str()].into_iter().chain(before)
}

fn named(input: &TurnInput, read: &Read) -> Vec<Entity> {
    said(input, read).flat_map(|text| entities::find_with(text, &input.own)).collect()
}

fn country(input: &TurnInput, named: &[Entity]) -> Option<String> {
    let said = named.iter().find(|entity| entity.kind == EntityKind::Country).map(|entity| entity.value.clone());
    said.or_else(|| input.writer.country.clone())
}

fn product<'a>(input: &'a TurnInput, read: &Read, found: &Found) -> Option<&'a Product> {
    let catalogue = &input.offers.catalogue;
    let numbered = said(input, read).find_map(|text| catalogue.numbered_in(text));
    let titled = || said(input, read).find_map(|text| catalogue.named_in(text));
    // A question about the own order is about what is in it, where it is one kind of goods.
    let ordered = || match found.retrieved.order.as_ref().map(|order| order.lines.as_slice()) {
        Some([line]) => catalogue.numbered(&line.sku),
        _ => None,
    };
    numbered.or_else(titled).or_else(ordered)
}

fn duty(input: &TurnInput, read: &Read, found: &Found) -> Offer {
    let named = named(input, read);
    let Some(product) = product(input, read, found) else { return Offer::ProductMissing };
    let Some(country) = country(input, &named) else { return Offer::CountryMissing };
    let pieces = named.iter().find(|entity| entity.kind == EntityKind::Quantity).and_then(|entity| entity.value.parse().ok());
    let quantity = pieces.unwrap_or(1);
    let Ok(day) = Day::parse(&input.now.to_string().chars().take(10).collect::<String>()) else { return Offer::None };
    if !(1..=MOST_PIECES).contains(&quantity) {
        return Offer::None;
    }
    let request = Request {
        country: country.clone(),
        lines: vec![Line { hs: product.hs_code.clone(), quantity, unit: product.price }],
        shipping: Money::new(0, product.price.currency),
        terms: input.offers.terms,
        day,
    };
    let estimate = estimate(&request, &input.offers.duty);
    match estimate.total {
        Amount::Known(_) => Offer::Duty(Box::new(DutyOffer { product: product.clone(), quantity, country, estimate })),
        Amount::Unknown(_) => Offer::None,
    }
}

fn advice(input: &TurnInput, read: &Read) -> Offer {
    let named = named(input, read);
    let country = country(input, &named);
    let limit = limit(&named);
    let wanted = Wanted { text: read.content(), limit, country: country.as_deref() };
    let advised = input.offers.catalogue.advise(&wanted, MOST_ADVISED);
    if advised.is_empty() { Offer::None } else { Offer::Advice(advised, country, limit) }
}

/// The reckoning with the source of each rule, for whoever asks why.
pub(crate) fn reasons(offer: &Offer) -> impl Iterator<Item = Evidence> {
    let steps = match offer {
        Offer::Duty(offer) => offer.estimate.steps.as_slice(),
        _ => &[],
    };
    steps.iter().map(|step| {
        let source = step.rule.as_ref().map(|rule| format!(" ({}, {})", rule.source, rule.as_of)).unwrap_or_default();
        Evidence::new(EvidenceKind::Rule, format!("{}{source}", step.text))
    })
}

/// The first amount that the buyer names is the most that it may cost.
fn limit(named: &[Entity]) -> Option<Money> {
    let amount = named.iter().find(|entity| entity.kind == EntityKind::Money)?;
    let (code, _) = amount.value.split_once(' ')?;
    request::money(&amount.value, Currency::parse(code).ok()?)
}

#[cfg(test)]
#[path = "offers_tests.rs"]
mod tests;
