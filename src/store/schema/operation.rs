//! Operation: jobs, ledger_checks, secrets, ledger_keys, proof_sets, mail_settings.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The job queue.
    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        unique_key -> Nullable<Text>,
        payload -> Text,
        channel_id -> Nullable<DbUuid>,
        state -> Text,
        created_at -> DbTime,
        run_at -> DbTime,
        attempts -> BigInt,
        lease_holder -> Nullable<Text>,
        lease_until -> Nullable<DbTime>,
        started_at -> Nullable<DbTime>,
        done_at -> Nullable<DbTime>,
        failed_at -> Nullable<DbTime>,
        fault -> Nullable<Text>,
        error -> Nullable<Text>,
        ended_at -> Nullable<DbTime>,
        progress_done -> BigInt,
        progress_total -> Nullable<BigInt>,
        progress_step -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Checks of a ledger that auditors requested.
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
        anchors -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    /// The fingerprints of the keys outside the database.
    secrets (name) {
        name -> Text,
        fingerprint -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::DbTime;

    /// The public keys of the ledger's checkpoints, and the statements by which one follows another.
    ledger_keys (number) {
        number -> BigInt,
        verifier -> Text,
        statement -> Nullable<Text>,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::DbTime;

    /// Which column set of a table the ledger has taken up.
    proof_sets (name) {
        name -> Text,
        set_number -> BigInt,
        at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The settings of the mail server from the page: one row or none.
    mail_settings (id) {
        id -> BigInt,
        version -> BigInt,
        transport -> Text,
        host -> Text,
        port -> BigInt,
        security -> Text,
        login -> Text,
        password -> Binary,
        from_name -> Text,
        from_address -> Text,
        changed_by -> DbUuid,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Receivers of messages to the group chat of a work queue.
    webhooks (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        version -> BigInt,
        label -> Text,
        role -> Text,
        organization_id -> Nullable<DbUuid>,
        language -> Text,
        format -> Text,
        template -> Text,
        host -> Text,
        target -> Binary,
        is_on -> Bool,
        changed_by -> DbUuid,
        changed_at -> DbTime,
        last_sent_at -> Nullable<DbTime>,
        last_failed_at -> Nullable<DbTime>,
        last_fault -> Nullable<Text>,
        last_detail -> Nullable<Text>,
    }
}
