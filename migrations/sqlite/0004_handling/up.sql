-- Handling. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds since 1970-01-01.

-- Departments charged with a manuscript.
CREATE TABLE assignments (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    entry_id BLOB NOT NULL,
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    form TEXT NOT NULL,
    part TEXT NOT NULL,
    lead_id BLOB REFERENCES assignments (id),
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    endorsement_id BLOB REFERENCES endorsements (id),
    note TEXT NOT NULL,
    assigned_by BLOB NOT NULL REFERENCES users (id),
    assigned_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    receive_by INTEGER NOT NULL,
    received_at INTEGER,
    replied_at INTEGER,
    settled_at INTEGER,
    reason TEXT,
    proposed_organization TEXT,
    extension TEXT,
    extension_asked_at INTEGER,
    implemented_at INTEGER,
    suggestions TEXT,
    CHECK (state IN ('dispatched','received','return_requested','returned','cancelled','contributed','replied','approved')),
    CHECK ((state IN ('returned','cancelled','contributed','approved')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'replied' OR replied_at IS NOT NULL),
    CHECK (state NOT IN ('received','replied','approved','contributed') OR received_at IS NOT NULL),
    CHECK (state <> 'return_requested' OR reason IS NOT NULL),
    CHECK (state <> 'cancelled' OR reason IS NOT NULL),
    CHECK ((part = 'assisting') = (lead_id IS NOT NULL))
) STRICT;
CREATE INDEX assignments_by_manuscript ON assignments (manuscript_id, id);
CREATE INDEX assignments_by_organization ON assignments (organization_id, state, id);
CREATE INDEX assignments_by_due ON assignments (channel_id, state, due_at, id);

-- What a department answers; an assisting one's contribution is one too.
CREATE TABLE replies (
    id BLOB NOT NULL PRIMARY KEY,
    assignment_id BLOB NOT NULL REFERENCES assignments (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    entry_id BLOB NOT NULL,
    round INTEGER NOT NULL,
    words TEXT NOT NULL,
    result_code TEXT,
    result_definition TEXT,
    consultation TEXT,
    officer TEXT NOT NULL,
    officer_phone TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    decided_by BLOB REFERENCES users (id),
    decided_at INTEGER,
    approved INTEGER,
    reason TEXT,
    UNIQUE (assignment_id, round),
    CHECK ((decided_at IS NULL) = (approved IS NULL))
) STRICT;
CREATE INDEX replies_by_manuscript ON replies (manuscript_id);

-- The answer to each numbered suggestion.
CREATE TABLE reply_items (
    reply_id BLOB NOT NULL REFERENCES replies (id),
    number INTEGER NOT NULL,
    answer TEXT NOT NULL,
    words TEXT NOT NULL,
    promised_on TEXT,
    PRIMARY KEY (reply_id, number),
    CHECK (answer IN ('adopted','partly_adopted','planned','not_adopted')),
    CHECK ((answer = 'planned') = (promised_on IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- How an answer is carried out.
CREATE TABLE implementation_reports (
    id BLOB NOT NULL PRIMARY KEY,
    assignment_id BLOB NOT NULL REFERENCES assignments (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    entry_id BLOB NOT NULL,
    number INTEGER,
    words TEXT NOT NULL,
    implemented INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX implementation_reports_by_manuscript ON implementation_reports (manuscript_id);

-- Reminders by hand.
CREATE TABLE urgings (
    id BLOB NOT NULL PRIMARY KEY,
    assignment_id BLOB NOT NULL REFERENCES assignments (id),
    entry_id BLOB NOT NULL,
    words TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX urgings_by_assignment ON urgings (assignment_id);

-- That some level took a manuscript up.
CREATE TABLE adoptions (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    entry_id BLOB NOT NULL,
    level TEXT NOT NULL,
    body TEXT NOT NULL,
    form TEXT NOT NULL,
    adopted_on TEXT NOT NULL,
    evidence TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX adoptions_by_manuscript ON adoptions (manuscript_id);

-- Each author's word on attitude and result, once per conclusion.
CREATE TABLE ratings (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    concluded_id BLOB NOT NULL REFERENCES manuscripts (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    entry_id BLOB NOT NULL,
    attitude TEXT NOT NULL,
    result TEXT NOT NULL,
    words TEXT NOT NULL,
    concluded_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (manuscript_id, user_id, concluded_at)
) STRICT;
