//! One assignment: loaded with its manuscript, read by a person, changed by an act.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::app::events::{self, LedgerEvent};
use crate::app::handling::merged;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx, transition, windows};
use crate::domain::assignment::{AssignmentAction, AssignmentDecision, decide};
use crate::domain::ids::{AssignmentId, EntryId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::{Actor, ManuscriptStanding, Visibility, sight};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::AssignmentState;
use crate::mail::letters::LetterFacts;
use crate::store::assignments::{self, Assignment, UNDONE};
use crate::store::channels;

/// The level of detail at which a person sees an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DetailLevel {
    /// All details, for the office.
    Staff,
    /// All details, for the department itself, and for the lead department of those that assist it.
    Department,
    /// The details that authors and leaders read.
    Public,
}

/// An assignment with its manuscript.
pub(crate) struct AssignmentCase {
    /// The manuscript.
    pub loaded: LoadedCase,
    /// The assignment.
    pub row: Assignment,
}

/// Returns the manuscript's standing with this assignment's department as the only one assigned.
pub(super) fn narrowed(loaded: &LoadedCase, row: &Assignment) -> ManuscriptStanding {
    let charged = if row.state.is_charged() { vec![row.organization_id] } else { Vec::new() };
    ManuscriptStanding { charged, ..loaded.case.standing.clone() }
}

/// Returns the level of detail at which the person sees this assignment, or `None` if they may not see it.
pub(crate) fn lens(loaded: &LoadedCase, row: &Assignment, seen: Visibility, actor: &Actor) -> Option<DetailLevel> {
    if seen.internal() {
        return Some(DetailLevel::Staff);
    }
    let officer_of = |row: &Assignment| sight(actor, &narrowed(loaded, row)).handler;
    let lead = row.lead_id.and_then(|lead| loaded.assignments.iter().find(|one| one.id == lead));
    if seen.handler && (officer_of(row) || lead.is_some_and(officer_of)) {
        return Some(DetailLevel::Department);
    }
    let public = seen.author || seen.screener || seen.leader;
    (public && !is_undone(row)).then_some(DetailLevel::Public)
}

/// Returns whether the decision by which the assignment was made was undone.
fn is_undone(row: &Assignment) -> bool {
    row.state == AssignmentState::Cancelled && row.reason.as_deref() == Some(UNDONE)
}

/// Loads an assignment for an act, and locks its manuscript.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub(crate) fn load(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId) -> Result<AssignmentCase, AppError> {
    let found = assignments::find(tx.conn, actor.channel, id)?;
    let loaded = transition::load(tx, actor, found.manuscript_id)?;
    of(actor, loaded, id)
}

/// Loads an assignment for a reading.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub(crate) fn view(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId) -> Result<AssignmentCase, AppError> {
    let found = assignments::find(tx.conn, actor.channel, id)?;
    let loaded = manuscript_case::view(tx, actor, found.manuscript_id)?;
    of(actor, loaded, id)
}

fn of(actor: &Actor, loaded: LoadedCase, id: AssignmentId) -> Result<AssignmentCase, AppError> {
    let row = loaded.assignments.iter().find(|one| one.id == id).cloned().ok_or(AppError::NotFound)?;
    match lens(&loaded, &row, loaded.sight(actor), actor) {
        Some(_) => Ok(AssignmentCase { loaded, row }),
        None => Err(AppError::NotFound),
    }
}

impl AssignmentCase {
    /// Checks the act by the table, on the version that the person saw; `seen` is `None` for acts that only add a fact.
    pub(super) fn judge(&self, actor: &Actor, action: AssignmentAction, seen: Option<i64>) -> Result<AssignmentDecision, AppError> {
        let judged = decide(&narrowed(&self.loaded, &self.row), self.row.state, self.row.part, actor, action);
        if let Err(refusal) = &judged
            && refusal.is_forbidden()
        {
            return Err(refusal.clone().into());
        }
        match seen {
            Some(seen) if seen != self.row.version => Err(AppError::Stale { current: self.row.version }),
            _ => Ok(judged?),
        }
    }

