-- Messages to the group chat of a desk: where they go, and what came of the last one. Kept equal in migrations/sqlite and
-- migrations/postgres; a test compares them.

CREATE TABLE webhooks (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    version BIGINT NOT NULL,
    label TEXT NOT NULL,
    -- Whose desk it is; of screeners and handlers, that of one organisation.
    role TEXT NOT NULL,
    organization_id UUID REFERENCES organizations (id),
    language TEXT NOT NULL CHECK (language IN ('zh-CN','en')),
    format TEXT NOT NULL CHECK (format IN ('generic','wecom','dingtalk','feishu')),
    -- JSON; empty but for the generic format.
    template TEXT NOT NULL,
    host TEXT NOT NULL,
    -- Address and secret, encrypted by a key outside the database, and bound to the rest of the row.
    target BYTEA NOT NULL,
    is_on BOOLEAN NOT NULL,
    changed_by UUID NOT NULL REFERENCES users (id),
    changed_at TIMESTAMPTZ NOT NULL,
    last_sent_at TIMESTAMPTZ,
    last_failed_at TIMESTAMPTZ,
    last_fault TEXT,
    last_detail TEXT
);
CREATE INDEX webhooks_channel ON webhooks (channel_id);

-- Counts the changes of a channel's webhooks; 0 while it never had one.
ALTER TABLE channels ADD COLUMN webhook_version BIGINT NOT NULL DEFAULT 0;
