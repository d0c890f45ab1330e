//! Messages to the group chat of a role: the settings by administrators of a channel, and ([`calling`]) the sending.

mod calling;
pub mod input;
mod target;
mod trial;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use self::target::{SelectedTarget, choose};
use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, Tx};
use crate::config::Secret;
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::ids::{OrganizationId, WebhookId};
use crate::domain::lang::Lang;
use crate::domain::permission::{Actor, Permit};
use crate::domain::violation::{Violation, Violations, required_line};
use crate::domain::vocabulary::Role;
use crate::domain::webhook::{self, WebhookFault, WebhookFormat, template};
use crate::store::webhooks::{self as store, WebhookRow};
use crate::store::{StoreError, channels};

pub(crate) use calling::{Called, call, call_by_letters};
pub use calling::{PlannedMessage, plan, record};
pub(crate) use target::reseal;
pub use trial::{WebhookTrial, for_trial, try_out};

/// The largest number of webhooks of a channel.
const MOST: usize = 100;

/// A webhook as administrators see it, without its address and secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Its version, for changes.
    pub version: i64,
    /// The name that its administrators chose.
    #[schema(example = "审核组群")]
    pub label: String,
    /// The role whose work it announces.
    pub role: Role,
    /// The role's organisation; only for screeners and handlers.
    pub organization_id: Option<OrganizationId>,
    /// The language of its messages.
    pub language: Lang,
    /// The format of the receiver.
    pub format: WebhookFormat,
    /// The JSON of the generic format; empty for other formats.
    pub template: String,
    /// The receiver's host.
    #[schema(example = "qyapi.weixin.qq.com")]
    pub host: String,
    /// Whether messages are sent.
    pub is_on: bool,
    /// The time of the last change.
    pub changed_at: Moment,
    /// The time of the last successful message.
    pub last_sent_at: Option<Moment>,
    /// The time of the last failed message.
    pub last_failed_at: Option<Moment>,
    /// The reason for that failure.
    pub last_fault: Option<WebhookFault>,
    /// The receiver's response: a status, or a robot's message.
    pub last_detail: Option<String>,
    /// Whether its last message failed.
    pub is_failing: bool,
}

impl From<WebhookRow> for WebhookView {
    fn from(row: WebhookRow) -> Self {
        let is_failing = row.is_failing();
        let WebhookRow { id, version, label, role, organization_id, language, format, template, host, is_on, changed_at, .. } = row;
        let WebhookRow { last_sent_at, last_failed_at, last_fault, last_detail, .. } = row;
        Self {
            id,
            version,
            label,
            role,
            organization_id,
            language,
            format,
            template,
            host,
            is_on,
            changed_at,
            last_sent_at,
            last_failed_at,
            last_fault,
            last_detail,
            is_failing,
        }
    }
}

/// The settings of a webhook, complete.
#[derive(Debug, Clone)]
pub struct WebhookDraft {
    /// The name that its administrators chose.
    pub label: String,
    /// The role whose work it announces.
    pub role: Role,
    /// The role's organisation; for screeners and handlers.
    pub organization: Option<OrganizationId>,
    /// The language of its messages.
    pub language: Lang,
    /// The format of the receiver.
    pub format: WebhookFormat,
    /// The JSON of the generic format; if empty, the default one.
    pub template: String,
    /// The address; if empty or absent, the stored one is used, with its secret.
    pub url: Option<Secret>,
    /// The secret.
    pub secret: Option<Secret>,
    /// Whether messages are sent.
    pub is_on: bool,
}

fn administrator(actor: &Actor) -> Result<Permit, AppError> {
    Ok(actor.need(&[Role::SystemAdmin])?)
}

/// Returns a channel's webhooks, newest first.
///
/// # Errors
/// [`AppError::Refused`] for anybody but its administrators.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<WebhookView>, AppError> {
    administrator(actor)?;
    Ok(store::of_channel(tx.conn, actor.channel)?.into_iter().map(WebhookView::from).collect())
}

/// Returns one webhook.
///
/// # Errors
/// As [`list`]; [`AppError::NotFound`].
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: WebhookId) -> Result<WebhookView, AppError> {
    administrator(actor)?;
    Ok(store::find(tx.conn, actor.channel, id)?.into())
}

/// Adds a webhook.
///
/// # Errors
/// As [`list`]; [`AppError::Invalid`].
pub fn add(tx: &mut Tx<'_>, actor: &Actor, draft: &WebhookDraft) -> Result<WebhookId, AppError> {
    let permit = administrator(actor)?;
    channels::webhooks_change(tx.conn, actor.channel)?;
    if store::of_channel(tx.conn, actor.channel)?.len() >= MOST {
        return Err(Violation::beyond("label", "too_many", MOST + 1, MOST).into());
    }
    let (mut row, chosen) = checked(tx, actor, draft, None)?;
    row.id = tx.id();
    row.target = target::seal(&tx.token_key()?, &row, chosen.target());
    store::insert(tx.conn, &row)?;
    enter(tx, permit, "create", &row, Some(&chosen))?;
    Ok(row.id)
}

