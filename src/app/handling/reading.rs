//! Builds the views of assignments for their readers.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::due_dates::provisional::{self, ProvisionalDates};
use crate::app::handling::charge::{self, AssignmentCase, DetailLevel, lens, narrowed};
use crate::app::handling::dates::Timing;
use crate::app::handling::views::{
    AssignmentView, ExtensionView, Internal, ItemView, OrganizationName, Partner, ReplyView, ReportView, UrgingView,
};
use crate::app::handling::{merged, merged_views};
use crate::app::manuscript_case::LoadedCase;
use crate::app::{AppError, Tx};
use crate::domain::assignment::{AssignmentAction, AssignmentPart, allowed};
use crate::domain::channel::ResultCategory;
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, OrganizationId};
use crate::domain::permission::{Actor, Visibility};
use crate::domain::states::AssignmentState;
use crate::store::assignments::{Assignment, Extension};
use crate::store::replies::{ReplyItemRow, ReplyRow};
use crate::store::reports::{ImplementationReportRow, Urging};

/// Returns the assignments of a manuscript that this person may see, in the order in which they were made.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn assignments_of(
    tx: &mut Tx<'_>,
    loaded: &LoadedCase,
    seen: Visibility,
    actor: &Actor,
) -> Result<Vec<AssignmentView>, AppError> {
    let mut found = Vec::new();
    for row in &loaded.assignments {
        found.extend(lens(loaded, row, seen, actor).map(|lens| (row, lens)));
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let hidden = if merged_views::reads_merged(seen) { BTreeSet::new() } else { merged::hidden_numbers(tx, loaded.row.id, None)? };
    let facts = AssignmentFacts::load(tx, loaded, &found, hidden)?;
    found.into_iter().filter_map(|(row, lens)| facts.view(loaded, row, lens, actor).transpose()).collect()
}

/// Returns the assignments of `target` as its authors read them, for an author of `own`, which was merged into it. They carry the id,
/// number and title of `own`, because this author knows only these.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn public_assignments_of(
    tx: &mut Tx<'_>,
    own: &LoadedCase,
    target: &LoadedCase,
    actor: &Actor,
) -> Result<Vec<AssignmentView>, AppError> {
    let as_author = Visibility { author: true, ..Visibility::default() };
    let rows = target.assignments.iter().filter(|row| lens(target, row, as_author, actor).is_some());
    let rows: Vec<_> = rows.map(|row| (row, DetailLevel::Public)).collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let hidden = merged::hidden_numbers(tx, target.row.id, Some(own.row.id))?;
    let facts = AssignmentFacts::load(tx, target, &rows, hidden)?;
    let mut views = Vec::new();
    for (row, lens) in rows {
        let Some(mut view) = facts.view(target, row, lens, actor)? else { continue };
        view.manuscript_id = own.row.id;
        view.number.clone_from(&own.row.number);
        view.title.clone_from(&own.row.title);
        view.allowed_actions.clear();
        views.push(view);
    }
    Ok(views)
}

/// Returns the view of one assignment after an act, or for a reading.
///
/// # Errors
/// [`AppError::NotFound`] if this person may not see it (any more).
pub(crate) fn one(tx: &mut Tx<'_>, actor: &Actor, charge: &AssignmentCase) -> Result<AssignmentView, AppError> {
    let AssignmentCase { loaded, row } = charge;
    let seen = loaded.sight(actor);
    let lens = lens(loaded, row, seen, actor).ok_or(AppError::NotFound)?;
    let hidden = if merged_views::reads_merged(seen) { BTreeSet::new() } else { merged::hidden_numbers(tx, loaded.row.id, None)? };
    AssignmentFacts::load(tx, loaded, &[(row, lens)], hidden)?.view(loaded, row, lens, actor)?.ok_or(AppError::NotFound)
}

/// Reads one assignment.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId) -> Result<AssignmentView, AppError> {
    let charge = charge::view(tx, actor, id)?;
    one(tx, actor, &charge)
}

