//! Recomputes due dates after a year of a channel's calendar was loaded or changed, manuscript by manuscript, and notifies the people whose
//! date has moved.

use super::{JobRun, RunResult};
use crate::app::due_dates;
use crate::domain::ids::ManuscriptId;
use crate::domain::job::RecomputeDueDates;
use crate::store::deadlines;
use crate::store::jobs::queue::Progress;

/// Manuscripts that are looked up at a time.
const AT_ONCE: i64 = 200;

/// Recomputes the dates. Finished manuscripts stay finished if the job ends midway; a repeat changes nothing.
///
/// # Errors
/// The store's.
pub fn run(run: &JobRun<'_>, of: RecomputeDueDates) -> anyhow::Result<RunResult> {
    let app = &run.context.app;
    let (mut after, mut seen, mut moved): (Option<ManuscriptId>, i64, usize) = (None, 0, 0);
    loop {
        let channel = of.channel;
        let ids = app.read_now(move |tx| Ok(deadlines::open_manuscripts(tx.conn, channel, after, AT_ONCE)?))?;
        let Some(last) = ids.last().copied() else { return Ok(RunResult::of(moved)) };
        for id in ids {
            let of = of.clone();
            moved += app.write_now("recompute_due_dates", move |tx| due_dates::recompute(tx, &of, id))?;
            seen += 1;
            run.progress(Progress { done: seen, total: None, step: "manuscripts" });
        }
        after = Some(last);
    }
}
