-- Lists. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- What a desk sees is what has reached it: without these, a desk that few manuscripts have reached walks the whole channel.
CREATE INDEX manuscripts_screened ON manuscripts (organization_id, id) WHERE screening_at IS NOT NULL;
CREATE INDEX manuscripts_signing ON manuscripts (channel_id, id) WHERE signing_at IS NOT NULL;
CREATE INDEX manuscripts_accepted ON manuscripts (channel_id, id) WHERE accepted_at IS NOT NULL;
CREATE INDEX ratings_by_concluded ON ratings (concluded_id);
-- Nothing asks by it: authors are found in authors_by_user.
DROP INDEX manuscripts_by_author;
