//! THE TABLE of what can be done to a manuscript, and [`decide`], which reads it. Buttons, `allowed_actions`, refusals, notices,
//! the diagram in `docs/workflow.md` and the exhaustive tests all come from here.

use chrono::Duration;

use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::domain::notice::{Audience, Letter, Notice, tell};
use crate::domain::permission::{Actor, Permit, Standing, permit};
use crate::domain::refusal::Refusal;
use crate::domain::words::{Action, Role, Stage, words};

mod table;

pub use table::TRANSITIONS;

/// Who may act: a role, in a certain relation to the manuscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The first author, or the one who entered it for him.
    FirstAuthor,
    /// Any author, invited ones included.
    AnyAuthor,
    /// A screener of the author's organisation.
    Screener,
    /// A reviewer of the channel.
    Reviewer,
    /// A signer of the channel.
    Signer,
    /// A dispatcher of the channel.
    Dispatcher,
    /// A leader who is a recipient.
    Leader,
    /// The secretary of such a leader.
    Secretary,
    /// An officer of a charged department.
    Handler,
}

impl Who {
    /// The role behind it.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::FirstAuthor | Self::AnyAuthor => Role::Submitter,
            Self::Screener => Role::Screener,
            Self::Reviewer => Role::Reviewer,
            Self::Signer => Role::Signer,
            Self::Dispatcher => Role::Dispatcher,
            Self::Leader => Role::Leader,
            Self::Secretary => Role::Secretary,
            Self::Handler => Role::Handler,
        }
    }

    /// Whether this decides over other people's work, which nobody does on his own manuscript.
    #[must_use]
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::FirstAuthor | Self::AnyAuthor)
    }
}

/// Where an action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The stage stays; a text or a fact changes.
    Stays,
    /// To this stage.
    Stage(Stage),
    /// To the desk that returned it, else to the organisation's office where it wants that, else to review.
    Desk,
    /// From accepted to forwarded; further on it stays.
    Forwards,
    /// To where it was before.
    Former,
}

words! {
    /// What an act must carry.
    enum Need {
        /// A form without gaps: title, situation, at least one suggestion, every declaration made.
        CompleteForm = "form",
        /// A reason in words.
        Reason = "reason",
        /// A reason from the channel's list.
        ReasonCode = "reason_code",
        /// An opinion.
        Opinion = "opinion",
        /// The manuscript merged into.
        Target = "target",
        /// Leaders who are to read it.
        Recipients = "recipients",
        /// The body that it is passed on to.
        Addressee = "addressee",
        /// The departments charged, and their deadline.
        Departments = "departments",
        /// The result in words.
        Result = "result",
    }
}

/// A condition beyond stage and person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Every invited author has signed the text as it stands.
    EverySignature,
    /// Nothing is merged into it.
    NothingMerged,
    /// The target is live, from review to handling, not merged itself, and another manuscript.
    MergeTarget,
    /// The manuscript merged into has not concluded.
    TargetOpen,
    /// Every assignment is approved, returned, cancelled, or an assisting one.
    AssignmentsSettled,
    /// It was forwarded before it came to rest.
    WasForwarded,
    /// It is concluded, or the one that it was merged into is, archived or not.
    WasConcluded,
    /// The actor decided last, the window is open, and nobody has acted on it.
    Undoable,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The action.
    pub action: Action,
    /// The stages in which it is possible.
    pub from: &'static [Stage],
    /// Where it leads.
    pub to: To,
    /// Who may.
    pub who: &'static [Who],
    /// What it must carry.
    pub needs: &'static [Need],
    /// What else must hold.
    pub guards: &'static [Guard],
    /// Whether the decider can take it back within the window; until that closes, authors read the former stage and the letters wait.
    pub undoable: bool,
    /// Who is told, besides the desk that it arrives at ([`arrival`]).
    pub notices: &'static [Notice],
}

/// Who is told that a manuscript has arrived at a desk.
#[must_use]
pub const fn arrival(stage: Stage) -> Option<Notice> {
    match stage {
        Stage::Screening => Some(tell(Audience::Screeners, Letter::ArrivedScreening)),
        Stage::Review => Some(tell(Audience::Reviewers, Letter::ArrivedReview)),
        Stage::Signing => Some(tell(Audience::Signers, Letter::ArrivedSigning)),
        _ => None,
    }
}

/// A decision that can still be taken back, and is not announced yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Who decided.
    pub by: UserId,
    /// When the window closes.
    pub until: Moment,
    /// The stage before, which authors read until then.
    pub former: Stage,
    /// Whether somebody has acted on it since.
    pub acted_on: bool,
}

/// Everything about a manuscript that the rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its standing to people.
    pub standing: Standing,
    /// Where it stands.
    pub stage: Stage,
    /// When archived: where it stood before (`outcome`).
    pub former: Option<Stage>,
    /// The desk that returned it.
    pub returned_from: Option<Stage>,
    /// Whether the author's organisation wants to screen.
    pub screening_wanted: bool,
    /// How many are merged into it.
    pub merged_here: usize,
    /// For a merged one, and for a merge: where the target stands, when archived its former stage; none if it is no fit target at all.
    pub target: Option<Stage>,
    /// Leading assignments that are neither approved, returned nor cancelled.
    pub open_assignments: usize,
    /// Whether it has been before leaders.
    pub was_forwarded: bool,
    /// The last decision, while its window is open.
    pub pending: Option<Pending>,
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
    /// Until when it can be taken back; none if not at all.
    pub undo_until: Option<Moment>,
}

