//! Record and operation: letters, reminders, the calendar, the ledger itself, jobs.

use crate::store::proof::table::ColumnKind::{Bytes, Integer, Text, Time, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, derived, in_tree, not_proved, personal, proved};

/// Notices, each a row of the inbox and of the outbox.
pub static LETTERS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("entry_id", Uuid),
        proved("recipient_id", Uuid),
        proved("kind", Text),
        proved("manuscript_id", Uuid),
        proved("subject_id", Uuid),
        personal("args", Text),
        proved("created_at", Time),
        not_proved("not_before", Time, "put off by whoever sends the letter, and by an administrator who wants another try"),
        not_proved("read_at", Time, "reading a notice makes no entry"),
        not_proved("revoked_at", Time, "goes with `state`: a letter whose reason has gone is dropped when its turn comes"),
        not_proved("state", Text, "where the letter stands on its way out"),
        not_proved("attempts", Integer, "counts tries"),
        not_proved("lease_until", Time, "who sends it now"),
        not_proved("lease_holder", Text, "who sends it now"),
        not_proved("sent_at", Time, "where the letter stands on its way out"),
        not_proved("answer", Text, "the words of the mail server"),
        not_proved("reason", Text, "goes with `state`: why it was not sent"),
    ],
    ..ProvedTable::new("letters", Scope::Channel)
};

const WHY_MAIL_SERVERS: &str = "how a mail server fares now; it is learned anew by the next letter";

/// The state of each mail server.
pub static MAIL_SERVERS: ProvedTable = ProvedTable {
    key: &["name"],
    columns: &[
        not_proved("name", Text, WHY_MAIL_SERVERS),
        not_proved("failing_since", Time, WHY_MAIL_SERVERS),
        not_proved("stage", Text, WHY_MAIL_SERVERS),
        not_proved("answer", Text, WHY_MAIL_SERVERS),
        not_proved("failures", Integer, WHY_MAIL_SERVERS),
        not_proved("next_try_at", Time, WHY_MAIL_SERVERS),
        not_proved("accepted_at", Time, WHY_MAIL_SERVERS),
    ],
    ..ProvedTable::new("mail_servers", Scope::Installation)
};

/// Which reminder of which deadline has gone out.
pub static REMINDERS: ProvedTable = ProvedTable {
    key: &["subject_id", "deadline", "due_at", "rule"],
    columns: &[
        proved("subject_id", Uuid),
        proved("deadline", Text),
        proved("due_at", Time),
        proved("rule", Text),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("reminders", Scope::Subject("subject_id"))
};

const WHY_IDEMPOTENCY_KEYS: &str = "repeats an answer for some days; a repeat is asked for its rights anew";

/// Stored answers to requests with an `Idempotency-Key`.
pub static IDEMPOTENCY_KEYS: ProvedTable = ProvedTable {
    key: &["account_id", "method", "path", "key"],
    columns: &[
        not_proved("account_id", Uuid, WHY_IDEMPOTENCY_KEYS),
        not_proved("method", Text, WHY_IDEMPOTENCY_KEYS),
        not_proved("path", Text, WHY_IDEMPOTENCY_KEYS),
        not_proved("key", Text, WHY_IDEMPOTENCY_KEYS),
        not_proved("digest", Bytes, WHY_IDEMPOTENCY_KEYS),
        not_proved("status", Integer, WHY_IDEMPOTENCY_KEYS),
        not_proved("headers", Text, WHY_IDEMPOTENCY_KEYS),
        not_proved("body", Text, WHY_IDEMPOTENCY_KEYS),
        not_proved("created_at", Time, WHY_IDEMPOTENCY_KEYS),
    ],
    ..ProvedTable::new("idempotency_keys", Scope::Installation)
};

/// Rest days and make-up working days that an administrator loaded.
pub static CALENDAR_YEARS: ProvedTable = ProvedTable {
    key: &["year"],
    columns: &[proved("year", Integer), proved("data", Text), proved("loaded_by", Uuid), proved("loaded_at", Time)],
    ..ProvedTable::new("calendar_years", Scope::Installation)
};

/// The years of a channel, which take precedence over those of the installation.
pub static CHANNEL_CALENDAR_YEARS: ProvedTable = ProvedTable {
    key: &["channel_id", "year"],
    columns: &[
        proved("channel_id", Uuid),
        proved("year", Integer),
        proved("data", Text),
        proved("loaded_by", Uuid),
        proved("loaded_at", Time),
    ],
    ..ProvedTable::new("channel_calendar_years", Scope::Channel)
};

const WHY_SHIPPED: &str = "remembers which years due dates were counted with; the years themselves are part of the program";

/// The years that come with the program, as the newest program that worked here has them.
pub static SHIPPED_CALENDAR_YEARS: ProvedTable = ProvedTable {
    key: &["year"],
    columns: &[not_proved("year", Integer, WHY_SHIPPED), not_proved("data", Text, WHY_SHIPPED), not_proved("program", Text, WHY_SHIPPED)],
    ..ProvedTable::new("shipped_calendar_years", Scope::Installation)
};

const WHY_LEASES: &str = "which node works on what now";

/// Work that only one node does at a time.
pub static LEASES: ProvedTable = ProvedTable {
    key: &["name"],
    columns: &[not_proved("name", Text, WHY_LEASES), not_proved("holder", Text, WHY_LEASES), not_proved("until_at", Time, WHY_LEASES)],
    ..ProvedTable::new("leases", Scope::Installation)
};

/// Entries, byte for byte as they were hashed; append only.
pub static LEDGER_ENTRIES: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        derived("id", Uuid, "its bytes"),
        derived("channel_id", Uuid, "its bytes"),
        derived("chain_id", Uuid, "its bytes"),
        derived("at", Time, "its bytes"),
        derived("leaf", Bytes, "its bytes"),
        in_tree("bytes", Bytes, "its leaf stands in the tree under signed checkpoints"),
    ],
    ..ProvedTable::new("ledger_entries", Scope::Installation)
};

