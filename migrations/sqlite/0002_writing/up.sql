-- Writing. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.
-- Ids are UUIDv7, times are UTC microseconds since 1970-01-01.

-- Where a manuscript stands, and what describes it.
CREATE TABLE manuscripts (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    number TEXT,
    stage TEXT NOT NULL,
    former_stage TEXT,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    details TEXT NOT NULL,
    text_id BLOB NOT NULL,
    edited_text_id BLOB,
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    first_author_id BLOB NOT NULL REFERENCES users (id),
    entered_by BLOB REFERENCES users (id),
    created_at INTEGER NOT NULL,
    stage_since INTEGER NOT NULL,
    due_at INTEGER,
    submitted_at INTEGER,
    screening_at INTEGER,
    review_at INTEGER,
    signing_at INTEGER,
    accepted_at INTEGER,
    forwarded_at INTEGER,
    handling_at INTEGER,
    concluded_at INTEGER,
    returned_from TEXT,
    merged_into BLOB REFERENCES manuscripts (id),
    pending TEXT,
    pending_until INTEGER,
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
) STRICT;
CREATE INDEX manuscripts_by_channel ON manuscripts (channel_id, id);
CREATE INDEX manuscripts_by_stage ON manuscripts (channel_id, stage, id);
CREATE INDEX manuscripts_by_due ON manuscripts (channel_id, stage, due_at, id);
CREATE INDEX manuscripts_by_organization ON manuscripts (organization_id, id);
CREATE INDEX manuscripts_by_author ON manuscripts (first_author_id, id);
CREATE INDEX manuscripts_by_enterer ON manuscripts (entered_by, id) WHERE entered_by IS NOT NULL;
CREATE INDEX manuscripts_by_target ON manuscripts (merged_into) WHERE merged_into IS NOT NULL;

-- The versions of a text; sealed ones never change.
CREATE TABLE texts (
    id BLOB NOT NULL PRIMARY KEY,
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    round INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    causes TEXT NOT NULL,
    suggestions TEXT NOT NULL,
    characters INTEGER NOT NULL,
    digest BLOB,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    sealed_at INTEGER,
    UNIQUE (manuscript_id, kind, round),
    CHECK (kind IN ('original','edited')),
    CHECK ((digest IS NULL) = (sealed_at IS NULL))
) STRICT;

-- Who wrote it, invited ones included; name, post and organisation as they were at that time.
CREATE TABLE authors (
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    invited_at INTEGER NOT NULL,
    signed_at INTEGER,
    withdrawn_at INTEGER,
    PRIMARY KEY (manuscript_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX authors_by_user ON authors (user_id, manuscript_id);

-- Changes asked of the author, anchored to passages.
CREATE TABLE change_requests (
    id BLOB NOT NULL PRIMARY KEY,
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    entry_id BLOB NOT NULL,
    text_id BLOB NOT NULL REFERENCES texts (id),
    part TEXT NOT NULL,
    from_char INTEGER NOT NULL,
    to_char INTEGER NOT NULL,
    words TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ticked_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX change_requests_by_manuscript ON change_requests (manuscript_id, id);

-- The words of an act: opinion, reason, result.
CREATE TABLE decisions (
    entry_id BLOB NOT NULL PRIMARY KEY,
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    action TEXT NOT NULL,
    actor_id BLOB REFERENCES users (id),
    role TEXT,
    on_behalf_of BLOB REFERENCES users (id),
    reason_code TEXT,
    words TEXT NOT NULL,
    public INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    undone_at INTEGER
) STRICT;
CREATE INDEX decisions_by_manuscript ON decisions (manuscript_id, entry_id);

-- Files by content.
CREATE TABLE attachments (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    uploaded_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE INDEX attachments_by_manuscript ON attachments (manuscript_id);
