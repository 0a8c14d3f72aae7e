//! Everything of a workspace in open formats: JSON lines for programs, CSV for spreadsheets, with a page that explains both.
//!
//! The lists of customers, orders, products and articles have the columns of the import, so that another workspace can take them in.
//! Figures and charts are exported by `dashboards.rs`, one person by `contacts.rs`; a copy to go back to is `backup.rs`.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::{Context, Result};
use mercator_domain::{
    contact::IdentityKind,
    facts::DashboardFilter,
    ids::{ActionId, InboxId, PlatformCaseId, WorkOrderId},
    intent::Intent,
    language::Language,
    learning::ProposalState,
    message::Message,
    moment::Moment,
    money::Money,
    order::{Order, PaymentKind},
};
use mercator_store::{articles::ArticleFilter, contacts::ContactFilter, conversation_lines::ListFilter, order_list::OrderFilter};
use serde::Serialize;

use crate::{App, import::accounts};

/// Rows that are read at once.
const PAGE: i64 = 500;

/// A list in both forms.
struct List {
    json: BufWriter<File>,
    csv: csv::Writer<BufWriter<File>>,
    names: [String; 2],
}

impl List {
    fn new(folder: &Path, name: &str, columns: &[&str]) -> Result<Self> {
        let names = [format!("{name}.jsonl"), format!("{name}.csv")];
        let [json, csv] = names.each_ref().map(|name| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).with_context(|| format!("Cannot write {}", path.display()))
        });
        let mut csv = csv::Writer::from_writer(csv?);
        csv.write_record(columns)?;
        Ok(Self { json: json?, csv, names })
    }

    fn json(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.json, value)?;
        Ok(self.json.write_all(b"\n")?)
    }

    fn row<const N: usize>(&mut self, cells: [&str; N]) -> Result<()> {
        Ok(self.csv.write_record(cells.map(plain))?)
    }

    fn end(mut self) -> Result<[String; 2]> {
        self.json.flush()?;
        self.csv.flush()?;
        Ok(self.names)
    }
}

