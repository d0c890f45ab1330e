//! The job queue: rows, runners, and the page and API on which administrators watch it.

mod doors;
mod recovery;
mod running;
mod world;

use diesel::prelude::*;
use zhitongche::app::App;
use zhitongche::domain::ids::JobId;
use zhitongche::domain::job::{JobFault, JobState};
use zhitongche::store::StoreError;
use zhitongche::store::schema::jobs;

/// Puts a job into the queue that was given up after ten attempts.
pub(crate) fn dead_job(desk: &App) -> JobId {
    let (id, now) = (desk.clock.id::<JobId>(), desk.clock.now());
    let row = (
        (jobs::id.eq(id), jobs::kind.eq("check_ledger"), jobs::unique_key.eq(id.to_string()), jobs::payload.eq("{}")),
        (jobs::state.eq(JobState::Dead), jobs::created_at.eq(now), jobs::run_at.eq(now), jobs::attempts.eq(10_i64)),
        (jobs::failed_at.eq(now), jobs::fault.eq(JobFault::Failed), jobs::error.eq("the disk is full"), jobs::ended_at.eq(now)),
    );
    desk.db.write_now(move |conn| Ok::<_, StoreError>(diesel::insert_into(jobs::table).values(row).execute(conn)?)).unwrap();
    id
}
