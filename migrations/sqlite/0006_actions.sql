-- What the bot and the team do on orders: the actions, and what they need to know of addresses, ways to pay and variants.

alter table products add column item_group text;
alter table products add column options text not null default '{}';
alter table orders add column address text;

create table accounts (
    contact_id integer primary key references contacts (id),
    address text
) strict;

create table payment_methods (
    contact_id integer not null references contacts (id),
    method text not null,
    kind text not null,
    label text not null,
    balance_minor integer,
    currency text,
    primary key (contact_id, method)
) strict, without rowid;

create table actions (
    id integer primary key,
    conversation_id integer references conversations (id),
    contact_id integer not null references contacts (id),
    order_id integer references orders (id),
    kind text not null,
    request text not null,
    amount_minor integer,
    currency text,
    state text not null,
    rma text unique,
    actor text not null,
    why text not null default '',
    at integer not null,
    changed_at integer not null,
    version integer not null default 1
) strict;
create index actions_by_order on actions (order_id);
create index actions_by_conversation on actions (conversation_id);
create index actions_by_state on actions (state, at, id);
