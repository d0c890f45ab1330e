//! The public course of a target, as its own authors read it, for the authors of a manuscript merged into it.
//!
//! The target's title and text are not shown, except for the text of suggestions that a department has answered: an answer is shown with
//! the suggestion that it answers, and never with the suggestion of the merged manuscript that happens to have the same number.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::bulletins::{InBulletin, IssuedIn, issued_bulletins_of};
use crate::app::endorsements::{self, EndorsementView};
use crate::app::handling::merged::{self, OwnSuggestion};
use crate::app::handling::reading::public_assignments_of;
use crate::app::handling::views::AssignmentView;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::outcomes::adoptions::{self, AdoptionView};
use crate::app::{AppError, Tx, outgoing};
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, UserId};
use crate::domain::permission::{Actor, Visibility};
use crate::domain::vocabulary::{Action, Role, Stage};
use crate::store::rows::ManuscriptRow;
use crate::store::{decisions, manuscripts, people};

/// The visibility of an author without other capacities.
const AS_AUTHOR: Visibility = Visibility {
    author: true,
    screener: false,
    reviewer: false,
    signer: false,
    dispatcher: false,
    leader: false,
    handler: false,
    trace: false,
};

/// Decisions whose text is for all authors. A return or a refusal is addressed to the target's author only, and may quote their text.
const FOR_ALL: [Action; 3] = [Action::Conclude, Action::Reopen, Action::Recall];

/// The public course of the manuscript that another one was merged into.
///
/// Its endorsements and assignments carry the number and title of the merged manuscript, because its authors know only these.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Course {
    /// The target's stage, as authors read it.
    pub stage: Stage,
    /// If it is archived, the stage before that.
    pub outcome: Option<Stage>,
    /// The bulletins in which it was issued; those issued after the merger name the merged manuscript's authors.
    pub bulletins: Vec<CourseBulletin>,
    /// The endorsements of leaders.
    pub endorsements: Vec<EndorsementView>,
    /// The departments to which it is assigned, and their answers.
    pub assignments: Vec<AssignmentView>,
    /// The answered suggestions; the items of `assignments` name their numbers.
    pub suggestions: Vec<AnsweredSuggestion>,
    /// The decisions on the reader's own suggestions; empty until then.
    pub yours: Vec<OwnSuggestion>,
    /// Its adoptions.
    pub adoptions: Vec<AdoptionView>,
    /// The texts of its conclusion, and of later decisions about that.
    pub decisions: Vec<DecisionView>,
}

/// A bulletin in which the target was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CourseBulletin {
    /// Its name, number and day.
    #[serde(flatten)]
    pub bulletin: InBulletin,
    /// Whether it names the reader as an author.
    pub names_you: bool,
}

/// A suggestion of the target that has an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnsweredSuggestion {
    /// Its number in the target, from 1.
    pub number: u32,
    /// Its text.
    pub words: String,
}

impl Course {
    /// Returns the time of the conclusion in effect, or `None` if it is not concluded.
    #[must_use]
    pub fn concluded_at(&self) -> Option<Moment> {
        let concluded = self.outcome.unwrap_or(self.stage) == Stage::Concluded;
        let last = self.decisions.iter().rev().find(|one| one.action == Action::Conclude.as_str());
        last.filter(|_| concluded).map(|one| one.at)
    }
}

/// Returns the target of a manuscript that was merged, archived or not, as its own authors read it; `None` for any other manuscript.
pub(crate) fn target_of(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Option<LoadedCase>, AppError> {
    let merged = row.former_stage.unwrap_or(row.stage) == Stage::Merged;
    let Some(target) = row.merged_into.filter(|_| merged) else { return Ok(None) };
    let target = manuscripts::find(tx.conn, row.channel_id, target)?;
    let target = manuscript_case::of_row(tx, target)?;
    Ok(Some(manuscript_case::as_authors_read(tx, target)?))
}

/// Returns the public course of `target`, for an author of `own`, which was merged into it.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn course(tx: &mut Tx<'_>, actor: &Actor, own: &LoadedCase, target: &LoadedCase) -> Result<Course, AppError> {
    let row = target.row.clone();
    let assignments = if row.forwarded_at.is_some() { public_assignments_of(tx, own, target, actor)? } else { Vec::new() };
    let mut decisions = decision_views(tx, target, AS_AUTHOR)?;
    decisions.retain(|one| FOR_ALL.iter().any(|action| action.as_str() == one.action));
    Ok(Course {
        stage: row.stage,
        outcome: row.former_stage,
        bulletins: if row.accepted_at.is_some() { bulletins(tx, actor, target)? } else { Vec::new() },
        endorsements: if row.forwarded_at.is_some() { endorsements::public_of(tx, own, target)? } else { Vec::new() },
        suggestions: answered(tx, &row, &assignments)?,
        assignments,
        yours: merged::own_suggestions(tx, own.row.id, row.id)?,
        adoptions: if row.accepted_at.is_some() { adoptions::adoptions_of(tx, target)? } else { Vec::new() },
        decisions,
    })
}

