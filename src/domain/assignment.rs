//! The state machine of an assignment, as a table like that of [`crate::domain::transition`].

use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::permission::{Actor, ManuscriptStanding, Permit, permit};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::AssignmentState;
use crate::domain::transition::row::ActorRule;
use crate::domain::vocabulary::words;

words! {
    /// 单办, 分办, 会办.
    enum AssignmentForm {
        /// One department.
        Single = "single",
        /// Several, each of which replies for its own part.
        Split = "split",
        /// One lead; assisting ones answer the lead.
        Joint = "joint",
    }

    /// A department's part in an assignment.
    enum AssignmentPart {
        /// 主办
        Lead = "lead",
        /// 协办
        Assisting = "assisting",
    }

    /// An action on an assignment.
    enum AssignmentAction {
        /// 签收
        Receive = "receive",
        /// A request to return it.
        RequestReturn = "request_return",
        /// The dispatcher grants the return.
        GrantReturn = "grant_return",
        /// The dispatcher refuses the return.
        RefuseReturn = "refuse_return",
        /// A request for an extension.
        RequestExtension = "request_extension",
        /// Sets the later date, or refuses.
        DecideExtension = "decide_extension",
        /// An assisting department answers the lead.
        Contribute = "contribute",
        /// A reply to each suggestion.
        Reply = "reply",
        /// Approves the reply.
        Approve = "approve",
        /// Rejects the reply.
        Reject = "reject",
        /// 催办
        Urge = "urge",
        /// Reports progress of the implementation.
        Report = "report",
        /// 撤销交办
        Cancel = "cancel",
        /// Adds an attachment to a reply or report.
        Attach = "attach",
    }

    /// The way in which the author was consulted.
    enum Consultation {
        /// 面谈
        Visit = "visit",
        /// 座谈
        Meeting = "meeting",
        /// 电话
        Phone = "phone",
        /// 邮件
        Email = "email",
        /// 书信
        Letter = "letter",
        /// 其他
        Other = "other",
    }
}

/// The parts of an assignment to which an action applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Every department.
    Either,
    /// Only the lead, or a single department.
    Lead,
    /// Only an assisting one.
    Assisting,
}

/// A row of [`ASSIGNMENT_TRANSITIONS`].
#[derive(Debug, Clone, Copy)]
pub struct AssignmentTransition {
    /// The action.
    pub action: AssignmentAction,
    /// The states in which it is possible.
    pub from: &'static [AssignmentState],
    /// The state after; `None` where it stays unchanged.
    pub to: Option<AssignmentState>,
    /// The persons who may perform it.
    pub who: ActorRule,
    /// The part to which it applies.
    pub part: For,
    /// The notifications.
    pub notices: &'static [NoticeRule],
}

use AssignmentAction as A;
use AssignmentState as S;

const fn row(
    action: A,
    from: &'static [S],
    to: Option<S>,
    who: ActorRule,
    part: For,
    notices: &'static [NoticeRule],
) -> AssignmentTransition {
    AssignmentTransition { action, from, to, who, part, notices }
}

/// All states before the approval of the reply.
const LIVE: &[S] = &[S::Dispatched, S::Received, S::ReturnRequested, S::Contributed, S::Replied];