/// Changes a webhook; `seen` is the version that was read. The results of earlier messages are cleared.
///
/// # Errors
/// As [`add`]; [`AppError::NotFound`], [`AppError::Stale`].
pub fn change(tx: &mut Tx<'_>, actor: &Actor, (id, seen): (WebhookId, i64), draft: &WebhookDraft) -> Result<(), AppError> {
    let permit = administrator(actor)?;
    channels::webhooks_change(tx.conn, actor.channel)?;
    let before = store::find(tx.conn, actor.channel, id)?;
    if before.version != seen {
        return Err(AppError::Stale { current: before.version });
    }
    let (mut row, chosen) = checked(tx, actor, draft, Some(&before))?;
    (row.id, row.version) = (id, seen + 1);
    row.target = target::seal(&tx.token_key()?, &row, chosen.target());
    store::save(tx.conn, &row, seen)?;
    enter(tx, permit, "change", &row, Some(&chosen))
}

/// Removes a webhook. Messages that wait for it are not sent.
///
/// # Errors
/// As [`list`]; [`AppError::NotFound`].
pub fn remove(tx: &mut Tx<'_>, actor: &Actor, id: WebhookId) -> Result<(), AppError> {
    let permit = administrator(actor)?;
    channels::webhooks_change(tx.conn, actor.channel)?;
    let row = store::find(tx.conn, actor.channel, id)?;
    store::remove(tx.conn, id)?;
    enter(tx, permit, "remove", &WebhookRow { changed_by: actor.user, ..row }, None)
}

fn enter(tx: &mut Tx<'_>, permit: Permit, action: &'static str, row: &WebhookRow, chosen: Option<&SelectedTarget>) -> Result<(), AppError> {
    let target = chosen.map(|chosen| if chosen.is_new() { "set" } else { "kept" });
    let facts = json!({
        "role": row.role, "organization": row.organization_id, "format": row.format, "host": row.host, "on": row.is_on, "target": target,
    });
    let event = LedgerEvent::new(row.channel_id, row.changed_by, permit, action, "webhook", row.id.0);
    events::append_event(tx, LedgerEvent { version: Some(row.version), facts, ..event })?;
    Ok(())
}

/// Returns the row as it would be stored, without its id and its encrypted fields.
fn checked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &WebhookDraft,
    before: Option<&WebhookRow>,
) -> Result<(WebhookRow, SelectedTarget), AppError> {
    let mut wrong = Violations::default();
    let label = wrong.take(required_line("label", &draft.label, 60));
    if !webhook::roles().contains(&draft.role) {
        wrong.add(Violation::new("role", "not_called"));
    }
    if let Err(violation) = organization(tx, actor, draft)? {
        wrong.add(violation);
    }
    let template = match (draft.format, is_blank(&draft.template)) {
        (WebhookFormat::Generic, true) => template::DEFAULT.to_owned(),
        (WebhookFormat::Generic, false) => {
            wrong.take(template::parse(&draft.template).map(drop));
            draft.template.clone()
        }
        (_, true) => String::new(),
        (_, false) => {
            wrong.add(Violation::new("template", "not_allowed_here"));
            String::new()
        }
    };
    let kept = before.map(|row| Ok::<_, StoreError>((row, target::open(&tx.token_key()?, row)))).transpose()?;
    let chosen = match choose(&tx.settings.webhooks, draft, kept) {
        Ok(chosen) => wrong.or(chosen)?,
        Err(more) => {
            more.into_iter().for_each(|violation| wrong.add(violation));
            return Err(wrong.into_vec().into());
        }
    };
    let row = WebhookRow {
        id: WebhookId(uuid::Uuid::nil()),
        channel_id: actor.channel,
        version: 1,
        label,
        role: draft.role,
        organization_id: draft.organization,
        language: draft.language,
        format: draft.format,
        template,
        host: webhook::shown_host(&chosen.target().url),
        target: Vec::new(),
        is_on: draft.is_on,
        changed_by: actor.user,
        changed_at: tx.now,
        last_sent_at: None,
        last_failed_at: None,
        last_fault: None,
        last_detail: None,
    };
    Ok((row, chosen))
}

/// Checks that an organisation is set if the role requires one, and only then.
fn organization(tx: &mut Tx<'_>, actor: &Actor, draft: &WebhookDraft) -> Result<Result<(), Violation>, AppError> {
    const FIELD: &str = "organization_id";
    let id = match (webhook::is_of_organization(draft.role), draft.organization) {
        (true, None) => return Ok(Err(Violation::required(FIELD))),
        (false, Some(_)) => return Ok(Err(Violation::new(FIELD, "not_allowed_here"))),
        (false, None) => return Ok(Ok(())),
        (true, Some(id)) => id,
    };
    match channels::organization_to_rely_on(tx.conn, actor.channel, id) {
        Ok(of) if of.closed_at.is_some() => Ok(Err(Violation::new(FIELD, "closed_organization"))),
        Ok(_) => Ok(Ok(())),
        Err(StoreError::NotFound) => Ok(Err(Violation::new(FIELD, "unknown"))),
        Err(error) => Err(error.into()),
    }
}

/// Returns the number of a channel's enabled webhooks whose last message failed.
///
/// # Errors
/// Fails if a database operation fails.
pub fn failing(tx: &mut Tx<'_>, actor: &Actor) -> Result<usize, AppError> {
    Ok(store::of_channel(tx.conn, actor.channel)?.iter().filter(|row| row.is_failing()).count())
}
