-- Work orders get a state, the order that they are about, and a version, so that two people do not overwrite each other.

alter table work_orders add column state text not null default 'open';
alter table work_orders add column order_number text;
alter table work_orders add column version integer not null default 1;
alter table work_orders add column changed_at integer not null default 0;

update work_orders set state = 'done' where done = 1;
update work_orders set changed_at = at;
