//! `quote`: duty and import tax as an estimate, with the rules it rests on, or what is missing for one.

use anyhow::{Context, Result};
use mercator_app::{
    App,
    clock::{Clock, SystemClock},
    duty::ProductParcel,
    error::user,
};
use mercator_domain::{
    duty::{Amount, Day, DutyTable, Estimate, Line, Missing, Request, Terms, estimate},
    money::{Currency, Money},
};

use crate::{
    Done,
    args::{Quote, WhoPays},
    output::Output,
    session,
};

/// Reckons, or shows and stores the seller's own rules.
pub async fn quote(workspace: Option<&str>, what: &Quote, output: Output) -> Result<Done> {
    if what.rules || what.set_rules.is_some() || what.set_terms.is_some() {
        return rules(workspace, what, output).await;
    }
    let found = match &what.sku {
        Some(sku) => of_product(workspace, what, sku).await?,
        None => of_value(workspace, what).await?,
    };
    output.give(&found, || text(&found))?;
    Ok(Done::Well)
}

async fn rules(workspace: Option<&str>, what: &Quote, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = set_and_show(&app, what).await;
    app.stop().await;
    let rows = done?;
    let text = serde_json::to_string_pretty(&rows)?;
    output.give(&rows, || text)?;
    Ok(Done::Well)
}

async fn set_and_show(app: &App, what: &Quote) -> Result<Vec<mercator_domain::duty::DutyRow>> {
    if let Some(path) = &what.set_rules {
        let text = std::fs::read_to_string(path).with_context(|| format!("Cannot read {}", path.display()))?;
        let hint = "See how rules are written: mercator-cli quote --rules";
        let rows = DutyTable::read(&text).map_err(|error| user("bad_input", format!("{}: {error}", path.display()), hint))?;
        app.save_duty_rows(&rows).await?;
    }
    if let Some(terms) = what.set_terms {
        app.save_duty_terms(if terms == WhoPays::Ddp { Terms::Ddp } else { Terms::Ddu }).await?;
    }
    app.duty_rows().await
}

fn day(what: &Quote) -> Result<Day> {
    let today = || SystemClock::default().now().timestamp().to_string().chars().take(10).collect::<String>();
    let text = what.day.clone().unwrap_or_else(today);
    Day::parse(&text).map_err(|why| user("bad_input", why, "Leave --day out for today."))
}

fn country(what: &Quote) -> Result<String> {
    let hint = "Give --to with two letters, like --to BR.";
    let code = what.to.as_deref().unwrap_or_default().trim().to_uppercase();
    let known = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if known { Ok(code) } else { Err(user("bad_input", "Where the parcel goes is not said", hint)) }
}

fn amount(text: &str, currency: Currency) -> Result<Money> {
    let money = Money::parse(text, currency).map_err(|error| user("bad_input", error.to_string(), "Write amounts as 19.90."))?;
    if money.minor < 0 { Err(user("bad_input", format!("{money} is below zero"), "Write amounts as 19.90.")) } else { Ok(money) }
}

async fn of_product(workspace: Option<&str>, what: &Quote, sku: &str) -> Result<Estimate> {
    let (country, day) = (country(what)?, day(what)?);
    let shipping = match (&what.shipping, &what.currency) {
        (Some(text), Some(code)) => Some(amount(text, currency(code)?)?),
        (Some(_), None) => return Err(user("bad_input", "The currency of the shipping is not said", "Give --currency.")),
        (None, _) => None,
    };
    let parcel = ProductParcel { sku, quantity: what.quantity, country: &country, shipping, terms: terms(what), day };
    let app = session::open_existing(workspace).await?;
    let found = app.quote_product(&parcel).await;
    app.stop().await;
    found
}

/// Without a workspace by the rules that ship alone.
async fn of_value(workspace: Option<&str>, what: &Quote) -> Result<Estimate> {
    let needed = || user("bad_input", "Nothing is said of the goods", "Give --value and --currency, or --sku.");
    let (value, code) = what.value.as_deref().zip(what.currency.as_deref()).ok_or_else(needed)?;
    let currency = currency(code)?;
    let hs = what.hs.as_ref().map(|hs| hs.chars().filter(char::is_ascii_digit).collect::<String>()).filter(|hs| !hs.is_empty());
    let request = Request {
        country: country(what)?,
        lines: vec![Line { hs, quantity: what.quantity, unit: amount(value, currency)? }],
        shipping: amount(what.shipping.as_deref().unwrap_or("0"), currency)?,
        terms: terms(what),
        day: day(what)?,
    };
    if workspace.is_none() {
        return Ok(estimate(&request, &DutyTable::with(&[])?));
    }
    let app = session::open_existing(workspace).await?;
    let found = app.quote(&request).await;
    app.stop().await;
    found
}

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).map_err(|error| user("bad_input", error.to_string(), "Give three letters, like EUR."))
}

const fn terms(what: &Quote) -> Terms {
    if what.ddp { Terms::Ddp } else { Terms::Ddu }
}

fn text(found: &Estimate) -> String {
    let mut lines =
        vec![format!("duty   {}", shown(&found.duty)), format!("tax    {}", shown(&found.tax)), format!("total  {}", shown(&found.total))];
    lines.push(match found.terms {
        Terms::Ddp => "Paid by the seller: it is in the price (DDP).".to_owned(),
        Terms::Ddu => "Paid by the buyer, to the carrier or customs on delivery (DDU).".to_owned(),
    });
    for step in &found.steps {
        lines.push(format!("  {}", step.text));
        if let Some(rule) = &step.rule {
            let to = rule.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
            lines.push(format!("    from {}{to}, as of {}: {}", rule.from, rule.as_of, rule.source));
        }
    }
    lines.push("An estimate only: customs decide.".to_owned());
    lines.join("\n")
}

fn shown(amount: &Amount) -> String {
    match amount {
        Amount::Known(part) if part.min == part.max => part.min.to_string(),
        Amount::Known(part) => format!("{} to {}", part.min.amount(), part.max),
        Amount::Unknown(missing) => {
            let why: Vec<String> = missing.iter().map(reason).collect();
            if why.is_empty() { "unknown".to_owned() } else { format!("unknown: {}", why.join("; ")) }
        }
    }
}

fn reason(missing: &Missing) -> String {
    match missing {
        Missing::DutyRate { hs } if hs.is_empty() => "no rule for the duty on goods without a code (--hs)".to_owned(),
        Missing::DutyRate { hs } => format!("no rule for the duty on goods with the code {hs}"),
        Missing::TaxRate => "no rule for the import tax of this country".to_owned(),
        Missing::ExchangeRate { from, to } => format!("no rate of exchange from {from} to {to}"),
    }
}
