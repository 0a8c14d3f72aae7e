//! Products as the shop lists them, found by their number.

use mercator_domain::product::Product;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    put::Put,
    statement::Statement,
};

const COLUMNS: &str = "select id, sku, title, price_minor, currency, stock, description, category, hs_code, origin, weight_g, url, \
                       ships_to, item_group, options from products";

fn product(row: &AnyRow) -> sqlx::Result<Product> {
    Ok(Product {
        id: row.id("id")?,
        sku: row.text("sku")?,
        title: row.text("title")?,
        price: row.money("price_minor", "currency")?,
        stock: row.maybe_small("stock")?,
        description: row.text("description")?,
        category: row.text("category")?,
        hs_code: row.maybe_text("hs_code")?,
        origin: row.maybe_text("origin")?,
        weight_g: row.maybe_small("weight_g")?,
        url: row.maybe_text("url")?,
        ships_to: row.json("ships_to")?,
        item_group: row.maybe_text("item_group")?,
        options: row.json("options")?,
    })
}

async fn by_sku(connection: &mut AnyConnection, skus: &[String]) -> Result<Vec<Product>, StoreError> {
    if skus.is_empty() {
        return Ok(vec![]);
    }
    let statement = Statement::new(COLUMNS).push(" where sku in ").list(skus.iter().cloned()).push(" order by id");
    Ok(each(&statement.rows(connection).await?, product)?)
}

impl Store {
    /// The product with this number, as the shop writes it.
    pub async fn product(&self, sku: &str) -> Result<Option<Product>, StoreError> {
        Ok(self.products_by_sku(&[sku.to_owned()]).await?.pop())
    }

    /// The products with these numbers; unknown numbers are left out.
    pub async fn products_by_sku(&self, skus: &[String]) -> Result<Vec<Product>, StoreError> {
        by_sku(&mut *self.read().await?, skus).await
    }

    /// The product with this number and the other variants of it, by number; nothing where the shop names no variants.
    pub async fn variants_of(&self, sku: &str) -> Result<Vec<Product>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where item_group = (select item_group from products where sku = ");
        let rows = statement.bind(sku.to_owned()).push(") order by sku").rows(&mut *self.read().await?).await?;
        Ok(each(&rows, product)?)
    }

    /// The numbers of the products taken in last, as the shop writes them.
    pub async fn product_numbers(&self, limit: i64) -> Result<Vec<String>, StoreError> {
        let statement = Statement::new("select sku from products order by id desc limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, |row| row.text("sku"))?)
    }

    /// Products whose number, title or category holds the text (all for an empty one), by number.
    pub async fn products(&self, search: &str, offset: i64, limit: i64) -> Result<Vec<Product>, StoreError> {
        let rows = Statement::new(COLUMNS)
            .push(" where ")
            .holds(&["sku", "title", "category"], search.trim())
            .push(" order by sku limit ")
            .bind(limit)
            .push(" offset ")
            .bind(offset)
            .rows(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, product)?)
    }
}

impl Tx {
    /// As [`Store::products_by_sku`].
    pub async fn products_by_sku(&mut self, skus: &[String]) -> Result<Vec<Product>, StoreError> {
        by_sku(self.conn(), skus).await
    }

    /// Takes in a product by its number; its `id` is not read.
    pub async fn put_product(&mut self, given: &Product) -> Result<Put, StoreError> {
        let row = Statement::new(COLUMNS).push(" where sku = ").bind(given.sku.clone()).kept().rows(self.conn()).await?;
        let put = match row.first().map(product).transpose()? {
            None => Put::Inserted,
            Some(stored) if stored == (Product { id: stored.id, ..given.clone() }) => return Ok(Put::Unchanged),
            Some(_) => Put::Changed,
        };
        sqlx::query(
            "insert into products (sku, title, price_minor, currency, stock, description, category, hs_code, origin, weight_g,
             url, ships_to, item_group, options) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             on conflict (sku) do update set title = excluded.title, price_minor = excluded.price_minor,
             currency = excluded.currency, stock = excluded.stock, description = excluded.description,
             category = excluded.category, hs_code = excluded.hs_code, origin = excluded.origin, weight_g = excluded.weight_g,
             url = excluded.url, ships_to = excluded.ships_to, item_group = excluded.item_group, options = excluded.options",
        )
        .bind(given.sku.as_str())
        .bind(given.title.as_str())
        .bind(given.price.minor)
        .bind(given.price.currency.code())
        .bind(given.stock)
        .bind(given.description.as_str())
        .bind(given.category.as_str())
        .bind(given.hs_code.as_deref())
        .bind(given.origin.as_deref())
        .bind(given.weight_g)
        .bind(given.url.as_deref())
        .bind(json_text(&given.ships_to)?)
        .bind(given.item_group.as_deref())
        .bind(json_text(&given.options)?)
        .execute(self.conn())
        .await?;
        self.changed(ChangeKind::Order, 0);
        Ok(put)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        ids::ProductId,
        moment::Moment,
        money::{Currency, Money},
    };

    use super::*;
    use crate::both_engines;

    fn lamp(sku: &str, title: &str) -> Product {
        Product {
            id: ProductId(0),
            sku: sku.into(),
            title: title.into(),
            price: Money::new(2990, Currency::parse("EUR").unwrap()),
            stock: Some(4),
            description: "A lamp.".into(),
            category: "Light".into(),
            hs_code: Some("940520".into()),
            origin: None,
            weight_g: None,
            url: None,
            ships_to: vec!["DE".into(), "FR".into()],
            item_group: Some("lamps".into()),
            options: [("color".into(), "red".into())].into(),
        }
    }

    both_engines!(a_product_reads_back_and_is_brought_up_to_date, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let mut desk = lamp("L-1", "Desk lamp");
        assert_eq!(tx.put_product(&desk).await.unwrap(), Put::Inserted);
        assert_eq!(tx.put_product(&desk).await.unwrap(), Put::Unchanged);
        desk.stock = None;
        desk.ships_to.clear();
        assert_eq!(tx.put_product(&desk).await.unwrap(), Put::Changed);
        tx.put_product(&lamp("L-2", "台灯 Floor")).await.unwrap();
        tx.commit().await.unwrap();
        let stored = store.product("L-1").await.unwrap().unwrap();
        assert_eq!(stored, Product { id: stored.id, ..desk });
        assert_eq!(store.product("l-1").await.unwrap(), None);
        let titles = async |search: &str| store.products(search, 0, 9).await.unwrap().into_iter().map(|p| p.sku).collect::<Vec<_>>();
        assert_eq!(titles("").await, ["L-1", "L-2"]);
        assert_eq!(titles("DESK").await, ["L-1"]);
        assert_eq!(titles("台灯").await, ["L-2"]);
        assert_eq!(store.products_by_sku(&["L-2".into(), "X".into()]).await.unwrap().len(), 1);
        assert_eq!(store.product_numbers(9).await.unwrap(), ["L-2", "L-1"]);
        assert_eq!(store.product_numbers(1).await.unwrap(), ["L-2"]);
    });
}
