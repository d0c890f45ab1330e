ALTER TABLE attachments DROP COLUMN handed_in_at;
DROP TABLE signed_outdated;
ALTER TABLE texts DROP COLUMN based_on;
