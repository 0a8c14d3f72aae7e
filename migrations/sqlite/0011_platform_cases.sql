-- Claims, disputes and feedback at platforms: what must be answered by when.

create table platform_cases (
    id integer primary key,
    kind text not null,
    number text not null,
    number_key text not null unique,
    inbox_id integer references inboxes (id),
    order_number text,
    order_key text,
    conversation_id integer references conversations (id),
    reason text not null default '',
    amount_minor integer,
    currency text,
    state text not null,
    opened_at integer not null,
    answer_by integer,
    alarmed integer not null default 0,
    changed_at integer not null,
    version integer not null default 1
) strict;
create index platform_cases_by_state on platform_cases (state, opened_at);
create index platform_cases_by_order on platform_cases (order_key) where order_key is not null;
create index platform_cases_by_conversation on platform_cases (conversation_id) where conversation_id is not null;
