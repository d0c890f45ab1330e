-- Statistics. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

CREATE INDEX manuscripts_by_submission ON manuscripts (channel_id, submitted_at) WHERE submitted_at IS NOT NULL;
CREATE INDEX manuscripts_by_conclusion ON manuscripts (channel_id, concluded_at) WHERE concluded_at IS NOT NULL;
