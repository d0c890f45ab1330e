-- Who is a member of several channels stays in the oldest of them alone as far as the name of the account is concerned: it was unique.
UPDATE users SET login = login || '@' || id::text
    WHERE EXISTS (SELECT 1 FROM users older WHERE older.login = users.login AND older.id < users.id);
DROP INDEX users_by_login;
DROP INDEX users_by_person;
ALTER TABLE users ADD COLUMN password_mac BYTEA;
UPDATE users SET password_mac = (SELECT mac FROM identities WHERE identities.id = users.id);
ALTER TABLE users DROP COLUMN person_id;
ALTER TABLE users ADD CONSTRAINT users_login_key UNIQUE (login);
DROP TABLE identities;
DROP TABLE accounts;
DROP TABLE persons;
