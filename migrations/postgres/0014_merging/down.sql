DROP INDEX endorsements_held;
ALTER TABLE endorsements DROP COLUMN undone_at;
ALTER TABLE endorsements DROP COLUMN held_entry;
ALTER TABLE endorsements DROP COLUMN held_until;
ALTER TABLE decisions DROP COLUMN reason;
ALTER TABLE bulletin_items DROP COLUMN credited;
