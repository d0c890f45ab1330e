DROP INDEX jobs_by_kind;
DROP INDEX endorsements_by_state;
DROP INDEX endorsements_by_channel;
DROP INDEX assignments_by_channel;
DROP INDEX manuscripts_entered_due;
DROP INDEX manuscripts_entered_unannounced;
