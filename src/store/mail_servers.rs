//! The state of each mail server. While one accepts no letters, a single letter at a time is tried, for all nodes together.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::notice::MailStage;
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::leases;
use crate::store::schema::mail_servers;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MailServer {
    /// Host and port.
    pub name: String,
    /// Since when it accepts no letters.
    pub failing_since: Option<Moment>,
    /// The stage that the last dialogue reached.
    pub stage: Option<MailStage>,
    /// The error there.
    pub answer: Option<String>,
    /// The number of attempts since.
    pub failures: i64,
    /// Until then no letter is tried; from then on one is.
    pub next_try_at: Option<Moment>,
    /// The time of the last accepted letter, to the minute.
    pub accepted_at: Option<Moment>,
}

/// How many letters may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Any number of letters.
    Open,
    /// One, to try whether the server accepts letters again.
    One,
    /// None.
    Closed,
}

/// It is written down no more often that a server accepts letters.
const ACCEPTED_SECONDS: i64 = 60;
/// The longest wait for an attempt of another node, even if its clock was ahead.
const LONGEST: chrono::Duration = chrono::Duration::hours(2);

/// The columns of a server that works.
macro_rules! untroubled {
    () => {
        (
            mail_servers::failing_since.eq(None::<Moment>),
            mail_servers::stage.eq(None::<MailStage>),
            mail_servers::answer.eq(None::<String>),
            mail_servers::failures.eq(0_i64),
            mail_servers::next_try_at.eq(None::<Moment>),
        )
    };
}

/// A server's row.
///
/// # Errors
/// The store's.
pub fn find(conn: &mut AnyConn, name: &str) -> Result<Option<MailServer>, StoreError> {
    Ok(cached!(mail_servers::table.filter(mail_servers::name.eq(name))).load(conn)?.into_iter().next())
}

/// The servers that accept no letters, longest first.
///
/// # Errors
/// The store's.
pub fn failing(conn: &mut AnyConn) -> Result<Vec<MailServer>, StoreError> {
    let failing = mail_servers::table.filter(mail_servers::failing_since.is_not_null());
    Ok(failing.order(mail_servers::failing_since).load(conn)?)
}

/// How many letters may be sent to this server now.
///
/// # Errors
/// The store's.
pub fn gate(conn: &mut AnyConn, name: &str, now: Moment) -> Result<Gate, StoreError> {
    let next = find(conn, name)?.and_then(|row| row.next_try_at);
    Ok(match next {
        None => Gate::Open,
        Some(at) if at > now && at <= leases::beyond(now) + LONGEST => Gate::Closed,
        Some(_) => Gate::One,
    })
}

/// Takes the one attempt, so that no other node makes one before `until`. `false`: another node has it, or the server accepts letters
/// again.
///
/// # Errors
/// The store's.
pub fn take_try(conn: &mut AnyConn, name: &str, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let due = mail_servers::next_try_at.le(now).or(mail_servers::next_try_at.gt(leases::beyond(now) + LONGEST));
    let free = mail_servers::table.filter(mail_servers::name.eq(name)).filter(due);
    Ok(diesel::update(free).set(mail_servers::next_try_at.eq(until)).execute(conn)? == 1)
}

/// Makes the next attempt due at once: the last one did not reach the server, or a person requests it.
///
/// # Errors
/// The store's.
pub fn try_now(conn: &mut AnyConn, name: Option<&str>, now: Moment) -> Result<(), StoreError> {
    let failing = mail_servers::table.filter(mail_servers::failing_since.is_not_null());
    let set = mail_servers::next_try_at.eq(now);
    match name {
        Some(name) => diesel::update(failing.filter(mail_servers::name.eq(name))).set(set).execute(conn)?,
        None => diesel::update(failing).set(set).execute(conn)?,
    };
    Ok(())
}

/// Marks every server as working, until a letter fails.
///
/// # Errors
/// The store's.
pub fn forget(conn: &mut AnyConn) -> Result<(), StoreError> {
    diesel::update(mail_servers::table.filter(mail_servers::failing_since.is_not_null())).set(untroubled!()).execute(conn)?;
    Ok(())
}

/// Records that the server accepted no letter. `is_try` says that this was the one attempt; of other letters, which were under way already,
/// the first is recorded.
///
/// # Errors
/// The store's.
pub fn failed(
    conn: &mut AnyConn,
    name: &str,
    now: Moment,
    is_try: bool,
    (stage, answer): (MailStage, &str),
    next_try: impl FnOnce(i64) -> Moment,
) -> Result<(), StoreError> {
    let before = find(conn, name)?;
    if !is_try && before.as_ref().is_some_and(|row| row.failing_since.is_some()) {
        return Ok(());
    }
    let failures = before.as_ref().map_or(0, |row| row.failures) + 1;
    let set = (
        mail_servers::failing_since.eq(before.as_ref().and_then(|row| row.failing_since).unwrap_or(now)),
        mail_servers::stage.eq(stage),
        mail_servers::answer.eq(answer),
        mail_servers::failures.eq(failures),
        mail_servers::next_try_at.eq(next_try(failures)),
    );
    note(conn, name)?;
    diesel::update(mail_servers::table.filter(mail_servers::name.eq(name))).set(set).execute(conn)?;
    Ok(())
}

/// Records that the server works; `accepted` says that it accepted a letter as well.
///
/// # Errors
/// The store's.
pub fn works(conn: &mut AnyConn, name: &str, now: Moment, accepted: bool) -> Result<(), StoreError> {
    let of = mail_servers::table.filter(mail_servers::name.eq(name));
    let failing = of.filter(mail_servers::failing_since.is_not_null());
    if diesel::select(exists(failing)).get_result(conn)? {
        diesel::update(of).set(untroubled!()).execute(conn)?;
    }
    let long_ago = now - chrono::Duration::seconds(ACCEPTED_SECONDS);
    let fresh = of.filter(mail_servers::accepted_at.between(long_ago, now));
    if accepted && !diesel::select(exists(fresh)).get_result::<bool>(conn)? {
        note(conn, name)?;
        diesel::update(of).set(mail_servers::accepted_at.eq(now)).execute(conn)?;
    }
    Ok(())
}

/// Creates the row if there is none.
fn note(conn: &mut AnyConn, name: &str) -> Result<(), StoreError> {
    let row = (mail_servers::name.eq(name), mail_servers::failures.eq(0_i64));
    DualBackend(diesel::insert_into(mail_servers::table).values(row).on_conflict_do_nothing()).execute(conn)?;
    Ok(())
}
