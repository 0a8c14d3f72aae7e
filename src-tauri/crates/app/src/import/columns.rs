//! The standard columns of each kind of file, and a table seen through them.
//!
//! Forms of dates and numbers are decided here, over all rows; what a row means is each kind's own file.

use std::collections::BTreeMap;

use mercator_domain::moment::{DAY_MS, Moment};

use super::{
    dates::{Dated, DayOrder},
    numbers::Decimals,
    table::{Cell, Record, Table},
};
use crate::views::ImportKind;

/// How a column's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Date,
    Number,
}

/// One standard column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub required: bool,
    pub form: Form,
}

const fn must(name: &'static str) -> Column {
    Column { name, required: true, form: Form::Text }
}
const fn may(name: &'static str) -> Column {
    Column { name, required: false, form: Form::Text }
}
const fn of(form: Form, column: Column) -> Column {
    Column { form, ..column }
}

const ORDERS: &[Column] = &[
    must("customer_id"),
    must("order_id"),
    of(Form::Date, must("ordered_at")),
    of(Form::Number, must("total")),
    must("currency"),
    may("status"),
    may("email"),
    may("name"),
    may("country"),
    may("sku"),
    of(Form::Number, may("quantity")),
    of(Form::Number, may("unit_price")),
    may("item_title"),
    may("carrier"),
    may("tracking_number"),
    of(Form::Date, may("shipped_at")),
    of(Form::Date, may("delivered_at")),
    may("address1"),
    may("address2"),
    may("city"),
    may("region"),
    may("postal_code"),
    may("payment_method"),
    of(Form::Number, may("refunded")),
];
const PRODUCTS: &[Column] = &[
    must("sku"),
    must("title"),
    of(Form::Number, must("price")),
    must("currency"),
    of(Form::Number, may("stock")),
    may("description"),
    may("category"),
    may("hs_code"),
    may("origin"),
    of(Form::Number, may("weight_g")),
    may("url"),
    may("image_url"),
    may("ships_to"),
    may("item_group"),
    may("options"),
];
const CUSTOMERS: &[Column] = &[
    must("customer_id"),
    may("name"),
    may("email"),
    may("country"),
    may("phone"),
    may("language"),
    of(Form::Date, may("birthday")),
    may("tags"),
    may("consent_marketing"),
    may("address1"),
    may("address2"),
    may("city"),
    may("region"),
    may("postal_code"),
    may("payment_methods"),
];
const ARTICLES: &[Column] = &[
    must("title"),
    must("body"),
    may("category"),
    may("language"),
    may("country"),
    of(Form::Date, may("valid_from")),
    of(Form::Date, may("valid_to")),
    of(Form::Date, may("review_at")),
    may("source"),
    may("key"),
    may("stores"),
];
/// One of the first two is required; the rows check it.
const EVENTS: &[Column] = &[
    may("customer_id"),
    may("visitor_id"),
    of(Form::Date, must("at")),
    must("kind"),
    may("sku"),
    of(Form::Number, may("dwell_ms")),
    may("url"),
];

const CASES: &[Column] = &[
    must("case_id"),
    must("kind"),
    of(Form::Date, must("opened_at")),
    of(Form::Date, may("answer_by")),
    may("order_id"),
    may("reason"),
    of(Form::Number, may("amount")),
    may("currency"),
    may("status"),
    may("store"),
];

/// The columns of a kind; mails are no table.
pub(crate) const fn columns_of(kind: ImportKind) -> &'static [Column] {
    match kind {
        ImportKind::Orders => ORDERS,
        ImportKind::Products => PRODUCTS,
        ImportKind::Customers => CUSTOMERS,
        ImportKind::Articles => ARTICLES,
        ImportKind::Events => EVENTS,
        ImportKind::Cases => CASES,
        ImportKind::Mail => &[],
    }
}

/// A file seen through its kind's columns.
pub(crate) struct Sheet {
    /// Where each standard column is in the rows.
    places: BTreeMap<&'static str, usize>,
    order: DayOrder,
    decimals: Decimals,
    pub records: Vec<Record>,
    /// Columns that are none of the kind's, and columns that are there twice.
    pub warnings: Vec<String>,
}

