-- The authors of merged manuscripts whom a bulletin names besides a manuscript's own, as a JSON list of [manuscript, person]; fixed when
-- it is issued, so that a sheet that was printed stays what it was.
ALTER TABLE bulletin_items ADD COLUMN credited TEXT;

-- Why something was concluded again although no department has answered since it was opened again; authors read it.
ALTER TABLE decisions ADD COLUMN reason TEXT;

-- An endorsement that can still be taken back: until when, and by which entry it was decided. Taken back: when.
ALTER TABLE endorsements ADD COLUMN held_until TIMESTAMPTZ;
ALTER TABLE endorsements ADD COLUMN held_entry UUID;
ALTER TABLE endorsements ADD COLUMN undone_at TIMESTAMPTZ;
CREATE INDEX endorsements_held ON endorsements (held_until) WHERE held_until IS NOT NULL;
