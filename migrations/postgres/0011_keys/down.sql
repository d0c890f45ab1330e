-- The ledger's tables stay without their references to channels: entries of the installation may be in them.
ALTER TABLE ledger_checks DROP COLUMN anchors;
DROP TABLE person_versions;
DROP TABLE ledger_keys;
DROP TABLE secrets;
ALTER TABLE users DROP COLUMN password_mac;
ALTER TABLE tokens DROP COLUMN mac;
