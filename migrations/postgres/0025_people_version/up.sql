-- A version that counts every change of who may do what in a channel: its people, their grants, stand-ins and organizations. What nodes keep
-- of these is valid for one version, and an act that rests on them holds the version until its commit. Kept equal in migrations/sqlite and
-- migrations/postgres; a test compares them.

ALTER TABLE channels ADD COLUMN people_version BIGINT NOT NULL DEFAULT 1;

CREATE FUNCTION count_people_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
    ELSE
        UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER users_people_version AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION count_people_version();
CREATE TRIGGER grants_people_version AFTER INSERT OR UPDATE OR DELETE ON grants
    FOR EACH ROW EXECUTE FUNCTION count_people_version();
CREATE TRIGGER stand_ins_people_version AFTER INSERT OR UPDATE OR DELETE ON stand_ins
    FOR EACH ROW EXECUTE FUNCTION count_people_version();
CREATE TRIGGER organizations_people_version AFTER INSERT OR UPDATE OR DELETE ON organizations
    FOR EACH ROW EXECUTE FUNCTION count_people_version();