/// The last leaf of each chain.
pub static LEDGER_HEADS: ProvedTable = ProvedTable {
    key: &["chain_id"],
    columns: &[
        derived("chain_id", Uuid, "the chain's last entry"),
        derived("leaf", Bytes, "the chain's last entry"),
        derived("at", Time, "the chain's last entry"),
        derived("entry_id", Uuid, "the chain's last entry"),
    ],
    ..ProvedTable::new("ledger_heads", Scope::Installation)
};

/// The place of an entry in its channel's tree; append only.
pub static LEDGER_POSITIONS: ProvedTable = ProvedTable {
    key: &["channel_id", "position"],
    columns: &[
        derived("channel_id", Uuid, "the entries in their order"),
        derived("position", Integer, "the entries in their order"),
        derived("entry_id", Uuid, "the entries in their order"),
        derived("leaf", Bytes, "the entries in their order"),
    ],
    ..ProvedTable::new("ledger_positions", Scope::Installation)
};

/// Signed heads of the tree; append only.
pub static LEDGER_CHECKPOINTS: ProvedTable = ProvedTable {
    key: &["channel_id", "size"],
    columns: &[
        derived("channel_id", Uuid, "the signed note"),
        derived("size", Integer, "the signed note"),
        derived("root", Bytes, "the signed note"),
        in_tree("note", Text, "signed"),
        not_proved("created_at", Time, "the note names no time; it tells since when a page may show it"),
    ],
    ..ProvedTable::new("ledger_checkpoints", Scope::Installation)
};

/// Stored hashes of the tree: complete subtrees of 2^level entries, levels 8, 16, …; append only.
pub static LEDGER_NODES: ProvedTable = ProvedTable {
    key: &["channel_id", "level", "number"],
    columns: &[
        derived("channel_id", Uuid, "the leaves below"),
        derived("level", Integer, "the leaves below"),
        derived("number", Integer, "the leaves below"),
        derived("hash", Bytes, "the leaves below"),
    ],
    ..ProvedTable::new("ledger_nodes", Scope::Installation)
};

/// Entries that have no position yet; a trigger inserts them, sealing deletes them.
pub static LEDGER_WAITING: ProvedTable = ProvedTable {
    key: &["entry_id"],
    columns: &[
        derived("entry_id", Uuid, "the entries without a position"),
        derived("channel_id", Uuid, "the entries without a position"),
        derived("at", Time, "the entries without a position"),
    ],
    ..ProvedTable::new("ledger_waiting", Scope::Installation)
};

const WHY_MIGRATIONS: &str = "which migrations ran; a row too many or too few keeps the server from starting, and says nothing of the work";

