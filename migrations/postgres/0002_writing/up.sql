-- Writing. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds.

-- Where a manuscript stands, and what describes it.
CREATE TABLE manuscripts (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    number TEXT,
    stage TEXT NOT NULL,
    former_stage TEXT,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    details TEXT NOT NULL,
    text_id UUID NOT NULL,
    edited_text_id UUID,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    first_author_id UUID NOT NULL REFERENCES users (id),
    entered_by UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    stage_since TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ,
    submitted_at TIMESTAMPTZ,
    screening_at TIMESTAMPTZ,
    review_at TIMESTAMPTZ,
    signing_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    forwarded_at TIMESTAMPTZ,
    handling_at TIMESTAMPTZ,
    concluded_at TIMESTAMPTZ,
    returned_from TEXT,
    merged_into UUID REFERENCES manuscripts (id),
    pending TEXT,
    pending_until TIMESTAMPTZ,
    UNIQUE (channel_id, number),
    CHECK (stage IN ('draft','screening','review','returned','signing','accepted','forwarded','handling','concluded','archived','declined','merged','withdrawn')),
    CHECK ((stage = 'draft') = (number IS NULL)),
    CHECK ((number IS NULL) = (submitted_at IS NULL)),
    CHECK ((stage = 'archived') = (former_stage IS NOT NULL)),
    CHECK ((stage = 'returned') = (returned_from IS NOT NULL)),
    CHECK ((CASE WHEN stage = 'archived' THEN former_stage ELSE stage END = 'merged') = (merged_into IS NOT NULL)),
    CHECK ((CASE WHEN stage = 'archived' THEN former_stage ELSE stage END IN ('accepted','forwarded','handling','concluded')) = (accepted_at IS NOT NULL)),
    CHECK ((CASE WHEN stage = 'archived' THEN former_stage ELSE stage END IN ('forwarded','handling','concluded')) = (forwarded_at IS NOT NULL)),
    CHECK ((CASE WHEN stage = 'archived' THEN former_stage ELSE stage END = 'concluded') = (concluded_at IS NOT NULL)),
    CHECK (stage <> 'screening' OR screening_at IS NOT NULL),
    CHECK (stage <> 'review' OR review_at IS NOT NULL),
    CHECK (stage <> 'signing' OR signing_at IS NOT NULL),
    CHECK (stage <> 'handling' OR handling_at IS NOT NULL),
    CHECK ((pending IS NULL) = (pending_until IS NULL))
);
CREATE INDEX manuscripts_by_channel ON manuscripts (channel_id, id);
CREATE INDEX manuscripts_by_stage ON manuscripts (channel_id, stage, id);
CREATE INDEX manuscripts_by_due ON manuscripts (channel_id, stage, due_at, id);
CREATE INDEX manuscripts_by_organization ON manuscripts (organization_id, id);
CREATE INDEX manuscripts_by_author ON manuscripts (first_author_id, id);
CREATE INDEX manuscripts_by_enterer ON manuscripts (entered_by, id) WHERE entered_by IS NOT NULL;
CREATE INDEX manuscripts_by_target ON manuscripts (merged_into) WHERE merged_into IS NOT NULL;

-- The versions of a text; sealed ones never change.
CREATE TABLE texts (
    id UUID NOT NULL PRIMARY KEY,
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    round BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    causes TEXT NOT NULL,
    suggestions TEXT NOT NULL,
    characters BIGINT NOT NULL,
    digest BYTEA,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    sealed_at TIMESTAMPTZ,
    UNIQUE (manuscript_id, kind, round),
    CHECK (kind IN ('original','edited')),
    CHECK ((digest IS NULL) = (sealed_at IS NULL))
);

-- Who wrote it, invited ones included; name, post and organisation as they were at that time.
CREATE TABLE authors (
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    user_id UUID NOT NULL REFERENCES users (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    invited_at TIMESTAMPTZ NOT NULL,
    signed_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ,
    PRIMARY KEY (manuscript_id, user_id)
);
CREATE INDEX authors_by_user ON authors (user_id, manuscript_id);

-- Changes asked of the author, anchored to passages.
CREATE TABLE change_requests (
    id UUID NOT NULL PRIMARY KEY,
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    entry_id UUID NOT NULL,
    text_id UUID NOT NULL REFERENCES texts (id),
    part TEXT NOT NULL,
    from_char BIGINT NOT NULL,
    to_char BIGINT NOT NULL,
    words TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ticked_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX change_requests_by_manuscript ON change_requests (manuscript_id, id);

-- The words of an act: opinion, reason, result.
CREATE TABLE decisions (
    entry_id UUID NOT NULL PRIMARY KEY,
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    action TEXT NOT NULL,
    actor_id UUID REFERENCES users (id),
    role TEXT,
    on_behalf_of UUID REFERENCES users (id),
    reason_code TEXT,
    words TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    undone_at TIMESTAMPTZ
);
CREATE INDEX decisions_by_manuscript ON decisions (manuscript_id, entry_id);

-- Files by content.
CREATE TABLE attachments (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id),
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    sha256 BYTEA NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    uploaded_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ
);
CREATE INDEX attachments_by_manuscript ON attachments (manuscript_id);
