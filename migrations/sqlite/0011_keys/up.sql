-- Keys. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- The code by which a key outside the database binds the row; none once it is revoked. A row without its code is as no row.
ALTER TABLE tokens ADD COLUMN mac BLOB;

-- The code that binds a password's hash to its person by the same key. A hash without it is as none.
ALTER TABLE users ADD COLUMN password_mac BLOB;

-- The keys outside the database, by what tells them apart; so no node makes a second one.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL
) STRICT;

-- The public keys of the ledger's checkpoints, from each key's creation on, and the signed statements by which one follows another.
CREATE TABLE ledger_keys (
    number INTEGER NOT NULL PRIMARY KEY,
    verifier TEXT NOT NULL UNIQUE,
    statement TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- Which anchors from outside the database a check held the ledger against.
ALTER TABLE ledger_checks ADD COLUMN anchors TEXT;

-- What a person was called, and where they belonged, from a time on.
CREATE TABLE person_versions (
    user_id BLOB NOT NULL REFERENCES users (id),
    number INTEGER NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    organization TEXT NOT NULL,
    salt BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO person_versions (user_id, number, login, name, post, organization_id, organization, salt, created_at)
    SELECT u.id, 1, u.login, u.name, u.post, u.organization_id, o.name, u.salt, u.created_at
    FROM users u JOIN organizations o ON o.id = u.organization_id;

CREATE TRIGGER ledger_keys_no_update BEFORE UPDATE ON ledger_keys
BEGIN
    SELECT RAISE(ABORT, 'ledger_keys is append-only');
END;
CREATE TRIGGER ledger_keys_no_delete BEFORE DELETE ON ledger_keys
BEGIN
    SELECT RAISE(ABORT, 'ledger_keys is append-only');
END;

-- The installation has a ledger of its own, beside those of the channels: the channel's column no longer refers to a row of channels.
-- SQLite can't drop a reference, so the tables are made anew.
CREATE TABLE ledger_entries_new (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL,
    chain_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO ledger_entries_new (id, channel_id, chain_id, at, leaf, bytes) SELECT id, channel_id, chain_id, at, leaf, bytes FROM ledger_entries;
DROP TABLE ledger_entries;
ALTER TABLE ledger_entries_new RENAME TO ledger_entries;
CREATE INDEX ledger_entries_by_channel ON ledger_entries (channel_id, id);
CREATE INDEX ledger_entries_by_chain ON ledger_entries (chain_id, at);
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;

CREATE TABLE ledger_positions_new (
    channel_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    entry_id BLOB NOT NULL UNIQUE,
    leaf BLOB NOT NULL,
    PRIMARY KEY (channel_id, position)
) STRICT;
INSERT INTO ledger_positions_new (channel_id, position, entry_id, leaf) SELECT channel_id, position, entry_id, leaf FROM ledger_positions;
DROP TABLE ledger_positions;
ALTER TABLE ledger_positions_new RENAME TO ledger_positions;
CREATE TRIGGER ledger_positions_no_update BEFORE UPDATE ON ledger_positions
BEGIN
    SELECT RAISE(ABORT, 'ledger_positions is append-only');
END;
CREATE TRIGGER ledger_positions_no_delete BEFORE DELETE ON ledger_positions
BEGIN
    SELECT RAISE(ABORT, 'ledger_positions is append-only');
END;

CREATE TABLE ledger_nodes_new (
    channel_id BLOB NOT NULL,
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (channel_id, level, number)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_nodes_new (channel_id, level, number, hash) SELECT channel_id, level, number, hash FROM ledger_nodes;
DROP TABLE ledger_nodes;
ALTER TABLE ledger_nodes_new RENAME TO ledger_nodes;
CREATE TRIGGER ledger_nodes_no_update BEFORE UPDATE ON ledger_nodes
BEGIN
    SELECT RAISE(ABORT, 'ledger_nodes is append-only');
END;
CREATE TRIGGER ledger_nodes_no_delete BEFORE DELETE ON ledger_nodes
BEGIN
    SELECT RAISE(ABORT, 'ledger_nodes is append-only');
END;

CREATE TABLE ledger_checkpoints_new (
    channel_id BLOB NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (channel_id, size)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_checkpoints_new (channel_id, size, root, note, created_at) SELECT channel_id, size, root, note, created_at FROM ledger_checkpoints;
DROP TABLE ledger_checkpoints;
ALTER TABLE ledger_checkpoints_new RENAME TO ledger_checkpoints;
CREATE TRIGGER ledger_checkpoints_no_update BEFORE UPDATE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'ledger_checkpoints is append-only');
END;
CREATE TRIGGER ledger_checkpoints_no_delete BEFORE DELETE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'ledger_checkpoints is append-only');
END;

CREATE TRIGGER ledger_entries_wait AFTER INSERT ON ledger_entries
BEGIN
    INSERT INTO ledger_waiting (entry_id, channel_id, at) VALUES (NEW.id, NEW.channel_id, NEW.at);
END;
