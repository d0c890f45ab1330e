//! Sends a message to the group chat of a work queue. Immediately before, it is checked whether the message is still needed; no transaction
//! is open during the call.

use super::{JobRun, RunResult};
use crate::app::webhooks;
use crate::domain::job::CallWebhook;
use crate::webhooks::Client;

/// Sends the message.
///
/// # Errors
/// The store's, and that the message did not arrive.
pub fn run(run: &JobRun<'_>, of: CallWebhook) -> anyhow::Result<RunResult> {
    let app = &run.context.app;
    let Some(planned) = app.read_now(move |tx| webhooks::plan(tx, &of))? else { return Ok(RunResult::of(0)) };
    let sent = planned.order.and_then(|order| Client::new(&app.settings.webhooks).send(order.format, &order.request(app.clock.now())));
    let called = (of.webhook, planned.version);
    match sent {
        Ok(()) => Ok(RunResult::of(1).and_write(move |tx| webhooks::record(tx, called, None))),
        Err(failure) => {
            let noted = failure.clone();
            app.write_now("call_webhook", move |tx| webhooks::record(tx, called, Some(&noted)))?;
            Err(failure.into())
        }
    }
}