impl Sheet {
    /// Finds the columns; says what is missing when the file is no file of this kind.
    pub(crate) fn new(kind: ImportKind, table: Table) -> Result<Self, String> {
        let columns = columns_of(kind);
        let mut places = BTreeMap::new();
        let (mut unknown, mut twice) = (Vec::new(), Vec::new());
        for (place, heading) in table.headings.iter().enumerate() {
            match columns.iter().find(|c| c.name == heading) {
                Some(column) if places.contains_key(column.name) => twice.push(heading.as_str()),
                Some(column) => drop(places.insert(column.name, place)),
                None if heading.is_empty() || unknown.contains(&heading.as_str()) => {}
                None => unknown.push(heading.as_str()),
            }
        }
        let missing: Vec<&str> = columns.iter().filter(|c| c.required && !places.contains_key(c.name)).map(|c| c.name).collect();
        if !missing.is_empty() {
            return Err(missing_columns(&missing, &table));
        }
        if kind == ImportKind::Events && !places.contains_key("customer_id") && !places.contains_key("visitor_id") {
            return Err("the heading has neither 'customer_id' nor 'visitor_id'".to_owned());
        }
        let mut warnings = vec![];
        if !unknown.is_empty() {
            warnings.push(format!("Columns that are not known were left out: {}", unknown.join(", ")));
        }
        if !twice.is_empty() {
            warnings.push(format!("Columns that are there twice were read once, at their first place: {}", twice.join(", ")));
        }
        let values = |form: Form| -> Vec<&Cell> {
            let wanted: Vec<usize> = columns.iter().filter(|c| c.form == form).filter_map(|c| places.get(c.name).copied()).collect();
            table
                .records
                .iter()
                .filter(|r| r.broken.is_none())
                .flat_map(|r| wanted.iter().filter_map(|i| r.cells.get(*i)).collect::<Vec<_>>())
                .collect()
        };
        let order = DayOrder::of_file(values(Form::Date).iter().map(|c| c.text.as_str()));
        let decimals = Decimals::of_file(values(Form::Number).iter().filter(|c| !c.plain).map(|c| c.text.as_str()));
        Ok(Self { places, order, decimals, records: table.records, warnings })
    }

    /// True when the file has this column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.places.contains_key(column)
    }

    /// A row with its columns by name.
    pub(crate) fn row<'s>(&'s self, record: &'s Record) -> Row<'s> {
        Row { sheet: self, record }
    }
}

fn missing_columns(missing: &[&str], table: &Table) -> String {
    let there: Vec<&str> = table.headings.iter().map(String::as_str).filter(|h| !h.is_empty()).take(12).collect();
    let (what, names) = (if missing.len() == 1 { "the column" } else { "the columns" }, missing.join(", "));
    if there.is_empty() {
        format!("it has no heading; {what} {names} must be there")
    } else {
        format!("{what} {names} must be there; the heading has {}", there.join(", "))
    }
}

/// One row, read column by column. A value that cannot be read is the reason why the row is refused.
#[derive(Clone, Copy)]
pub(crate) struct Row<'s> {
    sheet: &'s Sheet,
    record: &'s Record,
}

/// A result whose error is the reason in words.
pub(crate) type Read<T> = Result<T, String>;

impl<'s> Row<'s> {
    fn cell(&self, column: &str) -> Option<&'s Cell> {
        self.sheet.places.get(column).and_then(|place| self.record.cells.get(*place)).filter(|c| !c.text.is_empty())
    }

    /// The text of a column; empty when there is none.
    pub(crate) fn text(&self, column: &str) -> &'s str {
        self.cell(column).map_or("", |c| c.text.as_str())
    }

    /// The text, when there is one.
    pub(crate) fn maybe(&self, column: &str) -> Option<&'s str> {
        self.cell(column).map(|c| c.text.as_str())
    }

    /// The text of a column that must not be empty.
    pub(crate) fn required(&self, column: &str) -> Read<&'s str> {
        self.maybe(column).ok_or_else(|| format!("{column} is missing"))
    }

    /// A number as a plain decimal.
    pub(crate) fn decimal(&self, column: &str) -> Read<Option<String>> {
        let Some(cell) = self.cell(column) else { return Ok(None) };
        let decimals = if cell.plain { Decimals::Point } else { self.sheet.decimals };
        decimals.plain(&cell.text).map(Some).map_err(|why| format!("{column}: {why}"))
    }

    /// A whole number, not negative.
    pub(crate) fn whole(&self, column: &str) -> Read<Option<i64>> {
        let Some(plain) = self.decimal(column)? else { return Ok(None) };
        let shown = self.text(column);
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        if fraction.bytes().any(|b| b != b'0') {
            return Err(format!("{column}: '{shown}' is no whole number"));
        }
        match whole.parse::<i64>() {
            Ok(number) if number < 0 => Err(format!("{column} is negative")),
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(format!("{column}: '{shown}' is too large")),
        }
    }

    /// A whole number that fits in 32 bits.
    pub(crate) fn count(&self, column: &str) -> Read<Option<i32>> {
        let whole = self.whole(column)?;
        whole.map(|n| i32::try_from(n).map_err(|_| format!("{column}: '{}' is too large", self.text(column)))).transpose()
    }

    /// A date.
    pub(crate) fn date(&self, column: &str) -> Read<Option<Dated>> {
        self.maybe(column).map(|text| self.sheet.order.read(text)).transpose().map_err(|why| format!("{column}: {why}"))
    }

    /// A point in time.
    pub(crate) fn moment(&self, column: &str) -> Read<Option<Moment>> {
        Ok(self.date(column)?.map(|d| d.at))
    }

    /// The end of a span: a bare day counts to its end.
    pub(crate) fn until(&self, column: &str) -> Read<Option<Moment>> {
        Ok(self.date(column)?.map(|d| if d.whole_day { d.at.plus_ms(DAY_MS - 1) } else { d.at }))
    }

    /// A list of words in one cell, parted by semicolons, commas or bars.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        self.text(column).split([';', ',', '|']).map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    }

    /// Yes or no.
    pub(crate) fn yes(&self, column: &str) -> Read<Option<bool>> {
        let Some(text) = self.maybe(column) else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Ok(Some(true)),
            "false" | "no" | "n" | "0" => Ok(Some(false)),
            _ => Err(format!("{column}: '{text}' is neither yes nor no")),
        }
    }
}

