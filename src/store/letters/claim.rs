//! Claims letters that may be sent, with a lease. Letters to one person about one thing are sent in the order in which they were written,
//! even by several workers.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{LetterRow, find};
use crate::domain::clock::Moment;
use crate::domain::ids::LetterId;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::leases;
use crate::store::mail_servers::{self, Gate};
use crate::store::schema::letters;
use crate::store::types::{DbTime, DbUuid};

/// The longest lease of a letter; one that ends later was granted by a clock that was ahead.
const LONGEST: chrono::Duration = chrono::Duration::hours(2);

/// The condition that a letter `l` may be sent at the time of parameter `now` and is not leased: a lease that has expired, or ends after
/// parameter `beyond`, is ignored. A letter waits for an earlier one about the same thing that is still to be sent, unless parameter
/// `holder` has that one already and sends it first. It does not wait for one whose act can still be undone, because that must not be
/// noticeable until then.
fn free(now: &str, beyond: &str, holder: &str) -> String {
    format!(
        "l.state IN ('queued','leased') AND l.not_before <= {now} \
         AND (l.lease_until IS NULL OR l.lease_until < {now} OR l.lease_until > {beyond}) \
         AND NOT EXISTS (SELECT 1 FROM letters e WHERE e.state IN ('queued','leased') AND e.recipient_id = l.recipient_id \
         AND COALESCE(e.manuscript_id, e.subject_id) = COALESCE(l.manuscript_id, l.subject_id) AND e.id < l.id \
         AND (e.not_before <= {now} OR e.attempts > 0) AND COALESCE(e.lease_holder, '-') <> {holder})"
    )
}

/// The worker that claims letters, and their number.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The worker.
    pub holder: String,
    /// The time.
    pub now: Moment,
    /// The end of the lease.
    pub until: Moment,
    /// The largest number of letters.
    pub at_most: i64,
    /// The mail server that they go to, if they go to one.
    pub server: Option<String>,
}

/// A letter whose row can't be read, with the reason.
pub type UnreadableLetter = (LetterId, String);

/// The claimed letters.
#[derive(Debug, Default)]
pub struct ClaimedLetters {
    /// The letters, in the order in which they were written.
    pub rows: Vec<LetterRow>,
    /// Letters whose rows can't be read, with the reasons.
    pub unreadable: Vec<UnreadableLetter>,
    /// Whether this is the single letter that tries a server that accepts none.
    pub is_try: bool,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = DbUuid)]
    id: LetterId,
}

/// Claims letters that may be sent now, in the order in which they became due.
///
/// # Errors
/// The store's. A row that can't be read is no error.
pub fn claim(conn: &mut AnyConn, wanted: &Claim) -> Result<ClaimedLetters, StoreError> {
    let Claim { now, until, at_most, server, .. } = wanted;
    let gate = server.as_deref().map_or(Ok(Gate::Open), |name| mail_servers::gate(conn, name, *now))?;
    let at_most = match (gate, server) {
        (Gate::Open, _) | (_, None) => *at_most,
        (Gate::Closed, _) => return Ok(ClaimedLetters::default()),
        (Gate::One, Some(name)) => {
            if !is_any_free(conn, *now)? || !mail_servers::take_try(conn, name, *now, *until)? {
                return Ok(ClaimedLetters::default());
            }
            1
        }
    };
    let mut taken: Vec<LetterId> = Vec::new();
    // Letters that wait behind others come with them, so each round may free more.
    loop {
        let round = take(conn, wanted, at_most - i64::try_from(taken.len()).unwrap_or(i64::MAX))?;
        let is_last = round.is_empty();
        taken.extend(round);
        if is_last || i64::try_from(taken.len()).unwrap_or(i64::MAX) >= at_most {
            break;
        }
    }
    let (rows, unreadable) = read(conn, &taken)?;
    Ok(ClaimedLetters { rows, unreadable, is_try: gate == Gate::One })
}

/// Claims up to `at_most` letters that are free now.
fn take(conn: &mut AnyConn, wanted: &Claim, at_most: i64) -> Result<Vec<LetterId>, StoreError> {
    let Claim { holder, now, until, .. } = wanted;
    // Two workers on PostgreSQL don't wait for each other's rows; SQLite has one writer anyway.
    let lock = match conn {
        AnyConn::Pg(_) => "FOR UPDATE OF l SKIP LOCKED",
        AnyConn::Sqlite(_) => "",
    };
    let statement = format!(
        "UPDATE letters SET state = 'leased', lease_until = $1, lease_holder = $2, attempts = attempts + 1 \
         WHERE id IN (SELECT l.id FROM letters l WHERE {} ORDER BY l.not_before, l.id LIMIT $5 {lock}) RETURNING id",
        // SQLite numbers parameters as they first appear.
        free("$3", "$4", "$2")
    );
    let taken: Vec<Id> = diesel::sql_query(statement)
        .bind::<DbTime, _>(*until)
        .bind::<Text, _>(holder)
        .bind::<DbTime, _>(*now)
        .bind::<DbTime, _>(leases::beyond(*until))
        .bind::<BigInt, _>(at_most)
        .load(conn)?;
    Ok(taken.into_iter().map(|one| one.id).collect())
}

/// Reads the rows; where one can't be read, each by itself, so that the others are not affected.
fn read(conn: &mut AnyConn, ids: &[LetterId]) -> Result<(Vec<LetterRow>, Vec<UnreadableLetter>), StoreError> {
    let all = letters::table.filter(letters::id.eq_any(ids)).order(letters::id);
    match all.load(conn).map_err(StoreError::from) {
        Ok(rows) => return Ok((rows, Vec::new())),
        Err(StoreError::Unreadable { .. }) => {}
        Err(error) => return Err(error),
    }
    let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
    for id in ids {
        match find(conn, *id) {
            Ok(row) => rows.push(row),
            Err(error @ StoreError::Unreadable { .. }) => unreadable.push((*id, error.to_string())),
            Err(error) => return Err(error),
        }
    }
    rows.sort_by_key(|row| row.id);
    Ok((rows, unreadable))
}

/// Whether a letter without a lease may be sent now.
///
/// # Errors
/// The store's.
pub fn is_due(conn: &mut AnyConn, now: Moment, server: Option<&str>) -> Result<bool, StoreError> {
    let gate = server.map_or(Ok(Gate::Open), |name| mail_servers::gate(conn, name, now))?;
    Ok(gate != Gate::Closed && is_any_free(conn, now)?)
}

fn is_any_free(conn: &mut AnyConn, now: Moment) -> Result<bool, StoreError> {
    let statement = format!("SELECT l.id FROM letters l WHERE {} LIMIT 1", free("$1", "$2", "''"));
    let statement = diesel::sql_query(statement).bind::<DbTime, _>(now).bind::<DbTime, _>(leases::beyond(now) + LONGEST);
    Ok(!statement.load::<Id>(conn)?.is_empty())
}
