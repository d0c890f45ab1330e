//! The items of the navigation, and the roles to which each is shown.

use crate::domain::permission::Actor;
use crate::domain::queues::WorkQueue;
use crate::domain::vocabulary::Role;

/// An item of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavItem {
    /// The manuscripts that a leader has to read.
    Leader,
    /// The manuscripts that a leader has read.
    Read,
    /// The outcome of a leader's endorsements.
    Results,
    /// A secretary's work: endorsements to enter and to countersign.
    Endorsements,
    /// The dispatcher's board.
    Dispatch,
    /// The reviewers' queue.
    Review,
    /// The queue of the organisation's office.
    Screening,
    /// The signers' queue.
    Signing,
    /// A department's queue.
    Handling,
    /// The author's own manuscripts.
    Mine,
    /// The form for a new manuscript.
    Write,
    /// Bulletins.
    Bulletins,
    /// The ledger.
    Ledger,
    /// The members of the channel.
    People,
    /// Organisations.
    Organizations,
    /// The channel's settings.
    Settings,
    /// The health of the node.
    Health,
    /// The job queue.
    Jobs,
    /// The calendar of working days.
    Calendar,
    /// The outbox.
    Outbox,
    /// All manuscripts that the reader may see.
    Manuscripts,
    /// Statistics.
    Statistics,
    /// Notices.
    Inbox,
    /// The account.
    Account,
    /// A page that is not in the navigation.
    Elsewhere,
}

/// To whom an item is shown.
enum NavAudience {
    Works(WorkQueue),
    Roles(&'static [Role]),
    Everybody,
    Nobody,
}

/// Every item, for the test that checks the labels.
#[cfg(test)]
pub(super) const ALL: &[NavItem] = ORDER;

/// The order of the navigation; the first item that a person has is their start page.
const ORDER: &[NavItem] = &[
    NavItem::Leader,
    NavItem::Read,
    NavItem::Results,
    NavItem::Dispatch,
    NavItem::Review,
    NavItem::Screening,
    NavItem::Signing,
    NavItem::Handling,
    NavItem::Mine,
    NavItem::Write,
    NavItem::Endorsements,
    NavItem::Ledger,
    NavItem::People,
    NavItem::Organizations,
    NavItem::Settings,
    NavItem::Health,
    NavItem::Jobs,
    NavItem::Calendar,
    NavItem::Outbox,
    NavItem::Bulletins,
    NavItem::Manuscripts,
    NavItem::Statistics,
    NavItem::Inbox,
];

impl NavItem {
    /// Its path.
    #[must_use]
    pub fn path(self) -> &'static str {
        if let Some(queue) = self.queue() {
            return queue.row().page;
        }
        match self {
            Self::Read => "/reading/done",
            Self::Results => "/reading/results",
            Self::Endorsements => "/endorsements",
            Self::Write => "/write",
            Self::Bulletins => "/bulletins",
            Self::Ledger => "/ledger",
            Self::People => "/people",
            Self::Organizations => "/organizations",
            Self::Settings => "/settings",
            Self::Health => "/health",
            Self::Jobs => "/jobs",
            Self::Calendar => "/calendar",
            Self::Outbox => "/outbox",
            Self::Manuscripts => "/manuscripts",
            Self::Statistics => "/statistics",
            Self::Inbox => "/inbox",
            Self::Account => "/account",
            _ => "/",
        }
    }

