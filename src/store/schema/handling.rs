//! Handling: assignments, merged_suggestions, replies, reply_items, implementation_reports, urgings, adoptions, ratings.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Departments charged with a manuscript.
    assignments (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        entry_id -> DbUuid,
        organization_id -> DbUuid,
        form -> Text,
        part -> Text,
        lead_id -> Nullable<DbUuid>,
        state -> Text,
        version -> BigInt,
        endorsement_id -> Nullable<DbUuid>,
        note -> Text,
        assigned_by -> DbUuid,
        assigned_at -> DbTime,
        due_at -> DbTime,
        receive_by -> DbTime,
        received_at -> Nullable<DbTime>,
        replied_at -> Nullable<DbTime>,
        settled_at -> Nullable<DbTime>,
        reason -> Nullable<Text>,
        proposed_organization -> Nullable<Text>,
        extension -> Nullable<Text>,
        extension_asked_at -> Nullable<DbTime>,
        implemented_at -> Nullable<DbTime>,
        suggestions -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Decisions on the suggestions of manuscripts that are merged into another one.
    merged_suggestions (entry_id, merged_id, place) {
        entry_id -> DbUuid,
        merged_id -> DbUuid,
        place -> BigInt,
        manuscript_id -> DbUuid,
        text_id -> DbUuid,
        number -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        decided_by -> DbUuid,
        decided_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Replies of departments; the contribution of an assisting department is one too.
    replies (id) {
        id -> DbUuid,
        assignment_id -> DbUuid,
        manuscript_id -> DbUuid,
        entry_id -> DbUuid,
        round -> BigInt,
        words -> Text,
        result_code -> Nullable<Text>,
        result_definition -> Nullable<Text>,
        consultation -> Nullable<Text>,
        officer -> Text,
        officer_phone -> Text,
        created_by -> DbUuid,
        created_at -> DbTime,
        decided_by -> Nullable<DbUuid>,
        decided_at -> Nullable<DbTime>,
        approved -> Nullable<Bool>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::DbUuid;

    /// The answer to each numbered suggestion.
    reply_items (reply_id, number) {
        reply_id -> DbUuid,
        number -> BigInt,
        answer -> Text,
        words -> Text,
        promised_on -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Reports on how an answer is carried out.
    implementation_reports (id) {
        id -> DbUuid,
        assignment_id -> DbUuid,
        manuscript_id -> DbUuid,
        entry_id -> DbUuid,
        number -> Nullable<BigInt>,
        words -> Text,
        implemented -> Bool,
        created_by -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Reminders that dispatchers send.
    urgings (id) {
        id -> DbUuid,
        assignment_id -> DbUuid,
        entry_id -> DbUuid,
        words -> Text,
        created_by -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{DbTime, DbUuid};

    /// That some level took a manuscript up.
    adoptions (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        entry_id -> DbUuid,
        level -> Text,
        body -> Text,
        form -> Text,
        adopted_on -> Text,
        evidence -> Text,
        created_by -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Each author's rating of attitude and result, once for each conclusion.
    ratings (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        concluded_id -> DbUuid,
        user_id -> DbUuid,
        entry_id -> DbUuid,
        attitude -> Text,
        result -> Text,
        words -> Text,
        concluded_at -> DbTime,
        created_at -> DbTime,
    }
}
