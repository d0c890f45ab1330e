//! THE TABLE of the work queues: which work waits in each, for whom, its time limit, the letters about it, who is notified when it is
//! overdue, and whether somebody can stand in. Lists, counts, deadlines, reminders, handovers, pages and refusals all derive from it.

use crate::domain::deadline::{ChannelLimits, Deadline, TimeLimit};
use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Action, Role, Stage, words};

words! {
    /// A queue of work that waits for the holders of a role.
    enum WorkQueue {
        /// The author's queue: drafts and returned manuscripts.
        Drafts = "drafts",
        /// Screening, in the office of the author's organisation.
        Screening = "screening",
        /// The review.
        Review = "review",
        /// The signature.
        Signing = "signing",
        /// Accepted manuscripts, to be forwarded to leaders.
        Circulation = "circulation",
        /// Manuscripts before a leader who has not endorsed them.
        Reading = "reading",
        /// Manuscripts to be assigned, supervised and concluded.
        Dispatch = "dispatch",
        /// Assigned to a department, which has to confirm receipt.
        Receipt = "receipt",
        /// Assigned to a department, which has to answer.
        Reply = "reply",
    }
}

/// Who is notified when a time limit has passed, besides those who work the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// Those who supervise the queue.
    pub to: Audience,
    /// Whether they may know which manuscript is overdue ("Who sees what").
    pub sees: bool,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct QueueRow {
    /// The queue.
    pub queue: WorkQueue,
    /// The role that works it.
    pub role: Role,
    /// The holders of that role who work it for one manuscript.
    pub audience: Audience,
    /// The stages in which manuscripts wait here; empty where assignments wait.
    pub stages: &'static [Stage],
    /// The states in which assignments wait here.
    pub states: &'static [AssignmentState],
    /// Whether the queue is a list of its own, with a count in the navigation.
    pub listed: bool,
    /// The path of the page on which its work is done.
    pub page: &'static str,
    /// The decisions that are made on that page, in the order of the page.
    pub acts: &'static [Action],
    /// The actions that move a manuscript on, whose absence is explained to a reader.
    pub awaited: &'static [Action],
    /// The time limit; the flag states that the manuscript is urgent. For a reply, each assignment can have another one.
    pub limit: Option<fn(&ChannelLimits, bool) -> TimeLimit>,
    /// The name of that limit in reminders.
    pub deadline: Option<Deadline>,
    /// The letter that announces an arrival.
    pub arrival: Option<Letter>,
    /// The letters that announce work in this queue, which become void once the work is done.
    pub calls: &'static [Letter],
    /// Who is notified when the time limit has passed.
    pub escalation: Option<Escalation>,
    /// Whether a holder of the role can name a stand-in, who is then notified and reminded as well.
    pub stand_ins: bool,
}

/// The default values of a row.
const ROW: QueueRow = QueueRow {
    queue: WorkQueue::Drafts,
    role: Role::Submitter,
    audience: Audience::Authors,
    stages: &[],
    states: &[],
    listed: true,
    page: "/mine",
    acts: &[],
    awaited: &[],
    limit: None,
    deadline: None,
    arrival: None,
    calls: &[],
    escalation: None,
    stand_ins: false,
};

use AssignmentState as A;
use Stage as S;

