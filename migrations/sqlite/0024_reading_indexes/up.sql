-- Indexes for what was found by walking a table that grows. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- What a person entered for its author and on which a decision is not announced yet: a list asks for it by the person. Without an index of
-- its own the one of the channel is taken, which holds every open decision of the channel.
CREATE INDEX manuscripts_entered_unannounced ON manuscripts (channel_id, entered_by, pending_until)
    WHERE entered_by IS NOT NULL AND pending_until IS NOT NULL;

-- What a person entered for its author, by due date.
CREATE INDEX manuscripts_entered_due ON manuscripts (channel_id, entered_by, due_at, id)
    WHERE entered_by IS NOT NULL AND due_at IS NOT NULL;

-- The assignments of a channel, newest first.
CREATE INDEX assignments_by_channel ON assignments (channel_id, id);

-- The endorsements of a channel, newest first, and those in one state.
CREATE INDEX endorsements_by_channel ON endorsements (channel_id, id);
CREATE INDEX endorsements_by_state ON endorsements (channel_id, state, id);

-- The last jobs of a kind, such as the backups, among those of all kinds that are kept for two weeks.
CREATE INDEX jobs_by_kind ON jobs (kind, id);
