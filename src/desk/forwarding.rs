//! Putting a manuscript before leaders without a bulletin.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::desk::bulletins::{check_leaders, receive};
use crate::desk::case;
use crate::desk::edited_text::digest_as;
use crate::desk::step::{self, Done, Step};
use crate::desk::{DeskError, Tx};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations};
use crate::domain::words::Action;
use crate::store::ledger::contents;

/// Before whom a manuscript is put.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// The leaders.
    pub recipients: Vec<UserId>,
}

/// Forwards a manuscript.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn forward(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, to: &Forwarding) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::judge(tx, actor, &loaded, Action::Forward)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut wrong = Violations::default();
    if to.recipients.is_empty() {
        wrong.add(Violation::required("recipients"));
    }
    check_leaders(tx, actor, &to.recipients, &mut wrong)?;
    wrong.or(())?;
    let mut digests = digest_as(tx, &loaded, "issued_text")?;
    digests.insert("recipients".to_owned(), contents::recipients(id, None, &to.recipients));
    let step = Step { named: &to.recipients, facts: json!({ "recipients": to.recipients }), digests, ..Step::default() };
    let done = step::take(tx, actor, &mut loaded, Action::Forward, step, |_| {})?;
    receive(tx, &loaded, None, &to.recipients, done.entry)?;
    Ok(done)
}