    /// The end of the key of its label: `place-KEY`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Read => "read",
            Self::Results => "results",
            Self::Endorsements => "endorsements",
            Self::Dispatch => "dispatch",
            Self::Review => "review",
            Self::Screening => "screening",
            Self::Signing => "signing",
            Self::Handling => "handling",
            Self::Mine => "mine",
            Self::Write => "write",
            Self::Bulletins => "bulletins",
            Self::Ledger => "ledger",
            Self::People => "people",
            Self::Organizations => "organizations",
            Self::Settings => "settings",
            Self::Health => "health",
            Self::Jobs => "jobs",
            Self::Calendar => "calendar",
            Self::Outbox => "outbox",
            Self::Manuscripts => "manuscripts",
            Self::Statistics => "statistics",
            Self::Inbox => "inbox",
            Self::Account => "account",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Its icon in the sprite.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Write | Self::Endorsements | Self::Settings => "pen",
            Self::Read | Self::Health => "eye",
            Self::Results | Self::Ledger | Self::Signing => "seal",
            Self::Dispatch | Self::Jobs => "clock",
            Self::Bulletins => "print",
            Self::People | Self::Account => "user",
            Self::Manuscripts => "search",
            Self::Statistics => "chart",
            Self::Calendar => "plan",
            Self::Inbox | Self::Outbox => "mail",
            _ => "doc",
        }
    }

    /// The queue that is worked on this page.
    const fn queue(self) -> Option<WorkQueue> {
        match self {
            Self::Leader => Some(WorkQueue::Reading),
            Self::Dispatch => Some(WorkQueue::Dispatch),
            Self::Review => Some(WorkQueue::Review),
            Self::Screening => Some(WorkQueue::Screening),
            Self::Signing => Some(WorkQueue::Signing),
            Self::Handling => Some(WorkQueue::Reply),
            Self::Mine => Some(WorkQueue::Drafts),
            _ => None,
        }
    }

    /// The role whose work queue this page shows.
    #[must_use]
    pub fn desk(self) -> Option<Role> {
        self.queue().map(|queue| queue.row().role)
    }

    /// The name of its queue in live events; empty where nothing is counted.
    #[must_use]
    pub fn desk_word(self) -> &'static str {
        match (self, self.desk()) {
            (_, Some(role)) => role.as_str(),
            (Self::Inbox, None) => "inbox",
            _ => "",
        }
    }

    const fn who(self) -> NavAudience {
        use Role::{Auditor, Dispatcher, Handler, Leader, Reviewer, Screener, Secretary, SecurityAdmin, Signer, Submitter, SystemAdmin};
        if let Some(queue) = self.queue() {
            return NavAudience::Works(queue);
        }
        match self {
            Self::Read | Self::Results => NavAudience::Roles(&[Leader]),
            Self::Endorsements => NavAudience::Roles(&[Secretary, Reviewer, Dispatcher]),
            // Staff enter manuscripts that arrive on paper.
            Self::Write => NavAudience::Roles(&[Submitter, Screener, Reviewer]),
            Self::Bulletins => NavAudience::Roles(&[Reviewer, Signer, Dispatcher]),
            Self::Ledger => NavAudience::Roles(&[Auditor]),
            Self::People | Self::Organizations => NavAudience::Roles(&[SystemAdmin, SecurityAdmin]),
            Self::Settings | Self::Health | Self::Jobs | Self::Calendar | Self::Outbox => NavAudience::Roles(&[SystemAdmin]),
            Self::Manuscripts => NavAudience::Roles(&[Screener, Reviewer, Signer, Dispatcher, Handler, Leader, Secretary]),
            Self::Statistics | Self::Inbox => NavAudience::Everybody,
            _ => NavAudience::Nobody,
        }
    }

    fn is_for(self, actor: &Actor) -> bool {
        match self.who() {
            NavAudience::Roles(roles) => roles.iter().any(|role| actor.holds(*role)),
            NavAudience::Works(queue) => actor.holds(queue.row().role),
            NavAudience::Everybody => true,
            NavAudience::Nobody => false,
        }
    }
}

/// The navigation items of a person, the start page first.
#[must_use]
pub fn of(actor: &Actor) -> Vec<NavItem> {
    ORDER.iter().copied().filter(|place| place.is_for(actor)).collect()
}

/// The start page of a person.
#[must_use]
pub fn first(actor: &Actor) -> NavItem {
    of(actor).first().copied().unwrap_or(NavItem::Inbox)
}
