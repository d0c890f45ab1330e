//! THE TABLE of the actions on a manuscript, and [`decide`], which evaluates it. Buttons, `allowed_actions`, refusals, notices, the diagram
//! in `docs/workflow.md` and the exhaustive tests are all derived from it.

pub mod row;
mod table;

use std::borrow::Cow;

use chrono::Duration;

use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::domain::notice::NoticeRule;
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{Actor, ManuscriptStanding, Permit, permit, sight};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Role, Stage};

pub use row::{Need, Transition, TransitionGuard, TransitionTarget};
pub use table::{TRANSITIONS, arrival, is_signed_in};

/// A decision that can still be undone, and is not announced yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The person who decided; `None` for the consequence of a decision on another manuscript, which is undone with that one.
    pub by: Option<UserId>,
    /// The end of the undo window.
    pub until: Moment,
    /// The previous stage, which authors read until then.
    pub former: Stage,
    /// Whether a later act is based on it.
    pub acted_on: bool,
}

/// All facts about a manuscript that the rules consider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its relation to people.
    pub standing: ManuscriptStanding,
    /// Its stage.
    pub stage: Stage,
    /// If it is archived, the stage before that (`outcome`).
    pub former: Option<Stage>,
    /// The stage from which it was returned.
    pub returned_from: Option<Stage>,
    /// Whether the author's organisation screens.
    pub screening_wanted: bool,
    /// The number of manuscripts merged into it.
    pub merged_here: usize,
    /// In handling, the number of those that wait for a decision on their suggestions.
    pub merged_open: usize,
    /// The number of suggestions taken from those that are not assigned to any department yet.
    pub unassigned: usize,
    /// For a merged one, whether a department works only on its suggestions.
    pub answered_alone: bool,
    /// For a merged one, and for a merger, the target's stage, or its former stage if archived; `None` if it cannot be a target.
    pub target: Option<Stage>,
    /// The target's authors, together with those of manuscripts merged into it: they may decide neither on a merger into it nor on its end.
    pub target_authors: Vec<UserId>,
    /// Leading assignments that are neither approved, returned nor cancelled.
    pub open_assignments: usize,
    /// The relation of its edited text to its original.
    pub edited: EditedTextState,
    /// Whether it was ever forwarded to leaders.
    pub was_forwarded: bool,
    /// The last decision, while its window is open.
    pub pending: Option<Pending>,
    /// The same manuscript as authors read it, if a decision on it, on its target or on one merged into it is not announced yet.
    pub unannounced: Option<Box<Case>>,
}

impl Case {
    /// Returns the standing by which an act is judged. If two manuscripts are decided on together, authors of either count as authors.
    fn standing_for(&self, action: Action) -> Cow<'_, ManuscriptStanding> {
        let two = action == Action::Merge || self.former.unwrap_or(self.stage) == Stage::Merged;
        if !two || self.target_authors.is_empty() {
            return Cow::Borrowed(&self.standing);
        }
        let mut standing = self.standing.clone();
        standing.merged_authors.extend(&self.target_authors);
        Cow::Owned(standing)
    }

    /// Returns the case by which this person's acts are judged: for authors, the one before decisions that are not announced yet.
    #[must_use]
    pub fn as_read_by(&self, actor: &Actor) -> &Self {
        match &self.unannounced {
            Some(before) if sight(actor, &self.standing).author_only() => before,
            _ => self,
        }
    }
}

/// An allowed act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The row that allowed it.
    pub row: &'static Transition,
    /// The stage before.
    pub from: Stage,
    /// The stage after.
    pub to: Stage,
    /// The grant that was used.
    pub permit: Permit,
    /// The end of the undo window; `None` if it cannot be undone.
    pub undo_until: Option<Moment>,
    /// Whether it was judged by the state before decisions that are not announced yet, which it voids.
    pub voids: bool,
}

impl Decision {
    /// Returns all notifications: those of the row, and those of the queue in which it arrives unless the row contains them already. An
    /// undo notifies nobody, because the waiting letters no longer apply.
    #[must_use]
    pub fn notices(&self) -> Vec<NoticeRule> {
        let mut notices = self.row.notices.to_vec();
        let arrives = (self.from != self.to && self.row.action != Action::Undo).then(|| arrival(self.to)).flatten();
        notices.extend(arrives.filter(|arrives| notices.iter().all(|notice| notice.audience != arrives.audience)));
        notices
    }
}

