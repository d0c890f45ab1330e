-- Promises by date. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
CREATE INDEX reply_items_by_promise ON reply_items (promised_on) WHERE promised_on IS NOT NULL;
