//! What the tests share: a small shop, an order, an input at a fixed time.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

use mercator_domain::{
    account::CustomerAccount,
    action::{self, Action, ActionFacts, ActionKind, ActionRequest, ActionRules, ActionState},
    channel::ChannelKind,
    hours::BusinessHours,
    ids::{ActionId, ArticleId, ContactId, ConversationId, OrderId, ProductId, ShipmentId},
    inbox::{BotMode, BotModes},
    language::Language,
    message::Automatic,
    moment::{DAY_MS, HOUR_MS, Moment},
    money::{Currency, Money},
    order::{Order, OrderStatus},
    product::Product,
    shipment::{Shipment, ShipmentEvent, ShipmentStage},
    turn::Turn,
};

use crate::{
    Bot, KnowledgeIndex, Learned,
    intents::classifier::Classifier,
    ports::{Actions, ActionsChecked, IndexedArticle, NoTranslator, OrderFound, Orders, Ports, Rules, StoreProfile, TurnInput, Writer},
};

/// 2026-11-23, a Monday, 10:00 UTC.
pub const NOW: Moment = Moment(1_795_428_000_000);

/// One bot for all tests, with the models where set-up has put them.
pub static BOT: LazyLock<Bot> = LazyLock::new(|| Bot::load(Learned { encoder: encoder(), intents: intents(), taught: vec![] }).unwrap());

/// The writer's orders, and numbers of other people's.
#[derive(Default)]
pub struct Shop {
    pub own: Vec<Order>,
    pub others: Vec<String>,
    pub failing: bool,
    pub products: Vec<Product>,
    pub rules: ActionRules,
    pub earlier: Vec<(ActionKind, ActionState)>,
    /// What becomes of an action after the yes; `None`: the shop cannot be reached.
    pub ends: Option<ActionState>,
    /// What was carried out.
    pub confirmed: Mutex<Vec<ActionId>>,
}

impl Actions for Shop {
    fn rules(&self) -> Result<ActionRules, String> {
        if self.failing { Err("no connection".into()) } else { Ok(self.rules.clone()) }
    }

    fn check(&self, request: &ActionRequest) -> ActionsChecked {
        let products: BTreeMap<String, Product> = self.products.iter().map(|p| (p.sku.clone(), p.clone())).collect();
        let facts = ActionFacts {
            contact: ContactId(1),
            verified: true,
            order: request.order().and_then(|number| self.own.iter().find(|order| order.number == number)),
            account: &CustomerAccount::default(),
            products: &products,
            earlier: &self.earlier,
            busy: false,
            now: NOW,
        };
        match action::check(request, &self.rules, &facts) {
            Ok(plan) => ActionsChecked::Allowed(Box::new(plan)),
            Err(refusal) => ActionsChecked::Refused(refusal),
        }
    }

    fn variants(&self, sku: &str) -> Vec<Product> {
        let group = self.products.iter().find(|p| p.sku == sku).and_then(|p| p.item_group.clone());
        self.products.iter().filter(|p| group.is_some() && p.item_group == group).cloned().collect()
    }

    fn confirm(&self, id: ActionId) -> Result<Action, String> {
        self.confirmed.lock().unwrap().push(id);
        let state = self.ends.ok_or_else(|| "no connection".to_owned())?;
        Ok(Action { state, ..proposed(id.get(), ActionRequest::Cancel { order: "10023".into(), reason: None }) })
    }
}

/// An action that waits for a yes.
pub fn proposed(id: i64, request: ActionRequest) -> Action {
    Action {
        id: ActionId(id),
        conversation_id: Some(ConversationId(1)),
        contact_id: ContactId(1),
        order_id: Some(OrderId(1)),
        rma: matches!(request.kind(), ActionKind::Return | ActionKind::Exchange).then(|| format!("RMA-{id:05}")),
        request,
        amount: Some(Money::new(-4990, Currency::parse("EUR").unwrap())),
        state: ActionState::Proposed,
        actor: "bot".into(),
        why: String::new(),
        at: NOW,
        changed_at: NOW,
        version: 1,
    }
}

impl Shop {
    pub fn with(own: Vec<Order>) -> Self {
        Self { own, ..Self::default() }
    }
}

impl Orders for Shop {
    fn find(&self, number: &str) -> OrderFound {
        if self.failing {
            return OrderFound::Failed("no connection".into());
        }
        let own = self.own.iter().find(|o| o.number == number);
        own.map_or_else(
            || if self.others.iter().any(|n| n == number) { OrderFound::NotTheirs } else { OrderFound::NotFound },
            |o| OrderFound::Theirs(Box::new(o.clone())),
        )
    }

    fn of_contact(&self, limit: usize) -> Vec<Order> {
        self.own.iter().take(limit).cloned().collect()
    }
}

