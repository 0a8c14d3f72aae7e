-- An article may hold for some stores only: the identities of their inboxes, as JSON; none for all.

alter table articles add column inbox_ids text not null default '[]';
