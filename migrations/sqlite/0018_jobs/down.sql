CREATE TABLE job_runs (
    name TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    done_at INTEGER,
    failed_at INTEGER,
    failure TEXT,
    CHECK ((failed_at IS NULL) = (failure IS NULL))
) STRICT;
DROP TABLE jobs;
