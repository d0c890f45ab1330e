DROP INDEX letters_not_sent;
DROP TABLE ledger_checks;
DROP TABLE job_runs;