/// The data from which views are built, loaded for all assignments at once.
struct AssignmentFacts {
    now: Moment,
    timing: Timing,
    names: BTreeMap<OrganizationId, String>,
    replies: Vec<ReplyRow>,
    items: Vec<ReplyItemRow>,
    reports: Vec<ImplementationReportRow>,
    urgings: Vec<Urging>,
    /// The numbers of suggestions that are not for this reader.
    hidden: BTreeSet<u32>,
    /// The dates of each assignment that may still change.
    provisional: BTreeMap<AssignmentId, ProvisionalDates>,
}

impl AssignmentFacts {
    fn load(tx: &mut Tx<'_>, loaded: &LoadedCase, of: &[(&Assignment, DetailLevel)], hidden: BTreeSet<u32>) -> Result<Self, AppError> {
        let names = tx.organizations(loaded.row.channel_id)?;
        let replies = tx.replies_of(loaded.row.id)?;
        let internal = of.iter().any(|(_, lens)| *lens != DetailLevel::Public);
        let mut provisional = BTreeMap::new();
        for (row, _) in of {
            provisional.insert(row.id, provisional::of_assignment(tx, row)?);
        }
        Ok(Self {
            now: tx.now,
            timing: Timing::of(tx, loaded.row.channel_id)?,
            names: names.iter().map(|one| (one.id, one.name.clone())).collect(),
            items: if replies.is_empty() { Vec::new() } else { tx.reply_items_of(loaded.row.id)? },
            replies,
            reports: tx.reports_of(loaded.row.id)?,
            hidden,
            provisional,
            urgings: if internal { tx.urgings_of(loaded.row.id)? } else { Vec::new() },
        })
    }

    fn provisional(&self, row: &Assignment) -> ProvisionalDates {
        self.provisional.get(&row.id).copied().unwrap_or_default()
    }

    fn name(&self, id: OrganizationId) -> OrganizationName {
        OrganizationName { id, name: self.names.get(&id).cloned().unwrap_or_default() }
    }

    /// Returns whether the suggestion with this number is for the reader.
    fn shows(&self, number: i64) -> bool {
        u32::try_from(number).is_ok_and(|number| !self.hidden.contains(&number))
    }

    /// Returns the assignment as the reader may see it, or `None` if it answers nothing that is for them.
    fn view(&self, loaded: &LoadedCase, row: &Assignment, lens: DetailLevel, actor: &Actor) -> Result<Option<AssignmentView>, AppError> {
        let public = lens == DetailLevel::Public;
        let named = row.numbers()?;
        let suggestions: Option<Vec<u32>> = named.map(|all| all.into_iter().filter(|number| !self.hidden.contains(number)).collect());
        if suggestions.as_ref().is_some_and(Vec::is_empty) {
            return Ok(None);
        }
        Ok(Some(AssignmentView {
            id: row.id,
            manuscript_id: row.manuscript_id,
            number: loaded.row.number.clone(),
            title: loaded.row.title.clone(),
            version: row.version,
            form: row.form,
            part: row.part,
            state: if public { plain(row.state) } else { row.state },
            organization: self.name(row.organization_id),
            partners: self.partners(loaded, row),
            suggestions,
            assigned_at: row.assigned_at,
            due_at: row.due_at,
            due_is_provisional: self.provisional(row).due,
            received_at: row.received_at,
            settled_at: row.settled_at,
            implemented_at: row.implemented_at,
            internal: if public { None } else { Some(self.internal(row)?) },
            replies: self.replies(row, public),
            reports: self.reports_of(row),
            allowed_actions: self.open(loaded, row, actor)?,
        }))
    }

    fn reports_of(&self, row: &Assignment) -> Vec<ReportView> {
        let own = self.reports.iter().filter(|one| one.assignment_id == row.id);
        own.filter(|one| one.number.is_none_or(|number| self.shows(number))).map(report).collect()
    }

    /// Returns the other departments under the same lead, the lead first.
    fn partners(&self, loaded: &LoadedCase, row: &Assignment) -> Vec<Partner> {
        let lead = row.lead_id.unwrap_or(row.id);
        let same = |one: &&Assignment| one.id != row.id && (one.id == lead || one.lead_id == Some(lead)) && one.state.is_charged();
        let partner = |one: &Assignment| Partner { organization: self.name(one.organization_id), part: one.part };
        let mut partners: Vec<Partner> = loaded.assignments.iter().filter(same).map(partner).collect();
        partners.sort_by_key(|one| one.part == AssignmentPart::Assisting);
        partners
    }

