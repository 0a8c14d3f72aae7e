-- The first schema: everything the whole path from a mail to a dashboard reads and writes. Explained table by table in schema.md.
-- Times are epoch milliseconds, money is in minor units, booleans are 0/1, JSON is TEXT. PostgreSQL's twin has the same tables and columns.

create table settings (
    key text primary key,
    value text not null
) strict, without rowid;

create table members (
    id integer primary key,
    name text not null,
    role text not null,
    created_at integer not null
) strict;

create table inboxes (
    id integer primary key,
    channel text not null,
    name text not null,
    address text not null,
    site text,
    language text not null,
    signature text not null default '',
    hours text not null,
    modes text not null,
    promise_minutes integer not null,
    connection text not null,
    state text not null default 'active',
    state_reason text not null default '',
    last_read_at integer,
    created_at integer not null,
    removed_at integer
) strict;

create table cursors (
    inbox_id integer not null references inboxes (id),
    stream text not null,
    value text not null,
    updated_at integer not null,
    primary key (inbox_id, stream)
) strict, without rowid;

create table contacts (
    id integer primary key,
    name text not null default '',
    country text,
    language text,
    language_fixed integer not null default 0,
    time_zone text,
    tags text not null default '[]',
    consent_marketing integer not null default 0,
    created_at integer not null
) strict;

create table identities (
    kind text not null,
    value text not null,
    contact_id integer not null references contacts (id),
    primary key (kind, value)
) strict, without rowid;
create index identities_by_contact on identities (contact_id);

create table conversations (
    id integer primary key,
    inbox_id integer not null references inboxes (id),
    contact_id integer not null references contacts (id),
    subject text not null default '',
    status text not null,
    owner text not null,
    assignee integer references members (id),
    priority integer not null default 0,
    high_risk integer not null default 0,
    language text,
    emotion text,
    intent text,
    episode integer not null default 1,
    thread_key text,
    order_number text,
    order_fixed integer not null default 0,
    disclosed integer not null default 0,
    last_message_at integer not null,
    preview text not null default '',
    last_is_ours integer not null default 0,
    waiting_since integer,
    snoozed_until integer,
    unread integer not null default 0,
    version integer not null default 1,
    created_at integer not null
) strict;
create index conversations_newest on conversations (last_message_at desc, id desc);
create index conversations_by_status on conversations (status, last_message_at desc, id desc);
create index conversations_by_inbox on conversations (inbox_id, last_message_at desc, id desc);
create index conversations_by_contact on conversations (contact_id, last_message_at desc);
create index conversations_by_thread on conversations (inbox_id, thread_key) where thread_key is not null;
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;
create index conversations_by_assignee on conversations (assignee, last_message_at desc) where assignee is not null;

create table messages (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    episode integer not null,
    author text not null,
    member_id integer references members (id),
    at integer not null,
    received_at integer not null,
    subject text not null default '',
    text text not null,
    quoted text not null default '',
    language text,
    delivery text not null,
    delivery_error text not null default '',
    automatic text not null default 'none',
    emotion text,
    intent text,
    warnings text not null default '[]',
    clarified integer not null default 0,
    bot_pending integer not null default 0,
    external_id text
) strict;
create index messages_by_conversation on messages (conversation_id, at, id);
create index messages_for_bot on messages (bot_pending, id) where bot_pending = 1;
create index messages_by_delivery on messages (delivery, conversation_id) where delivery in ('draft', 'failed', 'uncertain');

-- Every event of every stream that was ever taken in: reading twice stores once.
create table seen_events (
    inbox_id integer not null,
    stream text not null,
    external_id text not null,
    revision integer not null,
    message_id integer,
    primary key (inbox_id, stream, external_id, revision)
) strict, without rowid;

-- Which message a Message-ID is, in both directions: threading, and one mail seen in two folders.
create table message_refs (
    inbox_id integer not null,
    external_id text not null,
    conversation_id integer not null references conversations (id),
    message_id integer not null references messages (id),
    primary key (inbox_id, external_id)
) strict, without rowid;
create index message_refs_by_message on message_refs (message_id);

-- The bytes as they came, kept where the parser had warnings: nothing is ever lost.
create table raw_messages (
    message_id integer primary key references messages (id),
    bytes blob not null
) strict;

create table blobs (
    sha256 text primary key,
    content blob not null
) strict, without rowid;

create table attachments (
    id integer primary key,
    message_id integer not null references messages (id),
    name text not null,
    media_type text not null,
    bytes integer not null,
    sha256 text not null,
    kept integer not null
) strict;
create index attachments_by_message on attachments (message_id);

