-- The job queue. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- Work that goes on beside the requests, one row a job. Periodic work has one open row that is rescheduled when it ends.
CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- At most one open job of a kind has this key; none where any number may be.
    unique_key TEXT,
    -- JSON, as its kind reads it.
    payload TEXT NOT NULL,
    -- For whom it works; none for the installation.
    channel_id BLOB REFERENCES channels (id),
    state TEXT NOT NULL CHECK (state IN ('waiting','running','done','dead','discarded')),
    created_at INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_holder TEXT,
    lease_until INTEGER,
    -- When a node began it last, when it last did its work, when it last failed and why, and when it ended for good.
    started_at INTEGER,
    done_at INTEGER,
    failed_at INTEGER,
    fault TEXT,
    error TEXT,
    ended_at INTEGER,
    progress_done INTEGER NOT NULL DEFAULT 0,
    progress_total INTEGER,
    progress_step TEXT,
    CHECK ((state = 'running') = (lease_holder IS NOT NULL)),
    CHECK ((lease_holder IS NULL) = (lease_until IS NULL)),
    CHECK ((failed_at IS NULL) = (fault IS NULL)),
    CHECK ((state IN ('done','dead','discarded')) = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('waiting','running');
CREATE UNIQUE INDEX jobs_once ON jobs (kind, unique_key) WHERE state IN ('waiting','running') AND unique_key IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead';
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE state IN ('done','discarded');

-- A check that an older version was at, or was about to begin, has no job.
UPDATE ledger_checks SET ended_at = asked_at, failure = 'interrupted by an upgrade; ask again' WHERE ended_at IS NULL;

-- How periodic work fared stands in its rows.
DROP TABLE job_runs;
