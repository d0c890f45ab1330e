//! Sends a message to the group chat of a desk. Whether it still has a reason is asked right before; no transaction is open during the call.

use super::{Done, Run};
use crate::desk::webhooks;
use crate::domain::job::CallWebhook;
use crate::webhooks::Client;

/// Does it.
///
/// # Errors
/// The store's, and that the message did not arrive.
pub fn run(run: &Run<'_>, of: CallWebhook) -> anyhow::Result<Done> {
    let desk = &run.context.desk;
    let Some(planned) = desk.read_now(move |tx| webhooks::plan(tx, &of))? else { return Ok(Done::of(0)) };
    let sent = planned.order.and_then(|order| Client::new(&desk.settings.webhooks).send(order.format, &order.request(desk.clock.now())));
    let called = (of.webhook, planned.version);
    match sent {
        Ok(()) => Ok(Done::of(1).and_write(move |tx| webhooks::record(tx, called, None))),
        Err(failure) => {
            let noted = failure.clone();
            desk.write_now("call_webhook", move |tx| webhooks::record(tx, called, Some(&noted)))?;
            Err(failure.into())
        }
    }
}
