-- A version that counts every change of who may do what in a channel: its people, their grants, stand-ins and organizations. What nodes keep
-- of these is valid for one version, and an act that rests on them holds the version until its commit. Kept equal in migrations/sqlite and
-- migrations/postgres; a test compares them.

ALTER TABLE channels ADD COLUMN people_version INTEGER NOT NULL DEFAULT 1;

CREATE TRIGGER users_people_version_insert AFTER INSERT ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_update AFTER UPDATE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_delete AFTER DELETE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;

CREATE TRIGGER grants_people_version_insert AFTER INSERT ON grants BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER grants_people_version_update AFTER UPDATE ON grants BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER grants_people_version_delete AFTER DELETE ON grants BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;

CREATE TRIGGER stand_ins_people_version_insert AFTER INSERT ON stand_ins BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER stand_ins_people_version_update AFTER UPDATE ON stand_ins BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER stand_ins_people_version_delete AFTER DELETE ON stand_ins BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;

CREATE TRIGGER organizations_people_version_insert AFTER INSERT ON organizations BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER organizations_people_version_update AFTER UPDATE ON organizations BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER organizations_people_version_delete AFTER DELETE ON organizations BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;
