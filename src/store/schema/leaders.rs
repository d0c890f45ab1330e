//! Leaders: bulletins, bulletin_items, bulletin_recipients, recipients, endorsements.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Numbered issues to the leaders.
    bulletins (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        series -> Text,
        kind -> Text,
        title -> Text,
        foreword -> Text,
        supplement -> Bool,
        state -> Text,
        version -> BigInt,
        editor_id -> DbUuid,
        signer_id -> Nullable<DbUuid>,
        year -> Nullable<BigInt>,
        issue_number -> Nullable<BigInt>,
        total_number -> Nullable<BigInt>,
        created_at -> DbTime,
        submitted_at -> Nullable<DbTime>,
        issued_at -> Nullable<DbTime>,
        cancelled_at -> Nullable<DbTime>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::DbUuid;

    /// The manuscripts of a bulletin in their order.
    bulletin_items (bulletin_id, manuscript_id) {
        bulletin_id -> DbUuid,
        manuscript_id -> DbUuid,
        position -> BigInt,
        text_id -> Nullable<DbUuid>,
        credited -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::DbUuid;

    /// The addressees of a bulletin.
    bulletin_recipients (bulletin_id, user_id) {
        bulletin_id -> DbUuid,
        user_id -> DbUuid,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable};
    use crate::store::types::{DbTime, DbUuid};

    /// Leaders to whom a manuscript was forwarded, by a bulletin or directly.
    recipients (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        user_id -> DbUuid,
        bulletin_id -> Nullable<DbUuid>,
        entry_id -> DbUuid,
        created_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Endorsements of leaders on manuscripts.
    endorsements (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        bulletin_id -> Nullable<DbUuid>,
        leader_id -> DbUuid,
        leader_name -> Text,
        leader_post -> Text,
        kind -> Text,
        commendatory -> Bool,
        urgent -> Bool,
        words -> Text,
        endorsed_on -> Text,
        due_at -> Nullable<DbTime>,
        scan_id -> Nullable<DbUuid>,
        state -> Text,
        version -> BigInt,
        entered_by -> DbUuid,
        entered_at -> DbTime,
        decided_by -> Nullable<DbUuid>,
        decided_at -> Nullable<DbTime>,
        reason -> Nullable<Text>,
        held_until -> Nullable<DbTime>,
        held_entry -> Nullable<DbUuid>,
        undone_at -> Nullable<DbTime>,
    }
}