/// The migrations that have run; written by diesel.
pub static MIGRATIONS: ProvedTable = ProvedTable {
    key: &["version"],
    columns: &[not_proved("version", Text, WHY_MIGRATIONS), not_proved("run_on", Time, WHY_MIGRATIONS)],
    ..ProvedTable::new("__diesel_schema_migrations", Scope::Installation)
};

const WHY_JOBS: &str = "how work stands beside the requests: whoever changes a row can put work off or have it done again, and what the work does is proved by itself";

/// The job queue.
pub static JOBS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        not_proved("id", Uuid, WHY_JOBS),
        not_proved("kind", Text, WHY_JOBS),
        not_proved("unique_key", Text, WHY_JOBS),
        not_proved("payload", Text, WHY_JOBS),
        not_proved("channel_id", Uuid, WHY_JOBS),
        not_proved("state", Text, WHY_JOBS),
        not_proved("created_at", Time, WHY_JOBS),
        not_proved("run_at", Time, WHY_JOBS),
        not_proved("attempts", Integer, WHY_JOBS),
        not_proved("lease_holder", Text, WHY_JOBS),
        not_proved("lease_until", Time, WHY_JOBS),
        not_proved("started_at", Time, WHY_JOBS),
        not_proved("done_at", Time, WHY_JOBS),
        not_proved("failed_at", Time, WHY_JOBS),
        not_proved("fault", Text, WHY_JOBS),
        not_proved("error", Text, WHY_JOBS),
        not_proved("ended_at", Time, WHY_JOBS),
        not_proved("progress_done", Integer, WHY_JOBS),
        not_proved("progress_total", Integer, WHY_JOBS),
        not_proved("progress_step", Text, WHY_JOBS),
    ],
    ..ProvedTable::new("jobs", Scope::Installation)
};

const WHY_LEDGER_CHECKS: &str = "a result is worth as much as the server that wrote it: whoever doubts it verifies again, elsewhere";

/// Checks of a ledger that auditors requested.
pub static LEDGER_CHECKS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        not_proved("id", Uuid, WHY_LEDGER_CHECKS),
        not_proved("channel_id", Uuid, WHY_LEDGER_CHECKS),
        not_proved("asked_by", Uuid, WHY_LEDGER_CHECKS),
        not_proved("asked_at", Time, WHY_LEDGER_CHECKS),
        not_proved("begun_at", Time, WHY_LEDGER_CHECKS),
        not_proved("ended_at", Time, WHY_LEDGER_CHECKS),
        not_proved("entries", Integer, WHY_LEDGER_CHECKS),
        not_proved("checkpoints", Integer, WHY_LEDGER_CHECKS),
        not_proved("root", Text, WHY_LEDGER_CHECKS),
        not_proved("findings", Text, WHY_LEDGER_CHECKS),
        not_proved("failure", Text, WHY_LEDGER_CHECKS),
        not_proved("anchors", Text, WHY_LEDGER_CHECKS),
    ],
    ..ProvedTable::new("ledger_checks", Scope::Installation)
};

/// The fingerprints of the keys outside the database.
pub static SECRETS: ProvedTable = ProvedTable {
    key: &["name"],
    columns: &[not_proved("name", Text, WHY_SECRETS), not_proved("fingerprint", Text, WHY_SECRETS)],
    ..ProvedTable::new("secrets", Scope::Installation)
};

const WHY_SECRETS: &str = "names a key that lies outside the database: with another fingerprint the node does not start";

/// The public keys of the ledger's checkpoints, and the statements by which one follows another.
pub static LEDGER_KEYS: ProvedTable = ProvedTable {
    key: &["number"],
    columns: &[
        not_proved("number", Integer, "the order of the keys, which their statements say"),
        in_tree("verifier", Text, "the key before signs it, and the first one is trusted from outside"),
        in_tree("statement", Text, "signed by both keys"),
        not_proved("created_at", Time, "the act of the rotation has the time"),
    ],
    ..ProvedTable::new("ledger_keys", Scope::Installation)
};

const WHY_PROOF_SETS: &str = "tells a start what it need not look at: an entry that takes rows up anew, after others, is a finding";

/// Which column set of a table the ledger has taken up.
pub static PROOF_SETS: ProvedTable = ProvedTable {
    key: &["name"],
    columns: &[
        not_proved("name", Text, WHY_PROOF_SETS),
        not_proved("set_number", Integer, WHY_PROOF_SETS),
        not_proved("at", Time, WHY_PROOF_SETS),
    ],
    ..ProvedTable::new("proof_sets", Scope::Installation)
};
