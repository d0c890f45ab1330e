//! Operation: job_runs, ledger_checks.

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::DbTime;

    /// What became of each job when it last ran.
    job_runs (name) {
        name -> Text,
        node -> Text,
        done_at -> Nullable<DbTime>,
        failed_at -> Nullable<DbTime>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Checks of a ledger that auditors asked for.
    ledger_checks (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        asked_by -> DbUuid,
        asked_at -> DbTime,
        begun_at -> Nullable<DbTime>,
        ended_at -> Nullable<DbTime>,
        entries -> Nullable<BigInt>,
        checkpoints -> Nullable<BigInt>,
        root -> Nullable<Text>,
        findings -> Nullable<Text>,
        failure -> Nullable<Text>,
    }
}
