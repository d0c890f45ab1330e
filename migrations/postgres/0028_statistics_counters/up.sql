-- Counters of statistics, kept equal in migrations/sqlite and migrations/postgres; a test compares them. All of it follows from other tables
-- and can be made anew from them.

-- A manuscript that has changed since it was counted. The triggers below write a row for every change that a figure may depend on. The items of
-- an answer are written with the answer and never changed.
CREATE TABLE statistics_marks (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    manuscript_id UUID NOT NULL
);

-- What a manuscript has added to the counters, so that exactly this is taken away when it is counted anew. Months are numbers such as 202611.
CREATE TABLE statistics_facts (
    manuscript_id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    submitted BIGINT NOT NULL,
    concluded BIGINT,
    accepted BOOLEAN NOT NULL,
    forwarded BOOLEAN NOT NULL,
    assigned BOOLEAN NOT NULL,
    adopted BOOLEAN NOT NULL,
    implemented BOOLEAN NOT NULL,
    endorsements BIGINT NOT NULL,
    instructions BIGINT NOT NULL
);

-- The sums for a month and an organisation: of what was handed in then, and of what was concluded then.
CREATE TABLE statistics_counters (
    channel_id UUID NOT NULL,
    month BIGINT NOT NULL,
    organization_id UUID NOT NULL,
    received BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    forwarded BIGINT NOT NULL,
    assigned BIGINT NOT NULL,
    adopted BIGINT NOT NULL,
    implemented BIGINT NOT NULL,
    endorsed BIGINT NOT NULL,
    endorsements BIGINT NOT NULL,
    instructions BIGINT NOT NULL,
    concluded BIGINT NOT NULL,
    PRIMARY KEY (channel_id, month, organization_id)
);

-- How far a channel is counted, and in which time zone its months begin.
CREATE TABLE statistics_channels (
    channel_id UUID NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    counted_to UUID,
    is_complete BOOLEAN NOT NULL
);

CREATE FUNCTION count_manuscript() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.id);
    ELSE
        INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END;
$$;
CREATE FUNCTION count_manuscript_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO statistics_marks (manuscript_id) VALUES (OLD.manuscript_id);
    ELSE
        INSERT INTO statistics_marks (manuscript_id) VALUES (NEW.manuscript_id);
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER manuscripts_count_new AFTER INSERT ON manuscripts
    FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION count_manuscript();
CREATE TRIGGER manuscripts_count_changed AFTER UPDATE ON manuscripts
    FOR EACH ROW WHEN (OLD.submitted_at IS DISTINCT FROM NEW.submitted_at OR OLD.accepted_at IS DISTINCT FROM NEW.accepted_at OR OLD.forwarded_at IS DISTINCT FROM NEW.forwarded_at OR OLD.concluded_at IS DISTINCT FROM NEW.concluded_at OR OLD.organization_id IS DISTINCT FROM NEW.organization_id) EXECUTE FUNCTION count_manuscript();
CREATE TRIGGER manuscripts_count_gone AFTER DELETE ON manuscripts
    FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION count_manuscript();
CREATE TRIGGER assignments_count_new AFTER INSERT ON assignments
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER assignments_count_changed AFTER UPDATE ON assignments
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.implemented_at IS DISTINCT FROM NEW.implemented_at) EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER assignments_count_gone AFTER DELETE ON assignments
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER endorsements_count_new AFTER INSERT ON endorsements
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER endorsements_count_changed AFTER UPDATE ON endorsements
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.held_until IS DISTINCT FROM NEW.held_until OR OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER endorsements_count_gone AFTER DELETE ON endorsements
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER replies_count_new AFTER INSERT ON replies
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER replies_count_changed AFTER UPDATE ON replies
    FOR EACH ROW WHEN (OLD.approved IS DISTINCT FROM NEW.approved) EXECUTE FUNCTION count_manuscript_of();
CREATE TRIGGER replies_count_gone AFTER DELETE ON replies
    FOR EACH ROW EXECUTE FUNCTION count_manuscript_of();
