-- Operation. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- What became of each job when it last ran, for the administrators' page.
CREATE TABLE job_runs (
    name TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    done_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    failure TEXT,
    CHECK ((failed_at IS NULL) = (failure IS NULL))
);

-- Checks of a channel's ledger that its auditors asked for, and what they found.
CREATE TABLE ledger_checks (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    asked_by UUID NOT NULL REFERENCES users (id),
    asked_at TIMESTAMPTZ NOT NULL,
    begun_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    entries BIGINT,
    checkpoints BIGINT,
    root TEXT,
    findings TEXT,
    failure TEXT,
    CHECK (ended_at IS NULL OR (findings IS NULL) <> (failure IS NULL))
);
CREATE INDEX ledger_checks_by_channel ON ledger_checks (channel_id, id);
CREATE INDEX ledger_checks_open ON ledger_checks (asked_at) WHERE ended_at IS NULL;

-- Letters that did not arrive; few among many.
CREATE INDEX letters_not_sent ON letters (channel_id, id) WHERE state IN ('failed','revoked');
