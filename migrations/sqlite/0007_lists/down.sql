CREATE INDEX manuscripts_by_author ON manuscripts (first_author_id, id);
DROP INDEX ratings_by_concluded;
DROP INDEX manuscripts_accepted;
DROP INDEX manuscripts_signing;
DROP INDEX manuscripts_screened;
