//! A small model in memory: three manuscripts, a cast, a clock. It performs the acts that the rules allow, as the use cases do.

mod layers;

use chrono::Duration;

use super::people::{BUREAU, CHANNEL, OTHERS, PARTY, cast, now, user};
use crate::domain::assignment::{self, AssignmentAction, AssignmentPart};
use crate::domain::clock::Moment;
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::notice::Audience;
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{Actor, Author, ManuscriptStanding, ReachedDesks, sight};
use crate::domain::states::AssignmentState;
use crate::domain::transition::{Case, Decision, Pending, decide, decide_alone};
use crate::domain::vocabulary::{Action, Stage};

use layers::Layer;

pub(crate) fn window() -> Duration {
    Duration::minutes(30)
}

/// The state that a decision changes, and undo restores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModelPosition {
    pub stage: Stage,
    pub former: Option<Stage>,
    pub returned_from: Option<Stage>,
    pub reached: ReachedDesks,
    pub merged_into: Option<usize>,
    /// Whether the dispatcher has decided on its suggestions since it was merged.
    pub decided: bool,
    pub was_forwarded: bool,
    pub edited: EditedTextState,
    /// Whether the author has changed the text since its submission.
    pub rewritten: bool,
    pub assignments: Vec<(AssignmentState, AssignmentPart)>,
}

/// Facts that are recorded separately, and never undone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ModelFacts {
    pub endorsements: usize,
    pub adoptions: usize,
    pub ratings: usize,
    pub bulletins: usize,
    pub referrals: usize,
    /// Whether it was also forwarded to leaders without a bulletin.
    pub forwarded: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ModelManuscript {
    pub organization: OrganizationId,
    pub screening_wanted: bool,
    pub authors: Vec<Author>,
    pub at: ModelPosition,
    pub facts: ModelFacts,
    pub number: Option<u32>,
    pub recipients: Vec<UserId>,
    pub pending: Option<Pending>,
    /// The previous states of this manuscript, and of those that the decision moved with it.
    pub before: Vec<(usize, ModelPosition)>,
    /// Decisions that may not be announced yet, oldest first.
    pub layers: Vec<Layer>,
    pub discarded: bool,
    pub history: Vec<(Action, Stage, Stage)>,
}

