//! A manuscript's history: its ledger entries, as far as this person may see them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::accounts::versions::PeopleThen;
use crate::app::handling::merged::hidden_acts;
use crate::app::handling::merged_views::reads_merged;
use crate::app::handling::reopening::UNTOLD;
use crate::app::restoring::VOID;
use crate::app::staffing::UNSTAFFED;
use crate::app::windows::CLOSED;
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::assignment::ASSIGNMENT_TRANSITIONS;
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, UserId};
use crate::domain::ledger::{Entry, Receipt};
use crate::domain::notice::Audience;
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::{Actor, sight};
use crate::domain::transition::{TRANSITIONS, Transition};
use crate::domain::vocabulary::Stage;
use crate::store::ledger::reading;
use crate::store::{endorsements, manuscripts};

/// An act in a manuscript's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryItem {
    /// Its entry in the ledger.
    pub entry: EntryId,
    /// The time of the act.
    pub at: Moment,
    /// The act.
    pub action: String,
    /// The kind of the changed object: `manuscript`, `assignment`, `endorsement`.
    pub object: String,
    /// The kind of an endorsement that was entered: a mark, an instruction, or another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<EndorsementKind>,
    /// The role by which it was done; absent for an act of the program.
    pub role: Option<String>,
    /// The actor, as they were then: the name for the office; name, sign-in name and organisation for auditors and administrators; absent
    /// for others.
    pub by: Option<String>,
    /// The person for whom a stand-in or secretary acted; shown like `by`.
    pub on_behalf_of: Option<String>,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// The entry that it undid.
    pub undoes: Option<EntryId>,
    /// The manuscript's version after it.
    pub version: Option<i64>,
    /// Whether the author's organisation screens but had nobody who could, so that the manuscript went on to review.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub screening_skipped: bool,
}

/// Returns the history, oldest first.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn history(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Vec<HistoryItem>, AppError> {
    let row = manuscripts::find(tx.conn, actor.channel, id)?;
    let mut loaded = manuscript_case::of_row(tx, row)?;
    manuscript_case::take_mergers_as_read(tx, actor, &mut loaded)?;
    let sight = sight(actor, &loaded.case.standing);
    if sight.author_only() {
        loaded = manuscript_case::as_authors_read(tx, loaded)?;
    }
    let traced = sight.trace && loaded.row.submitted_at.is_some();
    if !sight.reads() && !traced {
        return Err(AppError::NotFound);
    }
    let mut entries = reading::history(tx.conn, actor.channel, id.0)?;
    // The end of a window is nobody's act: readers of the manuscript's history see the decision itself.
    entries.retain(|entry| traced && !sight.reads() || entry.action != CLOSED);
    if !sight.internal() && !traced {
        if sight.author_only() {
            renumber(&mut entries);
        }
        let taken_back: BTreeSet<EntryId> = entries.iter().filter_map(|entry| entry.undoes).collect();
        let ended = entries.iter().filter(|entry| !taken_back.contains(&entry.id)).filter_map(untold);
        let undone: BTreeSet<EntryId> = ended.chain(taken_back.iter().copied()).collect();
        if sight.author_only() {
            as_from_the_stage_read(&mut entries, |entry| undone.contains(&entry.id) || loaded.conceals(entry.id));
        }
        let held: BTreeSet<EntryId> = if loaded.case.was_forwarded { held_endorsements(tx, id)? } else { BTreeSet::new() };
        // The office that decided reads that its decision was voided; authors never read of it.
        let void = |entry: &Entry| entry.action == VOID && sight.screener && !sight.author;
        let voided: BTreeSet<EntryId> = entries.iter().filter(|entry| void(entry)).filter_map(|entry| entry.undoes).collect();
        let known = |entry: &Entry| {
            let undone = undone.contains(&entry.id) && !voided.contains(&entry.id);
            !loaded.conceals(entry.id) && !held.contains(&entry.id) && !undone && untold(entry).is_none()
        };
        let hidden = if reads_merged(sight) { BTreeSet::new() } else { hidden_acts(tx, &loaded.assignments)? };
        entries.retain(|entry| !hidden.contains(&entry.object.id) && !hidden.contains(&entry.id.0));
        entries.retain(|entry| void(entry) || known(entry) && is_public(entry));
    }
    let people = people(tx, &entries, sight.internal() || traced)?;
    let show = |user: Option<UserId>, at: Moment| {
        let then = user.and_then(|user| people.at(user, at));
        match user {
            Some(_) if sight.internal() => then.map(|then| then.name),
            Some(user) if sight.trace && !sight.reads() => Some(then.map_or_else(|| user.to_string(), |then| then.to_string())),
            _ => None,
        }
    };
    Ok(entries.into_iter().map(|entry| item(&entry, &show)).collect())
}

