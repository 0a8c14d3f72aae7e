//! What the rules make of a parcel.

use serde::{Deserialize, Serialize};

use super::{Day, DutyFact, DutyRow, DutyTable, Terms};
use crate::money::{Currency, Money};

/// The goods of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Line {
    /// The Harmonised System code, digits only; `None` where the shop does not know it.
    pub hs: Option<String>,
    /// Pieces.
    pub quantity: u32,
    /// The price of one.
    pub unit: Money,
}

/// A parcel; all amounts in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Request {
    /// Where it goes, ISO 3166-1 alpha-2.
    pub country: String,
    /// What is in it.
    pub lines: Vec<Line>,
    /// What shipping costs.
    pub shipping: Money,
    /// Who pays.
    pub terms: Terms,
    /// On which day.
    pub day: Day,
}

/// From least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Part {
    /// At least.
    pub min: Money,
    /// At most.
    pub max: Money,
}

/// What is not known, so that no figure can be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Missing {
    /// There is no rule for duty on goods with this code.
    DutyRate {
        /// The code; empty where the shop does not know it.
        hs: String,
    },
    /// There is no rule for the import tax.
    TaxRate,
    /// A threshold is in another currency, and no rate of exchange is known.
    ExchangeRate {
        /// From.
        from: Currency,
        /// To.
        to: Currency,
    },
}

/// An amount, or what is missing for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Amount {
    /// From least to most.
    Known(Part),
    /// What is missing.
    Unknown(Vec<Missing>),
}

/// What a step reckons, for whoever writes it in another language. Rates are in basis points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepKind {
    /// An amount in another currency.
    Exchanged,
    /// A duty for the parcel as a whole.
    ParcelDuty {
        /// The rate.
        rate: u32,
        /// Of what.
        of: Money,
        /// What is taken off.
        less: Money,
        /// What comes out.
        amount: Money,
    },
    /// A fixed duty for each tariff heading.
    FlatDuty {
        /// For each.
        each: Money,
        /// Goods of less than this.
        below: Money,
        /// What comes out.
        amount: Money,
    },
    /// No duty for goods up to a value.
    DutyFree {
        /// Up to this.
        up_to: Money,
    },
    /// The duty of one kind of goods.
    Duty {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
        /// Of what: the goods with their share of shipping.
        of: Money,
        /// What comes out.
        amount: Part,
    },
    /// No import tax for goods up to a value.
    TaxFree {
        /// Up to this.
        up_to: Money,
    },
    /// The country has none.
    NoTax,
    /// The import tax.
    Tax {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
        /// Of what: goods, shipping and duty.
        of: Part,
        /// The tax is part of its own base.
        inside: bool,
        /// What comes out.
        amount: Part,
    },
}

/// A step of the reckoning, in words for the seller, with the rule that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Step {
    /// `duty = 20 % of 45.00 USD = 9.00 USD`
    pub text: String,
    /// The same as data.
    pub what: StepKind,
    /// The rule with its dates and its source; `None` for a sum.
    pub rule: Option<DutyRow>,
}

/// What is to be expected. Always an estimate: customs decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Estimate {
    /// The duty.
    pub duty: Amount,
    /// The import tax.
    pub tax: Amount,
    /// Both.
    pub total: Amount,
    /// Who pays it.
    pub terms: Terms,
    /// How it was reckoned.
    pub steps: Vec<Step>,
}

/// Reckons. Amounts in other currencies than the request's shipping count as not known.
pub fn estimate(request: &Request, table: &DutyTable) -> Estimate {
    let mut work = Work { request, table, steps: vec![] };
    let duty = work.duty();
    let tax = work.tax(&duty);
    let total = match (&duty, &tax) {
        (Amount::Known(a), Amount::Known(b)) => Amount::Known(work.sum(*a, *b)),
        _ => Amount::Unknown([&duty, &tax].into_iter().flat_map(missing).collect()),
    };
    Estimate { duty, tax, total, terms: request.terms, steps: work.steps }
}

fn missing(amount: &Amount) -> Vec<Missing> {
    match amount {
        Amount::Known(_) => vec![],
        Amount::Unknown(missing) => missing.clone(),
    }
}

struct Work<'a> {
    request: &'a Request,
    table: &'a DutyTable,
    steps: Vec<Step>,
}

