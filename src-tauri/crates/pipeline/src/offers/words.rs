//! Offers in the customer's language: what is expected, how it was reckoned, of which day the rates are; and products with their reasons.

use mercator_domain::{
    duty::{Amount, Day, Part, Step, StepKind, Terms, rates},
    language::Language,
    money::Money,
};

use super::{Advice, DutyOffer};
use crate::{calendar, countries, error::PipelineError, reply::Body, texts};

/// An amount, or from least to most.
fn between(part: Part, language: &Language) -> String {
    if part.min == part.max {
        return part.min.to_string();
    }
    texts::words(language, "duty_between", &[("low", &part.min.to_string()), ("high", &part.max.to_string())])
}

/// The estimate.
pub(crate) fn quote(body: &mut Body, offer: &DutyOffer, language: &Language) -> Result<(), PipelineError> {
    let Amount::Known(total) = offer.estimate.total else { return Err(PipelineError::UnknownText("duty_estimate".to_owned())) };
    let (quantity, country) = (offer.quantity.to_string(), countries::name(&offer.country, language));
    let product = offer.product.title.as_str();
    if total.max.minor == 0 {
        body.template(language, "duty_none", &[("quantity", &quantity), ("product", product), ("country", &country)])?;
    } else {
        let amount = between(total, language);
        let values = [("quantity", quantity.as_str()), ("product", product), ("country", &country), ("amount", &amount)];
        body.template(language, "duty_estimate", &values)?;
    }
    let value = Money::new(offer.product.price.minor.saturating_mul(i64::from(offer.quantity)), offer.product.price.currency);
    body.template(language, "duty_goods", &[("value", &value.to_string())])?;
    for step in &offer.estimate.steps {
        explain(body, step, language)?;
    }
    if total.max.minor > 0 {
        let key = if offer.estimate.terms == Terms::Ddp { "duty_ddp" } else { "duty_ddu" };
        body.template(language, key, &[])?;
    }
    // The oldest of the rates that were used: that is how far one can rely on it.
    let oldest = offer.estimate.steps.iter().filter_map(|step| step.rule.as_ref()).map(|rule| &rule.as_of).min();
    let date = oldest.and_then(Day::noon).map(|at| calendar::date(at, "UTC", language)).unwrap_or_default();
    body.sentence(language, "duty_only_estimate", &[("date", &date)])
}

fn explain(body: &mut Body, step: &Step, language: &Language) -> Result<(), PipelineError> {
    let text = |money: &Money| money.to_string();
    match &step.what {
        StepKind::Exchanged => Ok(()),
        StepKind::ParcelDuty { rate, of, less, amount } if less.minor == 0 => {
            let values = [("rate", rates(*rate, *rate)), ("base", text(of)), ("amount", text(amount))];
            line(body, language, "duty_step_rate", &values)
        }
        StepKind::ParcelDuty { rate, of, less, amount } => {
            let values = [("rate", rates(*rate, *rate)), ("base", text(of)), ("less", text(less)), ("amount", text(amount))];
            line(body, language, "duty_step_parcel", &values)
        }
        StepKind::FlatDuty { each, below, amount } => {
            line(body, language, "duty_step_flat", &[("each", text(each)), ("limit", text(below)), ("amount", text(amount))])
        }
        StepKind::DutyFree { up_to } => line(body, language, "duty_step_free", &[("limit", text(up_to))]),
        StepKind::Duty { min, max, of, amount } => {
            let values = [("rate", rates(*min, *max)), ("base", text(of)), ("amount", between(*amount, language))];
            line(body, language, "duty_step_rate", &values)
        }
        StepKind::TaxFree { up_to } => line(body, language, "duty_step_tax_free", &[("limit", text(up_to))]),
        StepKind::NoTax => line(body, language, "duty_step_no_tax", &[]),
        StepKind::Tax { min, max, of, inside, amount } => {
            let key = if *inside { "duty_step_tax_inside" } else { "duty_step_tax" };
            let values = [("rate", rates(*min, *max)), ("base", between(*of, language)), ("amount", between(*amount, language))];
            line(body, language, key, &values)
        }
    }
}

/// A line under the one before: the reckoning is one paragraph.
fn line(body: &mut Body, language: &Language, key: &str, values: &[(&str, String)]) -> Result<(), PipelineError> {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    body.line(language, key, &values)
}

/// The products, each with its reasons.
pub(crate) fn advise(
    body: &mut Body,
    advised: &[Advice],
    (country, limit): (Option<&str>, Option<Money>),
    language: &Language,
) -> Result<(), PipelineError> {
    body.template(language, "recommend_lead", &[])?;
    for Advice { product, words } in advised {
        let price = product.price.to_string();
        match country {
            Some(code) => {
                let country = countries::name(code, language);
                let values = [("product", product.title.as_str()), ("price", &price), ("country", &country)];
                body.template(language, "recommend_item", &values)?;
            }
            None => body.template(language, "recommend_item_anywhere", &[("product", product.title.as_str()), ("price", &price)])?,
        }
        if let Some(limit) = limit {
            body.sentence(language, "recommend_within", &[("limit", &limit.to_string())])?;
        }
        if !words.is_empty() {
            body.sentence(language, "recommend_matches", &[("words", &words.join(", "))])?;
        }
        if let Some(url) = product.url.as_deref().filter(|url| url.starts_with("https://")) {
            body.link(url);
        }
    }
    Ok(())
}