/// Whether `actor` may do this now, and what follows.
///
/// `window` is the channel's undo window; zero switches it off.
///
/// # Errors
/// The [`Refusal`] that says why not: role, relation, stage, then guards. Whether he may know of the manuscript at all is asked before,
/// with [`crate::domain::permission::sight`].
pub fn decide(case: &Case, actor: &Actor, action: Action, now: Moment, window: Duration) -> Result<Decision, Refusal> {
    let rows = || TRANSITIONS.iter().filter(move |row| row.action == action);
    let mut refusal = Refusal::WrongStage { stage: case.stage };
    for row in rows() {
        match permit(actor, &case.standing, row.who) {
            Err(why) if row.from.contains(&case.stage) => return Err(why),
            Err(why) => {
                if rows().count() == 1 {
                    refusal = why;
                }
            }
            Ok(permit) if row.from.contains(&case.stage) => return judge(case, actor, row, permit, now, window),
            Ok(_) => refusal = wrong_stage(case, row, now),
        }
    }
    Err(refusal)
}

/// The same for what the program does by itself, on a date or as a consequence; person and role don't matter, stage and guards do.
///
/// # Errors
/// As [`decide`].
pub fn decide_alone(case: &Case, action: Action) -> Result<Decision, Refusal> {
    let row = TRANSITIONS.iter().find(|row| row.action == action && row.from.contains(&case.stage));
    let row = row.ok_or(Refusal::WrongStage { stage: case.stage })?;
    Ok(Decision { row, from: case.stage, to: destination(case, row), permit: Permit::SYSTEM, undo_until: None })
}

/// An author must not learn from a refusal what is not announced yet.
fn wrong_stage(case: &Case, row: &Transition, now: Moment) -> Refusal {
    match case.pending {
        Some(pending) if pending.until > now && row.who.iter().all(|who| !who.is_office()) => {
            Refusal::DecisionPending { until: pending.until }
        }
        _ => Refusal::WrongStage { stage: case.stage },
    }
}

fn judge(case: &Case, actor: &Actor, row: &'static Transition, permit: Permit, now: Moment, window: Duration) -> Result<Decision, Refusal> {
    let open = case.pending.filter(|pending| pending.until > now);
    if let Some(pending) = open
        && row.who.iter().all(|who| !who.is_office())
        && !row.from.contains(&pending.former)
    {
        return Err(Refusal::DecisionPending { until: pending.until });
    }
    for guard in row.guards {
        hold(case, actor, *guard, now)?;
    }
    let to = destination(case, row);
    let undo_until = (row.undoable && window > Duration::zero()).then(|| now + window);
    Ok(Decision { row, from: case.stage, to, permit, undo_until })
}

fn hold(case: &Case, actor: &Actor, guard: Guard, now: Moment) -> Result<(), Refusal> {
    let former = case.former.unwrap_or(case.stage);
    match guard {
        Guard::EverySignature => match case.standing.authors.iter().filter(|author| !author.first && !author.signed).count() {
            0 => Ok(()),
            missing => Err(Refusal::SignaturesMissing { missing }),
        },
        Guard::NothingMerged if case.merged_here > 0 => Err(Refusal::HasMerged),
        Guard::MergeTarget if !case.target.is_some_and(Stage::takes_merged) => Err(Refusal::BadMergeTarget),
        Guard::TargetOpen if case.target == Some(Stage::Concluded) => Err(Refusal::TargetConcluded),
        Guard::AssignmentsSettled if case.open_assignments > 0 => Err(Refusal::AssignmentsOpen { open: case.open_assignments }),
        Guard::WasForwarded if !case.was_forwarded => Err(Refusal::WrongStage { stage: case.stage }),
        Guard::WasConcluded if former != Stage::Concluded && case.target != Some(Stage::Concluded) => {
            Err(Refusal::WrongStage { stage: case.stage })
        }
        Guard::Undoable => match case.pending {
            None => Err(Refusal::NothingToUndo),
            Some(pending) if pending.by != actor.user => Err(Refusal::NotYours),
            Some(pending) if pending.acted_on => Err(Refusal::ActedOn),
            Some(pending) if pending.until <= now => Err(Refusal::UndoClosed),
            Some(_) => Ok(()),
        },
        Guard::NothingMerged
        | Guard::MergeTarget
        | Guard::TargetOpen
        | Guard::AssignmentsSettled
        | Guard::WasForwarded
        | Guard::WasConcluded => Ok(()),
    }
}

fn destination(case: &Case, row: &Transition) -> Stage {
    match row.to {
        To::Stays => case.stage,
        To::Stage(stage) => stage,
        To::Desk => case.returned_from.unwrap_or(if case.screening_wanted { Stage::Screening } else { Stage::Review }),
        To::Forwards if case.stage == Stage::Accepted => Stage::Forwarded,
        To::Forwards => case.stage,
        To::Former if row.action == Action::Undo => case.pending.map_or(case.stage, |pending| pending.former),
        To::Former => match case.former {
            Some(former) if former != Stage::Concluded => former,
            _ => Stage::Handling,
        },
    }
}

/// Every action that is open to this person now; the buttons of a page and `allowed_actions` of the API.
#[must_use]
pub fn allowed(case: &Case, actor: &Actor, now: Moment) -> Vec<Action> {
    let open = |action: &Action| {
        // What a merge needs is known only once its target is chosen.
        let probe;
        let case = if *action == Action::Merge {
            probe = Case { target: Some(Stage::Review), ..case.clone() };
            &probe
        } else {
            case
        };
        decide(case, actor, *action, now, Duration::zero()).is_ok()
    };
    Action::ALL.iter().copied().filter(|action| !matches!(action, Action::Issue | Action::Recall)).filter(open).collect()
}
