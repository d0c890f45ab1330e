ALTER TABLE channels DROP COLUMN calendar_version;
DROP TABLE channel_calendar_years;
DROP INDEX grants_serve_once;
DROP INDEX grants_held_once;
