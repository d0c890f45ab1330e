DROP INDEX manuscripts_by_window;
DROP TABLE proof_sets;
ALTER TABLE ledger_heads DROP COLUMN entry_id;