    fn internal(&self, row: &Assignment) -> Result<Internal, AppError> {
        Ok(Internal {
            note: row.note.clone(),
            receive_by: row.receive_by,
            receive_by_is_provisional: self.provisional(row).receive_by,
            return_until: self.timing.return_until(row),
            return_until_is_provisional: self.provisional(row).return_until,
            endorsement_id: row.endorsement_id,
            replied_at: row.replied_at,
            reason: row.reason.clone(),
            proposed_organization: row.proposed_organization.clone(),
            extensions: row.extensions()?.into_iter().map(extension).collect(),
            urgings: self.urgings.iter().filter(|urging| urging.assignment_id == row.id).map(urging).collect(),
        })
    }

    fn replies(&self, row: &Assignment, public: bool) -> Vec<ReplyView> {
        let mine = self.replies.iter().filter(|reply| reply.assignment_id == row.id && (!public || reply.approved == Some(true)));
        mine.map(|reply| {
            let items = self.items.iter().filter(|item| item.reply_id == reply.id && self.shows(item.number)).map(item);
            view_of(reply, items.collect(), public)
        })
        .collect()
    }

    /// Returns the actions that the table allows, without those that time or another fact excludes, so that no button leads to a refusal.
    fn open(&self, loaded: &LoadedCase, row: &Assignment, actor: &Actor) -> Result<Vec<AssignmentAction>, AppError> {
        let mut open = allowed(&narrowed(loaded, row), row.state, row.part, actor);
        if open.is_empty() {
            return Ok(open);
        }
        let asked = row.extensions()?.last().is_some_and(|last| last.decision.is_none());
        let late = self.now > row.due_at;
        let return_late = self.now > self.timing.return_until(row);
        open.retain(|action| match action {
            AssignmentAction::RequestReturn => !return_late,
            AssignmentAction::RequestExtension => !asked && !late,
            AssignmentAction::DecideExtension => asked,
            AssignmentAction::Report => row.implemented_at.is_none(),
            _ => true,
        });
        Ok(open)
    }
}

/// Returns the state as authors and leaders read it: without requests, and without an answer that is not checked yet.
const fn plain(state: AssignmentState) -> AssignmentState {
    match state {
        AssignmentState::ReturnRequested | AssignmentState::Replied => AssignmentState::Received,
        other => other,
    }
}

fn extension(one: Extension) -> ExtensionView {
    let decision = one.decision;
    ExtensionView {
        requested_at: one.requested_at,
        reason: one.reason,
        progress: one.progress,
        due_on: one.until,
        granted: decision.as_ref().map(|decision| decision.granted),
        decided_at: decision.as_ref().map(|decision| decision.at),
        due_at: decision.as_ref().and_then(|decision| decision.due),
        decision_reason: decision.map(|decision| decision.reason).filter(|reason| !reason.is_empty()),
    }
}

fn urging(one: &Urging) -> UrgingView {
    UrgingView { id: one.id, words: one.words.clone(), created_at: one.created_at }
}

fn report(one: &ImplementationReportRow) -> ReportView {
    ReportView { id: one.id, number: one.number, words: one.words.clone(), implemented: one.implemented, created_at: one.created_at }
}

fn item(one: &ReplyItemRow) -> ItemView {
    ItemView { number: one.number, answer: one.answer, words: one.words.clone(), promised_on: one.promised_on.clone() }
}

fn view_of(reply: &ReplyRow, items: Vec<ItemView>, public: bool) -> ReplyView {
    let result = reply.result_code.clone().zip(reply.result_definition.clone());
    ReplyView {
        id: reply.id,
        round: reply.round,
        words: reply.words.clone(),
        result: result.map(|(code, meaning)| ResultCategory { code, meaning }),
        consultation: reply.consultation,
        officer: reply.officer.clone(),
        officer_phone: reply.officer_phone.clone(),
        items,
        created_at: reply.created_at,
        approved: reply.approved,
        decided_at: reply.decided_at,
        reason: reply.reason.clone().filter(|_| !public),
    }
}
