-- What authors read while a decision can still be taken back. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- By how much the version rose through decisions that were taken back before authors learned of them.
ALTER TABLE manuscripts ADD COLUMN untold_versions BIGINT NOT NULL DEFAULT 0;
-- The few decisions of a channel that are not announced yet.
CREATE INDEX manuscripts_unannounced ON manuscripts (channel_id, pending_until) WHERE pending_until IS NOT NULL;
