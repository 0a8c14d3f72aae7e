-- What the texts of articles mean, on PostgreSQL: the twin of sqlite/0005_text_vectors.sql.

create table text_vectors (
    encoder text not null,
    text_hash text not null,
    vector bytea not null,
    primary key (encoder, text_hash)
);
