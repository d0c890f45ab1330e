//! How each mail server fares. While one takes no letters, one letter at a time tries it, for all nodes together.

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
    /// Since when it takes no letters.
    pub failing_since: Option<Moment>,
    /// How far the last dialogue came.
    pub stage: Option<MailStage>,
    /// What went wrong there.
    pub answer: Option<String>,
    /// How often it was tried since.
    pub failures: i64,
    /// Until then no letter is tried; from then on one is.
    pub next_try_at: Option<Moment>,
    /// When it accepted a letter last; not more exact than a minute.
    pub accepted_at: Option<Moment>,
}

/// What may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Any number of letters.
    Open,
    /// One, to see whether the server takes letters again.
    One,
    /// None.
    Closed,
}

/// It is written down no more often that a server accepts letters.
const ACCEPTED_SECONDS: i64 = 60;
/// Whoever tries a server is never waited for longer, whatever a clock said that ran ahead.
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

/// The servers that take no letters, longest first.
///
/// # Errors
/// The store's.
pub fn failing(conn: &mut AnyConn) -> Result<Vec<MailServer>, StoreError> {
    let failing = mail_servers::table.filter(mail_servers::failing_since.is_not_null());
    Ok(failing.order(mail_servers::failing_since).load(conn)?)
}

/// What may be sent to this server now.
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

/// Takes the one try, so that nobody else tries before `until`. `false`: another has it, or the server takes letters again.
///
/// # Errors
/// The store's.
pub fn take_try(conn: &mut AnyConn, name: &str, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let due = mail_servers::next_try_at.le(now).or(mail_servers::next_try_at.gt(leases::beyond(now) + LONGEST));
    let free = mail_servers::table.filter(mail_servers::name.eq(name)).filter(due);
    Ok(diesel::update(free).set(mail_servers::next_try_at.eq(until)).execute(conn)? == 1)
}

/// Lets the next letter try at once: the last one did not come to it, or a person wants it.
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

/// Lets every server count as one that works, until a letter says otherwise.
///
/// # Errors
/// The store's.
pub fn forget(conn: &mut AnyConn) -> Result<(), StoreError> {
    diesel::update(mail_servers::table.filter(mail_servers::failing_since.is_not_null())).set(untroubled!()).execute(conn)?;
    Ok(())
}

/// It took no letter. `is_try` says that this was the one that tried; of the others, which were on their way already, the first is noted.
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

/// It talks to us as it should; `accepted` says that it took a letter as well.
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

/// Sees to it that there is a row.
fn note(conn: &mut AnyConn, name: &str) -> Result<(), StoreError> {
    let row = (mail_servers::name.eq(name), mail_servers::failures.eq(0_i64));
    DualBackend(diesel::insert_into(mail_servers::table).values(row).on_conflict_do_nothing()).execute(conn)?;
    Ok(())
}
