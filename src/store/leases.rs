//! Work that only one node does at a time: a named lease, kept by renewing it, free again when it runs out.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::store::connection::{Both, Kept};
use crate::store::schema::leases;
use crate::store::{AnyConn, StoreError};

/// Takes or renews the lease `name` for `holder` until `until`. `false`: somebody else has it.
///
/// # Errors
/// The store's.
pub fn take(conn: &mut AnyConn, name: &str, holder: &str, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let fresh = (leases::name.eq(name), leases::holder.eq(holder), leases::until_at.eq(until));
    if Kept(Both(diesel::insert_into(leases::table).values(fresh).on_conflict_do_nothing())).execute(conn)? == 1 {
        return Ok(true);
    }
    let free = leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder).or(leases::until_at.lt(now)));
    Ok(Kept(diesel::update(free).set((leases::holder.eq(holder), leases::until_at.eq(until)))).execute(conn)? == 1)
}

/// Gives the lease back, so that another node need not wait for its end.
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
    let other = leases::table.filter(leases::name.eq(name)).filter(leases::holder.ne(holder)).filter(leases::until_at.ge(now));
    Ok(diesel::select(diesel::dsl::exists(other)).get_result(conn)?)
}
