//! What became of each job when it last ran; one row a job, whichever node did it.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::store::connection::Both;
use crate::store::schema::job_runs;
use crate::store::{AnyConn, StoreError};

/// A job's last runs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Run {
    /// The job.
    pub name: String,
    /// The node that ran it last.
    pub node: String,
    /// When it last did its work.
    pub done_at: Option<Moment>,
    /// When it last failed.
    pub failed_at: Option<Moment>,
    /// Why.
    pub failure: Option<String>,
}

/// Notes that a job did its work, or why it failed; the other is left as it was.
///
/// # Errors
/// The store's.
pub fn note(conn: &mut AnyConn, name: &str, node: &str, at: Moment, failure: Option<&str>) -> Result<(), StoreError> {
    match failure {
        None => {
            let set = (job_runs::node.eq(node), job_runs::done_at.eq(at));
            let row = (job_runs::name.eq(name), set);
            Both(diesel::insert_into(job_runs::table).values(row).on_conflict(job_runs::name).do_update().set(set)).execute(conn)?;
        }
        Some(failure) => {
            let set = (job_runs::node.eq(node), job_runs::failed_at.eq(at), job_runs::failure.eq(failure));
            let row = (job_runs::name.eq(name), set);
            Both(diesel::insert_into(job_runs::table).values(row).on_conflict(job_runs::name).do_update().set(set)).execute(conn)?;
        }
    }
    Ok(())
}

/// Every job that has run.
///
/// # Errors
/// The store's.
pub fn all(conn: &mut AnyConn) -> Result<Vec<Run>, StoreError> {
    Ok(job_runs::table.order(job_runs::name).load(conn)?)
}
