-- What the texts of articles mean: their sentence vectors, so that a start does not make them anew.

create table text_vectors (
    encoder text not null,
    text_hash text not null,
    vector blob not null,
    primary key (encoder, text_hash)
) strict, without rowid;
