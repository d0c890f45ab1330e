-- The text that goes out. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- From which original an edited text was made: of those from before, the newest that had been handed in by then.
ALTER TABLE texts ADD COLUMN based_on UUID REFERENCES texts (id);
UPDATE texts SET based_on = (
    SELECT original.id FROM texts AS original
    WHERE original.manuscript_id = texts.manuscript_id AND original.kind = 'original' AND original.sealed_at <= texts.created_at
    ORDER BY original.round DESC LIMIT 1
) WHERE kind = 'edited';

-- What was signed with an edited text that the author's corrections had made outdated already. Nothing comes to it any more.
CREATE TABLE signed_outdated (
    manuscript_id UUID NOT NULL PRIMARY KEY REFERENCES manuscripts (id)
);
INSERT INTO signed_outdated (manuscript_id)
    SELECT manuscripts.id FROM manuscripts
    JOIN texts AS edited ON edited.id = manuscripts.edited_text_id
    JOIN texts AS original ON original.id = manuscripts.text_id
    LEFT JOIN texts AS base ON base.id = edited.based_on
    WHERE manuscripts.accepted_at IS NOT NULL AND (base.id IS NULL OR base.digest <> original.digest);

-- When its author handed a file in: only from then on do others see it. Files of other things are there at once.
ALTER TABLE attachments ADD COLUMN handed_in_at TIMESTAMPTZ;
UPDATE attachments SET handed_in_at = created_at WHERE subject_kind = 'manuscript' AND EXISTS (
    SELECT 1 FROM manuscripts WHERE manuscripts.id = attachments.manuscript_id AND manuscripts.submitted_at IS NOT NULL
        AND NOT (manuscripts.stage = 'returned' AND attachments.created_at >= manuscripts.stage_since)
);

-- Authors stand in their order without gaps or doubles; those who left stand behind them.
WITH ordered AS (
    SELECT manuscript_id, user_id, ROW_NUMBER() OVER (
        PARTITION BY manuscript_id ORDER BY (withdrawn_at IS NOT NULL), position, invited_at, user_id
    ) - 1 AS place FROM authors
)
UPDATE authors SET position = ordered.place FROM ordered
WHERE ordered.manuscript_id = authors.manuscript_id AND ordered.user_id = authors.user_id AND authors.position <> ordered.place;
