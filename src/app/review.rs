//! Decisions of screeners and reviewers.

pub mod input;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::edited_text::new_edited_text;
use crate::app::intake::digest_of;
use crate::app::manuscript_case::LoadedCase;
use crate::app::step::{StepDetails, StepResult};
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx, outgoing};
use crate::domain::ids::{AnyId, EntryId, ManuscriptId};
use crate::domain::manuscript::{RequestedChange, Text};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, DeclineReason, Part};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::change_requests::{self, ChangeRequest};
use crate::store::ledger::contents;
use crate::store::{decisions, texts};

/// A change requested from the author, anchored to a passage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequestedChange)]
pub struct NewRequest {
    /// The part that contains the passage.
    pub part: Part,
    /// The passage's first character, from 0.
    #[serde(default)]
    pub from: u32,
    /// The position after the passage's last character; without it, the passage extends to the end of the part.
    #[serde(default)]
    pub to: Option<u32>,
    /// The request.
    pub text: String,
}

/// A decision of the screener or the reviewer.
#[derive(Debug, Clone)]
pub enum ReviewVerdict {
    /// Passes it from the organisation's office to review.
    Pass,
    /// Returns it to the author.
    Return {
        /// The reason.
        reason: String,
        /// Requested changes, anchored to passages.
        requests: Vec<NewRequest>,
    },
    /// Recommends it to the signers.
    Recommend {
        /// Addressed to the signer, never shown to the author.
        opinion: String,
    },
    /// Declines it.
    Decline {
        /// A reason from the channel's list.
        code: DeclineReason,
        /// Addressed to the author.
        reason: String,
    },
}

impl ReviewVerdict {
    /// Returns whether the decision can be committed in a group ([`crate::app::App::write_grouped`]), because it does not read back its own
    /// writes.
    #[must_use]
    pub const fn can_be_grouped(&self) -> bool {
        matches!(self, Self::Pass | Self::Recommend { .. })
    }
}

fn loaded(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, action: Action) -> Result<LoadedCase, AppError> {
    let loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, action)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    Ok(loaded)
}

/// Performs a decision of a screener or a reviewer.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, verdict: &ReviewVerdict) -> Result<StepResult, AppError> {
    decide_and_keep(tx, actor, id, seen, verdict).map(|(done, _)| done)
}

/// Performs a decision, and returns the manuscript after it if that is known without a query.
pub(crate) fn decide_and_keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    verdict: &ReviewVerdict,
) -> Result<(StepResult, Option<LoadedCase>), AppError> {
    match verdict {
        ReviewVerdict::Pass => {
            let mut loaded = loaded(tx, actor, id, seen, Action::PassScreening)?;
            let done = transition::take(tx, actor, &mut loaded, Action::PassScreening, StepDetails::default(), |_| {})?;
            Ok((done, loaded.after_act()))
        }
        ReviewVerdict::Recommend { opinion } => {
            let mut loaded = loaded(tx, actor, id, seen, Action::Recommend)?;
            let step = StepDetails { words: Some(words(tx, "opinion", opinion)?), ..StepDetails::default() };
            let done = transition::take(tx, actor, &mut loaded, Action::Recommend, step, |_| {})?;
            Ok((done, loaded.after_act()))
        }
        ReviewVerdict::Return { reason, requests } => Ok((send_back_to_author(tx, actor, id, seen, reason, requests)?, None)),
        ReviewVerdict::Decline { code, reason } => Ok((decline(tx, actor, id, seen, *code, reason)?, None)),
    }
}

fn send_back_to_author(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    reason: &str,
    requests: &[NewRequest],
) -> Result<StepResult, AppError> {
    let mut loaded = loaded(tx, actor, id, seen, Action::Return)?;
    let reason = words(tx, "reason", reason)?;
    let text = texts::find(tx.conn, loaded.row.text_id)?;
    let entry: EntryId = tx.id();
    let requests = parse_requests(tx, requests, &text.text()?)?;
    let mut digests = BTreeMap::new();
    for request in &requests {
        let row = ChangeRequest {
            id: tx.id(),
            manuscript_id: id,
            entry_id: entry,
            text_id: text.id,
            part: request.part,
            from_char: request.from.into(),
            to_char: request.to.into(),
            words: request.text.clone(),
            created_at: tx.now,
            ticked_at: None,
            revoked_at: None,
        };
        digests.insert(format!("request:{}", row.id), contents::request(&row));
        change_requests::insert(tx.conn, &row)?;
    }
    let wording = requests.is_empty().then_some(Wording::Plain);
    let letter = LetterFacts { reason: Some(reason.clone()), wording, ..LetterFacts::default() };
    let facts = json!({ "requests": requests.len() });
    let step = StepDetails { words: Some(reason), public: true, facts, digests, letter, entry: Some(entry), ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Return, step, |_| {})
}

