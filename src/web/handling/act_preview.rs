//! The consequences that a page states before an act: recipients of letters, what the author reads, which time limit runs. The recipients
//! are taken from the tables of the domain, so that the statement cannot differ from what happens.

use crate::app::handling::prospects::Horizon;
use crate::app::handling::views::{AssignmentView, ItemView};
use crate::app::reading::views::ManuscriptView;
use crate::domain::assignment::{ASSIGNMENT_TRANSITIONS, AssignmentAction as A, AssignmentAction};
use crate::domain::notice::{Audience, NoticeRule};
use crate::domain::transition::{TRANSITIONS, arrival};
use crate::domain::vocabulary::{Action, Stage};
use crate::web::layout::Layout;

/// The three lines above a button.
pub struct ActConsequences {
    /// The recipients of letters.
    pub who: String,
    /// What the author reads.
    pub reads: String,
    /// Which time limit runs; may be empty.
    pub clock: String,
}

/// The names of groups of people; a group without names is called by its description.
#[derive(Default)]
pub struct GroupNames {
    /// Every author.
    pub authors: String,
    /// The assigned departments.
    pub departments: String,
    /// The leaders whose endorsement is in effect.
    pub leaders: String,
    /// Persons whom the act itself names.
    pub named: String,
}

impl GroupNames {
    /// The groups of people of a manuscript.
    #[must_use]
    pub fn of(view: &ManuscriptView) -> Self {
        let authors: Vec<&str> = view.authors.iter().map(|one| one.name.as_str()).collect();
        let effective = view.endorsements.iter().filter(|one| one.state.has_effect());
        let mut leaders: Vec<&str> = effective.map(|one| one.leader.as_str()).collect();
        leaders.sort_unstable();
        leaders.dedup();
        Self { authors: authors.join("、"), leaders: leaders.join("、"), ..Self::default() }
    }

    /// Adds the department of an assignment, and the department that it assists.
    #[must_use]
    pub fn with(mut self, view: &AssignmentView) -> Self {
        self.departments.clone_from(&view.organization.name);
        let lead = view.partners.first().map(|lead| lead.organization.name.clone());
        self.named = lead.unwrap_or_default();
        self
    }
}

impl ActConsequences {
    /// The consequences of an act on an assignment.
    #[must_use]
    pub fn of(f: &Layout, action: AssignmentAction, names: &GroupNames, clock: String) -> Self {
        let notices = ASSIGNMENT_TRANSITIONS.iter().find(|row| row.action == action).map_or(&[][..], |row| row.notices);
        Self { who: who(f, notices, names), reads: reads(f, notices, "assignment", action.as_str()), clock }
    }

    /// The same without names of people.
    #[must_use]
    pub fn plain(f: &Layout, action: AssignmentAction, clock: &str) -> Self {
        Self::of(f, action, &GroupNames::default(), clock.to_owned())
    }

    /// The consequences of an act on a manuscript that leads to a stage. The act itself notifies the assigned departments.
    #[must_use]
    pub fn of_manuscript(f: &Layout, action: Action, from: Stage, to: Stage, names: &GroupNames, clock: String) -> Self {
        let row = TRANSITIONS.iter().find(|row| row.action == action && row.from.contains(&from));
        let mut notices: Vec<NoticeRule> = row.map_or(&[][..], |row| row.notices).to_vec();
        let arrives = (from != to).then(|| arrival(to)).flatten();
        notices.extend(arrives.filter(|one| notices.iter().all(|notice| notice.audience != one.audience)));
        Self { who: who(f, &notices, names), reads: reads(f, &notices, "manuscript", action.as_str()), clock }
    }
}

fn who(f: &Layout, notices: &[NoticeRule], names: &GroupNames) -> String {
    let name = |notice: &NoticeRule| {
        let known = match notice.audience {
            Audience::Authors => &names.authors,
            Audience::Handlers => &names.departments,
            Audience::Endorsers => &names.leaders,
            Audience::Named => &names.named,
            _ => return f.word(notice.audience),
        };
        if known.is_empty() { f.word(notice.audience) } else { known.clone() }
    };
    let all: Vec<String> = notices.iter().map(name).collect();
    if all.is_empty() { f.t("after-nobody") } else { all.join(&f.t("dispatch-comma")) }
}

/// What the author reads, if they are notified.
fn reads(f: &Layout, notices: &[NoticeRule], of: &str, action: &str) -> String {
    if notices.iter().any(|notice| notice.audience == Audience::Authors) {
        f.t(&format!("after-{of}-{action}"))
    } else {
        f.t("after-author-nothing")
    }
}

/// Describes it in a sentence.
pub(super) fn clock(f: &Layout, action: A, of: &AssignmentView, horizon: &Horizon) -> String {
    let due = f.due_short(&of.due_at, &of.due_is_provisional);
    match action {
        A::Receive | A::Urge | A::RefuseReturn => f.t1("handling-clock-same", "due", &due),
        A::RequestReturn => f.t1("handling-clock-runs", "due", &due),
        A::RequestExtension => f.t2("handling-clock-extension", "due", &due, "latest", f.counted_date(&horizon.extension)),
        A::DecideExtension => f.t2("handling-clock-decide", "due", &due, "latest", f.counted_date(&horizon.extension)),
        A::GrantReturn | A::Cancel => f.t("handling-clock-stops"),
        A::Contribute => f.t("handling-clock-contribute"),
        A::Reply => f.t("handling-clock-reply"),
        A::Approve => promises(f, of),
        A::Reject => f.t1("handling-clock-reject", "due", f.counted_short(&horizon.second_reply)),
        A::Report => f.t("handling-clock-report"),
        A::Attach => String::new(),
    }
}

/// When promises are due next.
fn promises(f: &Layout, of: &AssignmentView) -> String {
    let Some(reply) = of.replies.last() else { return String::new() };
    let promise = |item: &ItemView| {
        let day = item.promised_on.as_deref()?.parse().ok()?;
        Some(f.args("handling-clock-promise", &[("n", item.number.into()), ("day", f.day(&day).into())]))
    };
    let all: Vec<String> = reply.items.iter().filter_map(promise).collect();
    if all.is_empty() { f.t("handling-clock-stops") } else { all.join(&f.t("dispatch-comma")) }
}
