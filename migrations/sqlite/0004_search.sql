-- Searching and importing many messages: finding the conversations of thousands of matches without reading the messages themselves.
-- PostgreSQL's twin has the same index.

create index messages_conversations on messages (id, conversation_id);

-- The full-text index gathers so many bytes before it writes a part of itself: an import writes fewer parts, which are merged less often.
insert into message_search (message_search, rank) values ('hashsize', 16777216);
