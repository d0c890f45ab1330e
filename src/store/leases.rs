//! Named leases for work that only one node does at a time. A holder renews its lease; it is free again when it expires.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::store::connection::{AnyConn, DualBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::schema::leases;

/// A lease that ends later than this was granted by a wrong clock and is ignored. Otherwise a clock that was a day ahead for a moment would
/// stop the work for a day.
pub(in crate::store) fn beyond(end: Moment) -> Moment {
    end + chrono::Duration::hours(1)
}

/// Takes or renews the lease `name` for `holder` until `until`. `false`: another holder has it.
///
/// # Errors
/// The store's.
pub fn take(conn: &mut AnyConn, name: &str, holder: &str, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let fresh = (leases::name.eq(name), leases::holder.eq(holder), leases::until_at.eq(until));
    if PreparedSql(DualBackend(diesel::insert_into(leases::table).values(fresh).on_conflict_do_nothing())).execute(conn)? == 1 {
        return Ok(true);
    }
    let over = leases::until_at.lt(now).or(leases::until_at.gt(beyond(until)));
    let free = leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder).or(over));
    Ok(PreparedSql(diesel::update(free).set((leases::holder.eq(holder), leases::until_at.eq(until)))).execute(conn)? == 1)
}

/// Releases the lease, so that another node need not wait for its end.
///
/// # Errors
/// The store's.
pub fn give_back(conn: &mut AnyConn, name: &str, holder: &str) -> Result<(), StoreError> {
    diesel::delete(leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder))).execute(conn)?;
    Ok(())
}

/// Whether another holder has the lease at `now`. Cheap: nothing is locked.
///
/// # Errors
/// The store's.
pub fn is_taken(conn: &mut AnyConn, name: &str, holder: &str, now: Moment) -> Result<bool, StoreError> {
    let other = leases::table.filter(leases::name.eq(name)).filter(leases::holder.ne(holder));
    let binding = other.filter(leases::until_at.between(now, beyond(now)));
    Ok(diesel::select(diesel::dsl::exists(binding)).get_result(conn)?)
}
