//! Test messages of a webhook, sent while the administrator waits: the result is returned at once and not stored.

use std::time::Duration;

use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::{administrator, target};
use crate::app::channel_time::ChannelTime;
use crate::app::{AppError, Tx};
use crate::config::WebhookSettings;
use crate::domain::clock::Moment;
use crate::domain::ids::WebhookId;
use crate::domain::permission::Actor;
use crate::domain::webhook::WebhookFault;
use crate::store::webhooks as store;
use crate::webhooks::{Client, Message, OutgoingMessage, WebhookFailure};

/// The number of simultaneous tests on a node.
static TRIALS: Semaphore = Semaphore::const_new(2);

/// Longer than the limits of a call, which apply first.
const LONGEST: Duration = Duration::from_secs(65);

/// The result of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookTrial {
    /// Whether the receiver accepted the message.
    pub sent: bool,
    /// The reason for a failure.
    pub fault: Option<WebhookFault>,
    /// The receiver's response: a status, or a robot's message.
    pub detail: Option<String>,
}

impl From<Result<(), WebhookFailure>> for WebhookTrial {
    fn from(done: Result<(), WebhookFailure>) -> Self {
        match done {
            Ok(()) => Self { sent: true, fault: None, detail: None },
            Err(WebhookFailure { fault, detail }) => {
                Self { sent: false, fault: Some(fault), detail: Some(detail).filter(|detail| !detail.is_empty()) }
            }
        }
    }
}

/// A prepared test.
pub struct WebhookTrialOrder {
    order: Result<OutgoingMessage, WebhookFailure>,
    settings: WebhookSettings,
    at: Moment,
}

/// Prepares a test of a stored webhook, even one that is off.
///
/// # Errors
/// [`AppError::Refused`] for anybody but the channel's administrators, [`AppError::NotFound`].
pub fn for_trial(tx: &mut Tx<'_>, actor: &Actor, id: WebhookId) -> Result<WebhookTrialOrder, AppError> {
    administrator(actor)?;
    let row = store::find(tx.conn, actor.channel, id)?;
    let zone = ChannelTime::of(tx, actor.channel)?.zone();
    let (settings, at) = (tx.settings.webhooks.clone(), tx.now);
    let message = Message {
        letter: None,
        lang: row.language,
        role: row.role,
        number: String::new(),
        due: None,
        zone,
        link: tx.settings.public_url(),
    };
    let order = match target::open(&tx.token_key()?, &row) {
        Ok(target) => {
            let id = tx.id::<uuid::Uuid>().simple().to_string();
            Ok(OutgoingMessage { id, target, format: row.format, template: row.template, message })
        }
        Err(_) => Err(WebhookFault::Unreadable.into()),
    };
    Ok(WebhookTrialOrder { order, settings, at })
}

/// Sends the message, and returns the result.
pub async fn try_out(trial: WebhookTrialOrder) -> WebhookTrial {
    let WebhookTrialOrder { order, settings, at } = trial;
    let order = match order {
        Ok(order) => order,
        Err(failure) => return Err(failure).into(),
    };
    let Ok(permit) = TRIALS.try_acquire() else { return Err(WebhookFault::Busy.into()).into() };
    let tried = tokio::task::spawn_blocking(move || {
        let sent = Client::new(&settings).send(order.format, &order.request(at));
        drop(permit);
        sent
    });
    match tokio::time::timeout(LONGEST, tried).await {
        Ok(Ok(sent)) => sent.into(),
        Ok(Err(_)) | Err(_) => Err(WebhookFault::TimedOut.into()).into(),
    }
}
