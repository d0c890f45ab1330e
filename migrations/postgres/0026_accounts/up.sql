-- Persons and accounts. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- A row of `users` is from now on a membership: of one person, in one channel. What it says of the person and the account is a copy, which
-- the channel's ledger proves. A first person has the id of the membership that they were made from, so that codes over ids stay right; the
-- account has another one, because its id names a chain of entries, and that of the membership stands in the channel's ledger.

-- Somebody, once in the installation; with or without an account.
CREATE TABLE persons (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    salt BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO persons (id, name, salt, version, created_at) SELECT id, name, salt, 1, created_at FROM users;

-- By what a person signs in and is reached; it belongs to the installation.
CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL UNIQUE REFERENCES persons (id),
    login TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    language TEXT NOT NULL,
    suspended_at TIMESTAMPTZ,
    salt BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
-- Not equal: how an id is made.
INSERT INTO accounts (id, person_id, login, email, mobile, language, suspended_at, salt, version, created_at)
    SELECT ('f' || substr(id::text, 2))::uuid, id, login, email, mobile, language, NULL, salt, 1, created_at FROM users;
-- Equal again.

-- How an account shows that it is its person.
CREATE TABLE identities (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('password')),
    secret TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    -- Binds the secret to the person, by a key outside the database.
    mac BYTEA
);
CREATE UNIQUE INDEX identities_password ON identities (account_id) WHERE kind = 'password';
INSERT INTO identities (id, account_id, kind, secret, set_at, mac)
    SELECT users.id, accounts.id, 'password', password_hash, COALESCE(password_at, users.created_at), password_mac
    FROM users JOIN accounts ON accounts.person_id = users.id WHERE password_hash IS NOT NULL;

-- Not equal: PostgreSQL changes the table.
ALTER TABLE users DROP CONSTRAINT users_login_key;
ALTER TABLE users DROP COLUMN password_mac;
ALTER TABLE users ADD COLUMN person_id UUID REFERENCES persons (id);
UPDATE users SET person_id = id;
ALTER TABLE users ALTER COLUMN person_id SET NOT NULL;
-- Equal again.
CREATE UNIQUE INDEX users_by_login ON users (channel_id, login);
CREATE UNIQUE INDEX users_by_person ON users (person_id, channel_id);
