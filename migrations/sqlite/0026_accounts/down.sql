-- Who is a member of several channels stays in the oldest of them alone as far as the name of the account is concerned: it was unique.
UPDATE users SET login = login || '@' || lower(hex(id))
    WHERE EXISTS (SELECT 1 FROM users older WHERE older.login = users.login AND older.id < users.id);
CREATE TABLE users_old (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT,
    password_at INTEGER,
    suspended_at INTEGER,
    salt BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    password_mac BLOB
) STRICT;
INSERT INTO users_old (id, channel_id, organization_id, login, name, post, email, mobile, language, password_hash, password_at, suspended_at, salt, version, created_at, password_mac)
    SELECT id, channel_id, organization_id, login, name, post, email, mobile, language, password_hash, password_at, suspended_at, salt, version, created_at,
    (SELECT mac FROM identities WHERE identities.id = users.id) FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
CREATE INDEX users_by_channel ON users (channel_id, id);
DROP TABLE identities;
DROP TABLE accounts;
DROP TABLE persons;
CREATE TRIGGER users_people_version_insert AFTER INSERT ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_update AFTER UPDATE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER users_people_version_delete AFTER DELETE ON users BEGIN
    UPDATE channels SET people_version = people_version + 1 WHERE id = OLD.channel_id;
END;
