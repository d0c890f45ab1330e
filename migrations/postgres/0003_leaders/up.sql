-- Leaders. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds.

-- Numbered issues to the leaders.
CREATE TABLE bulletins (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    series TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    foreword TEXT NOT NULL,
    supplement BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    editor_id UUID NOT NULL REFERENCES users (id),
    signer_id UUID REFERENCES users (id),
    year BIGINT,
    issue_number BIGINT,
    total_number BIGINT,
    created_at TIMESTAMPTZ NOT NULL,
    submitted_at TIMESTAMPTZ,
    issued_at TIMESTAMPTZ,
    cancelled_at TIMESTAMPTZ,
    reason TEXT,
    CHECK (state IN ('draft','submitted','issued','cancelled')),
    CHECK ((state IN ('issued','cancelled')) = (issued_at IS NOT NULL)),
    CHECK ((issued_at IS NULL) = (issue_number IS NULL)),
    CHECK ((issued_at IS NULL) = (signer_id IS NULL)),
    CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
    CHECK (state <> 'submitted' OR submitted_at IS NOT NULL),
    UNIQUE (channel_id, series, supplement, year, issue_number)
);
CREATE INDEX bulletins_by_channel ON bulletins (channel_id, id);

-- The manuscripts of a bulletin in their order.
CREATE TABLE bulletin_items (
    bulletin_id UUID NOT NULL REFERENCES bulletins (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    position BIGINT NOT NULL,
    text_id UUID REFERENCES texts (id),
    PRIMARY KEY (bulletin_id, manuscript_id)
);
CREATE INDEX bulletin_items_by_manuscript ON bulletin_items (manuscript_id);

-- For whom a bulletin is meant.
CREATE TABLE bulletin_recipients (
    bulletin_id UUID NOT NULL REFERENCES bulletins (id),
    user_id UUID NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (bulletin_id, user_id)
);

-- Leaders before whom a manuscript is, by a bulletin or directly.
CREATE TABLE recipients (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    user_id UUID NOT NULL REFERENCES users (id),
    bulletin_id UUID REFERENCES bulletins (id),
    entry_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX recipients_by_manuscript ON recipients (manuscript_id, user_id);
CREATE INDEX recipients_by_user ON recipients (user_id, id);

-- What leaders wrote on manuscripts.
CREATE TABLE endorsements (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    bulletin_id UUID REFERENCES bulletins (id),
    leader_id UUID NOT NULL REFERENCES users (id),
    leader_name TEXT NOT NULL,
    leader_post TEXT NOT NULL,
    kind TEXT NOT NULL,
    commendatory BOOLEAN NOT NULL,
    urgent BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    endorsed_on TEXT NOT NULL,
    due_at TIMESTAMPTZ,
    scan_id UUID,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    entered_by UUID NOT NULL REFERENCES users (id),
    entered_at TIMESTAMPTZ NOT NULL,
    decided_by UUID REFERENCES users (id),
    decided_at TIMESTAMPTZ,
    reason TEXT,
    CHECK (state IN ('entered','confirmed','countersigned','rejected')),
    CHECK ((state = 'entered') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (state <> 'rejected' OR reason IS NOT NULL)
);
CREATE INDEX endorsements_by_manuscript ON endorsements (manuscript_id, id);
CREATE INDEX endorsements_by_leader ON endorsements (leader_id, id);
