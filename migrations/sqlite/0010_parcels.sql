-- When a tracking service was last asked about a parcel; those that may still move are found without a scan.

alter table shipments add column asked_at integer;
create index shipments_to_ask on shipments (asked_at, id) where stage not in ('delivered', 'returned');