/// The table, in the order of a manuscript's stages.
pub const QUEUES: &[QueueRow] = &[
    QueueRow { queue: WorkQueue::Drafts, stages: &[S::Draft, S::Returned], awaited: &[Action::Submit], ..ROW },
    QueueRow {
        queue: WorkQueue::Screening,
        role: Role::Screener,
        audience: Audience::Screeners,
        stages: &[S::Screening],
        page: "/screening",
        acts: &[Action::PassScreening, Action::Return],
        awaited: &[Action::PassScreening],
        limit: Some(ChannelLimits::screening),
        deadline: Some(Deadline::Screening),
        arrival: Some(Letter::ArrivedScreening),
        calls: &[Letter::ArrivedScreening],
        escalation: Some(Escalation { to: Audience::Reviewers, sees: false }),
        stand_ins: true,
        ..ROW
    },
    QueueRow {
        queue: WorkQueue::Review,
        role: Role::Reviewer,
        audience: Audience::Reviewers,
        stages: &[S::Review],
        page: "/review",
        acts: &[Action::Recommend, Action::Return, Action::Decline, Action::Merge],
        awaited: &[Action::Recommend],
        limit: Some(ChannelLimits::review),
        deadline: Some(Deadline::Review),
        arrival: Some(Letter::ArrivedReview),
        calls: &[Letter::ArrivedReview, Letter::SentBack],
        escalation: Some(Escalation { to: Audience::Signers, sees: false }),
        stand_ins: true,
        ..ROW
    },
    QueueRow {
        queue: WorkQueue::Signing,
        role: Role::Signer,
        audience: Audience::Signers,
        stages: &[S::Signing],
        page: "/signing",
        acts: &[Action::Sign, Action::SendBack],
        awaited: &[Action::Sign],
        limit: Some(ChannelLimits::signing),
        deadline: Some(Deadline::Signing),
        arrival: Some(Letter::ArrivedSigning),
        calls: &[Letter::ArrivedSigning],
        escalation: Some(Escalation { to: Audience::Reviewers, sees: true }),
        stand_ins: true,
        ..ROW
    },
    QueueRow {
        queue: WorkQueue::Circulation,
        role: Role::Signer,
        audience: Audience::Signers,
        stages: &[S::Accepted],
        listed: false,
        page: "/bulletins",
        stand_ins: true,
        ..ROW
    },
    QueueRow { queue: WorkQueue::Reading, role: Role::Leader, audience: Audience::Recipients, page: "/reading", ..ROW },
    QueueRow {
        queue: WorkQueue::Dispatch,
        role: Role::Dispatcher,
        audience: Audience::Dispatchers,
        stages: &[S::Forwarded, S::Handling],
        page: "/dispatch",
        awaited: &[Action::Assign, Action::Conclude],
        stand_ins: true,
        ..ROW
    },
    QueueRow {
        queue: WorkQueue::Receipt,
        role: Role::Handler,
        audience: Audience::Handlers,
        states: &[A::Dispatched],
        page: "/handling",
        limit: Some(|limits, _| limits.receipt()),
        deadline: Some(Deadline::Receipt),
        arrival: Some(Letter::Assigned),
        calls: &[Letter::Assigned],
        escalation: Some(Escalation { to: Audience::Dispatchers, sees: true }),
        ..ROW
    },
    QueueRow {
        queue: WorkQueue::Reply,
        role: Role::Handler,
        audience: Audience::Handlers,
        // A request to return it does not stop the time limit.
        states: &[A::Dispatched, A::Received, A::ReturnRequested],
        page: "/handling",
        limit: Some(|limits, _| limits.assignment()),
        deadline: Some(Deadline::Reply),
        escalation: Some(Escalation { to: Audience::Dispatchers, sees: true }),
        ..ROW
    },
];

impl QueueRow {
    /// Returns the recipients and the letter for an arrival.
    #[must_use]
    pub fn arrival_notice(&self) -> Option<NoticeRule> {
        self.arrival.map(|letter| tell(self.audience, letter))
    }
}

impl WorkQueue {
    /// Returns its row.
    #[must_use]
    pub fn row(self) -> &'static QueueRow {
        // The test of this module checks that each queue has one.
        QUEUES.iter().find(|row| row.queue == self).unwrap_or(&ROW)
    }
}

/// Returns the queue in which a manuscript of this stage waits, or `None` if it does not wait.
#[must_use]
pub fn of_stage(stage: Stage) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.stages.contains(&stage))
}

/// Returns the queue with this time limit.
#[must_use]
pub fn of_deadline(deadline: Deadline) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.deadline == Some(deadline))
}

/// Returns the queue whose work this letter announces. The letter becomes void once the work no longer waits there.
#[must_use]
pub fn called_by(letter: Letter) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.calls.contains(&letter))
}

/// Returns the stages of the manuscripts on the lists of this role; empty if the role's work does not depend on a stage.
#[must_use]
pub fn stages_of(role: Role) -> Vec<Stage> {
    QUEUES.iter().filter(|row| row.role == role && row.listed).flat_map(|row| row.stages).copied().collect()
}

/// Returns the states in which assignments wait for this role, each once.
#[must_use]
pub fn states_of(role: Role) -> Vec<AssignmentState> {
    let waits = |state: &&AssignmentState| QUEUES.iter().any(|row| row.role == role && row.states.contains(state));
    AssignmentState::ALL.iter().filter(waits).copied().collect()
}

/// Returns the stages in which a manuscript has a due date, with the name of the time limit.
pub fn timed_stages() -> impl Iterator<Item = (Stage, Deadline)> {
    QUEUES
        .iter()
        .filter_map(|row| row.deadline.map(|deadline| (row, deadline)))
        .flat_map(|(row, due)| row.stages.iter().map(move |stage| (*stage, due)))
}

/// Returns the roles for which somebody can stand in, each once.
#[must_use]
pub fn lendable_roles() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| QUEUES.iter().any(|row| row.role == *role && row.stand_ins)).collect()
}
