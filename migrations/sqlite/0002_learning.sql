-- What people teach the bot: examples of intents, the models that were trained on them, and corrected emotions.

create table intent_examples (
    id integer primary key,
    text_key text not null unique,
    text text not null,
    language text,
    intent text not null,
    source text not null,
    message_id integer references messages (id),
    member text not null,
    created_at integer not null,
    labelled_at integer not null
) strict;
create index intent_examples_newest on intent_examples (labelled_at desc, id desc);
create index intent_examples_by_message on intent_examples (message_id) where message_id is not null;

create table intent_models (
    id integer primary key,
    created_at integer not null,
    member text not null,
    examples integer not null,
    encoder text not null,
    report text not null,
    model blob,
    active integer not null default 0
) strict;

create table emotion_corrections (
    message_id integer primary key references messages (id),
    from_level text not null,
    to_level text not null,
    member text not null,
    at integer not null
) strict;
create index emotion_corrections_newest on emotion_corrections (at desc);

-- How many messages have an emotion is shown beside how many were corrected; only those rows are in the index.
create index messages_with_emotion on messages (id) where emotion is not null;