fn bulletins(tx: &mut Tx<'_>, actor: &Actor, target: &LoadedCase) -> Result<Vec<CourseBulletin>, AppError> {
    let own = target.case.standing.is_author(actor.user);
    let view = |one: IssuedIn| CourseBulletin { names_you: own || one.credited.contains(&actor.user), bulletin: one.bulletin };
    Ok(issued_bulletins_of(tx, target)?.into_iter().map(view).collect())
}

/// Returns the text of the suggestions that these answers refer to.
fn answered(tx: &mut Tx<'_>, row: &ManuscriptRow, assignments: &[AssignmentView]) -> Result<Vec<AnsweredSuggestion>, AppError> {
    let items = assignments.iter().flat_map(|one| &one.replies).flat_map(|reply| &reply.items);
    let numbers: BTreeSet<u32> = items.filter_map(|item| u32::try_from(item.number).ok()).collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let text = outgoing::outgoing_text(tx, row)?.text()?;
    let of = |number: u32| {
        let words = usize::try_from(number).ok().and_then(|number| text.suggestions.get(number.checked_sub(1)?));
        Some(AnsweredSuggestion { number, words: words?.clone() })
    };
    Ok(numbers.into_iter().filter_map(of).collect())
}

/// The text of a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecisionView {
    /// Its entry in the ledger.
    pub entry: EntryId,
    /// The act.
    pub action: String,
    /// The role by which it was made; absent for an act of the program.
    pub role: Option<Role>,
    /// The person who decided; for the office only.
    pub by: Option<String>,
    /// The person for whom a stand-in acted; for the office only.
    pub on_behalf_of: Option<String>,
    /// The reason from the channel's list.
    pub reason_code: Option<String>,
    /// The text.
    pub words: String,
    /// For a conclusion after a reopening, the reason for it although no department has answered since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The time of the decision.
    pub at: Moment,
}

pub(super) fn decision_views(tx: &mut Tx<'_>, loaded: &LoadedCase, sight: Visibility) -> Result<Vec<DecisionView>, AppError> {
    // Leaders read the result, of which a letter informs them once it can no longer be undone.
    let result_alone = !(sight.author || sight.screener || sight.internal());
    if result_alone && !(sight.leader && loaded.row.pending_until.is_none_or(|until| until <= tx.now)) {
        return Ok(Vec::new());
    }
    let mut rows = decisions::list(tx.conn, loaded.row.id)?;
    rows.retain(|row| (row.public || sight.internal()) && !loaded.conceals(row.entry_id));
    rows.retain(|row| !result_alone || row.action == Action::Conclude.as_str());
    let people: Vec<UserId> =
        if sight.internal() { rows.iter().flat_map(|row| [row.actor_id, row.on_behalf_of]).flatten().collect() } else { Vec::new() };
    let names: BTreeMap<UserId, String> = if people.is_empty() {
        BTreeMap::new()
    } else {
        people::find_many(tx.conn, &people)?.into_iter().map(|user| (user.id, user.name)).collect()
    };
    let name = |user: Option<UserId>| user.and_then(|user| names.get(&user).cloned());
    let views = rows.into_iter().map(|row| DecisionView {
        entry: row.entry_id,
        by: name(row.actor_id),
        on_behalf_of: name(row.on_behalf_of),
        action: row.action,
        role: row.role,
        reason_code: row.reason_code,
        words: row.words,
        reason: row.reason,
        at: row.created_at,
    });
    Ok(views.collect())
}
