-- Which message of ours restates an action, so that the customer's next words can be taken as the answer to it.

alter table actions add column message_id bigint references messages (id);
create index actions_by_message on actions (message_id);
