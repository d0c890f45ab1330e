//! Statistics: statistics_marks, statistics_facts, statistics_counters, statistics_channels.

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::store::types::DbUuid;

    /// Manuscripts that have changed since they were counted.
    statistics_marks (id) {
        id -> BigInt,
        manuscript_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable};
    use crate::store::types::DbUuid;

    /// The contribution of each manuscript to the counters.
    statistics_facts (manuscript_id) {
        manuscript_id -> DbUuid,
        channel_id -> DbUuid,
        organization_id -> DbUuid,
        submitted -> BigInt,
        concluded -> Nullable<BigInt>,
        accepted -> Bool,
        forwarded -> Bool,
        assigned -> Bool,
        adopted -> Bool,
        implemented -> Bool,
        endorsements -> BigInt,
        instructions -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::store::types::DbUuid;

    /// The sums for a month and an organisation.
    statistics_counters (channel_id, month, organization_id) {
        channel_id -> DbUuid,
        month -> BigInt,
        organization_id -> DbUuid,
        received -> BigInt,
        accepted -> BigInt,
        forwarded -> BigInt,
        assigned -> BigInt,
        adopted -> BigInt,
        implemented -> BigInt,
        endorsed -> BigInt,
        endorsements -> BigInt,
        instructions -> BigInt,
        concluded -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::store::types::DbUuid;

    /// The progress of counting in each channel.
    statistics_channels (channel_id) {
        channel_id -> DbUuid,
        time_zone -> Text,
        counted_to -> Nullable<DbUuid>,
        is_complete -> Bool,
    }
}
