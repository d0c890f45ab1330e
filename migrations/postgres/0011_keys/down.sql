-- The ledger's tables stay without their references to channels: entries of the installation may be in them.
DROP TABLE person_versions;
DROP TABLE ledger_keys;
DROP TABLE secrets;
ALTER TABLE tokens DROP COLUMN mac;
