-- Counters of statistics, kept equal in migrations/sqlite and migrations/postgres; a test compares them. All of it follows from other tables
-- and can be made anew from them.

-- A manuscript that has changed since it was counted. The triggers below write a row for every change that a figure may depend on. The items of
-- an answer are written with the answer and never changed.
CREATE TABLE statistics_marks (
    id INTEGER NOT NULL PRIMARY KEY,
    manuscript_id BLOB NOT NULL
) STRICT;

-- What a manuscript has added to the counters, so that exactly this is taken away when it is counted anew. Months are numbers such as 202611.
CREATE TABLE statistics_facts (
    manuscript_id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL,
    organization_id BLOB NOT NULL,
    submitted INTEGER NOT NULL,
    concluded INTEGER,
    accepted INTEGER NOT NULL,
    forwarded INTEGER NOT NULL,
    assigned INTEGER NOT NULL,
    adopted INTEGER NOT NULL,
    implemented INTEGER NOT NULL,
    endorsements INTEGER NOT NULL,
    instructions INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The sums for a month and an organisation: of what was handed in then, and of what was concluded then.
CREATE TABLE statistics_counters (
    channel_id BLOB NOT NULL,
    month INTEGER NOT NULL,
    organization_id BLOB NOT NULL,
    received INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    forwarded INTEGER NOT NULL,
    assigned INTEGER NOT NULL,
    adopted INTEGER NOT NULL,
    implemented INTEGER NOT NULL,
    endorsed INTEGER NOT NULL,
    endorsements INTEGER NOT NULL,
    instructions INTEGER NOT NULL,
    concluded INTEGER NOT NULL,
    PRIMARY KEY (channel_id, month, organization_id)
) STRICT, WITHOUT ROWID;

-- How far a channel is counted, and in which time zone its months begin.
CREATE TABLE statistics_channels (
    channel_id BLOB NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    counted_to BLOB,
    is_complete INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER manuscripts_count_new AFTER INSERT ON manuscripts
    WHEN NEW.submitted_at IS NOT NULL
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.id);
END;
CREATE TRIGGER manuscripts_count_changed AFTER UPDATE ON manuscripts
    WHEN OLD.submitted_at IS NOT NEW.submitted_at OR OLD.accepted_at IS NOT NEW.accepted_at OR OLD.forwarded_at IS NOT NEW.forwarded_at OR OLD.concluded_at IS NOT NEW.concluded_at OR OLD.organization_id IS NOT NEW.organization_id
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.id);
END;
CREATE TRIGGER manuscripts_count_gone AFTER DELETE ON manuscripts
    WHEN OLD.submitted_at IS NOT NULL
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.id);
END;
CREATE TRIGGER assignments_count_new AFTER INSERT ON assignments
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER assignments_count_changed AFTER UPDATE ON assignments
    WHEN OLD.state IS NOT NEW.state OR OLD.implemented_at IS NOT NEW.implemented_at
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER assignments_count_gone AFTER DELETE ON assignments
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.manuscript_id);
END;
CREATE TRIGGER endorsements_count_new AFTER INSERT ON endorsements
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER endorsements_count_changed AFTER UPDATE ON endorsements
    WHEN OLD.state IS NOT NEW.state OR OLD.held_until IS NOT NEW.held_until OR OLD.kind IS NOT NEW.kind
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER endorsements_count_gone AFTER DELETE ON endorsements
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.manuscript_id);
END;
CREATE TRIGGER replies_count_new AFTER INSERT ON replies
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER replies_count_changed AFTER UPDATE ON replies
    WHEN OLD.approved IS NOT NEW.approved
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
END;
CREATE TRIGGER replies_count_gone AFTER DELETE ON replies
BEGIN
    INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.manuscript_id);
END;
