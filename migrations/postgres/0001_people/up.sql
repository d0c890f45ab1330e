-- People. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds.

-- One united front work department's tenancy.
CREATE TABLE channels (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- Parties, federations, associations, departments.
CREATE TABLE organizations (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    screening BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    UNIQUE (channel_id, name)
);

-- People with an account; their grants say where and as what.
CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT,
    password_at TIMESTAMPTZ,
    suspended_at TIMESTAMPTZ,
    salt BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX users_by_channel ON users (channel_id, id);

-- Who holds which role where.
CREATE TABLE grants (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    channel_id UUID NOT NULL REFERENCES channels (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    role TEXT NOT NULL,
    serves_id UUID REFERENCES users (id),
    granted_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    CHECK ((role = 'secretary') = (serves_id IS NOT NULL))
);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_role ON grants (channel_id, role, organization_id);

-- One person acts for another for a period.
CREATE TABLE stand_ins (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    absent_id UUID NOT NULL REFERENCES users (id),
    stand_in_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    from_at TIMESTAMPTZ NOT NULL,
    to_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CHECK (from_at < to_at),
    CHECK (absent_id <> stand_in_id)
);
CREATE INDEX stand_ins_by_person ON stand_ins (stand_in_id);

-- Sessions, API tokens and one-time links; only the hash of the secret is kept.
CREATE TABLE tokens (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    channel_id UUID NOT NULL REFERENCES channels (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    CHECK (kind IN ('session', 'api', 'link'))
);
CREATE INDEX tokens_by_user ON tokens (user_id);

-- Failed sign-ins and requests, counted by subject and window.
CREATE TABLE throttles (
    subject TEXT NOT NULL,
    window_at TIMESTAMPTZ NOT NULL,
    hits BIGINT NOT NULL,
    PRIMARY KEY (subject, window_at)
);

-- Numbers that are given once, and never again.
CREATE TABLE counters (
    channel_id UUID NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (channel_id, name)
);