impl Work<'_> {
    fn currency(&self) -> Currency {
        self.request.shipping.currency
    }

    fn goods(&self) -> Money {
        let minor = self.request.lines.iter().map(|line| line.unit.minor.saturating_mul(i64::from(line.quantity)));
        Money::new(minor.fold(0, i64::saturating_add), self.currency())
    }

    fn with_shipping(&self) -> Money {
        Money::new(self.goods().minor.saturating_add(self.request.shipping.minor), self.currency())
    }

    fn say(&mut self, text: String, what: StepKind, rule: Option<&DutyRow>) {
        self.steps.push(Step { text, what, rule: rule.cloned() });
    }

    /// An amount of ours in the currency of a rule.
    fn in_currency_of(&mut self, amount: Money, other: Currency) -> Result<Money, Missing> {
        let unknown = Missing::ExchangeRate { from: amount.currency, to: other };
        let (found, rule) = self.table.exchanged(amount, other, &self.request.day).ok_or(unknown)?;
        if let Some(rule) = rule {
            let rule = rule.clone();
            self.say(format!("{amount} = {found}"), StepKind::Exchanged, Some(&rule));
        }
        Ok(found)
    }

    fn duty(&mut self) -> Amount {
        match self.duty_of_parcel() {
            Ok(Some(part)) => Amount::Known(part),
            Ok(None) => self.duty_of_lines(),
            Err(missing) => Amount::Unknown(vec![missing]),
        }
    }

    /// The rules that look at the parcel as a whole; nothing where none applies.
    fn duty_of_parcel(&mut self) -> Result<Option<Part>, Missing> {
        let (country, day, table) = (&self.request.country, &self.request.day, self.table);
        let rows: Vec<&DutyRow> = table.rows().iter().filter(|row| row.country == *country && row.holds(day)).collect();
        for row in rows {
            let found = match row.fact {
                DutyFact::ParcelDuty { above, up_to, rate, less } => {
                    let whole = self.in_currency_of(self.with_shipping(), up_to.currency)?;
                    if whole.minor <= above.minor || whole.minor > up_to.minor {
                        continue;
                    }
                    let duty = Money::new((share(whole.minor, rate) - less.minor).max(0), up_to.currency);
                    let off = if less.minor > 0 { format!(", less {less}") } else { String::new() };
                    let what = StepKind::ParcelDuty { rate, of: whole, less, amount: duty };
                    self.say(format!("duty = {} of {whole}{off} = {duty}", percent(rate)), what, Some(row));
                    self.in_currency_of(duty, self.currency())?
                }
                DutyFact::FlatDuty { below, each } => {
                    let goods = self.in_currency_of(self.goods(), below.currency)?;
                    if goods.minor >= below.minor {
                        continue;
                    }
                    let duty = Money::new(each.minor.saturating_mul(self.headings()), each.currency);
                    let what = StepKind::FlatDuty { each, below, amount: duty };
                    self.say(format!("goods of {goods} are below {below}: {each} for each tariff heading = {duty}"), what, Some(row));
                    self.in_currency_of(duty, self.currency())?
                }
                DutyFact::DutyFree { up_to } => {
                    let goods = self.in_currency_of(self.goods(), up_to.currency)?;
                    if goods.minor > up_to.minor {
                        continue;
                    }
                    self.say(format!("goods of {goods} are free of duty up to {up_to}"), StepKind::DutyFree { up_to }, Some(row));
                    Money::new(0, self.currency())
                }
                _ => continue,
            };
            return Ok(Some(Part { min: found, max: found }));
        }
        Ok(None)
    }

    /// How many tariff headings; goods without a code count as one more.
    fn headings(&self) -> i64 {
        let codes = self.request.lines.iter().map(|line| line.hs.as_deref().unwrap_or_default());
        let mut codes: Vec<String> = codes.map(|code| code.chars().take(6).collect()).collect();
        codes.sort_unstable();
        codes.dedup();
        i64::try_from(codes.len()).unwrap_or(i64::MAX)
    }

    /// The rate of each kind of goods, of its share of goods and shipping.
    fn duty_of_lines(&mut self) -> Amount {
        let (goods, whole) = (self.goods().minor, self.with_shipping().minor);
        let (mut min, mut max, mut missing) = (0_i64, 0_i64, vec![]);
        for line in &self.request.lines {
            let hs = line.hs.as_deref().unwrap_or_default();
            let table = self.table;
            let Some(row) = table.duty(&self.request.country, hs, &self.request.day) else {
                missing.push(Missing::DutyRate { hs: hs.to_owned() });
                continue;
            };
            let DutyFact::Duty { min: least, max: most, .. } = row.fact else { continue };
            let own = line.unit.minor.saturating_mul(i64::from(line.quantity));
            let base = if goods == 0 { 0 } else { divided(i128::from(own) * i128::from(whole), i128::from(goods)) };
            let amount = self.part(share(base, least), share(base, most));
            (min, max) = (min.saturating_add(amount.min.minor), max.saturating_add(amount.max.minor));
            let of = Money::new(base, self.currency());
            let what = StepKind::Duty { min: least, max: most, of, amount };
            self.say(format!("duty = {} of {of} (goods with their share of shipping)", rates(least, most)), what, Some(row));
        }
        if missing.is_empty() { Amount::Known(self.part(min, max)) } else { Amount::Unknown(missing) }
    }

    fn part(&self, min: i64, max: i64) -> Part {
        Part { min: Money::new(min, self.currency()), max: Money::new(max, self.currency()) }
    }

    fn tax(&mut self, duty: &Amount) -> Amount {
        match self.tax_of(duty) {
            Ok(part) => Amount::Known(part),
            Err(missing) => Amount::Unknown(missing),
        }
    }

    fn tax_of(&mut self, duty: &Amount) -> Result<Part, Vec<Missing>> {
        let (country, day, table) = (self.request.country.clone(), self.request.day.clone(), self.table);
        if let Some(row) = table.first(&country, &day, |fact| matches!(fact, DutyFact::TaxFree { .. }))
            && let DutyFact::TaxFree { up_to } = row.fact
        {
            let goods = self.in_currency_of(self.goods(), up_to.currency).map_err(|missing| vec![missing])?;
            if goods.minor <= up_to.minor {
                self.say(format!("goods of {goods} are free of import tax up to {up_to}"), StepKind::TaxFree { up_to }, Some(row));
                return Ok(self.part(0, 0));
            }
        }
        let row = table.first(&country, &day, |fact| matches!(fact, DutyFact::Tax { .. } | DutyFact::TaxInside { .. }));
        let row = row.ok_or_else(|| vec![Missing::TaxRate])?;
        let (min, max, inside) = match row.fact {
            DutyFact::TaxInside { min, max } => (min, max, true),
            DutyFact::Tax { min, max } => (min, max, false),
            _ => return Err(vec![Missing::TaxRate]),
        };
        if max == 0 {
            self.say("no tax on import".to_owned(), StepKind::NoTax, Some(row));
            return Ok(self.part(0, 0));
        }
        // Without the duty its base is not known.
        let Amount::Known(duty) = duty else { return Err(vec![]) };
        let base = |duty: Money| self.with_shipping().minor.saturating_add(duty.minor);
        let of = |base: i64, rate: u32| {
            if inside { divided(i128::from(base) * i128::from(rate), i128::from(10_000 - i64::from(rate))) } else { share(base, rate) }
        };
        let (low, high) = (base(duty.min), base(duty.max));
        let part = self.part(of(low, min), of(high, max));
        let how = if inside { " (the tax is part of its own base)" } else { "" };
        let whole = self.part(low, high);
        let what = StepKind::Tax { min, max, of: whole, inside, amount: part };
        self.say(format!("tax = {} of {} (goods, shipping and duty){how}", rates(min, max), shown(whole)), what, Some(row));
        Ok(part)
    }

    fn sum(&self, a: Part, b: Part) -> Part {
        self.part(a.min.minor.saturating_add(b.min.minor), a.max.minor.saturating_add(b.max.minor))
    }
}

/// A part as it is shown: one amount, or from least to most.
pub(super) fn shown(part: Part) -> String {
    if part.min == part.max { part.min.to_string() } else { format!("{} to {}", part.min.amount(), part.max) }
}

/// So many basis points of an amount, rounded to the nearest minor unit.
fn share(minor: i64, basis_points: u32) -> i64 {
    divided(i128::from(minor) * i128::from(basis_points), 10_000)
}

/// Half up; the divisor is never zero.
fn divided(numerator: i128, divisor: i128) -> i64 {
    let divisor = divisor.max(1);
    i64::try_from((numerator + divisor / 2).div_euclid(divisor)).unwrap_or(i64::MAX)
}

/// A rate as it is shown: `19 %`.
fn percent(basis_points: u32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A rate from least to most: `10 to 20 %`.
pub fn rates(min: u32, max: u32) -> String {
    if min == max { percent(min) } else { format!("{} to {}", percent(min).trim_end_matches(" %"), percent(max)) }
}