fn item(entry: &Entry, show: &dyn Fn(Option<UserId>, Moment) -> Option<String>) -> HistoryItem {
    HistoryItem {
        entry: entry.id,
        at: entry.at,
        action: entry.action.clone(),
        object: entry.object.kind.clone(),
        kind: entry.facts.get("kind").and_then(|kind| kind.as_str()).and_then(|kind| kind.parse().ok()),
        role: entry.role.clone(),
        by: show(entry.actor, entry.at),
        on_behalf_of: show(entry.on_behalf_of, entry.at),
        from: entry.from.clone(),
        to: entry.to.clone(),
        undoes: entry.undoes,
        version: entry.version,
        screening_skipped: entry.facts.get(UNSTAFFED).is_some_and(|skipped| skipped == true),
    }
}

/// Loads the people of these entries, for readers who may see them.
fn people(tx: &mut Tx<'_>, entries: &[Entry], known: bool) -> Result<PeopleThen, AppError> {
    let ids: BTreeSet<UserId> = entries.iter().flat_map(|entry| [entry.actor, entry.on_behalf_of]).flatten().collect();
    let ids: Vec<UserId> = if known { ids.into_iter().collect() } else { Vec::new() };
    Ok(PeopleThen::load(tx.conn, &ids)?)
}

/// Returns the entries by which endorsements took an effect that can still be undone.
fn held_endorsements(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<BTreeSet<EntryId>, AppError> {
    let rows = endorsements::of_manuscript(tx.conn, id)?;
    Ok(rows.into_iter().filter(|row| row.held_until.is_some_and(|until| until > tx.now)).filter_map(|row| row.held_entry).collect())
}

/// Returns the conclusion that ended with this reopening before its announcement.
fn untold(entry: &Entry) -> Option<EntryId> {
    entry.facts.get(UNTOLD).and_then(|id| EntryId::deserialize(id).ok())
}

/// Changes entries that only recorded a fact, so that their stage is that of the last decision that authors know of.
fn as_from_the_stage_read(entries: &mut [Entry], is_unknown: impl Fn(&Entry) -> bool) {
    let mut stage = None;
    for entry in entries.iter_mut().filter(|entry| entry.object.kind == "manuscript" && !is_unknown(entry) && entry.undoes.is_none()) {
        if entry.from == entry.to && stage.is_some() {
            (entry.from, entry.to) = (stage.clone(), stage.clone());
        }
        stage = entry.to.clone().or(stage);
    }
}

/// Numbers the entries' versions consecutively, so that decisions which were undone before their announcement leave no gap.
fn renumber(entries: &mut [Entry]) {
    let mut untold_versions = 0;
    let mut before: BTreeMap<EntryId, (i64, i64)> = BTreeMap::new();
    for entry in entries.iter_mut().filter(|entry| entry.object.kind == "manuscript") {
        let Some(version) = entry.version else { continue };
        match entry.undoes.or_else(|| untold(entry)).and_then(|ended| before.get(&ended)) {
            Some((was, untold)) => untold_versions = untold + version - was,
            None => {
                before.insert(entry.id, (version - 1, untold_versions));
            }
        }
        entry.version = Some(version - untold_versions);
    }
}

/// Returns whether people outside the office may see an act: acts of authors themselves, and those of which they are informed.
fn is_public(entry: &Entry) -> bool {
    match entry.object.kind.as_str() {
        "manuscript" => {
            let from: Option<Stage> = entry.from.as_deref().and_then(|from| from.parse().ok());
            let begins = |row: &&Transition| from.is_none_or(|from| row.from.contains(&from));
            let rows = || TRANSITIONS.iter().filter(|row| row.action.as_str() == entry.action).filter(begins);
            rows().any(|row| {
                row.who.iter().all(|who| !who.is_office()) || row.notices.iter().any(|notice| notice.audience == Audience::Authors)
            }) || rows().next().is_none() && entry.role.as_deref() == Some("submitter")
        }
        "assignment" => ASSIGNMENT_TRANSITIONS
            .iter()
            .any(|row| row.action.as_str() == entry.action && row.notices.iter().any(|notice| notice.audience == Audience::Authors)),
        "endorsement" => matches!(entry.to.as_deref(), Some("confirmed" | "countersigned")),
        _ => false,
    }
}

/// Returns the proof of the last submission, for its authors and the office.
///
/// # Errors
/// [`AppError::NotFound`] for a manuscript that was never submitted, and for one that this person may not see.
pub fn receipt(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Receipt, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let sight = loaded.sight(actor);
    if !(sight.author || sight.screener || sight.internal()) {
        return Err(AppError::NotFound);
    }
    let entries = reading::history(tx.conn, actor.channel, id.0)?;
    let submitted = entries.iter().rev().find(|entry| entry.action == "submit").ok_or(AppError::NotFound)?;
    Ok(reading::receipt(tx.conn, actor.channel, submitted.id)?)
}
