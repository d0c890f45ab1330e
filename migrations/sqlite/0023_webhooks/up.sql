-- Messages to the group chat of a desk: where they go, and what came of the last one. Kept equal in migrations/sqlite and
-- migrations/postgres; a test compares them.

CREATE TABLE webhooks (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    version INTEGER NOT NULL,
    label TEXT NOT NULL,
    -- Whose desk it is; of screeners and handlers, that of one organisation.
    role TEXT NOT NULL,
    organization_id BLOB REFERENCES organizations (id),
    language TEXT NOT NULL CHECK (language IN ('zh-CN','en')),
    format TEXT NOT NULL CHECK (format IN ('generic','wecom','dingtalk','feishu')),
    -- JSON; empty but for the generic format.
    template TEXT NOT NULL,
    host TEXT NOT NULL,
    -- Address and secret, encrypted by a key outside the database, and bound to the rest of the row.
    target BLOB NOT NULL,
    is_on INTEGER NOT NULL,
    changed_by BLOB NOT NULL REFERENCES users (id),
    changed_at INTEGER NOT NULL,
    last_sent_at INTEGER,
    last_failed_at INTEGER,
    last_fault TEXT,
    last_detail TEXT
) STRICT;
CREATE INDEX webhooks_channel ON webhooks (channel_id);

-- Counts the changes of a channel's webhooks; 0 while it never had one.
ALTER TABLE channels ADD COLUMN webhook_version INTEGER NOT NULL DEFAULT 0;
