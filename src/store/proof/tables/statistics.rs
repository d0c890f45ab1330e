//! The counters of statistics: they follow from the tables of the work and are made anew from them.

use crate::store::proof::table::ColumnKind::{Bool, Integer, Text, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, not_proved};

const FOLLOWS: &str = "it follows from manuscripts, assignments, replies and endorsements, and is counted anew from them";

/// Manuscripts that have changed since they were counted.
pub static STATISTICS_MARKS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[not_proved("id", Integer, FOLLOWS), not_proved("manuscript_id", Uuid, FOLLOWS)],
    ..ProvedTable::new("statistics_marks", Scope::Installation)
};

/// The contribution of each manuscript to the counters.
pub static STATISTICS_FACTS: ProvedTable = ProvedTable {
    key: &["manuscript_id"],
    columns: &[
        not_proved("manuscript_id", Uuid, FOLLOWS),
        not_proved("channel_id", Uuid, FOLLOWS),
        not_proved("organization_id", Uuid, FOLLOWS),
        not_proved("submitted", Integer, FOLLOWS),
        not_proved("concluded", Integer, FOLLOWS),
        not_proved("accepted", Bool, FOLLOWS),
        not_proved("forwarded", Bool, FOLLOWS),
        not_proved("assigned", Bool, FOLLOWS),
        not_proved("adopted", Bool, FOLLOWS),
        not_proved("implemented", Bool, FOLLOWS),
        not_proved("endorsements", Integer, FOLLOWS),
        not_proved("instructions", Integer, FOLLOWS),
    ],
    ..ProvedTable::new("statistics_facts", Scope::Installation)
};

/// The sums for a month and an organisation.
pub static STATISTICS_COUNTERS: ProvedTable = ProvedTable {
    key: &["channel_id", "month", "organization_id"],
    columns: &[
        not_proved("channel_id", Uuid, FOLLOWS),
        not_proved("month", Integer, FOLLOWS),
        not_proved("organization_id", Uuid, FOLLOWS),
        not_proved("received", Integer, FOLLOWS),
        not_proved("accepted", Integer, FOLLOWS),
        not_proved("forwarded", Integer, FOLLOWS),
        not_proved("assigned", Integer, FOLLOWS),
        not_proved("adopted", Integer, FOLLOWS),
        not_proved("implemented", Integer, FOLLOWS),
        not_proved("endorsed", Integer, FOLLOWS),
        not_proved("endorsements", Integer, FOLLOWS),
        not_proved("instructions", Integer, FOLLOWS),
        not_proved("concluded", Integer, FOLLOWS),
    ],
    ..ProvedTable::new("statistics_counters", Scope::Installation)
};

/// The progress of counting in each channel.
pub static STATISTICS_CHANNELS: ProvedTable = ProvedTable {
    key: &["channel_id"],
    columns: &[
        not_proved("channel_id", Uuid, FOLLOWS),
        not_proved("time_zone", Text, FOLLOWS),
        not_proved("counted_to", Uuid, FOLLOWS),
        not_proved("is_complete", Bool, FOLLOWS),
    ],
    ..ProvedTable::new("statistics_channels", Scope::Installation)
};
