-- Handling. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds.

-- Departments charged with a manuscript.
CREATE TABLE assignments (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    entry_id UUID NOT NULL,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    form TEXT NOT NULL,
    part TEXT NOT NULL,
    lead_id UUID REFERENCES assignments (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    endorsement_id UUID REFERENCES endorsements (id),
    note TEXT NOT NULL,
    assigned_by UUID NOT NULL REFERENCES users (id),
    assigned_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    receive_by TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ,
    replied_at TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    reason TEXT,
    proposed_organization TEXT,
    extension TEXT,
    extension_asked_at TIMESTAMPTZ,
    implemented_at TIMESTAMPTZ,
    suggestions TEXT,
    CHECK (state IN ('dispatched','received','return_requested','returned','cancelled','contributed','replied','approved')),
    CHECK ((state IN ('returned','cancelled','contributed','approved')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'replied' OR replied_at IS NOT NULL),
    CHECK (state NOT IN ('received','replied','approved','contributed') OR received_at IS NOT NULL),
    CHECK (state <> 'return_requested' OR reason IS NOT NULL),
    CHECK (state <> 'cancelled' OR reason IS NOT NULL),
    CHECK ((part = 'assisting') = (lead_id IS NOT NULL))
);
CREATE INDEX assignments_by_manuscript ON assignments (manuscript_id, id);
CREATE INDEX assignments_by_organization ON assignments (organization_id, state, id);
CREATE INDEX assignments_by_due ON assignments (channel_id, state, due_at, id);

-- What a department answers; an assisting one's contribution is one too.
CREATE TABLE replies (
    id UUID NOT NULL PRIMARY KEY,
    assignment_id UUID NOT NULL REFERENCES assignments (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    entry_id UUID NOT NULL,
    round BIGINT NOT NULL,
    words TEXT NOT NULL,
    result_code TEXT,
    result_definition TEXT,
    consultation TEXT,
    officer TEXT NOT NULL,
    officer_phone TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    decided_by UUID REFERENCES users (id),
    decided_at TIMESTAMPTZ,
    approved BOOLEAN,
    reason TEXT,
    UNIQUE (assignment_id, round),
    CHECK ((decided_at IS NULL) = (approved IS NULL))
);
CREATE INDEX replies_by_manuscript ON replies (manuscript_id);

-- The answer to each numbered suggestion.
CREATE TABLE reply_items (
    reply_id UUID NOT NULL REFERENCES replies (id),
    number BIGINT NOT NULL,
    answer TEXT NOT NULL,
    words TEXT NOT NULL,
    promised_on TEXT,
    PRIMARY KEY (reply_id, number),
    CHECK (answer IN ('adopted','partly_adopted','planned','not_adopted')),
    CHECK ((answer = 'planned') = (promised_on IS NOT NULL))
);

-- How an answer is carried out.
CREATE TABLE implementation_reports (
    id UUID NOT NULL PRIMARY KEY,
    assignment_id UUID NOT NULL REFERENCES assignments (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    entry_id UUID NOT NULL,
    number BIGINT,
    words TEXT NOT NULL,
    implemented BOOLEAN NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX implementation_reports_by_manuscript ON implementation_reports (manuscript_id);

-- Reminders by hand.
CREATE TABLE urgings (
    id UUID NOT NULL PRIMARY KEY,
    assignment_id UUID NOT NULL REFERENCES assignments (id),
    entry_id UUID NOT NULL,
    words TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX urgings_by_assignment ON urgings (assignment_id);

-- That some level took a manuscript up.
CREATE TABLE adoptions (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    entry_id UUID NOT NULL,
    level TEXT NOT NULL,
    body TEXT NOT NULL,
    form TEXT NOT NULL,
    adopted_on TEXT NOT NULL,
    evidence TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX adoptions_by_manuscript ON adoptions (manuscript_id);

-- Each author's word on attitude and result, once per conclusion.
CREATE TABLE ratings (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    concluded_id UUID NOT NULL REFERENCES manuscripts (id),
    user_id UUID NOT NULL REFERENCES users (id),
    entry_id UUID NOT NULL,
    attitude TEXT NOT NULL,
    result TEXT NOT NULL,
    words TEXT NOT NULL,
    concluded_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (manuscript_id, user_id, concluded_at)
);
