-- Searching many messages, on PostgreSQL: the twin of sqlite/0004_search.sql.

create index messages_conversations on messages (id, conversation_id);