/// A shipped order whose parcel was last seen yesterday in Leipzig.
pub fn order(number: &str, stage: ShipmentStage) -> Order {
    let at = NOW.plus_ms(-DAY_MS);
    let delivered = stage == ShipmentStage::Delivered;
    Order {
        id: OrderId(1),
        number: number.into(),
        contact_id: ContactId(1),
        status: if delivered { OrderStatus::Delivered } else { OrderStatus::Shipped },
        ordered_at: NOW.plus_ms(-9 * DAY_MS),
        total: Money::new(4990, Currency::parse("EUR").unwrap()),
        country: Some("DE".into()),
        address: None,
        lines: vec![],
        payments: vec![],
        shipments: vec![Shipment {
            id: ShipmentId(1),
            carrier: "China Post".into(),
            tracking_number: "RR123456785CN".into(),
            stage,
            shipped_at: Some(NOW.plus_ms(-7 * DAY_MS)),
            delivered_at: delivered.then_some(at),
            events: vec![ShipmentEvent { at, stage, place: "Leipzig".into(), text: String::new() }],
        }],
    }
}

/// A product in stock that ships anywhere; the price in cents of euros.
pub fn product(sku: &str, title: &str, price: i64) -> Product {
    Product {
        id: ProductId(1),
        sku: sku.into(),
        title: title.into(),
        price: Money::new(price, Currency::parse("EUR").unwrap()),
        stock: Some(5),
        description: String::new(),
        category: String::new(),
        hs_code: None,
        origin: None,
        weight_g: None,
        url: None,
        ships_to: vec![],
        item_group: None,
        options: BTreeMap::new(),
    }
}

/// A message to a store in English, mode auto, open now.
pub fn input(text: &str) -> TurnInput {
    TurnInput {
        subject: String::new(),
        text: text.into(),
        attachments: vec![],
        automatic: Automatic::None,
        at: NOW,
        now: NOW,
        store: StoreProfile {
            name: "Lumen & Loom".into(),
            language: Language::english(),
            signature: "Lumen & Loom".into(),
            modes: BotModes { default: BotMode::Auto, ..BotModes::default() },
            hours: BusinessHours::default(),
        },
        writer: Writer { name: "Ana".into(), address: "ana@buyers.test".into(), ..Writer::default() },
        history: vec![],
        human_owns: false,
        disclosed: false,
        promised_at: NOW.plus_ms(2 * HOUR_MS),
        corrected: None,
        pending: None,
        pictures_before: false,
        rules: Rules::default(),
        offers: Arc::default(),
        automation: Arc::new([]),
        courtesy: Arc::new([]),
        inbox: None,
        channel: ChannelKind::Email,
        labels: vec![],
        own: Arc::default(),
    }
}

/// A small knowledge base.
pub fn knowledge() -> KnowledgeIndex {
    let articles = [
        ("time", "en", "How long does delivery take?", "Within Europe a parcel takes 4 to 7 working days."),
        ("time", "de", "Wie lange dauert die Lieferung?", "Innerhalb Europas braucht ein Paket 4 bis 7 Werktage."),
        ("time", "es", "¿Cuánto tarda el envío?", "En Europa un paquete tarda de 4 a 7 días laborables."),
        ("time", "zh", "配送需要多长时间？", "欧洲境内4至7个工作日送达。"),
        ("returns", "en", "How can I return an item?", "You can return unused items within 30 days."),
        ("return-cost", "en", "Who pays for the return shipping?", "The buyer pays for the return shipping."),
        ("pay", "en", "Which payment methods do you accept?", "Cards, PayPal and bank transfer."),
        ("pay", "fr", "Quels moyens de paiement acceptez-vous ?", "Cartes, PayPal et virement."),
        ("dim", "en", "Is the Aurora lamp dimmable?", "Yes, with any LED dimmer."),
    ];
    KnowledgeIndex::build(
        (1..)
            .zip(articles)
            .map(|(id, (key, language, title, body))| IndexedArticle {
                id: ArticleId(id),
                key: key.into(),
                title: title.into(),
                passages: vec![body.into()],
                language: Language::parse(language).unwrap(),
                country: None,
                inboxes: vec![],
                valid_from: None,
                valid_to: None,
            })
            .collect(),
    )
}

/// One turn with this shop and the small knowledge base.
pub fn turn(input: &TurnInput, shop: &Shop) -> Turn {
    static KNOWLEDGE: LazyLock<KnowledgeIndex> = LazyLock::new(knowledge);
    let micros = || 0;
    BOT.turn(input, &KNOWLEDGE, &Ports { orders: shop, actions: shop, translator: &NoTranslator, micros: &micros })
}

/// The sentence encoder where set-up has put its model: `MERCATOR_MODELS`, else `src-tauri/models`. Says SKIPPED where there is
/// none, and fails where `CI` is set: there set-up must have run.
pub fn encoder() -> Option<crate::Encoder> {
    static OPENED: LazyLock<Option<crate::Encoder>> =
        LazyLock::new(|| model("sentence-encoder.model").map(|bytes| crate::Encoder::open(bytes).unwrap()));
    OPENED.clone()
}

/// The model of the intents where set-up has trained it; as [`encoder`].
pub fn intents() -> Option<Arc<Classifier>> {
    static OPENED: LazyLock<Option<Arc<Classifier>>> =
        LazyLock::new(|| model("intents.model").map(|bytes| Arc::new(Classifier::from_bytes(&bytes).unwrap())));
    OPENED.clone()
}

fn model(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("MERCATOR_MODELS")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"), std::path::PathBuf::from);
    let bytes = std::fs::read(folder.join(name));
    if bytes.is_err() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci.is_empty()), "there is no {name} in {}", folder.display());
        println!("SKIPPED: there is no {name} in {}; run ./mercator setup", folder.display());
    }
    bytes.ok()
}