    /// Returns the refusal of an act that the assignment's state does not allow, although the table would.
    pub(super) fn wrong_state(&self) -> AppError {
        Refusal::WrongState { state: ThingState::Assignment(self.row.state) }.into()
    }
}

/// The input of an act on an assignment.
#[derive(Default)]
pub(super) struct AssignmentStep<'a> {
    /// The id of the entry, if rows of the act already name it.
    pub entry: Option<EntryId>,
    /// Small facts for the ledger.
    pub facts: Value,
    /// Digests of the texts that the act added.
    pub digests: BTreeMap<String, String>,
    /// Facts that the letters may mention.
    pub letter: LetterFacts,
    /// A letter in place of the table's.
    pub instead: Option<Letter>,
    /// The persons of `Audience::Named`.
    pub named: &'a [UserId],
    /// Whether the row has changed in anything but its state.
    pub changed: bool,
}

/// Saves the row, writes the entry, notifies people.
pub(super) fn enact(
    tx: &mut Tx<'_>,
    actor: &Actor,
    charge: &mut AssignmentCase,
    decision: &AssignmentDecision,
    act: AssignmentStep<'_>,
) -> Result<EntryId, AppError> {
    let seen = charge.row.version;
    if act.changed || decision.to != decision.from {
        let row = &mut charge.row;
        row.state = decision.to;
        row.version += 1;
        row.settled_at = decision.to.is_settled().then(|| row.settled_at.unwrap_or(tx.now));
        assignments::save(tx.conn, row, seen)?;
    }
    if decision.row.action != AssignmentAction::Urge {
        windows::close_early(tx, &mut charge.loaded)?;
    }
    let row = &charge.row;
    let mut deed = LedgerEvent::new(row.channel_id, actor.user, decision.permit, decision.row.action.as_str(), "assignment", row.id.0);
    deed.chain = row.manuscript_id.0;
    deed.version = Some(row.version);
    deed.from = Some(decision.from.as_str());
    deed.to = Some(decision.to.as_str());
    deed.digests = act.digests;
    deed.facts = act.facts;
    let entry = act.entry.unwrap_or_else(|| tx.id());
    events::append_event_as(tx, entry, deed)?;
    let organization = channels::find_organization(tx.conn, row.channel_id, row.organization_id)?.name;
    let about = About {
        entry,
        channel: row.channel_id,
        manuscript: Some(&charge.loaded.row),
        subject: row.id.into(),
        facts: LetterFacts { organization: Some(organization), ..act.letter },
        not_before: tx.now,
        actor: Some(actor.user),
    };
    let concerned = merged::concerned(tx, row)?;
    for notice in decision.row.notices {
        let letter = act.instead.unwrap_or(notice.letter);
        let mut about = about.clone();
        if notice.audience == Audience::Handlers && !decision.to.is_charged() {
            // The department can no longer open the manuscript or the assignment, so the notice links to the inbox.
            about.facts.path = Some("/inbox".to_owned());
        }
        if notice.audience == Audience::Authors && !about.facts.promises.is_empty() {
            // Numbers of suggestions from other authors' manuscripts are omitted.
            let hidden = merged::hidden_numbers(tx, row.manuscript_id, None)?;
            about.facts.promises.retain(|(number, _)| !hidden.contains(number));
        }
        match concerned.as_deref().filter(|_| notice.audience == Audience::Authors) {
            Some(merged) => notification::tell_merged_authors(tx, &about, letter, merged)?,
            None => notification::tell_audience(tx, &about, notice.audience, letter, act.named, &[row.organization_id])?,
        }
    }
    let changed = charge.loaded.assignments.iter_mut().find(|one| one.id == charge.row.id);
    if let Some(place) = changed {
        place.clone_from(&charge.row);
    }
    Ok(entry)
}

/// Returns one digest under its name, for the entry.
pub(super) fn digest(name: &str, digest: String) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), digest)])
}
