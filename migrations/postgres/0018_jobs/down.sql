CREATE TABLE job_runs (
    name TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    done_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    failure TEXT,
    CHECK ((failed_at IS NULL) = (failure IS NULL))
);
DROP TABLE jobs;
