-- Persons and accounts. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- A row of `users` is from now on a membership: of one person, in one channel. What it says of the person and the account is a copy, which
-- the channel's ledger proves. A first person has the id of the membership that they were made from, so that codes over ids stay right; the
-- account has another one, because its id names a chain of entries, and that of the membership stands in the channel's ledger.

-- Somebody, once in the installation; with or without an account.
CREATE TABLE persons (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    salt BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO persons (id, name, salt, version, created_at) SELECT id, name, salt, 1, created_at FROM users;

-- By what a person signs in and is reached; it belongs to the installation.
CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL UNIQUE REFERENCES persons (id),
    login TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    language TEXT NOT NULL,
    suspended_at INTEGER,
    salt BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
-- Not equal: how an id is made.
INSERT INTO accounts (id, person_id, login, email, mobile, language, suspended_at, salt, version, created_at)
    SELECT unhex('f' || substr(hex(id), 2)), id, login, email, mobile, language, NULL, salt, 1, created_at FROM users;
-- Equal again.

-- How an account shows that it is its person.
CREATE TABLE identities (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('password')),
    secret TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    -- Binds the secret to the person, by a key outside the database.
    mac BLOB
) STRICT;
CREATE UNIQUE INDEX identities_password ON identities (account_id) WHERE kind = 'password';
INSERT INTO identities (id, account_id, kind, secret, set_at, mac)
    SELECT users.id, accounts.id, 'password', password_hash, COALESCE(password_at, users.created_at), password_mac
    FROM users JOIN accounts ON accounts.person_id = users.id WHERE password_hash IS NOT NULL;

-- Not equal: SQLite can't drop a constraint, so the table is made anew, with the triggers of 0025.
CREATE TABLE users_new (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT,
    password_at INTEGER,
    suspended_at INTEGER,
    salt BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES persons (id)
) STRICT;
INSERT INTO users_new (id, channel_id, organization_id, login, name, post, email, mobile, language, password_hash, password_at, suspended_at, salt, version, created_at, person_id)
    SELECT id, channel_id, organization_id, login, name, post, email, mobile, language, password_hash, password_at, suspended_at, salt, version, created_at, id FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE INDEX users_by_channel ON users (channel_id, id);
-- Equal again.
CREATE UNIQUE INDEX users_by_login ON users (channel_id, login);
CREATE UNIQUE INDEX users_by_person ON users (person_id, channel_id);

CREATE TRIGGER users_people_version_insert AFTER INSERT ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_update AFTER UPDATE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_delete AFTER DELETE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;
