-- Letters that were not sent, or only written to a file, and the state of the mail server. Kept equal in migrations/sqlite and
-- migrations/postgres; a test compares them.

-- SQLite can't change a CHECK, so the table is made anew, and on PostgreSQL too.
CREATE TABLE letters_new (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    entry_id UUID NOT NULL,
    recipient_id UUID NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    manuscript_id UUID,
    subject_id UUID NOT NULL,
    args TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    not_before TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    lease_holder TEXT,
    sent_at TIMESTAMPTZ,
    answer TEXT,
    -- Why it was withheld.
    reason TEXT,
    UNIQUE (entry_id, recipient_id, kind),
    CHECK (state IN ('queued','leased','sent','filed','failed','revoked','withheld','none')),
    CHECK ((state IN ('sent','filed')) = (sent_at IS NOT NULL)),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
    CHECK ((state = 'withheld') = (reason IS NOT NULL))
);
-- Until now a letter that was only written to a file was called sent.
INSERT INTO letters_new (id, channel_id, entry_id, recipient_id, kind, manuscript_id, subject_id, args, created_at, not_before, read_at,
    revoked_at, state, attempts, lease_until, lease_holder, sent_at, answer)
    SELECT id, channel_id, entry_id, recipient_id, kind, manuscript_id, subject_id, args, created_at, not_before, read_at, revoked_at,
    CASE WHEN state = 'sent' AND answer LIKE 'written to %.eml' THEN 'filed' ELSE state END,
    attempts, lease_until, lease_holder, sent_at, answer FROM letters;
DROP TABLE letters;
ALTER TABLE letters_new RENAME TO letters;
CREATE INDEX letters_to_send ON letters (not_before) WHERE state IN ('queued','leased');
CREATE INDEX letters_by_recipient ON letters (recipient_id, id);
CREATE INDEX letters_by_channel ON letters (channel_id, id);
-- Letters that did not arrive; few among many.
CREATE INDEX letters_not_sent ON letters (channel_id, id) WHERE state IN ('failed','revoked','withheld');
CREATE INDEX letters_filed ON letters (channel_id, id) WHERE state = 'filed';
-- The letters to one person about one thing, which leave in the order in which they were written.
CREATE INDEX letters_in_order ON letters (recipient_id, (COALESCE(manuscript_id, subject_id)), id) WHERE state IN ('queued','leased');

-- How each mail server fares that takes no letters now, or took one.
CREATE TABLE mail_servers (
    -- Host and port.
    name TEXT NOT NULL PRIMARY KEY,
    failing_since TIMESTAMPTZ,
    -- How far the last dialogue came, and what went wrong there.
    stage TEXT,
    answer TEXT,
    failures BIGINT NOT NULL DEFAULT 0,
    -- Until then no letter is tried; from then on one is.
    next_try_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    CHECK ((failing_since IS NULL) = (stage IS NULL)),
    CHECK ((failing_since IS NULL) = (next_try_at IS NULL))
);
