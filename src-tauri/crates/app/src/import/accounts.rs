//! What lists say of addresses, ways to pay and variants: cells that hold more than one value.

use std::collections::BTreeMap;

use mercator_domain::{
    account::{CustomerAccount, PaymentMethod, PaymentMethodKind, PostalAddress},
    money::{Currency, Money},
};

use super::columns::{Read, Row};

/// The address of a row; `None` when no cell tells any of it but the country.
pub(super) fn address(row: Row<'_>) -> Option<PostalAddress> {
    let cell = |column: &str| row.text(column).to_owned();
    let address = PostalAddress {
        line1: cell("address1"),
        line2: cell("address2"),
        city: cell("city"),
        region: cell("region"),
        postal_code: cell("postal_code"),
        country: cell("country"),
    };
    let told = [&address.line1, &address.line2, &address.city, &address.region, &address.postal_code].iter().any(|part| !part.is_empty());
    told.then_some(address)
}

/// The parts of an address as the export writes them, in the order of the columns.
pub(crate) fn address_cells(address: Option<&PostalAddress>) -> [String; 5] {
    let address = address.cloned().unwrap_or_default();
    [address.line1, address.line2, address.city, address.region, address.postal_code]
}

/// The ways to pay of a row: `id:kind:label:balance currency`, parted by semicolons; label and balance may be left out.
pub(super) fn payment_methods(row: Row<'_>) -> Read<Option<Vec<PaymentMethod>>> {
    let Some(text) = row.maybe("payment_methods") else { return Ok(None) };
    let methods = text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(payment_method);
    let mut methods = methods.collect::<Read<Vec<_>>>()?;
    methods.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Some(methods))
}

fn payment_method(text: &str) -> Read<PaymentMethod> {
    let mut parts = text.split(':').map(str::trim);
    let mut next = || parts.next().unwrap_or_default();
    let (id, kind, label, balance) = (next(), next(), next(), next());
    if id.is_empty() {
        return Err(format!("payment_methods: '{text}' has no name; write id:kind:label:balance currency"));
    }
    // A whole card number has no business here, whatever column it is in.
    if [id, label].iter().any(|part| part.bytes().filter(u8::is_ascii_digit).count() > 12) {
        return Err("payment_methods: something looks like a whole card number; give the last four digits only".to_owned());
    }
    let kind: PaymentMethodKind =
        kind.parse().map_err(|_| format!("payment_methods: '{kind}' is none of credit_card, paypal, gift_card, other"))?;
    let balance = if balance.is_empty() { None } else { Some(self::balance(balance)?) };
    Ok(PaymentMethod { id: id.to_owned(), kind, label: label.to_owned(), balance })
}

fn balance(text: &str) -> Read<Money> {
    let (amount, currency) = text.split_once(' ').ok_or_else(|| format!("payment_methods: '{text}' is no amount with its currency"))?;
    let currency = Currency::parse(currency).map_err(|error| format!("payment_methods: {error}"))?;
    let money = Money::parse(amount, currency).map_err(|error| format!("payment_methods: {error}"))?;
    if money.minor < 0 { Err("payment_methods: a balance is negative".to_owned()) } else { Ok(money) }
}

/// The ways to pay as the import reads them.
pub(crate) fn payment_methods_cell(account: &CustomerAccount) -> String {
    let one = |method: &PaymentMethod| {
        let balance = method.balance.map(|balance| balance.to_string()).unwrap_or_default();
        format!("{}:{}:{}:{balance}", method.id, method.kind, method.label).trim_end_matches(':').to_owned()
    };
    account.payment_methods.iter().map(one).collect::<Vec<_>>().join(";")
}

/// What sets a variant apart: `color=red;size=M`.
pub(super) fn options(row: Row<'_>) -> Read<BTreeMap<String, String>> {
    let pairs = row.text("options").split(';').map(str::trim).filter(|part| !part.is_empty());
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("options: '{text}' is not written as name=value"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    pairs.map(pair).collect()
}

/// The options as the import reads them.
pub(crate) fn options_cell(options: &BTreeMap<String, String>) -> String {
    options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_pay_are_read_as_they_are_written() {
        for (text, written) in [
            ("gift_1:gift_card::59.00 USD", "gift_1:gift_card::59.00 USD"),
            ("card_1 : credit_card : visa 1234", "card_1:credit_card:visa 1234"),
            ("pp:paypal", "pp:paypal"),
        ] {
            let account = CustomerAccount { address: None, payment_methods: vec![payment_method(text).unwrap()] };
            assert_eq!(payment_methods_cell(&account), written);
        }
        for wrong in
            [":paypal", "x:cash", "x:gift_card::59", "x:gift_card::-1 USD", "x:gift_card::5 XX", "x:credit_card:4111 1111 1111 1111"]
        {
            assert!(payment_method(wrong).is_err(), "{wrong}");
        }
    }
}
