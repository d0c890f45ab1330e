//! Others that stop without going away: PostgreSQL, another node, and a pooler that is not what the program takes it for. Whoever waits for
//! them hears within a bound that they are to come again.

mod database;
mod node;
mod pooler;

use std::time::Duration;

use crate::support::app::Answer;

/// Longer than any bound of these tests, for a machine that is busy with others.
const BOUND: Duration = Duration::from_secs(20);

/// 503 with a time to come again.
fn says_come_again(answer: &Answer) -> bool {
    answer.status == 503 && answer.headers.contains_key("retry-after")
}