create table turns (
    id integer primary key,
    message_id integer not null unique references messages (id),
    reply_id integer references messages (id),
    conversation_id integer not null references conversations (id),
    at integer not null,
    outcome text not null,
    rule text not null,
    micros integer not null,
    turn text not null
) strict;
create index turns_by_reply on turns (reply_id) where reply_id is not null;
create index turns_by_conversation on turns (conversation_id, at);

create table citations (
    message_id integer not null references messages (id),
    article_id integer not null references articles (id),
    passage integer not null,
    at integer not null,
    primary key (message_id, article_id, passage)
) strict, without rowid;
create index citations_by_article on citations (article_id, at);

create table outbox (
    id integer primary key,
    message_id integer not null unique references messages (id),
    conversation_id integer not null references conversations (id),
    inbox_id integer not null references inboxes (id),
    wire_key text not null unique,
    state text not null,
    author text not null,
    envelope text not null,
    not_before integer not null,
    attempts integer not null default 0,
    error text not null default '',
    claimed_by text,
    claimed_until integer,
    created_at integer not null,
    sent_at integer,
    external_id text
) strict;
create index outbox_due on outbox (state, not_before) where state in ('queued', 'sending');

create table handoffs (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    episode integer not null,
    inbox_id integer not null references inboxes (id),
    channel text not null,
    language text,
    country text,
    message_id integer references messages (id),
    reason text not null,
    card text not null,
    at integer not null,
    promised_at integer not null,
    answered_at integer,
    answered_by integer references members (id),
    alarmed_at integer,
    closed_at integer
) strict;
create index handoffs_waiting on handoffs (promised_at) where answered_at is null and closed_at is null;
create unique index handoffs_waiting_once on handoffs (conversation_id) where answered_at is null and closed_at is null;
create index handoffs_by_conversation on handoffs (conversation_id, id);
create index handoffs_by_time on handoffs (at);

create table episodes (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    no integer not null,
    inbox_id integer not null references inboxes (id),
    channel text not null,
    language text,
    country text,
    intent text,
    started_at integer not null,
    last_customer_at integer not null,
    bot_replies integer not null default 0,
    first_bot_reply_at integer,
    last_bot_reply_at integer,
    human_replies integer not null default 0,
    first_human_reply_at integer,
    handed_off_at integer,
    resolved_at integer,
    resolved_by text,
    confirmed integer not null default 0,
    involved integer not null default 0,
    outcome text not null default 'open',
    unique (conversation_id, no)
) strict;
create index episodes_by_start on episodes (started_at);
create index episodes_to_assume on episodes (outcome, last_bot_reply_at) where involved = 1 and outcome = 'open';

-- Roll-ups, changed in the same transaction as the fact they count. '' stands for an unknown language, country or intent.
create table episode_days (
    day integer not null,
    inbox_id integer not null,
    channel text not null,
    language text not null,
    country text not null,
    intent text not null,
    outcome text not null,
    involved integer not null,
    episodes integer not null,
    primary key (day, inbox_id, channel, language, country, intent, outcome, involved)
) strict, without rowid;

create table satisfaction_days (
    day integer not null,
    inbox_id integer not null,
    channel text not null,
    language text not null,
    country text not null,
    intent text not null,
    served_by text not null,
    surveys integer not null default 0,
    score_1 integer not null default 0,
    score_2 integer not null default 0,
    score_3 integer not null default 0,
    score_4 integer not null default 0,
    score_5 integer not null default 0,
    primary key (day, inbox_id, channel, language, country, intent, served_by)
) strict, without rowid;

create table contact_orders (
    contact_id integer primary key references contacts (id),
    orders integer not null,
    first_at integer not null,
    last_at integer not null,
    total_minor integer not null,
    currency text not null,
    segment text
) strict;

create table surveys (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    episode integer not null,
    message_id integer references messages (id),
    inbox_id integer not null,
    channel text not null,
    language text,
    country text,
    intent text,
    served_by text not null,
    sent_at integer not null,
    unique (conversation_id, episode)
) strict;
create index surveys_by_time on surveys (sent_at);

create table ratings (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    episode integer not null,
    score integer not null,
    comment text not null default '',
    served_by text not null,
    channel text not null,
    language text,
    at integer not null,
    unique (conversation_id, episode)
) strict;
create index ratings_by_time on ratings (at);

