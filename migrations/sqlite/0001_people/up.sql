-- People. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds since 1970-01-01.

-- One united front work department's tenancy.
CREATE TABLE channels (
    id BLOB NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Parties, federations, associations, departments.
CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    screening INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    UNIQUE (channel_id, name)
) STRICT;

-- People with an account; their grants say where and as what.
CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    login TEXT NOT NULL UNIQUE,
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
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_channel ON users (channel_id, id);

-- Who holds which role where.
CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    channel_id BLOB NOT NULL REFERENCES channels (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    role TEXT NOT NULL,
    serves_id BLOB REFERENCES users (id),
    granted_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CHECK ((role = 'secretary') = (serves_id IS NOT NULL))
) STRICT;
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_role ON grants (channel_id, role, organization_id);

-- One person acts for another for a period.
CREATE TABLE stand_ins (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    absent_id BLOB NOT NULL REFERENCES users (id),
    stand_in_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    CHECK (from_at < to_at),
    CHECK (absent_id <> stand_in_id)
) STRICT;
CREATE INDEX stand_ins_by_person ON stand_ins (stand_in_id);

-- Sessions, API tokens and one-time links; only the hash of the secret is kept.
CREATE TABLE tokens (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    channel_id BLOB NOT NULL REFERENCES channels (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CHECK (kind IN ('session', 'api', 'link'))
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_id);

-- Failed sign-ins and requests, counted by subject and window.
CREATE TABLE throttles (
    subject TEXT NOT NULL,
    window_at INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    PRIMARY KEY (subject, window_at)
) STRICT, WITHOUT ROWID;

-- Numbers that are given once, and never again.
CREATE TABLE counters (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (channel_id, name)
) STRICT, WITHOUT ROWID;
