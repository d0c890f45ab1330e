-- Record. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds since 1970-01-01.

-- Notices, each a row of the inbox and of the outbox.
CREATE TABLE letters (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    entry_id BLOB NOT NULL,
    recipient_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    manuscript_id BLOB,
    subject_id BLOB NOT NULL,
    args TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    read_at INTEGER,
    revoked_at INTEGER,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until INTEGER,
    lease_holder TEXT,
    sent_at INTEGER,
    answer TEXT,
    UNIQUE (entry_id, recipient_id, kind),
    CHECK (state IN ('queued','leased','sent','failed','revoked','none')),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
) STRICT;
CREATE INDEX letters_to_send ON letters (not_before) WHERE state IN ('queued','leased');
CREATE INDEX letters_by_recipient ON letters (recipient_id, id);
CREATE INDEX letters_by_channel ON letters (channel_id, id);

-- Which reminder of which deadline has gone out.
CREATE TABLE reminders (
    subject_id BLOB NOT NULL,
    deadline TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    rule TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, deadline, due_at, rule)
) STRICT, WITHOUT ROWID;

-- Answers kept for a repeat with the same key.
CREATE TABLE idempotency_keys (
    account_id BLOB NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, method, path, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Rest days and make-up working days that an administrator loaded.
CREATE TABLE calendar_years (
    year INTEGER NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    loaded_by BLOB REFERENCES users (id),
    loaded_at INTEGER NOT NULL
) STRICT;

-- Work that only one node does at a time.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;

-- What was done, byte for byte as hashed; append only.
CREATE TABLE ledger_entries (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    chain_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_entries_by_channel ON ledger_entries (channel_id, id);
CREATE INDEX ledger_entries_by_chain ON ledger_entries (chain_id, at);

-- The last leaf of each chain.
CREATE TABLE ledger_heads (
    chain_id BLOB NOT NULL PRIMARY KEY,
    leaf BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- The place of an entry in its channel's tree; append only.
CREATE TABLE ledger_positions (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    position INTEGER NOT NULL,
    entry_id BLOB NOT NULL UNIQUE,
    leaf BLOB NOT NULL,
    PRIMARY KEY (channel_id, position)
) STRICT;

-- Kept hashes of the tree: complete subtrees of 2^level entries, levels 8, 16, …; append only.
CREATE TABLE ledger_nodes (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (channel_id, level, number)
) STRICT, WITHOUT ROWID;

-- Entries that have no position yet; a trigger puts them here, sealing takes them away.
CREATE TABLE ledger_waiting (
    entry_id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_waiting_by_channel ON ledger_waiting (channel_id, at, entry_id);

-- Signed heads of the tree; append only.
CREATE TABLE ledger_checkpoints (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (channel_id, size)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;
CREATE TRIGGER ledger_positions_no_update BEFORE UPDATE ON ledger_positions
BEGIN
    SELECT RAISE(ABORT, 'ledger_positions is append-only');
END;
CREATE TRIGGER ledger_positions_no_delete BEFORE DELETE ON ledger_positions
BEGIN
    SELECT RAISE(ABORT, 'ledger_positions is append-only');
END;
CREATE TRIGGER ledger_checkpoints_no_update BEFORE UPDATE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'ledger_checkpoints is append-only');
END;
CREATE TRIGGER ledger_checkpoints_no_delete BEFORE DELETE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'ledger_checkpoints is append-only');
END;
CREATE TRIGGER ledger_nodes_no_update BEFORE UPDATE ON ledger_nodes
BEGIN
    SELECT RAISE(ABORT, 'ledger_nodes is append-only');
END;
CREATE TRIGGER ledger_nodes_no_delete BEFORE DELETE ON ledger_nodes
BEGIN
    SELECT RAISE(ABORT, 'ledger_nodes is append-only');
END;

CREATE TRIGGER ledger_entries_wait AFTER INSERT ON ledger_entries
BEGIN
    INSERT INTO ledger_waiting (entry_id, channel_id, at) VALUES (NEW.id, NEW.channel_id, NEW.at);
END;
