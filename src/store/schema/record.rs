//! Record: letters, mail_servers, reminders, idempotency_keys, calendar_years, channel_calendar_years, shipped_calendar_years, leases, ledger_entries, ledger_heads, ledger_positions, ledger_checkpoints, ledger_nodes, ledger_waiting.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Notices, each a row of the inbox and of the outbox.
    letters (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        entry_id -> DbUuid,
        recipient_id -> DbUuid,
        kind -> Text,
        manuscript_id -> Nullable<DbUuid>,
        subject_id -> DbUuid,
        args -> Text,
        created_at -> DbTime,
        not_before -> DbTime,
        read_at -> Nullable<DbTime>,
        revoked_at -> Nullable<DbTime>,
        state -> Text,
        attempts -> BigInt,
        lease_until -> Nullable<DbTime>,
        lease_holder -> Nullable<Text>,
        sent_at -> Nullable<DbTime>,
        answer -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::DbTime;

    /// The state of each mail server.
    mail_servers (name) {
        name -> Text,
        failing_since -> Nullable<DbTime>,
        stage -> Nullable<Text>,
        answer -> Nullable<Text>,
        failures -> BigInt,
        next_try_at -> Nullable<DbTime>,
        accepted_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Which reminder of which deadline has gone out.
    reminders (subject_id, deadline, due_at, rule) {
        subject_id -> DbUuid,
        deadline -> Text,
        due_at -> DbTime,
        rule -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Stored answers to requests with an `Idempotency-Key`.
    idempotency_keys (account_id, method, path, key) {
        account_id -> DbUuid,
        method -> Text,
        path -> Text,
        key -> Text,
        digest -> Binary,
        status -> BigInt,
        headers -> Text,
        body -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Rest days and make-up working days that an administrator loaded.
    calendar_years (year) {
        year -> BigInt,
        data -> Text,
        loaded_by -> Nullable<DbUuid>,
        loaded_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The years of a channel, which take precedence over those of the installation.
    channel_calendar_years (channel_id, year) {
        channel_id -> DbUuid,
        year -> BigInt,
        data -> Text,
        loaded_by -> Nullable<DbUuid>,
        loaded_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    /// The years that come with the program, as the newest program that worked here has them.
    shipped_calendar_years (year) {
        year -> BigInt,
        data -> Text,
        program -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::DbTime;

    /// Work that only one node does at a time.
    leases (name) {
        name -> Text,
        holder -> Text,
        until_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary};
    use crate::store::types::{DbTime, DbUuid};

    /// Entries, byte for byte as they were hashed; append only.
    ledger_entries (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        chain_id -> DbUuid,
        at -> DbTime,
        leaf -> Binary,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::store::types::{DbTime, DbUuid};

    /// The last leaf of each chain.
    ledger_heads (chain_id) {
        chain_id -> DbUuid,
        leaf -> Binary,
        at -> DbTime,
        entry_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::store::types::DbUuid;

    /// The place of an entry in its channel's tree; append only.
    ledger_positions (channel_id, position) {
        channel_id -> DbUuid,
        position -> BigInt,
        entry_id -> DbUuid,
        leaf -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Signed heads of the tree; append only.
    ledger_checkpoints (channel_id, size) {
        channel_id -> DbUuid,
        size -> BigInt,
        root -> Binary,
        note -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::store::types::DbUuid;

    /// Stored hashes of the tree: complete subtrees of 2^level entries, levels 8, 16, …; append only.
    ledger_nodes (channel_id, level, number) {
        channel_id -> DbUuid,
        level -> BigInt,
        number -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    use crate::store::types::{DbTime, DbUuid};

    /// Entries that have no position yet; a trigger inserts them, sealing deletes them.
    ledger_waiting (entry_id) {
        entry_id -> DbUuid,
        channel_id -> DbUuid,
        at -> DbTime,
    }
}
