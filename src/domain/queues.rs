//! THE TABLE of the work queues: what waits where, for whom, how long it may wait, which letters call to it, who is told when it is late, and
//! whether somebody can stand in. Lists, counts, deadlines, reminders, handovers, pages and refusals all derive from it.

use crate::domain::deadline::{ChannelLimits, Deadline, TimeLimit};
use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Action, Role, Stage, words};

words! {
    /// A queue of work that waits for the holders of a role.
    enum WorkQueue {
        /// The author's: drafts, and what was returned.
        Drafts = "drafts",
        /// The first look, in the office of the author's organisation.
        Screening = "screening",
        /// The review.
        Review = "review",
        /// The signature.
        Signing = "signing",
        /// Signed for use, to be put before leaders.
        Circulation = "circulation",
        /// Before a leader who has not marked it.
        Reading = "reading",
        /// To be assigned, watched over and concluded.
        Dispatch = "dispatch",
        /// Assigned to a department, which has to confirm the receipt.
        Receipt = "receipt",
        /// Assigned to a department, which has to answer.
        Reply = "reply",
    }
}

/// Who hears that a limit has passed, besides those who work the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// Those who watch over the queue.
    pub to: Audience,
    /// Whether they may know which manuscript is late ("Who sees what").
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
    /// The path of the page on which it is worked.
    pub page: &'static str,
    /// The decisions that are made on that page, in the order of the page.
    pub acts: &'static [Action],
    /// The acts that lead on, and whose absence a reader wants explained.
    pub awaited: &'static [Action],
    /// The limit of time; the flag says that the manuscript is urgent. A reply's can be set otherwise for each assignment.
    pub limit: Option<fn(&ChannelLimits, bool) -> TimeLimit>,
    /// The name of that limit in reminders.
    pub deadline: Option<Deadline>,
    /// The letter that tells of an arrival.
    pub arrival: Option<Letter>,
    /// The letters that call to work here, and lose their reason once it is done.
    pub calls: &'static [Letter],
    /// Who hears that the limit has passed.
    pub escalation: Option<Escalation>,
    /// Whether a holder of the role can name a stand-in, who is then told and reminded with them.
    pub stand_ins: bool,
}

/// What a row says unless it says otherwise.
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

/// The table, in the order of a manuscript's life.
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
        // A request to return it doesn't stop the clock.
        states: &[A::Dispatched, A::Received, A::ReturnRequested],
        page: "/handling",
        limit: Some(|limits, _| limits.assignment()),
        deadline: Some(Deadline::Reply),
        escalation: Some(Escalation { to: Audience::Dispatchers, sees: true }),
        ..ROW
    },
];

impl QueueRow {
    /// Who is told by which letter that something has arrived.
    #[must_use]
    pub fn arrival_notice(&self) -> Option<NoticeRule> {
        self.arrival.map(|letter| tell(self.audience, letter))
    }
}

impl WorkQueue {
    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static QueueRow {
        // The test of this module holds that each queue has one.
        QUEUES.iter().find(|row| row.queue == self).unwrap_or(&ROW)
    }
}

/// The queue in which a manuscript of this stage waits; none where it rests.
#[must_use]
pub fn of_stage(stage: Stage) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.stages.contains(&stage))
}

/// The queue with this limit.
#[must_use]
pub fn of_deadline(deadline: Deadline) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.deadline == Some(deadline))
}

/// The queue to which this letter calls. Once the matter waits there no more, the letter has no reason.
#[must_use]
pub fn called_by(letter: Letter) -> Option<&'static QueueRow> {
    QUEUES.iter().find(|row| row.calls.contains(&letter))
}

/// The stages in which manuscripts stand on the lists of this role; empty where the role waits for something else than a stage.
#[must_use]
pub fn stages_of(role: Role) -> Vec<Stage> {
    QUEUES.iter().filter(|row| row.role == role && row.listed).flat_map(|row| row.stages).copied().collect()
}

/// The states in which assignments wait for this role, each once.
#[must_use]
pub fn states_of(role: Role) -> Vec<AssignmentState> {
    let waits = |state: &&AssignmentState| QUEUES.iter().any(|row| row.role == role && row.states.contains(state));
    AssignmentState::ALL.iter().filter(waits).copied().collect()
}

/// The stages in which a manuscript has a due date, with the name of the limit.
pub fn timed_stages() -> impl Iterator<Item = (Stage, Deadline)> {
    QUEUES
        .iter()
        .filter_map(|row| row.deadline.map(|deadline| (row, deadline)))
        .flat_map(|(row, due)| row.stages.iter().map(move |stage| (*stage, due)))
}

/// The roles for which somebody can stand in, each once.
#[must_use]
pub fn lendable_roles() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| QUEUES.iter().any(|row| row.role == *role && row.stand_ins)).collect()
}