/// Decides whether `actor` may perform this action now, and with which consequences.
///
/// `window` is the channel's undo window; zero disables undo.
///
/// An author is answered as if decisions that are not announced yet had not been made, so that no refusal and no button reveals them. The
/// author's act is then valid, and voids those decisions.
///
/// # Errors
/// The [`Refusal`] with the reason: role, relation, stage, then guards. Whether the actor may see the manuscript at all is checked before,
/// with [`sight`], and answered with "not found"; here it is only a second safeguard.
pub fn decide(case: &Case, actor: &Actor, action: Action, now: Moment, window: Duration) -> Result<Decision, Refusal> {
    if !sight(actor, &case.standing).reads() {
        return Err(Refusal::NotYours);
    }
    let read = case.as_read_by(actor);
    let decision = weigh(read, actor, action, now, window)?;
    Ok(Decision { voids: !std::ptr::eq(read, case), ..decision })
}

fn weigh(case: &Case, actor: &Actor, action: Action, now: Moment, window: Duration) -> Result<Decision, Refusal> {
    let mut refusals = Vec::new();
    let mut somewhere = false;
    let standing = case.standing_for(action);
    for row in TRANSITIONS.iter().filter(|row| row.action == action) {
        let permit = permit(actor, &standing, row.who);
        if row.from.contains(&case.stage) {
            return enact(case, row, permit?, Some(actor.user), now, window);
        }
        somewhere |= permit.is_ok();
        refusals.extend(permit.err());
    }
    // For rows that start in other stages, the person is checked first: the stage is not disclosed to a person who may perform the action
    // in no stage.
    Err(if somewhere { Refusal::WrongStage { stage: case.stage } } else { nowhere(refusals, case.stage) })
}

/// Chooses one refusal from those of all rows of an action: the person's own manuscript, another's, or the roles of all of them together.
fn nowhere(refusals: Vec<Refusal>, stage: Stage) -> Refusal {
    let mut roles: Vec<Role> = Vec::new();
    let mut others = None;
    for refusal in refusals {
        match refusal {
            Refusal::WrongRole { needed } => roles.extend(needed),
            Refusal::OwnManuscript => return Refusal::OwnManuscript,
            other => others = Some(other),
        }
    }
    roles.sort_unstable();
    roles.dedup();
    others.unwrap_or(if roles.is_empty() { Refusal::WrongStage { stage } } else { Refusal::WrongRole { needed: roles } })
}

/// Decides on an act of the program itself, at a set time or as a consequence; stage and guards apply, person and role do not.
///
/// # Errors
/// As [`decide`].
pub fn decide_alone(case: &Case, action: Action) -> Result<Decision, Refusal> {
    let row = TRANSITIONS.iter().find(|row| row.action == action && row.from.contains(&case.stage));
    let row = row.ok_or(Refusal::WrongStage { stage: case.stage })?;
    enact(case, row, Permit::SYSTEM, None, Moment::from_micros(0), Duration::zero())
}

fn enact(
    case: &Case,
    row: &'static Transition,
    permit: Permit,
    user: Option<UserId>,
    now: Moment,
    window: Duration,
) -> Result<Decision, Refusal> {
    for guard in row.guards {
        hold(case, user, permit, *guard, now)?;
    }
    let undo_until = (row.undoable && window > Duration::zero()).then(|| now + window);
    Ok(Decision { row, from: case.stage, to: destination(case, row), permit, undo_until, voids: false })
}

