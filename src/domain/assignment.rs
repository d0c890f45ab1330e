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
        /// Several, each for its part, each replies.
        Split = "split",
        /// One lead, assisting ones answer the lead.
        Joint = "joint",
    }

    /// A department's part in an assignment.
    enum AssignmentPart {
        /// 主办
        Lead = "lead",
        /// 协办
        Assisting = "assisting",
    }

    /// What can be done to an assignment.
    enum AssignmentAction {
        /// 签收
        Receive = "receive",
        /// Ask to return it.
        RequestReturn = "request_return",
        /// The dispatcher agrees to take it back.
        GrantReturn = "grant_return",
        /// The dispatcher refuses to take it back.
        RefuseReturn = "refuse_return",
        /// Ask for more time.
        RequestExtension = "request_extension",
        /// Set the later date, or refuse.
        DecideExtension = "decide_extension",
        /// An assisting department answers the lead.
        Contribute = "contribute",
        /// Reply, suggestion by suggestion.
        Reply = "reply",
        /// The reply stands.
        Approve = "approve",
        /// The reply is given back.
        Reject = "reject",
        /// 催办
        Urge = "urge",
        /// Report progress of carrying it out.
        Report = "report",
        /// 撤销交办
        Cancel = "cancel",
        /// Add an attachment to a reply or report.
        Attach = "attach",
    }

    /// How the author was consulted.
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

/// Which part of an assignment an action belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Every department.
    Either,
    /// Only the lead, or a department that is alone.
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
    /// The state after; none where it stays as it is.
    pub to: Option<AssignmentState>,
    /// Who may.
    pub who: ActorRule,
    /// For which part.
    pub part: For,
    /// Who is told.
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

/// Everything before the reply stands.
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

/// Whether `actor` may do this to an assignment in `state` with `part`.
///
/// `standing` is that of the manuscript, with `charged` narrowed to this assignment's organisation.
///
/// # Errors
/// The [`Refusal`] that says why not.
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

/// Every action that is open to this person now.
#[must_use]
pub fn allowed(standing: &ManuscriptStanding, state: AssignmentState, part: AssignmentPart, actor: &Actor) -> Vec<AssignmentAction> {
    AssignmentAction::ALL.iter().copied().filter(|action| decide(standing, state, part, actor, *action).is_ok()).collect()
}
