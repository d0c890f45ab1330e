-- Roles that two administrators gave to the same person at the same moment: the older grant stays.
UPDATE grants SET revoked_at = granted_at
WHERE revoked_at IS NULL AND EXISTS (
    SELECT 1 FROM grants older
    WHERE older.id < grants.id AND older.revoked_at IS NULL AND older.channel_id = grants.channel_id AND older.user_id = grants.user_id
    AND older.organization_id = grants.organization_id AND older.role = grants.role AND older.serves_id IS NOT DISTINCT FROM grants.serves_id
);
-- Whom a role serves is empty for all but secretaries, and nothing equals nothing: so there are two of them.
CREATE UNIQUE INDEX grants_held_once ON grants (channel_id, user_id, organization_id, role) WHERE revoked_at IS NULL AND serves_id IS NULL;
CREATE UNIQUE INDEX grants_serve_once ON grants (channel_id, user_id, organization_id, role, serves_id) WHERE revoked_at IS NULL AND serves_id IS NOT NULL;

-- Rest days and make-up working days of one channel, over those of the installation in calendar_years.
CREATE TABLE channel_calendar_years (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    year INTEGER NOT NULL,
    data TEXT NOT NULL,
    loaded_by BLOB REFERENCES users (id),
    loaded_at INTEGER NOT NULL,
    PRIMARY KEY (channel_id, year)
) STRICT, WITHOUT ROWID;

-- Counts the changes of what holds in a channel, so that every node sees that its copy is old.
ALTER TABLE channels ADD COLUMN calendar_version INTEGER NOT NULL DEFAULT 1;
