-- Proof. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- The last entry of each chain: who decided asks by it whether somebody has acted since.
ALTER TABLE ledger_heads ADD COLUMN entry_id UUID;
UPDATE ledger_heads SET entry_id = (SELECT id FROM ledger_entries WHERE ledger_entries.chain_id = ledger_heads.chain_id AND ledger_entries.leaf = ledger_heads.leaf);

-- Which column set of a table the ledger has taken up.
CREATE TABLE proof_sets (
    name TEXT NOT NULL PRIMARY KEY,
    set_number BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- Windows that have passed and are not closed yet.
CREATE INDEX manuscripts_by_window ON manuscripts (pending_until) WHERE pending_until IS NOT NULL;
