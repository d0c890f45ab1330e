-- How letters leave, as an administrator set it on a page. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

CREATE TABLE mail_settings (
    -- One row for the installation.
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    transport TEXT NOT NULL CHECK (transport IN ('file','smtp')),
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL CHECK (security IN ('tls','starttls','opportunistic','none')),
    login TEXT NOT NULL,
    -- Encrypted by a key outside the database, and bound to the rest of the row.
    password BYTEA NOT NULL,
    from_name TEXT NOT NULL,
    from_address TEXT NOT NULL,
    changed_by UUID NOT NULL REFERENCES users (id),
    changed_at TIMESTAMPTZ NOT NULL
);