#[derive(Clone)]
pub(crate) struct World {
    pub manuscripts: Vec<ModelManuscript>,
    pub cast: Vec<Actor>,
    pub now: Moment,
    numbers: u32,
    decisions: usize,
    /// Whether every department leads its own part; otherwise each second one assists.
    pub leads_alone: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let manuscript = |organization, screening_wanted, authors: &[u128]| ModelManuscript {
            organization,
            screening_wanted,
            authors: authors.iter().enumerate().map(|(at, n)| Author { user: user(*n), first: at == 0, signed: at == 0 }).collect(),
            at: ModelPosition {
                stage: Stage::Draft,
                former: None,
                returned_from: None,
                reached: ReachedDesks::default(),
                merged_into: None,
                decided: false,
                was_forwarded: false,
                edited: EditedTextState::None,
                rewritten: false,
                assignments: Vec::new(),
            },
            facts: ModelFacts::default(),
            number: None,
            recipients: Vec::new(),
            pending: None,
            before: Vec::new(),
            layers: Vec::new(),
            discarded: false,
            history: Vec::new(),
        };
        let manuscripts = vec![manuscript(PARTY, true, &[1, 2]), manuscript(PARTY, true, &[2]), manuscript(OTHERS, false, &[3])];
        Self { manuscripts, cast: cast(), now: now(), numbers: 0, decisions: 0, leads_alone: false }
    }

    /// Counts the manuscripts merged into this one.
    pub(crate) fn merged_here(&self, m: usize) -> usize {
        self.manuscripts.iter().filter(|other| other.at.merged_into == Some(m)).count()
    }

    /// Returns the facts that the rules consider. `other` is the target that a merger would choose.
    pub(crate) fn case(&self, m: usize, other: usize) -> Case {
        let case = self.case_of(m, other, &|n| &self.manuscripts[n].at);
        let read = Case { pending: None, ..self.case_of(m, other, &|n| self.read(n)) };
        let differs = read != Case { pending: None, ..case.clone() };
        Case { unannounced: differs.then(|| Box::new(read)), ..case }
    }

    fn case_of<'w>(&'w self, m: usize, other: usize, place: &dyn Fn(usize) -> &'w ModelPosition) -> Case {
        let (it, at) = (&self.manuscripts[m], place(m));
        let lasting = |at: &ModelPosition| at.former.unwrap_or(at.stage);
        let fit = |n: &usize| *n != m && place(*n).merged_into.is_none() && !self.manuscripts[*n].discarded;
        let target = at.merged_into.or_else(|| (at.stage == Stage::Review).then_some(other).filter(fit));
        let charged = at.assignments.iter().any(|(state, _)| state.is_charged());
        let open = at.assignments.iter().filter(|(state, part)| *part == AssignmentPart::Lead && !state.is_settled());
        Case {
            standing: ManuscriptStanding {
                channel: CHANNEL,
                organization: it.organization,
                authors: it.authors.clone(),
                merged_authors: self.merged_authors(m, &[]),
                prepared_by: Vec::new(),
                entered_by: None,
                reached: at.reached,
                recipients: it.recipients.clone(),
                charged: if charged { vec![BUREAU] } else { Vec::new() },
                through: at.merged_into.map(|target| self.read_through(target, place)),
            },
            stage: at.stage,
            former: at.former,
            returned_from: at.returned_from,
            screening_wanted: it.screening_wanted,
            merged_here: (0..self.manuscripts.len()).filter(|n| place(*n).merged_into == Some(m)).count(),
            merged_open: if at.stage == Stage::Handling { self.undecided(m, place) } else { 0 },
            unassigned: 0,
            answered_alone: false,
            target: target.map(|target| lasting(place(target))),
            target_authors: target.map(|target| self.involved(target, &[])).unwrap_or_default(),
            open_assignments: open.count(),
            edited: at.edited,
            was_forwarded: at.was_forwarded,
            pending: it.pending,
            unannounced: None,
        }
    }

    /// Decides whether this person may perform this act now.
    pub(crate) fn may(&self, person: usize, m: usize, action: Action, other: usize) -> Option<Decision> {
        let mut case = self.case(m, other);
        let it = &self.manuscripts[m];
        let untold = self.untold_to(person, m);
        case.merged_here -= untold.len();
        case.merged_open = case.merged_open.saturating_sub(untold.len());
        case.standing.merged_authors = self.merged_authors(m, &untold);
        if action == Action::Merge && case.target.is_some() {
            case.target_authors = self.involved(other, &self.untold_to(person, other));
        }
        // The cancellation of a bulletin has no effect on manuscripts that leaders have already endorsed, or that are in another one.
        let recall = action == Action::Recall && (it.facts.endorsements > 0 || it.facts.bulletins != 1 || it.facts.forwarded);
        if it.discarded || recall || !sight(&self.cast[person], &case.standing).reads() {
            return None;
        }
        decide(&case, &self.cast[person], action, self.now, window()).ok()
    }

    /// Performs the act, if it is allowed.
    pub(crate) fn act(&mut self, person: usize, m: usize, action: Action, other: usize) -> bool {
        let Some(decision) = self.may(person, m, action, other) else { return false };
        let into = if decision.row.action == Action::Merge { self.untold_to(person, other) } else { Vec::new() };
        self.void_each(self.untold_to(person, m).into_iter().chain(into).collect());
        if decision.voids {
            self.void(m);
        }
        self.apply(m, &decision, Some(self.cast[person].user), other);
        true
    }

    /// Performs an act of the program itself.
    pub(crate) fn alone(&mut self, m: usize, action: Action) -> bool {
        let Ok(decision) = decide_alone(&self.case(m, m), action) else { return false };
        self.apply(m, &decision, None, m);
        true
    }

    /// Decides whether this person may perform this act on the `n`th assignment now.
    pub(crate) fn may_on_assignment(&self, person: usize, m: usize, n: usize, action: AssignmentAction) -> bool {
        let mut standing = self.case(m, m).standing;
        standing.charged = vec![BUREAU];
        let at = self.manuscripts[m].at.assignments.get(n);
        at.is_some_and(|(state, part)| assignment::decide(&standing, *state, *part, &self.cast[person], action).is_ok())
    }

    /// Performs an act on the `n`th assignment.
    pub(crate) fn act_on_assignment(&mut self, person: usize, m: usize, n: usize, action: AssignmentAction) -> bool {
        let mut standing = self.case(m, m).standing;
        standing.charged = vec![BUREAU];
        let Some((state, part)) = self.manuscripts[m].at.assignments.get(n).copied() else { return false };
        let Ok(decision) = assignment::decide(&standing, state, part, &self.cast[person], action) else { return false };
        self.manuscripts[m].at.assignments[n].0 = decision.to;
        self.acted_on(m);
        true
    }

    /// Records that a later act is based on the decision, which can no longer be undone.
    fn acted_on(&mut self, m: usize) {
        for (at, it) in self.manuscripts.iter_mut().enumerate() {
            if at == m || it.before.iter().any(|(moved, _)| *moved == m) {
                it.pending = it.pending.map(|pending| Pending { acted_on: true, ..pending });
            }
        }
    }

    fn apply(&mut self, m: usize, decision: &Decision, by: Option<UserId>, other: usize) {
        let action = decision.row.action;
        self.manuscripts[m].history.push((action, decision.from, decision.to));
        if action == Action::Undo {
            self.restore(m);
            return;
        }
        let before = self.manuscripts[m].at.clone();
        if !matches!(action, Action::Endorse | Action::RecordAdoption | Action::Rate) {
            self.acted_on(m);
        }
        let tells = decision.notices().iter().any(|notice| notice.audience == Audience::Authors);
        // An act of which authors are notified cannot be based on a decision that is not announced to them.
        let waits = self.manuscripts[m].layers.iter().any(|layer| layer.until > self.now);
        let builds_on = tells && waits && !matches!(action, Action::Endorse | Action::RecordAdoption | Action::Rate);
        if decision.from != decision.to || builds_on {
            if tells && decision.undo_until.is_none() {
                self.manuscripts[m].layers.clear();
            }
            (self.manuscripts[m].pending, self.manuscripts[m].before) = (None, Vec::new());
        }
        self.change(m, decision, by, other);
        let mut moved = vec![(m, before)];
        if action == Action::Decline {
            moved.extend(self.part_all(m, decision.undo_until));
        }
        if let (Some(until), Some(by)) = (decision.undo_until, by) {
            let it = &mut self.manuscripts[m];
            it.pending = Some(Pending { by: Some(by), until, former: decision.from, acted_on: false });
            it.before.clone_from(&moved);
            it.layers.push(Layer { number: self.decisions, until, before: moved });
            self.decisions += 1;
        }
    }

    /// Returns the manuscripts merged into a declined one to review.
    fn part_all(&mut self, m: usize, until: Option<Moment>) -> Vec<(usize, ModelPosition)> {
        let merged: Vec<_> = (0..self.manuscripts.len()).filter(|other| self.manuscripts[*other].at.merged_into == Some(m)).collect();
        let mut moved = Vec::new();
        for other in merged {
            let before = self.manuscripts[other].at.clone();
            if before.former.unwrap_or(before.stage) == Stage::Merged {
                assert!(self.alone(other, Action::Unmerge), "a merged one must come back when its target is declined");
                // Its authors are not notified before the decline can no longer be undone.
                self.manuscripts[other].pending = until.map(|until| Pending { by: None, until, former: before.stage, acted_on: false });
                moved.push((other, before));
            }
        }
        moved
    }

    fn change(&mut self, m: usize, decision: &Decision, by: Option<UserId>, other: usize) {
        let leads_alone = self.leads_alone;
        if decision.row.action == Action::Submit && self.manuscripts[m].number.is_none() {
            self.numbers += 1;
            self.manuscripts[m].number = Some(self.numbers);
        }
        let it = &mut self.manuscripts[m];
        it.at.stage = decision.to;
        let reached = &mut it.at.reached;
        match decision.to {
            Stage::Screening => reached.screening = true,
            Stage::Review => reached.review = true,
            Stage::Signing => reached.signing = true,
            Stage::Accepted => reached.accepted = true,
            _ => {}
        }
        let sign = |it: &mut ModelManuscript, signed| {
            it.authors.iter_mut().filter(|author| !author.first).for_each(|author| author.signed = signed)
        };
        match decision.row.action {
            Action::Discard => it.discarded = true,
            Action::Save => {
                sign(it, false);
                it.at.rewritten = true;
            }
            Action::Submit => {
                let corrected = std::mem::take(&mut it.at.rewritten);
                it.at.edited = match it.at.edited {
                    EditedTextState::Current if corrected => EditedTextState::Outdated,
                    as_before => as_before,
                };
            }
            Action::Attach => sign(it, false),
            Action::Edit | Action::CarryOver => it.at.edited = EditedTextState::Current,
            Action::DropEdited => it.at.edited = EditedTextState::None,
            Action::CoSign => it.authors.iter_mut().filter(|author| Some(author.user) == by).for_each(|author| author.signed = true),
            Action::Return => it.at.returned_from = Some(decision.from),
            Action::Merge => (it.at.merged_into, it.at.decided) = (Some(other), false),
            Action::Unmerge => (it.at.merged_into, it.at.former) = (None, None),
            Action::DecideMerged => it.at.decided = true,
            Action::Archive => it.at.former = Some(decision.from),
            Action::Reopen => it.at.former = None,
            Action::Issue | Action::Forward => {
                it.facts.bulletins += usize::from(decision.row.action == Action::Issue);
                it.facts.forwarded |= decision.row.action == Action::Forward;
                it.at.was_forwarded = true;
                it.recipients = vec![user(9)];
            }
            Action::Recall => {
                it.facts.bulletins -= 1;
                it.at.was_forwarded = false;
                it.recipients = Vec::new();
            }
            Action::Assign => {
                let part =
                    if leads_alone || it.at.assignments.len().is_multiple_of(2) { AssignmentPart::Lead } else { AssignmentPart::Assisting };
                it.at.assignments.push((AssignmentState::Dispatched, part));
            }
            Action::Endorse => it.facts.endorsements += 1,
            Action::RecordAdoption => it.facts.adoptions += 1,
            Action::Rate => it.facts.ratings += 1,
            Action::Refer => it.facts.referrals += 1,
            _ => {}
        }
    }
}
