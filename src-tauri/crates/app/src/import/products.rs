//! Products: by their number; a column that the file does not have leaves what is known.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_domain::{
    ids::ProductId,
    money::{Currency, Money},
    product::Product,
};
use mercator_store::Put;

use super::{
    accounts,
    columns::{Read, Row},
    people,
    run::{Batches, Keys, Run},
};

/// An amount that must not be negative.
pub(super) fn amount(row: Row<'_>, column: &str, currency: Currency) -> Read<Option<Money>> {
    let Some(plain) = row.decimal(column)? else { return Ok(None) };
    let money =
        Money::parse(&plain, currency).map_err(|_| format!("{column}: '{}' has more digits than {currency} allows", row.text(column)))?;
    if money.minor < 0 { Err(format!("{column} is negative")) } else { Ok(Some(money)) }
}

/// The currency of a row.
pub(super) fn currency(row: Row<'_>) -> Read<Currency> {
    Currency::parse(row.required("currency")?).map_err(|error| error.to_string())
}

fn read(row: Row<'_>, warn: &mut dyn FnMut(String)) -> Read<Product> {
    let sku = row.required("sku")?.to_owned();
    let title = row.required("title")?.to_owned();
    row.required("price")?;
    let currency = currency(row)?;
    let mut country = |text: &str| {
        let read = people::country(text);
        if read.is_none() {
            warn(format!("The country '{text}' is not known and was left out"));
        }
        read
    };
    Ok(Product {
        id: ProductId(0),
        sku,
        title,
        price: amount(row, "price", currency)?.ok_or("price is missing")?,
        stock: row.count("stock")?,
        description: row.text("description").to_owned(),
        category: row.text("category").to_owned(),
        hs_code: Some(row.text("hs_code").chars().filter(char::is_ascii_digit).collect::<String>()).filter(|code| !code.is_empty()),
        origin: row.maybe("origin").and_then(&mut country),
        weight_g: row.count("weight_g")?,
        url: row.maybe("url").map(str::to_owned),
        ships_to: row.list("ships_to").iter().filter_map(|c| country(c)).collect(),
        item_group: row.maybe("item_group").map(str::to_owned),
        options: accounts::options(row)?,
    })
}

/// Takes in a file of products.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    if run.sheet.has("image_url") {
        run.tally.warn("Addresses of pictures are read but not kept: nothing shows them in this version");
    }
    let mut keys = Keys::default();
    let mut products = vec![];
    for (line, product) in run.read_rows(read) {
        match keys.see(&product.sku, &product) {
            Ok(true) => products.push(product),
            Ok(false) => run.tally.count(1, Put::Unchanged),
            Err(why) => run.tally.reject(line, format!("sku '{}' {why}", product.sku)),
        }
    }
    for batch in products.batches() {
        let skus: Vec<String> = batch.iter().map(|p| p.sku.clone()).collect();
        let mut known: BTreeMap<String, Product> =
            run.store.products_by_sku(&skus).await?.into_iter().map(|p| (p.sku.clone(), p)).collect();
        let mut tx = run.begin().await?;
        for product in batch {
            let put = tx.put_product(&kept(run, product, known.remove(&product.sku))).await?;
            run.tally.count(1, put);
        }
        run.end(tx).await?;
    }
    Ok(())
}

/// The product of the file with what the file has no column for.
fn kept(run: &Run<'_>, product: &Product, known: Option<Product>) -> Product {
    let mut product = product.clone();
    let Some(known) = known else { return product };
    macro_rules! keep {
        ($($field:ident),+) => {$( if !run.sheet.has(stringify!($field)) { product.$field = known.$field; } )+};
    }
    keep!(stock, description, category, hs_code, origin, weight_g, url, ships_to, item_group, options);
    product
}
