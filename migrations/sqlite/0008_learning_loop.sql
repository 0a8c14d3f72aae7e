-- What people's answers teach: proposed articles, cases that must stay right, and by when an article must be looked at again.

alter table articles add column review_at integer;

create table proposals (
    id integer primary key,
    conversation_id integer not null references conversations (id),
    message_id integer not null unique references messages (id),
    question text not null,
    answer text not null,
    language text not null,
    intent text,
    state text not null,
    article_id integer references articles (id),
    member text not null default '',
    at integer not null,
    decided_at integer
) strict;
create index proposals_by_state on proposals (state, at, id);
create index proposals_by_conversation on proposals (conversation_id);

create table regression_cases (
    id integer primary key,
    message_id integer unique references messages (id),
    question text not null,
    language text not null,
    intent text,
    expect text not null,
    article_key text,
    passed integer,
    became text not null default '',
    ran_at integer,
    member text not null default '',
    at integer not null
) strict;
