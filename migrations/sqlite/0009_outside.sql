-- What leaves this computer: how often and what for, and each question to a language model; and what articles said before.

create table outbound (
    day integer not null,
    host text not null,
    purpose text not null,
    requests integer not null default 0,
    refused integer not null default 0,
    last_at integer not null,
    primary key (day, host, purpose)
) strict;

create table model_calls (
    id integer primary key,
    at integer not null,
    task text not null,
    host text not null,
    model text not null,
    tokens_in integer not null,
    tokens_out integer not null,
    millis integer not null,
    hidden integer not null,
    outcome text not null
) strict;
create index model_calls_by_time on model_calls (at, id);

create table article_versions (
    article_id integer not null references articles (id),
    version integer not null,
    title text not null,
    body text not null,
    at integer not null,
    primary key (article_id, version)
) strict;
