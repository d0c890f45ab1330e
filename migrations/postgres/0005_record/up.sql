-- Record. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds.

-- Notices, each a row of the inbox and of the outbox.
CREATE TABLE letters (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    entry_id UUID NOT NULL,
    recipient_id UUID NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    manuscript_id UUID,
    subject_id UUID NOT NULL,
    args TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    not_before TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    lease_holder TEXT,
    sent_at TIMESTAMPTZ,
    answer TEXT,
    UNIQUE (entry_id, recipient_id, kind),
    CHECK (state IN ('queued','leased','sent','failed','revoked','none')),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX letters_to_send ON letters (not_before) WHERE state IN ('queued','leased');
CREATE INDEX letters_by_recipient ON letters (recipient_id, id);
CREATE INDEX letters_by_channel ON letters (channel_id, id);

-- Which reminder of which deadline has gone out.
CREATE TABLE reminders (
    subject_id UUID NOT NULL,
    deadline TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    rule TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (subject_id, deadline, due_at, rule)
);

-- Answers kept for a repeat with the same key.
CREATE TABLE idempotency_keys (
    account_id UUID NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BYTEA NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, method, path, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Rest days and make-up working days that an administrator loaded.
CREATE TABLE calendar_years (
    year BIGINT NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    loaded_by UUID REFERENCES users (id),
    loaded_at TIMESTAMPTZ NOT NULL
);

-- Work that only one node does at a time.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at TIMESTAMPTZ NOT NULL
);

-- What was done, byte for byte as hashed; append only.
CREATE TABLE ledger_entries (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    chain_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    leaf BYTEA NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX ledger_entries_by_channel ON ledger_entries (channel_id, id);
CREATE INDEX ledger_entries_by_chain ON ledger_entries (chain_id, at);

-- The last leaf of each chain.
CREATE TABLE ledger_heads (
    chain_id UUID NOT NULL PRIMARY KEY,
    leaf BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- The place of an entry in its channel's tree; append only.
CREATE TABLE ledger_positions (
    channel_id UUID NOT NULL REFERENCES channels (id),
    position BIGINT NOT NULL,
    entry_id UUID NOT NULL UNIQUE,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (channel_id, position)
);

-- Kept hashes of the tree: complete subtrees of 2^level entries, levels 8, 16, …; append only.
CREATE TABLE ledger_nodes (
    channel_id UUID NOT NULL REFERENCES channels (id),
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (channel_id, level, number)
);

-- Entries that have no position yet; a trigger puts them here, sealing takes them away.
CREATE TABLE ledger_waiting (
    entry_id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ledger_waiting_by_channel ON ledger_waiting (channel_id, at, entry_id);

-- Signed heads of the tree; append only.
CREATE TABLE ledger_checkpoints (
    channel_id UUID NOT NULL REFERENCES channels (id),
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (channel_id, size)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_positions_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_positions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_checkpoints_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_nodes_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION wait_for_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_waiting (entry_id, channel_id, at) VALUES (NEW.id, NEW.channel_id, NEW.at);
    RETURN NULL;
END;
$$;
CREATE TRIGGER ledger_entries_wait AFTER INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION wait_for_sealing();