fn parse_requests(tx: &Tx<'_>, requests: &[NewRequest], text: &Text) -> Result<Vec<RequestedChange>, AppError> {
    let limits = tx.text_limits();
    let (mut kept, mut wrong) = (Vec::new(), Vec::new());
    for (place, request) in requests.iter().enumerate() {
        let field = format!("requests[{place}]");
        let end = || u32::try_from(text.part(request.part).chars().count()).unwrap_or(u32::MAX);
        let to = request.to.unwrap_or_else(end);
        match RequestedChange::parse(&field, request.part, request.from, to, &request.text, text, &limits) {
            Ok(request) => kept.push(request),
            Err(violations) => wrong.extend(violations),
        }
    }
    if requests.len() > limits.suggestions {
        wrong.push(Violation::beyond("requests", "too_many", requests.len(), limits.suggestions));
    }
    if wrong.is_empty() { Ok(kept) } else { Err(wrong.into()) }
}

fn decline(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, code: DeclineReason, reason: &str) -> Result<StepResult, AppError> {
    super::merging::lock_merged(tx, actor, id)?;
    let mut loaded = loaded(tx, actor, id, seen, Action::Decline)?;
    if !tx.channel_settings(actor.channel)?.decline_reasons.contains(&code) {
        return Err(Violation::new("reason_code", "unknown_reason").into());
    }
    let reason = words(tx, "reason", reason)?;
    let letter = LetterFacts { reason: Some(reason.clone()), ..LetterFacts::default() };
    let step =
        StepDetails { words: Some(reason), reason_code: Some(code.as_str().to_owned()), public: true, letter, ..StepDetails::default() };
    let done = transition::take(tx, actor, &mut loaded, Action::Decline, step, |_| {})?;
    super::merging::release(tx, &mut loaded, done.undo_until)?;
    Ok(done)
}

/// Writes the edited text (定稿) beside the unchanged original; a later edit becomes a round of its own. If the text equals the one that goes
/// out already, nothing is written, and nobody is recorded as its writer.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn edit(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, text: &Text) -> Result<Option<StepResult>, AppError> {
    let mut loaded = loaded(tx, actor, id, seen, Action::Edit)?;
    let present = outgoing::outgoing(tx, &loaded.row)?;
    if present.outdated.is_none() && texts::find(tx.conn, present.text)?.text()? == *text {
        return Ok(None);
    }
    let row = new_edited_text(tx, actor, &loaded, Action::Edit, text)?;
    let step = StepDetails { digests: digest_of(&row, text), facts: json!({ "round": row.round }), ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Edit, step, |manuscript| manuscript.edited_text_id = Some(row.id)).map(Some)
}

/// Sets or clears the urgent mark (急件); the queue's limit is computed again from the time of arrival.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn mark_urgent(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, urgent: bool) -> Result<StepResult, AppError> {
    let mut loaded = loaded(tx, actor, id, seen, Action::MarkUrgent)?;
    let settings = tx.channel_settings(actor.channel)?;
    loaded.row.urgent = urgent;
    let due = transition::due(tx, &settings, &loaded.row)?;
    let step = StepDetails { facts: json!({ "urgent": urgent }), ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::MarkUrgent, step, |row| row.due_at = due)
}

/// Records that a declined manuscript is passed on to another body (转送).
///
/// # Errors
/// Violations; refusals.
pub fn refer(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, addressee: &str, note: &str) -> Result<StepResult, AppError> {
    let mut loaded = loaded(tx, actor, id, seen, Action::Refer)?;
    let addressee = crate::domain::violation::required_line("addressee", addressee, tx.settings.limits.title_chars)?;
    let note = crate::domain::violation::prose("note", note, tx.settings.limits.reason_chars)?;
    let letter = LetterFacts { organization: Some(addressee.clone()), ..LetterFacts::default() };
    let words = if note.is_empty() { addressee } else { format!("{addressee}\n{note}") };
    refuse_repeated_referral(tx, id, &words)?;
    let step = StepDetails { words: Some(words), public: true, letter, ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Refer, step, |_| {})
}

/// Refuses a second referral with the same text to the same body since the decline.
fn refuse_repeated_referral(tx: &mut Tx<'_>, id: ManuscriptId, words: &str) -> Result<(), AppError> {
    let rows = decisions::list(tx.conn, id)?;
    let since = rows.iter().rev().take_while(|row| row.action != Action::Decline.as_str());
    match since.filter(|row| row.action == Action::Refer.as_str()).find(|row| row.words == words) {
        Some(first) => Err(Refusal::Repeated { first: AnyId(first.entry_id.0) }.into()),
        None => Ok(()),
    }
}

/// Takes a declined manuscript up again.
///
/// # Errors
/// Violations; refusals.
pub fn reconsider(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<StepResult, AppError> {
    let mut loaded = loaded(tx, actor, id, seen, Action::Reconsider)?;
    let step = StepDetails { words: Some(words(tx, "reason", reason)?), ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Reconsider, step, |_| {})
}