create table articles (
    id integer primary key,
    key text not null,
    category text not null,
    title text not null,
    body text not null,
    language text not null,
    country text,
    valid_from integer,
    valid_to integer,
    source text not null default '',
    state text not null,
    version integer not null default 1,
    updated_at integer not null
) strict;
create unique index articles_variant on articles (key, language, coalesce(country, ''));

create table products (
    id integer primary key,
    sku text not null unique,
    title text not null,
    price_minor integer not null,
    currency text not null,
    stock integer,
    description text not null default '',
    category text not null default '',
    hs_code text,
    origin text,
    weight_g integer,
    url text,
    ships_to text not null default '[]'
) strict;

create table orders (
    id integer primary key,
    number text not null,
    number_key text not null unique,
    contact_id integer not null references contacts (id),
    status text not null,
    ordered_at integer not null,
    total_minor integer not null,
    currency text not null,
    country text,
    updated_at integer not null
) strict;
create index orders_by_contact on orders (contact_id, ordered_at desc, id desc);
create index orders_newest on orders (ordered_at desc, id desc);

create table order_lines (
    order_id integer not null references orders (id),
    line integer not null,
    sku text not null,
    title text not null,
    quantity integer not null,
    unit_price_minor integer,
    primary key (order_id, line)
) strict, without rowid;

create table payments (
    id integer primary key,
    order_id integer not null references orders (id),
    kind text not null,
    amount_minor integer not null,
    currency text not null,
    method text not null,
    at integer not null
) strict;
create index payments_by_order on payments (order_id);

create table shipments (
    id integer primary key,
    order_id integer not null references orders (id),
    carrier text not null,
    tracking_number text not null,
    tracking_key text not null,
    stage text not null,
    shipped_at integer,
    delivered_at integer,
    unique (order_id, tracking_key)
) strict;
create index shipments_by_number on shipments (tracking_key);

create table shipment_events (
    shipment_id integer not null references shipments (id),
    at integer not null,
    stage text not null,
    place text not null default '',
    text text not null default '',
    primary key (shipment_id, at, stage, text)
) strict, without rowid;

create table behaviour_events (
    id integer primary key,
    contact_id integer references contacts (id),
    visitor text not null default '',
    at integer not null,
    kind text not null,
    sku text not null default '',
    dwell_ms integer,
    url text not null default '',
    event_key text not null unique
) strict;
create index behaviour_events_by_contact on behaviour_events (contact_id, at) where contact_id is not null;

create table labels (
    id integer primary key,
    name text not null unique,
    colour text not null
) strict;

create table conversation_labels (
    conversation_id integer not null references conversations (id),
    label_id integer not null references labels (id),
    primary key (conversation_id, label_id)
) strict, without rowid;
create index conversation_labels_by_label on conversation_labels (label_id);

create table notes (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    member_id integer not null references members (id),
    text text not null,
    at integer not null
) strict;
create index notes_by_conversation on notes (conversation_id, at);

create table activities (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    kind text not null,
    actor text not null default '',
    detail text not null default '',
    at integer not null
) strict;
create index activities_by_conversation on activities (conversation_id, at);

create table work_orders (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    kind text not null,
    details text not null,
    done integer not null default 0,
    at integer not null
) strict;
create index work_orders_by_conversation on work_orders (conversation_id);

create table canned_responses (
    id integer primary key,
    shortcode text not null,
    language text not null,
    text text not null,
    unique (shortcode, language)
) strict;

create table drafts (
    conversation_id integer not null references conversations (id),
    member_id integer not null references members (id),
    draft text not null,
    updated_at integer not null,
    primary key (conversation_id, member_id)
) strict, without rowid;

-- One instance does a job: the fencing number rises with each new holder, so a late one can be told apart.
create table leases (
    name text primary key,
    holder text not null,
    fence integer not null,
    until integer not null
) strict, without rowid;

create table presence (
    instance text not null,
    member_id integer not null references members (id),
    conversation_id integer not null references conversations (id),
    until integer not null,
    primary key (instance)
) strict, without rowid;

-- The change feed: other instances read what is newer than what they have seen.
create table changes (
    id integer primary key autoincrement,
    at integer not null,
    instance text not null,
    kind text not null,
    entity_id integer not null
) strict;

create table audit (
    id integer primary key,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null default '{}'
) strict;
create index audit_by_time on audit (at);

-- Full text over our own segmentation (the store cuts Chinese, Japanese and Thai into overlapping pairs first).
create virtual table message_search using fts5 (
    body,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '2 3'
);
