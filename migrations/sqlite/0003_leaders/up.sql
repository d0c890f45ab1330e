-- Leaders. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds since 1970-01-01.

-- Numbered issues to the leaders.
CREATE TABLE bulletins (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    series TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    foreword TEXT NOT NULL,
    supplement INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    editor_id BLOB NOT NULL REFERENCES users (id),
    signer_id BLOB REFERENCES users (id),
    year INTEGER,
    issue_number INTEGER,
    total_number INTEGER,
    created_at INTEGER NOT NULL,
    submitted_at INTEGER,
    issued_at INTEGER,
    cancelled_at INTEGER,
    reason TEXT,
    CHECK (state IN ('draft','submitted','issued','cancelled')),
    CHECK ((state IN ('issued','cancelled')) = (issued_at IS NOT NULL)),
    CHECK ((issued_at IS NULL) = (issue_number IS NULL)),
    CHECK ((issued_at IS NULL) = (signer_id IS NULL)),
    CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
    CHECK (state <> 'submitted' OR submitted_at IS NOT NULL),
    UNIQUE (channel_id, series, supplement, year, issue_number)
) STRICT;
CREATE INDEX bulletins_by_channel ON bulletins (channel_id, id);

-- The manuscripts of a bulletin in their order.
CREATE TABLE bulletin_items (
    bulletin_id BLOB NOT NULL REFERENCES bulletins (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    position INTEGER NOT NULL,
    text_id BLOB REFERENCES texts (id),
    PRIMARY KEY (bulletin_id, manuscript_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulletin_items_by_manuscript ON bulletin_items (manuscript_id);

-- For whom a bulletin is meant.
CREATE TABLE bulletin_recipients (
    bulletin_id BLOB NOT NULL REFERENCES bulletins (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (bulletin_id, user_id)
) STRICT, WITHOUT ROWID;

-- Leaders before whom a manuscript is, by a bulletin or directly.
CREATE TABLE recipients (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    bulletin_id BLOB REFERENCES bulletins (id),
    entry_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX recipients_by_manuscript ON recipients (manuscript_id, user_id);
CREATE INDEX recipients_by_user ON recipients (user_id, id);

-- What leaders wrote on manuscripts.
CREATE TABLE endorsements (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    bulletin_id BLOB REFERENCES bulletins (id),
    leader_id BLOB NOT NULL REFERENCES users (id),
    leader_name TEXT NOT NULL,
    leader_post TEXT NOT NULL,
    kind TEXT NOT NULL,
    commendatory INTEGER NOT NULL,
    urgent INTEGER NOT NULL,
    words TEXT NOT NULL,
    endorsed_on TEXT NOT NULL,
    due_at INTEGER,
    scan_id BLOB,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    entered_by BLOB NOT NULL REFERENCES users (id),
    entered_at INTEGER NOT NULL,
    decided_by BLOB REFERENCES users (id),
    decided_at INTEGER,
    reason TEXT,
    CHECK (state IN ('entered','confirmed','countersigned','rejected')),
    CHECK ((state = 'entered') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (state <> 'rejected' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX endorsements_by_manuscript ON endorsements (manuscript_id, id);
CREATE INDEX endorsements_by_leader ON endorsements (leader_id, id);
