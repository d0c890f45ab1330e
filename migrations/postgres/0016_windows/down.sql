DROP INDEX manuscripts_unannounced;
ALTER TABLE manuscripts DROP COLUMN untold_versions;
