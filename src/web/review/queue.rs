//! The three review queues: the organisation's office, the reviewers, the signers. They share their pages.

use crate::app::AppError;
use crate::app::Tx;
use crate::app::reading::list::{self, ManuscriptListQuery};
use crate::app::reading::views::ManuscriptLine;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::queues::{QueueRow, WorkQueue};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Action;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;

/// The largest number of manuscripts that are shown at once.
const MOST: i64 = 200;

/// A review queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReviewQueue {
    /// The organisation's office.
    Screening,
    /// The reviewers'.
    Review,
    /// The signers'.
    Signing,
}

impl ReviewQueue {
    pub(super) const fn place(self) -> NavItem {
        match self {
            Self::Screening => NavItem::Screening,
            Self::Review => NavItem::Review,
            Self::Signing => NavItem::Signing,
        }
    }

    /// The work queue of this page.
    pub(super) const fn work_queue(self) -> WorkQueue {
        match self {
            Self::Screening => WorkQueue::Screening,
            Self::Review => WorkQueue::Review,
            Self::Signing => WorkQueue::Signing,
        }
    }

    fn row(self) -> &'static QueueRow {
        self.work_queue().row()
    }

    pub(super) fn path(self) -> &'static str {
        self.row().page
    }

    /// The address of a manuscript in this queue.
    pub(super) fn at(self, id: &ManuscriptId) -> String {
        format!("{}/{id}", self.path())
    }

    /// The decisions that can be made here, in the order of the page.
    pub(super) fn acts(self) -> &'static [Action] {
        self.row().acts
    }

    /// Allows access to holders of the queue's role only.
    ///
    /// # Errors
    /// [`Refusal::WrongRole`].
    pub(super) fn open(self, actor: &Actor) -> Result<(), AppError> {
        let role = self.row().role;
        if actor.holds(role) { Ok(()) } else { Err(Refusal::WrongRole { needed: vec![role] }.into()) }
    }

    /// The manuscripts that wait in this queue, by due date, behind `after`.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn queue(self, tx: &mut Tx<'_>, actor: &Actor, after: Option<ManuscriptId>) -> Result<list::ManuscriptSlice, AppError> {
        let wish = ManuscriptListQuery {
            stage: self.row().stages.first().copied(),
            mine: true,
            by_due: true,
            limit: MOST,
            after,
            ..ManuscriptListQuery::default()
        };
        list::list(tx, actor, &wish)
    }

    /// The next manuscript: the one that the page named, if it still waits here, otherwise the first.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn next(self, tx: &mut Tx<'_>, actor: &Actor, wanted: Option<ManuscriptId>) -> Result<Option<ManuscriptId>, AppError> {
        let lines = self.queue(tx, actor, None)?.lines;
        let still = wanted.filter(|wanted| lines.iter().any(|line| line.id == *wanted));
        Ok(still.or_else(|| lines.first().map(|line| line.id)))
    }
}

/// Manuscripts of one urgency.
pub(super) struct UrgencyGroup {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) lines: Vec<ManuscriptLine>,
}

/// Groups the queue: overdue, today, later.
pub(super) fn groups(f: &Layout, queue: Vec<ManuscriptLine>) -> Vec<UrgencyGroup> {
    let mut groups = [
        ("late", "late", "review-late", Vec::new()),
        ("soon", "clock", "review-today", Vec::new()),
        ("wait", "open", "review-later", Vec::new()),
    ];
    for line in queue {
        let class = line.due_at.map_or("wait", |due| f.due_class(&due));
        if let Some(group) = groups.iter_mut().find(|group| group.0 == class) {
            group.3.push(line);
        }
    }
    let group = |(class, icon, title, lines): (&'static str, &'static str, &str, Vec<ManuscriptLine>)| UrgencyGroup {
        class,
        icon,
        title: f.n(title, "n", lines.len()),
        lines,
    };
    groups.into_iter().filter(|group| !group.3.is_empty()).map(group).collect()
}
