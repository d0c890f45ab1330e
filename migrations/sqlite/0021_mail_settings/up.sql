-- How letters leave, as an administrator set it on a page. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

CREATE TABLE mail_settings (
    -- One row for the installation.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    transport TEXT NOT NULL CHECK (transport IN ('file','smtp')),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    security TEXT NOT NULL CHECK (security IN ('tls','starttls','opportunistic','none')),
    login TEXT NOT NULL,
    -- Encrypted by a key outside the database, and bound to the rest of the row.
    password BLOB NOT NULL,
    from_name TEXT NOT NULL,
    from_address TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES users (id),
    changed_at INTEGER NOT NULL
) STRICT;
