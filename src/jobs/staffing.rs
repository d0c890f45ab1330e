//! Handles queues without a person who can work them ([`unstaffed`]): forwards manuscripts that wait for screening, and notifies
//! administrators of the others.

use super::JobContext;
use crate::app::unstaffed;
use crate::store::channels;

/// Forwards and notifies, each manuscript and each channel in a transaction of its own: one that fails does not block the others. Returns
/// their number.
///
/// # Errors
/// The last failure, after all the others were handled.
pub fn run_once(context: &JobContext) -> anyhow::Result<usize> {
    let app = &context.app;
    let (mut done, mut failed) = (0, None);
    for (channel, id) in app.read_now(unstaffed::unscreened)? {
        match app.write_now("staffing", move |tx| unstaffed::pass_on(tx, channel, id)) {
            Ok(passed) => done += usize::from(passed),
            Err(error) => {
                tracing::error!(manuscript = %id, %error, "a manuscript that nobody can screen could not be passed on");
                failed = Some(error);
            }
        }
    }
    for channel in app.db.read_now(channels::list)? {
        let id = channel.id;
        // Nothing is written where nothing waits, which is nearly always.
        let told = app
            .read_now(move |tx| unstaffed::unstaffed(tx, id))
            .and_then(|found| if found.is_empty() { Ok(0) } else { app.write_now("staffing", move |tx| unstaffed::report(tx, id)) });
        match told {
            Ok(told) => done += told,
            Err(error) => {
                tracing::error!(channel = %id, %error, "administrators could not be told of queues that nobody holds");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(done), |error| Err(error.into()))
}
