-- What the dispatcher decided on the suggestions of a manuscript that is merged into another one: taken into its handling under a number of
-- its own, or not, for a reason that its authors read.
CREATE TABLE merged_suggestions (
    entry_id BLOB NOT NULL,
    merged_id BLOB NOT NULL REFERENCES manuscripts (id),
    place INTEGER NOT NULL,
    manuscript_id BLOB NOT NULL REFERENCES manuscripts (id),
    text_id BLOB NOT NULL REFERENCES texts (id),
    number INTEGER,
    reason TEXT,
    decided_by BLOB NOT NULL REFERENCES users (id),
    decided_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (entry_id, merged_id, place),
    CHECK (place > 0),
    CHECK (number IS NULL OR number > 0),
    CHECK ((number IS NULL) = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_suggestions_by_manuscript ON merged_suggestions (manuscript_id);
CREATE INDEX merged_suggestions_by_merged ON merged_suggestions (merged_id);
