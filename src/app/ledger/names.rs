//! Resolves the people of a finding to readable names, because ids mean nothing to readers.

use uuid::Uuid;

use crate::app::accounts::versions::{PeopleThen, PersonThen};
use crate::domain::clock::Moment;
use crate::domain::ids::{GrantId, UserId};
use crate::domain::ledger::{Entry, EntryPosition, Finding};
use crate::store::ledger::checking;
use crate::store::{AnyConn, StoreError, accounts, persons};

/// The kinds of objects whose id is a person's.
const PEOPLE: [&str; 3] = ["user", "account", "roles"];

/// The people of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedPeople {
    /// The person whose account or roles it is about.
    pub about: Option<PersonThen>,
    /// The actor of the entry that it names.
    pub by: Option<PersonThen>,
}

/// Loads the people of a finding.
///
/// # Errors
/// Fails if a database operation fails.
pub fn named(conn: &mut AnyConn, finding: &Finding) -> Result<NamedPeople, StoreError> {
    let (place, thing) = match finding {
        Finding::RowChanged { place, row } | Finding::RowGone { place, row } => (Some(place), of_row(conn, row)?),
        Finding::RowUnsaid { row } => (None, of_row(conn, row)?),
        Finding::LateAdoption { place } => (Some(place), None),
        Finding::Entry { place, .. } | Finding::Missing { found: place, .. } => (Some(place), None),
        Finding::Differs { place, kind, id, .. } | Finding::Gone { place, kind, id } => (Some(place), Some((*kind, *id))),
        Finding::Unsaid { kind, id, .. } | Finding::Contents { kind, id } => (None, Some((*kind, *id))),
        _ => (None, None),
    };
    let about = match thing {
        Some((kind, id)) if PEOPLE.contains(&kind) => Some((UserId(id), place.map_or(Moment::from_micros(i64::MAX), |place| place.at))),
        _ => None,
    };
    let by = match place {
        Some(place) => actor(conn, place)?.map(|user| (user, place.at)),
        None => None,
    };
    let ids: Vec<UserId> = [about, by].into_iter().flatten().map(|(user, _)| user).collect();
    let people = match PeopleThen::load(conn, &ids) {
        // A value written by hand may be no valid name.
        Err(StoreError::Unreadable { .. }) => return Ok(NamedPeople::default()),
        people => people?,
    };
    let then = |one: Option<(UserId, Moment)>| one.and_then(|(user, at)| people.at(user, at));
    Ok(NamedPeople { about: then(about), by: then(by) })
}

/// Returns the person whose account, role or earlier name a row is.
fn of_row(conn: &mut AnyConn, row: &str) -> Result<Option<(&'static str, Uuid)>, StoreError> {
    let Some((table, key)) = row.split_once(':') else { return Ok(None) };
    let Some(id) = key.split('/').next().and_then(|id| id.parse::<Uuid>().ok()) else { return Ok(None) };
    let user = match table {
        "users" | "person_versions" => Some(id),
        "persons" | "accounts" | "identities" => persons::member_of_row(conn, table, id)?.map(|user| user.0),
        "grants" => match accounts::find_grant(conn, GrantId(id)) {
            Ok(grant) => Some(grant.user_id.0),
            Err(StoreError::NotFound | StoreError::Unreadable { .. } | StoreError::Database(_)) => None,
            Err(error) => return Err(error),
        },
        _ => None,
    };
    Ok(user.map(|user| ("user", user)))
}

fn actor(conn: &mut AnyConn, place: &EntryPosition) -> Result<Option<UserId>, StoreError> {
    let bytes = checking::bytes(conn, place.id)?;
    // An entry that cannot be read names nobody.
    Ok(bytes.and_then(|bytes| Entry::from_bytes(&bytes).ok()).and_then(|entry| entry.actor))
}