/// A cell that no spreadsheet runs as a formula: what a buyer wrote must not act on the seller's computer. Numbers stay numbers.
fn plain(cell: &str) -> String {
    let begins_a_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number =
        cell.strip_prefix(['+', '-']).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if begins_a_formula && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

fn time(at: Option<Moment>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn text(value: Option<&str>) -> &str {
    value.unwrap_or_default()
}

impl App {
    /// Writes everything into a folder; gives the names of the files. Files of an earlier export there are replaced.
    pub async fn export_all(&self, folder: &Path) -> Result<Vec<String>> {
        fs::create_dir_all(folder).with_context(|| format!("Cannot make the folder {}", folder.display()))?;
        let mut files: Vec<String> = vec![];
        files.extend(self.export_customers(folder).await?);
        files.extend(self.export_conversations(folder).await?);
        files.extend(self.export_orders(folder).await?);
        files.extend(self.export_products(folder).await?);
        files.extend(self.export_articles(folder).await?);
        files.extend(self.export_ratings(folder).await?);
        files.extend(self.export_work_orders(folder).await?);
        files.extend(self.export_cases(folder).await?);
        files.extend(self.export_actions(folder).await?);
        files.extend(self.export_learning(folder).await?);
        files.extend(self.export_outbound(folder).await?);
        let readme = folder.join("README.txt");
        fs::write(&readme, README).with_context(|| format!("Cannot write {}", readme.display()))?;
        files.push("README.txt".to_owned());
        Ok(files)
    }

    async fn export_customers(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = [
            "customer_id",
            "name",
            "email",
            "country",
            "phone",
            "language",
            "tags",
            "consent_marketing",
            "address1",
            "address2",
            "city",
            "region",
            "postal_code",
            "payment_methods",
        ];
        let mut list = List::new(folder, "customers", &columns)?;
        for offset in (0..).step_by(PAGE as usize) {
            let filter = ContactFilter { offset, limit: PAGE, ..ContactFilter::default() };
            let (_, lines) = self.store.contact_page(&filter).await?;
            for line in &lines {
                let contact = self.store.contact(line.id).await?;
                let identities = self.store.identities_of(line.id).await?;
                let account = self.store.account(line.id).await?;
                list.json(&serde_json::json!({ "contact": contact, "account": account, "identities": identities, "orders": line.orders, "last_order_at": line.last_order_at }))?;
                let first = |kind| identities.iter().find(|i| i.kind == kind).map_or("", |i| i.value.as_str());
                let own = format!("mercator-{}", contact.id);
                let number = Some(first(IdentityKind::Customer)).filter(|n| !n.is_empty()).unwrap_or(&own);
                let language = contact.language.as_ref().map(Language::code);
                let consent = if contact.consent_marketing { "yes" } else { "no" };
                let (email, phone, tags) = (first(IdentityKind::Email), first(IdentityKind::Phone), contact.tags.join(";"));
                let [line1, line2, city, region, postal_code] = accounts::address_cells(account.address.as_ref());
                let methods = accounts::payment_methods_cell(&account);
                list.row([
                    number,
                    &contact.name,
                    email,
                    text(contact.country.as_deref()),
                    phone,
                    text(language),
                    &tags,
                    consent,
                    &line1,
                    &line2,
                    &city,
                    &region,
                    &postal_code,
                    &methods,
                ])?;
            }
            if lines.len() < PAGE as usize {
                break;
            }
        }
        list.end()
    }

    async fn export_conversations(&self, folder: &Path) -> Result<Vec<String>> {
        let columns = ["conversation", "channel", "store", "customer", "subject", "status", "language", "intent", "last_message_at"];
        let mut list = List::new(folder, "conversations", &columns)?;
        let mut messages =
            List::new(folder, "messages", &["conversation", "message", "at", "from", "subject", "text", "language", "delivery", "files"])?;
        for offset in (0..).step_by(PAGE as usize) {
            let filter = ListFilter { offset, limit: PAGE, ..ListFilter::default() };
            let (_, lines) = self.store.conversation_page(&filter).await?;
            for line in &lines {
                let conversation = self.store.conversation(line.id).await?;
                let thread = self.store.thread(line.id).await?;
                let (id, at) = (line.id.to_string(), line.last_at.to_string());
                list.json(&serde_json::json!({
                    "conversation": conversation, "channel": line.channel, "store": line.store, "customer": line.contact, "messages": thread,
                }))?;
                let (language, intent) = (line.language.as_ref().map(Language::code), line.intent.map(Intent::as_str));
                let (channel, status) = (line.channel.as_str(), line.status.as_str());
                list.row([&id, channel, &line.store, &line.contact, &line.subject, status, text(language), text(intent), &at])?;
                for message in &thread {
                    messages.json(message)?;
                    messages.row(message_cells(&id, message).each_ref().map(String::as_str))?;
                }
            }
            if lines.len() < PAGE as usize {
                break;
            }
        }
        Ok(list.end()?.into_iter().chain(messages.end()?).collect())
    }

    async fn export_orders(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = [
            "customer_id",
            "order_id",
            "ordered_at",
            "total",
            "currency",
            "status",
            "email",
            "name",
            "country",
            "sku",
            "quantity",
            "unit_price",
            "item_title",
            "carrier",
            "tracking_number",
            "shipped_at",
            "delivered_at",
            "address1",
            "address2",
            "city",
            "region",
            "postal_code",
            "payment_method",
            "refunded",
        ];
        let mut list = List::new(folder, "orders", &columns)?;
        for offset in (0..).step_by(PAGE as usize) {
            let filter = OrderFilter { offset, limit: PAGE, ..OrderFilter::default() };
            let lines = self.store.order_lines(&filter).await?.lines;
            for line in &lines {
                let order = self.store.order(line.id).await?;
                let identities = self.store.identities_of(order.contact_id).await?;
                list.json(&order)?;
                let first = |kind| identities.iter().find(|i| i.kind == kind).map(|i| i.value.clone());
                let number = first(IdentityKind::Customer).unwrap_or_else(|| format!("mercator-{}", order.contact_id));
                let email = first(IdentityKind::Email).unwrap_or_default();
                for cells in order_cells(&order, &number, &email, &line.contact) {
                    list.row(cells.each_ref().map(String::as_str))?;
                }
            }
            if lines.len() < PAGE as usize {
                break;
            }
        }
        list.end()
    }

    async fn export_products(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = [
            "sku",
            "title",
            "price",
            "currency",
            "stock",
            "description",
            "category",
            "hs_code",
            "origin",
            "weight_g",
            "url",
            "ships_to",
            "item_group",
            "options",
        ];
        let mut list = List::new(folder, "products", &columns)?;
        for offset in (0..).step_by(PAGE as usize) {
            let products = self.store.products("", offset, PAGE).await?;
            for p in &products {
                list.json(p)?;
                let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
                let (price, stock, weight, ships) = (p.price.amount(), number(p.stock), number(p.weight_g), p.ships_to.join(";"));
                let (hs, origin, url) = (text(p.hs_code.as_deref()), text(p.origin.as_deref()), text(p.url.as_deref()));
                list.row([
                    &p.sku,
                    &p.title,
                    &price,
                    p.price.currency.code(),
                    &stock,
                    &p.description,
                    &p.category,
                    hs,
                    origin,
                    &weight,
                    url,
                    &ships,
                    text(p.item_group.as_deref()),
                    &accounts::options_cell(&p.options),
                ])?;
            }
            if products.len() < PAGE as usize {
                break;
            }
        }
        list.end()
    }

    async fn export_articles(&self, folder: &Path) -> Result<[String; 2]> {
        let columns =
            ["key", "title", "body", "category", "language", "country", "valid_from", "valid_to", "review_at", "source", "state", "stores"];
        let mut list = List::new(folder, "articles", &columns)?;
        let names = self.store_names().await?;
        for a in self.store.articles(&ArticleFilter::default()).await? {
            list.json(&a)?;
            let (from, to, country) = (time(a.valid_from), time(a.valid_to), text(a.country.as_deref()));
            let stores: Vec<&str> = a.inbox_ids.iter().filter_map(|id| names.get(id)).map(String::as_str).collect();
            list.row([
                &a.key,
                &a.title,
                &a.body,
                a.category.as_str(),
                a.language.code(),
                country,
                &from,
                &to,
                &time(a.review_at),
                &a.source,
                a.state.as_str(),
                &stores.join(";"),
            ])?;
        }
        list.end()
    }

    /// What people's answers have taught: proposals in every state, and the cases that must stay right.
    async fn export_learning(&self, folder: &Path) -> Result<Vec<String>> {
        let columns = ["question", "answer", "language", "state", "article", "member", "at"];
        let mut list = List::new(folder, "proposals", &columns)?;
        for state in ProposalState::ALL {
            for p in self.store.proposals(*state, i64::MAX).await? {
                list.json(&p)?;
                let article = p.article_id.map(|id| id.to_string()).unwrap_or_default();
                list.row([&p.question, &p.answer, p.language.code(), p.state.as_str(), &article, &p.member, &time(Some(p.at))])?;
            }
        }
        let mut files: Vec<String> = list.end()?.into();
        let columns = ["question", "language", "expect", "article_key", "passed", "became", "member", "at"];
        let mut list = List::new(folder, "cases", &columns)?;
        for c in self.store.regression_cases().await? {
            list.json(&c)?;
            let passed = c.passed.map(|passed| passed.to_string()).unwrap_or_default();
            let key = text(c.article_key.as_deref());
            list.row([&c.question, c.language.code(), c.expect.as_str(), key, &passed, &c.became, &c.member, &time(Some(c.at))])?;
        }
        files.extend(list.end()?);
        Ok(files)
    }

    async fn export_ratings(&self, folder: &Path) -> Result<[String; 2]> {
        let mut list = List::new(folder, "ratings", &["conversation", "at", "score", "comment", "served_by", "channel", "language"])?;
        for r in self.store.rating_facts(&DashboardFilter::default()).await? {
            let language = r.language.as_ref().map(Language::code);
            list.json(&serde_json::json!({
                "conversation": r.conversation_id, "at": r.at, "score": r.score, "comment": r.comment,
                "served_by": r.served_by, "channel": r.channel, "language": language,
            }))?;
            let (id, at, score) = (r.conversation_id.to_string(), r.at.to_string(), r.score.to_string());
            list.row([&id, &at, &score, &r.comment, r.served_by.as_str(), r.channel.as_str(), text(language)])?;
        }
        list.end()
    }
}

/// Work orders have a list of their own: whoever does the refunds wants just these.
impl App {
    async fn export_work_orders(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = ["work_order", "conversation", "kind", "state", "order", "details", "at", "changed_at"];
        let mut list = List::new(folder, "work_orders", &columns)?;
        let mut after = WorkOrderId(0);
        loop {
            let page = self.store.work_orders_after(after, PAGE).await?;
            for w in &page {
                list.json(w)?;
                let (id, conversation) = (w.id.to_string(), w.conversation_id.to_string());
                let (at, changed, order) = (w.at.to_string(), w.changed_at.to_string(), text(w.order_number.as_deref()));
                list.row([&id, &conversation, w.kind.as_str(), w.state.as_str(), order, &w.details, &at, &changed])?;
                after = w.id;
            }
            if page.len() < PAGE as usize {
                return list.end();
            }
        }
    }
}

/// Claims, disputes and feedback: in CSV with the columns that an import takes.
impl App {
    async fn store_names(&self) -> Result<BTreeMap<InboxId, String>> {
        Ok(self.store.inboxes().await?.into_iter().map(|stored| (stored.inbox.id, stored.inbox.name)).collect())
    }

    async fn export_cases(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = ["case_id", "kind", "opened_at", "answer_by", "order_id", "reason", "amount", "currency", "status", "store"];
        let mut list = List::new(folder, "platform_cases", &columns)?;
        let stores = self.store_names().await?;
        let mut after = PlatformCaseId(0);
        loop {
            let page = self.store.platform_cases_after(after, PAGE).await?;
            for c in &page {
                list.json(c)?;
                let (opened, by, order) = (c.opened_at.to_string(), time(c.answer_by), text(c.order_number.as_deref()));
                let (amount, currency) = c.amount.map(|m| (m.amount(), m.currency.code().to_owned())).unwrap_or_default();
                let store = c.inbox_id.and_then(|id| stores.get(&id)).map_or("", String::as_str);
                let (kind, state) = (c.kind.as_str(), c.state.as_str());
                list.row([&c.number, kind, &opened, &by, order, &c.reason, &amount, &currency, state, store])?;
                after = c.id;
            }
            if page.len() < PAGE as usize {
                return list.end();
            }
        }
    }
}

/// What was asked for on orders and accounts, and what became of it.
impl App {
    async fn export_actions(&self, folder: &Path) -> Result<[String; 2]> {
        let columns = ["action", "conversation", "kind", "order", "state", "amount", "currency", "rma", "actor", "why", "at", "changed_at"];
        let mut list = List::new(folder, "actions", &columns)?;
        let mut after = ActionId(0);
        loop {
            let page = self.store.actions_after(after, PAGE).await?;
            for a in &page {
                list.json(a)?;
                let conversation = a.conversation_id.map(|id| id.to_string()).unwrap_or_default();
                let (id, at, changed) = (a.id.to_string(), a.at.to_string(), a.changed_at.to_string());
                let (amount, currency) = a.amount.map(|m| (m.amount(), m.currency.code().to_owned())).unwrap_or_default();
                let (kind, order, rma) = (a.request.kind(), text(a.request.order()), text(a.rma.as_deref()));
                list.row([
                    &id,
                    &conversation,
                    kind.as_str(),
                    order,
                    a.state.as_str(),
                    &amount,
                    &currency,
                    rma,
                    &a.actor,
                    &a.why,
                    &at,
                    &changed,
                ])?;
                after = a.id;
            }
            if page.len() < PAGE as usize {
                return list.end();
            }
        }
    }
}

/// What has left this computer.
impl App {
    async fn export_outbound(&self, folder: &Path) -> Result<Vec<String>> {
        let mut list = List::new(folder, "outbound", &["day", "host", "purpose", "requests", "refused"])?;
        for row in self.store.outbound(i64::MAX).await? {
            list.json(&row)?;
            let (day, requests, refused) = (row.day.to_string(), row.requests.to_string(), row.refused.to_string());
            list.row([day.as_str(), &row.host, row.purpose.as_str(), &requests, &refused])?;
        }
        let mut files: Vec<String> = list.end()?.into();
        let columns = ["at", "task", "host", "model", "tokens_in", "tokens_out", "millis", "hidden", "outcome"];
        let mut list = List::new(folder, "model_calls", &columns)?;
        for call in self.store.model_calls(i64::MAX).await? {
            list.json(&call)?;
            let figures = [call.tokens_in, call.tokens_out, call.millis, call.hidden].map(|figure| figure.to_string());
            let [asked, said, millis, hidden] = &figures;
            let at = call.at.to_string();
            list.row([&at, call.task.as_str(), &call.host, &call.model, asked, said, millis, hidden, &call.outcome])?;
        }
        files.extend(list.end()?);
        Ok(files)
    }
}

fn message_cells(conversation: &str, m: &Message) -> [String; 9] {
    let files = m.attachments.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(";");
    let language = m.language.as_ref().map(|l| l.code().to_owned()).unwrap_or_default();
    let (author, delivery) = (m.author.as_str().to_owned(), m.delivery.as_str().to_owned());
    [conversation.to_owned(), m.id.to_string(), m.at.to_string(), author, m.subject.clone(), m.text.clone(), language, delivery, files]
}

/// An order as the lines of the import: one for each item, further parcels on further lines.
fn order_cells(order: &Order, number: &str, email: &str, name: &str) -> Vec<[String; 24]> {
    let lines = order.lines.len().max(order.shipments.len()).max(1);
    let [line1, line2, city, region, postal_code] = accounts::address_cells(order.address.as_ref());
    let method = order.payments.iter().find(|p| p.kind == PaymentKind::Paid).map(|p| p.method.clone()).unwrap_or_default();
    let back: i64 = order.payments.iter().filter(|p| p.kind == PaymentKind::Refunded && p.method == method).map(|p| p.amount.minor).sum();
    let refunded = if back > 0 { Money::new(back, order.total.currency).amount() } else { String::new() };
    let row = |index: usize| {
        let (item, parcel) = (order.lines.get(index), order.shipments.get(index));
        let of_item = |f: &dyn Fn(&mercator_domain::order::OrderLine) -> String| item.map(f).unwrap_or_default();
        let of_parcel = |f: &dyn Fn(&mercator_domain::shipment::Shipment) -> String| parcel.map(f).unwrap_or_default();
        [
            number.to_owned(),
            order.number.clone(),
            order.ordered_at.to_string(),
            order.total.amount(),
            order.total.currency.code().to_owned(),
            order.status.as_str().to_owned(),
            email.to_owned(),
            name.to_owned(),
            order.country.clone().unwrap_or_default(),
            of_item(&|i| i.sku.clone()),
            of_item(&|i| i.quantity.to_string()),
            of_item(&|i| i.unit_price.map(|p| p.amount()).unwrap_or_default()),
            of_item(&|i| i.title.clone()),
            of_parcel(&|p| p.carrier.clone()),
            of_parcel(&|p| p.tracking_number.clone()),
            of_parcel(&|p| time(p.shipped_at)),
            of_parcel(&|p| time(p.delivered_at)),
            line1.clone(),
            line2.clone(),
            city.clone(),
            region.clone(),
            postal_code.clone(),
            method.clone(),
            refunded.clone(),
        ]
    };
    (0..lines).map(row).collect()
}

/// The page that goes with the files.
const README: &str = "\
This folder holds everything of a Mercator workspace that is yours, in open formats.

*.jsonl  UTF-8, one JSON object a line, complete. Times are milliseconds since 1970-01-01 UTC; amounts are in minor units
         (cents) with their ISO 4217 currency. Identities are the numbers of rows and the same in all files.
*.csv    UTF-8, comma, quoted where needed, the first line names the columns. Times are ISO 8601 in UTC. A cell that a spreadsheet
         would run as a formula begins with an apostrophe here, and only here.

customers      people, with their addresses and the shop's number
conversations  threads; in the JSON form with all their messages
messages       every message of every thread, with the names of its files
orders         orders with items and parcels; in CSV one line for each item
products       what the shop sells
articles       the knowledge base
ratings        what customers said
proposals      answers of people, proposed as articles
cases          questions that must stay answered rightly
outbound       what has left the computer: which host, what for, how often
model_calls    questions to a language model, without what was said
actions        what was done, or asked for, on orders and accounts
work_orders    what is, was or is no longer to be done outside of a conversation
platform_cases claims, disputes and feedback at platforms

customers.csv, orders.csv, products.csv, articles.csv and platform_cases.csv have the columns that an import takes. The files that came with messages
are not here: they are in a backup (mercator-cli backup FILE), which is one SQLite database. Passwords are in neither.
";

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