fn hold(case: &Case, user: Option<UserId>, permit: Permit, guard: TransitionGuard, now: Moment) -> Result<(), Refusal> {
    let former = case.former.unwrap_or(case.stage);
    match guard {
        TransitionGuard::EverySignature => match case.standing.authors.iter().filter(|author| !author.first && !author.signed).count() {
            0 => Ok(()),
            missing => Err(Refusal::SignaturesMissing { missing }),
        },
        TransitionGuard::NothingMerged if case.merged_here > 0 => Err(Refusal::HasMerged),
        TransitionGuard::MergeTarget if !case.target.is_some_and(Stage::takes_merged) => Err(Refusal::BadMergeTarget),
        TransitionGuard::WasMerged if former != Stage::Merged => Err(Refusal::WrongStage { stage: case.stage }),
        TransitionGuard::TargetOpen if case.target == Some(Stage::Concluded) => Err(Refusal::TargetConcluded),
        TransitionGuard::TargetHandled if !matches!(case.target, Some(Stage::Forwarded | Stage::Handling)) => {
            Err(Refusal::TargetNotHandled)
        }
        TransitionGuard::NotAnsweredAlone if case.answered_alone => Err(Refusal::AnsweredAlone),
        TransitionGuard::MergedDecided if case.merged_open > 0 => Err(Refusal::MergedOpen { open: case.merged_open }),
        TransitionGuard::MergedDecided if case.unassigned > 0 => Err(Refusal::SuggestionsUnassigned { open: case.unassigned }),
        TransitionGuard::AssignmentsSettled if case.open_assignments > 0 => Err(Refusal::AssignmentsOpen { open: case.open_assignments }),
        TransitionGuard::WasAccepted if !case.standing.reached.accepted => Err(Refusal::WrongStage { stage: case.stage }),
        TransitionGuard::WasForwarded if !case.was_forwarded => Err(Refusal::WrongStage { stage: case.stage }),
        TransitionGuard::WasConcluded if former != Stage::Concluded && case.target != Some(Stage::Concluded) => {
            Err(Refusal::WrongStage { stage: case.stage })
        }
        TransitionGuard::FourEyes
            if [user, permit.on_behalf_of].into_iter().flatten().any(|one| case.standing.prepared_by.contains(&one)) =>
        {
            Err(Refusal::FourEyes)
        }
        TransitionGuard::Undoable => match case.pending {
            None => Err(Refusal::NothingToUndo),
            Some(pending) if pending.by.is_none() || pending.by != user => Err(Refusal::NotYours),
            Some(pending) if pending.acted_on => Err(Refusal::ActedOn),
            Some(pending) if pending.until <= now => Err(Refusal::UndoClosed),
            // Manuscripts merged into it since would otherwise belong to one in a stage that does not permit mergers.
            Some(pending) if case.merged_here > 0 && !pending.former.keeps_merged() => Err(Refusal::HasMerged),
            Some(_) => Ok(()),
        },
        TransitionGuard::TextCurrent if case.edited == EditedTextState::Outdated => Err(Refusal::TextOutdated),
        TransitionGuard::TextOutdated | TransitionGuard::HasEdited if case.edited == EditedTextState::None => Err(Refusal::NoEditedText),
        TransitionGuard::TextOutdated if case.edited == EditedTextState::Current => Err(Refusal::TextCurrent),
        TransitionGuard::NothingMerged
        | TransitionGuard::MergeTarget
        | TransitionGuard::WasMerged
        | TransitionGuard::TargetOpen
        | TransitionGuard::TargetHandled
        | TransitionGuard::MergedDecided
        | TransitionGuard::NotAnsweredAlone
        | TransitionGuard::AssignmentsSettled
        | TransitionGuard::WasAccepted
        | TransitionGuard::WasForwarded
        | TransitionGuard::FourEyes
        | TransitionGuard::WasConcluded
        | TransitionGuard::TextCurrent
        | TransitionGuard::TextOutdated
        | TransitionGuard::HasEdited => Ok(()),
    }
}

/// Returns the stage after submission: the one from which it was returned, otherwise screening if the organisation requires it, otherwise
/// review.
#[must_use]
pub fn handed_in_to(case: &Case) -> Stage {
    case.returned_from.unwrap_or(if case.screening_wanted { Stage::Screening } else { Stage::Review })
}

fn destination(case: &Case, row: &Transition) -> Stage {
    match row.to {
        TransitionTarget::Stays => case.stage,
        TransitionTarget::Stage(stage) => stage,
        TransitionTarget::Desk => handed_in_to(case),
        TransitionTarget::Forwards if case.stage == Stage::Accepted => Stage::Forwarded,
        TransitionTarget::Forwards => case.stage,
        TransitionTarget::Former if row.action == Action::Undo => case.pending.map_or(case.stage, |pending| pending.former),
        TransitionTarget::Former => match case.former {
            Some(former) if former != Stage::Concluded => former,
            _ => Stage::Handling,
        },
    }
}

/// Returns every action that this person may perform now, for the buttons of a page and `allowed_actions` of the API. Authors get those of
/// the stage that they read.
#[must_use]
pub fn allowed(case: &Case, actor: &Actor, now: Moment) -> Vec<Action> {
    let case = case.as_read_by(actor);
    let open = |action: &Action| {
        // The conditions of a merger are known only once its target is chosen.
        let probe;
        let case = if *action == Action::Merge {
            probe = Case { target: Some(Stage::Review), target_authors: Vec::new(), ..case.clone() };
            &probe
        } else {
            case
        };
        decide(case, actor, *action, now, Duration::zero()).is_ok()
    };
    Action::ALL.iter().copied().filter(|action| !matches!(action, Action::Issue | Action::Recall)).filter(open).collect()
}
