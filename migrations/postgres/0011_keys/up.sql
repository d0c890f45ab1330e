-- Keys. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- The code by which a key outside the database binds the row; none once it is revoked. A row without its code is as no row.
ALTER TABLE tokens ADD COLUMN mac BYTEA;

-- The code that binds a password's hash to its person by the same key. A hash without it is as none.
ALTER TABLE users ADD COLUMN password_mac BYTEA;

-- The keys outside the database, by what tells them apart; so no node makes a second one.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL
);

-- The public keys of the ledger's checkpoints, from each key's creation on, and the signed statements by which one follows another.
CREATE TABLE ledger_keys (
    number BIGINT NOT NULL PRIMARY KEY,
    verifier TEXT NOT NULL UNIQUE,
    statement TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

-- Which anchors from outside the database a check held the ledger against.
ALTER TABLE ledger_checks ADD COLUMN anchors TEXT;

-- What a person was called, and where they belonged, from a time on.
CREATE TABLE person_versions (
    user_id UUID NOT NULL REFERENCES users (id),
    number BIGINT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    organization TEXT NOT NULL,
    salt BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, number)
);
INSERT INTO person_versions (user_id, number, login, name, post, organization_id, organization, salt, created_at)
    SELECT u.id, 1, u.login, u.name, u.post, u.organization_id, o.name, u.salt, u.created_at
    FROM users u JOIN organizations o ON o.id = u.organization_id;

CREATE TRIGGER ledger_keys_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The installation has a ledger of its own, beside those of the channels: the channel's column no longer refers to a row of channels.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_channel_id_fkey;
ALTER TABLE ledger_positions DROP CONSTRAINT ledger_positions_channel_id_fkey;
ALTER TABLE ledger_nodes DROP CONSTRAINT ledger_nodes_channel_id_fkey;
ALTER TABLE ledger_checkpoints DROP CONSTRAINT ledger_checkpoints_channel_id_fkey;
