//! The consequences that a page states before a decision: recipients of letters, what the author will read, which time limit runs. They are
//! taken from the preview that the use case computes, so that they cannot differ from what happens.

use crate::app::preview::Prospect;
use crate::app::reading::views::ManuscriptView;
use crate::domain::vocabulary::{Action, Stage};
use crate::text;
use crate::web::components::recipients::who;
use crate::web::layout::Layout;

/// A decision that can be chosen.
#[derive(Debug, Clone)]
pub(super) struct DecisionChoice {
    pub(super) action: Action,
    /// Its name in the API.
    pub(super) value: &'static str,
    pub(super) who: String,
    pub(super) reads: String,
    pub(super) clock: String,
    /// Until when it can be undone.
    pub(super) undo: String,
}

/// The name of a decision in a form, which is that of the API.
pub(super) const fn value(action: Action) -> &'static str {
    match action {
        Action::PassScreening => "pass",
        other => other.as_str(),
    }
}

impl DecisionChoice {
    pub(super) fn of(f: &Layout, manuscript: &ManuscriptView, prospect: &Prospect) -> Self {
        let value = value(prospect.action);
        let stage = text::stage_for_author(f.lang, prospect.to);
        let mut told = who(f, manuscript.number.as_deref().unwrap_or_default(), &prospect.told);
        if prospect.no_other_signer {
            told = format!("{told} {}", f.t("review-no-other-signer"));
        }
        Self {
            action: prospect.action,
            value,
            who: told,
            reads: f.t1(&format!("review-reads-{value}"), "stage", &stage),
            clock: clock(f, manuscript, prospect),
            undo: if prospect.undo_minutes > 0 { f.n("review-undo", "n", prospect.undo_minutes) } else { f.t("review-no-undo") },
        }
    }

    /// Whether this decision has an opinion for the office.
    pub(super) fn has_opinion(&self) -> bool {
        matches!(self.action, Action::Recommend | Action::Sign)
    }

    /// Whether it has a reason.
    pub(super) fn has_reason(&self) -> bool {
        matches!(self.action, Action::Return | Action::Decline | Action::SendBack)
    }
}

fn clock(f: &Layout, manuscript: &ManuscriptView, prospect: &Prospect) -> String {
    let due = prospect.due_at.map(|due| f.counted_short(&due)).unwrap_or_default();
    match prospect.to {
        Stage::Signing => f.t1("review-clock-signing", "due", &due),
        Stage::Review => f.t1("review-clock-review", "due", &due),
        Stage::Returned => f.n("review-clock-returned", "days", manuscript.where_is_it.usual_working_days.unwrap_or_default()),
        Stage::Accepted => f.t("review-clock-accepted"),
        _ => f.t("review-clock-ends"),
    }
}
