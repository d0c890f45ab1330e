//! The places that the navigation leads to, and which role finds which.

use crate::domain::permission::Actor;
use crate::domain::queues::WorkQueue;
use crate::domain::vocabulary::Role;

/// A place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavItem {
    /// A leader's manuscripts to read.
    Leader,
    /// What a leader has read.
    Read,
    /// What became of what a leader marked.
    Results,
    /// A secretary's desk: endorsements to enter and countersign.
    Endorsements,
    /// The dispatcher's board.
    Dispatch,
    /// The reviewers' desk.
    Review,
    /// The organisation's office.
    Screening,
    /// The signer's desk.
    Signing,
    /// A department's desk.
    Handling,
    /// The author's own.
    Mine,
    /// Writing.
    Write,
    /// Bulletins.
    Bulletins,
    /// The ledger.
    Ledger,
    /// People.
    People,
    /// Organisations.
    Organizations,
    /// The channel's settings.
    Settings,
    /// How the node fares.
    Health,
    /// The job queue.
    Jobs,
    /// The calendar of working days.
    Calendar,
    /// Letters on their way.
    Outbox,
    /// All manuscripts that one sees.
    Manuscripts,
    /// Figures.
    Statistics,
    /// Notices.
    Inbox,
    /// The account.
    Account,
    /// Somewhere else.
    Elsewhere,
}

/// Who finds a place in their navigation.
enum NavAudience {
    Works(WorkQueue),
    Roles(&'static [Role]),
    Everybody,
    Nobody,
}

/// Every place, for the test that looks for their names.
#[cfg(test)]
pub(super) const ALL: &[NavItem] = ORDER;

/// The order of the navigation, which is also the order in which the first page is looked for.
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

    /// The end of the key of its name: `place-KEY`.
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

    /// The queue that is worked there.
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

    /// The role whose work waits there.
    #[must_use]
    pub fn desk(self) -> Option<Role> {
        self.queue().map(|queue| queue.row().role)
    }

    /// The name of its desk in live events; empty where nothing is counted.
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
            // Staff enter what came on paper.
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

/// The places of a person, the one where they begin first.
#[must_use]
pub fn of(actor: &Actor) -> Vec<NavItem> {
    ORDER.iter().copied().filter(|place| place.is_for(actor)).collect()
}

/// Where a person begins.
#[must_use]
pub fn first(actor: &Actor) -> NavItem {
    of(actor).first().copied().unwrap_or(NavItem::Inbox)
}