/// The table.
pub const ASSIGNMENT_TRANSITIONS: &[AssignmentTransition] = &[
    row(
        A::Receive,
        &[S::Dispatched],
        Some(S::Received),
        ActorRule::Handler,
        For::Either,
        &[tell(Audience::Dispatchers, Letter::AssignmentReceived)],
    ),
    row(
        A::RequestReturn,
        &[S::Dispatched, S::Received],
        Some(S::ReturnRequested),
        ActorRule::Handler,
        For::Either,
        &[tell(Audience::Dispatchers, Letter::ReturnRequested)],
    ),
    row(
        A::GrantReturn,
        &[S::ReturnRequested],
        Some(S::Returned),
        ActorRule::Dispatcher,
        For::Either,
        &[tell(Audience::Handlers, Letter::ReturnDecided)],
    ),
    row(
        A::RefuseReturn,
        &[S::ReturnRequested],
        Some(S::Received),
        ActorRule::Dispatcher,
        For::Either,
        &[tell(Audience::Handlers, Letter::ReturnDecided)],
    ),
    row(
        A::RequestExtension,
        &[S::Dispatched, S::Received],
        None,
        ActorRule::Handler,
        For::Either,
        &[tell(Audience::Dispatchers, Letter::ExtensionRequested)],
    ),
    row(
        A::DecideExtension,
        &[S::Dispatched, S::Received, S::ReturnRequested],
        None,
        ActorRule::Dispatcher,
        For::Either,
        &[tell(Audience::Handlers, Letter::ExtensionDecided)],
    ),
    row(
        A::Contribute,
        &[S::Received],
        Some(S::Contributed),
        ActorRule::Handler,
        For::Assisting,
        &[tell(Audience::Named, Letter::Contributed)],
    ),
    row(A::Reply, &[S::Received], Some(S::Replied), ActorRule::Handler, For::Lead, &[tell(Audience::Dispatchers, Letter::Replied)]),
    row(
        A::Approve,
        &[S::Replied],
        Some(S::Approved),
        ActorRule::Dispatcher,
        For::Lead,
        &[tell(Audience::Authors, Letter::ReplyApproved), tell(Audience::Handlers, Letter::ReplyPassed)],
    ),
    row(A::Reject, &[S::Replied], Some(S::Received), ActorRule::Dispatcher, For::Lead, &[tell(Audience::Handlers, Letter::ReplyRejected)]),
    row(
        A::Urge,
        &[S::Dispatched, S::Received, S::ReturnRequested],
        None,
        ActorRule::Dispatcher,
        For::Either,
        &[tell(Audience::Handlers, Letter::Urged)],
    ),
    row(
        A::Report,
        &[S::Approved],
        None,
        ActorRule::Handler,
        For::Lead,
        &[tell(Audience::Authors, Letter::ImplementationReported), tell(Audience::Dispatchers, Letter::ImplementationReported)],
    ),
    row(A::Cancel, LIVE, Some(S::Cancelled), ActorRule::Dispatcher, For::Either, &[tell(Audience::Handlers, Letter::AssignmentCancelled)]),
    row(A::Attach, &[S::Received, S::Replied, S::Approved], None, ActorRule::Handler, For::Either, &[]),
];

/// An allowed act on an assignment.
#[derive(Debug, Clone, Copy)]
pub struct AssignmentDecision {
    /// The row that allowed it.
    pub row: &'static AssignmentTransition,
    /// The state before.
    pub from: AssignmentState,
    /// The state after.
    pub to: AssignmentState,
    /// The grant that was used.
    pub permit: Permit,
}

/// Decides whether `actor` may perform this action on an assignment in `state` with `part`.
///
/// `standing` is that of the manuscript, with `charged` narrowed to this assignment's organisation.
///
/// # Errors
/// The [`Refusal`] with the reason.
pub fn decide(
    standing: &ManuscriptStanding,
    state: AssignmentState,
    part: AssignmentPart,
    actor: &Actor,
    action: AssignmentAction,
) -> Result<AssignmentDecision, Refusal> {
    let mut refusal = Refusal::WrongState { state: ThingState::Assignment(state) };
    for row in ASSIGNMENT_TRANSITIONS.iter().filter(|row| row.action == action) {
        let permit = permit(actor, standing, &[row.who])?;
        let fits = match row.part {
            For::Either => true,
            For::Lead => part == AssignmentPart::Lead,
            For::Assisting => part == AssignmentPart::Assisting,
        };
        if !fits {
            refusal = Refusal::NotYours;
        } else if row.from.contains(&state) {
            return Ok(AssignmentDecision { row, from: state, to: row.to.unwrap_or(state), permit });
        }
    }
    Err(refusal)
}

/// Returns every action that this person may perform now.
#[must_use]
pub fn allowed(standing: &ManuscriptStanding, state: AssignmentState, part: AssignmentPart, actor: &Actor) -> Vec<AssignmentAction> {
    AssignmentAction::ALL.iter().copied().filter(|action| decide(standing, state, part, actor, *action).is_ok()).collect()
}