/// What `import --help` prints.
pub(crate) fn help() -> String {
    let mut text = String::from(
        "Files: CSV (UTF-8, or UTF-16 with its mark; comma, semicolon or tab) JSON lines, or spreadsheets (xlsx, xlsb, xls, ods: the first sheet with anything in it); the first line names the columns.\n\
         Columns, * must be there:\n",
    );
    for kind in
        [ImportKind::Orders, ImportKind::Products, ImportKind::Customers, ImportKind::Articles, ImportKind::Events, ImportKind::Cases]
    {
        let names: Vec<String> = columns_of(kind).iter().map(|c| format!("{}{}", c.name, if c.required { "*" } else { "" })).collect();
        text.push_str(&format!("  {:<10} {}\n", kind.as_str(), names.join(" ")));
    }
    text.push_str(
        "Orders: several lines of one order make its items. Events: customer_id or visitor_id must be there.\n\
         Cases: kind is a_to_z, not_received, not_as_described, chargeback or feedback, or what the platforms call them (INR, SNAD, dispute); status is open, answered, won,\n\
         lost or closed. Without answer_by the deadline is reckoned (cases terms); an amount needs its currency; store is the name or address of an inbox.\n\
         Variants of one product share its item_group; options are written as color=red;size=M.\n\
         A customer's payment_methods: id:kind:label:balance currency, parted by semicolons, as in gift_1:gift_card::20.00 EUR;card_2:credit_card:visa 1234;\n\
         the kinds are credit_card, paypal, gift_card, other. Never give a whole card number.\n\
         Articles may also be a PDF file (one article, its first line the title) or a Markdown file: each '# Title' begins one; front matter can give category, language, country, key, valid_from, valid_to, review_at.\n\
         Or a web page saved as HTML: one article with a passage a heading; the category is that of its title's words, the language that of its text.\n\
         An article's stores: names or addresses of inboxes, parted by semicolons; none for all.\n\
         Imported articles count as approved: the bot uses them at once.\n\
         Dates: ISO 8601, or day and month in an order that the file shows; without a zone they are UTC. Numbers: point or comma, as the file shows.\n\
         Currency: the ISO 4217 code (EUR). A bad row is refused with its line and reason, the others are taken in. Importing a file again changes nothing.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{super::table, *};

    fn sheet(kind: ImportKind, text: &str) -> Result<Sheet, String> {
        Sheet::new(kind, table::read("x.csv", text.as_bytes()).unwrap())
    }

    #[test]
    fn headings_are_found_in_any_case_and_unknown_ones_named_once() {
        let sheet = sheet(ImportKind::Products, " SKU ;Title;PRICE;Currency;colour;Colour;price\nA;B;1,5;EUR;red;;9").unwrap();
        assert_eq!(
            sheet.warnings,
            [
                "Columns that are not known were left out: colour",
                "Columns that are there twice were read once, at their first place: price"
            ]
        );
        let row = sheet.row(&sheet.records[0]);
        assert_eq!((row.text("sku"), row.decimal("price").unwrap().unwrap().as_str()), ("A", "1.5"));
        assert!(!sheet.has("stock"));
    }

    #[test]
    fn a_file_of_another_kind_is_refused_with_what_is_missing() {
        let why = |kind, text| sheet(kind, text).map(|_| ()).unwrap_err();
        assert_eq!(why(ImportKind::Products, "sku,title\nA,B"), "the columns price, currency must be there; the heading has sku, title");
        assert_eq!(why(ImportKind::Articles, "title\nA"), "the column body must be there; the heading has title");
        assert_eq!(why(ImportKind::Events, "at,kind\n2026-01-01,view"), "the heading has neither 'customer_id' nor 'visitor_id'");
    }

    #[test]
    fn values_are_read_by_their_form() {
        let sheet =
            sheet(ImportKind::Customers, "customer_id;tags;consent_marketing;birthday\n7;\"vip, new|x\";YES;1.2.1990\n8;;maybe;").unwrap();
        let (first, second) = (sheet.row(&sheet.records[0]), sheet.row(&sheet.records[1]));
        assert_eq!(first.list("tags"), ["vip", "new", "x"]);
        assert_eq!(first.yes("consent_marketing"), Ok(Some(true)));
        assert_eq!(second.yes("consent_marketing"), Err("consent_marketing: 'maybe' is neither yes nor no".to_owned()));
        assert_eq!(second.required("name"), Err("name is missing".to_owned()));
        assert_eq!(first.moment("birthday").unwrap().unwrap().to_string(), "1990-02-01T00:00:00Z");
    }

    #[test]
    fn help_names_every_column() {
        let help = help();
        for kind in ImportKind::ALL {
            assert!(columns_of(*kind).iter().all(|c| help.contains(c.name)), "{kind}");
        }
    }
}
