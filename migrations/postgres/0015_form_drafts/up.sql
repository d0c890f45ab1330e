-- What somebody has typed about a manuscript and not sent yet: an unfinished review, a pasted text that is not taken apart. It is its
-- writer's alone, holds while the manuscript is at the stage that it was written for, and comes back with an undo. Kept equal in
-- migrations/sqlite and migrations/postgres; a test compares them.
CREATE TABLE form_drafts (
    user_id UUID NOT NULL REFERENCES users (id),
    manuscript_id UUID NOT NULL REFERENCES manuscripts (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    stage_since TIMESTAMPTZ NOT NULL,
    fields TEXT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, manuscript_id, form),
    CHECK (form IN ('writing','screening','review','signing'))
);
CREATE INDEX form_drafts_by_manuscript ON form_drafts (manuscript_id);
