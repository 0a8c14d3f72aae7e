//! Accounts of customers: the default address and the ways to pay, as the shop told them.

use mercator_domain::{
    account::{CustomerAccount, PaymentMethod},
    ids::ContactId,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
};

fn method(row: &AnyRow) -> sqlx::Result<PaymentMethod> {
    let balance = match row.maybe_number("balance_minor")? {
        Some(_) => Some(row.money("balance_minor", "currency")?),
        None => None,
    };
    Ok(PaymentMethod { id: row.text("method")?, kind: row.word("kind")?, label: row.text("label")?, balance })
}

async fn account(connection: &mut AnyConnection, contact: ContactId) -> Result<CustomerAccount, StoreError> {
    let row =
        sqlx::query("select address from accounts where contact_id = $1").bind(contact.get()).fetch_optional(&mut *connection).await?;
    let address = row.map(|row| row.maybe_json("address")).transpose()?.flatten();
    let rows =
        sqlx::query("select method, kind, label, balance_minor, currency from payment_methods where contact_id = $1 order by method")
            .bind(contact.get())
            .fetch_all(connection)
            .await?;
    Ok(CustomerAccount { address, payment_methods: each(&rows, method)? })
}

impl Store {
    /// What is known of a customer's account; empty when the shop told nothing.
    pub async fn account(&self, contact: ContactId) -> Result<CustomerAccount, StoreError> {
        account(&mut *self.read().await?, contact).await
    }
}

impl Tx {
    /// As [`Store::account`].
    pub async fn account(&mut self, contact: ContactId) -> Result<CustomerAccount, StoreError> {
        account(self.conn(), contact).await
    }

    /// Writes an account in the place of what was known; gives whether it differed.
    pub async fn put_account(&mut self, contact: ContactId, given: &CustomerAccount) -> Result<bool, StoreError> {
        let mut given = given.clone();
        given.payment_methods.sort_by(|a, b| a.id.cmp(&b.id));
        if self.account(contact).await? == given {
            return Ok(false);
        }
        let address = given.address.as_ref().map(json_text).transpose()?;
        sqlx::query(
            "insert into accounts (contact_id, address) values ($1, $2) on conflict (contact_id) do update set address = excluded.address",
        )
        .bind(contact.get())
        .bind(address)
        .execute(self.conn())
        .await?;
        sqlx::query("delete from payment_methods where contact_id = $1").bind(contact.get()).execute(self.conn()).await?;
        for known in &given.payment_methods {
            sqlx::query(
                "insert into payment_methods (contact_id, method, kind, label, balance_minor, currency) values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(contact.get())
            .bind(known.id.as_str())
            .bind(known.kind.as_str())
            .bind(known.label.as_str())
            .bind(known.balance.map(|balance| balance.minor))
            .bind(known.balance.map(|balance| balance.currency.code().to_owned()))
            .execute(self.conn())
            .await?;
        }
        self.changed(ChangeKind::Contact, contact.get());
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        account::{PaymentMethodKind, PostalAddress},
        moment::Moment,
        money::{Currency, Money},
    };

    use super::*;
    use crate::{both_engines, samples};

    both_engines!(an_account_reads_back_and_is_brought_up_to_date, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_contact(&samples::contact("Ana"), &[]).await.unwrap();
        assert_eq!(tx.account(id).await.unwrap(), CustomerAccount::default());
        let gift = PaymentMethod {
            id: "gift".into(),
            kind: PaymentMethodKind::GiftCard,
            label: String::new(),
            balance: Some(Money::new(500, Currency::parse("USD").unwrap())),
        };
        let card = PaymentMethod { id: "card".into(), kind: PaymentMethodKind::Card, label: "visa 1234".into(), balance: None };
        let address = PostalAddress { line1: "2 High St".into(), city: "Leeds".into(), ..PostalAddress::default() };
        let mut account = CustomerAccount { address: Some(address), payment_methods: vec![gift, card] };
        assert!(tx.put_account(id, &account).await.unwrap());
        assert!(!tx.put_account(id, &account).await.unwrap(), "the order of the ways to pay says nothing");
        account.payment_methods.reverse();
        assert_eq!(tx.account(id).await.unwrap(), account);
        account.payment_methods.pop();
        account.address = None;
        assert!(tx.put_account(id, &account).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.account(id).await.unwrap(), account);
    });
}
