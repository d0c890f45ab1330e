//! Forwarding of a manuscript to leaders without a bulletin.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::bulletins::{check_leaders, receive};
use crate::app::edited_text::digest_as;
use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, transition};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations};
use crate::domain::vocabulary::Action;
use crate::store::ledger::contents;

/// The recipients of a forwarded manuscript.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// The leaders.
    pub recipients: Vec<UserId>,
}

/// Forwards a manuscript.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn forward(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, to: &Forwarding) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Forward)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut wrong = Violations::default();
    if to.recipients.is_empty() {
        wrong.add(Violation::required("recipients"));
    }
    check_leaders(tx, actor, &to.recipients, &mut wrong)?;
    wrong.or(())?;
    let mut digests = digest_as(tx, &loaded, "issued_text")?;
    digests.insert("recipients".to_owned(), contents::recipients(id, None, &to.recipients));
    let step = StepDetails { named: &to.recipients, facts: json!({ "recipients": to.recipients }), digests, ..StepDetails::default() };
    let done = transition::take(tx, actor, &mut loaded, Action::Forward, step, |_| {})?;
    receive(tx, &loaded, None, &to.recipients, done.entry)?;
    Ok(done)
}
