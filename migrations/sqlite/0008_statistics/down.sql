DROP INDEX manuscripts_by_conclusion;
DROP INDEX manuscripts_by_submission;
