//! The view models of the board's columns and rows.

use chrono::NaiveDate;

use crate::app::handling::board::{Board, Charged, DepartmentRequest, MOST, WaitingManuscript};
use crate::app::handling::promises::PromiseLine;
use crate::domain::assignment::AssignmentPart;
use crate::domain::ids::AssignmentId;
use crate::domain::states::AssignmentState;
use crate::web::layout::Layout;

/// The number of cards that a column shows before "more".
const SHOWN: usize = 6;
/// The number of rows in the list of overdue assignments.
pub(super) const LATE: usize = 30;

/// A state, as a shape and a word.
pub(in crate::web) struct Tag {
    pub class: &'static str,
    pub icon: &'static str,
    pub words: String,
}

/// A waiting item.
pub(in crate::web) struct BoardCard {
    pub href: String,
    pub title: String,
    pub sub: String,
    pub tag: Tag,
}

/// A column of the board.
pub(super) struct BoardColumn {
    pub name: String,
    pub size: String,
    pub cards: Vec<BoardCard>,
    /// The number of further cards, and the page that lists them.
    pub more: Option<(String, &'static str)>,
}

/// A row in the list of overdue assignments.
pub(super) struct OverdueRow {
    pub href: String,
    pub title: String,
    pub number: String,
    pub who: String,
    pub stuck: String,
    pub late: String,
    /// The assignment to send a reminder for, and the text of the button.
    pub urge: Option<(AssignmentId, String)>,
}

/// Formats a number, or "99+".
pub(in crate::web) fn many(n: usize) -> String {
    if n >= MOST { format!("{}+", MOST - 1) } else { n.to_string() }
}

/// The four columns of the board.
pub(super) fn columns(f: &Layout, board: &Board) -> Vec<BoardColumn> {
    let pile = |key, of: &[Charged]| {
        // Requests for a decision must not be hidden by cards that are only due.
        let (asks, rest): (Vec<&Charged>, Vec<&Charged>) = of.iter().partition(|one| one.asked.is_some());
        column(f, key, of.len(), asks.into_iter().chain(rest).take(SHOWN).map(|one| charged(f, one)).collect())
    };
    let waiting = board.to_assign.iter().take(SHOWN).map(|one| to_assign(f, one)).collect();
    vec![
        column(f, "assign", board.to_assign.len(), waiting),
        pile("receive", &board.receive),
        pile("work", &board.work),
        pile("check", &board.check),
    ]
}

/// Manuscripts that can be concluded.
pub(super) fn settled(f: &Layout, board: &Board) -> BoardColumn {
    column(f, "settled", board.settled.len(), board.settled.iter().take(SHOWN * 2).map(|one| to_conclude(f, one)).collect())
}

/// Merged manuscripts whose suggestions wait for a decision.
pub(super) fn merged(f: &Layout, board: &Board) -> BoardColumn {
    column(f, "merged", board.merged.len(), board.merged.iter().take(SHOWN * 2).map(|one| to_decide(f, one)).collect())
}

/// A card of a merged manuscript.
pub(super) fn to_decide(f: &Layout, one: &WaitingManuscript) -> BoardCard {
    BoardCard {
        href: format!("/manuscripts/{}/suggestions", one.id),
        title: one.title.clone(),
        sub: one.number.clone().unwrap_or_default(),
        tag: Tag { class: "ask", icon: "right", words: f.t1("dispatch-merged-since", "at", f.short(&one.since)) },
    }
}

fn column(f: &Layout, key: &'static str, all: usize, cards: Vec<BoardCard>) -> BoardColumn {
    let rest = all.saturating_sub(cards.len());
    let more = (rest > 0).then(|| (if all >= MOST { format!("{rest}+") } else { rest.to_string() }, key));
    BoardColumn { name: f.t(&format!("dispatch-column-{key}")), size: many(all), cards, more }
}

/// A card of a manuscript that can be concluded.
pub(super) fn to_conclude(f: &Layout, one: &WaitingManuscript) -> BoardCard {
    BoardCard {
        href: format!("/manuscripts/{}/conclusion", one.id),
        title: one.title.clone(),
        sub: one.number.clone().unwrap_or_default(),
        tag: Tag { class: "ask", icon: "right", words: f.t1("dispatch-settled-since", "at", f.short(&one.since)) },
    }
}

/// A card of a manuscript that has no assignment.
pub(super) fn to_assign(f: &Layout, one: &WaitingManuscript) -> BoardCard {
    let tag = if one.instructed {
        Tag { class: "ask", icon: "right", words: f.t("dispatch-instructed") }
    } else {
        Tag { class: "wait", icon: "open", words: f.t("dispatch-not-instructed") }
    };
    let sub = f.t2("dispatch-forwarded", "number", one.number.as_deref().unwrap_or_default(), "at", f.short(&one.since));
    BoardCard { href: format!("/manuscripts/{}/assignment", one.id), title: one.title.clone(), sub, tag }
}

/// A card of an assignment.
pub(in crate::web) fn charged(f: &Layout, one: &Charged) -> BoardCard {
    let mut sub = vec![who(f, one)];
    sub.extend(one.asked.as_ref().map(|asked| asks(f, asked)));
    if one.answers > 1 {
        sub.push(f.n("dispatch-answers", "n", one.answers));
    }
    let tag = match (&one.asked, one.state) {
        (Some(_), _) => Tag { class: "ask", icon: "right", words: f.t("dispatch-decide") },
        (None, AssignmentState::Replied) => {
            let at = one.replied_at.map(|at| f.short(&at)).unwrap_or_default();
            Tag { class: "ask", icon: "right", words: f.t1("dispatch-replied", "at", &at) }
        }
        // The answer was given, so its date no longer applies.
        (None, AssignmentState::Approved) => {
            let at = one.settled_at.map(|at| f.short(&at)).unwrap_or_default();
            Tag { class: "wait", icon: "open", words: f.t1("dispatch-approved", "at", &at) }
        }
        _ => Tag {
            class: f.due_class(&one.next_due),
            icon: f.due_icon(&one.next_due),
            words: f.due(&one.next_due, &one.next_is_provisional),
        },
    };
    BoardCard { href: format!("/assignments/{}", one.id), title: one.title.clone(), sub: sub.join(" · "), tag }
}

/// Assignments that are overdue.
pub(super) fn late(f: &Layout, late: &[Charged]) -> Vec<OverdueRow> {
    let row = |one: &Charged| OverdueRow {
        href: format!("/assignments/{}", one.id),
        title: one.title.clone(),
        number: one.number.clone().unwrap_or_default(),
        who: who(f, one),
        stuck: stuck(f, one),
        late: late_by(f, one.late_days.unwrap_or(0), f.time.date(one.next_due)),
        urge: Some((one.id, if one.urged == 0 { f.t("assignment-action-urge") } else { f.n("dispatch-urge-again", "n", one.urged + 1) })),
    };
    late.iter().take(LATE).map(row).collect()
}

/// Overdue promises.
pub(super) fn broken(f: &Layout, broken: &[PromiseLine]) -> Vec<OverdueRow> {
    let row = |one: &PromiseLine| OverdueRow {
        href: format!("/assignments/{}", one.assignment),
        title: one.title.clone(),
        number: of_suggestion(f, one),
        who: one.organization.clone(),
        stuck: f.t1("dispatch-stuck-promise", "day", f.day(&one.day)),
        late: late_by(f, one.late_days, one.day),
        urge: None,
    };
    broken.iter().map(row).collect()
}

/// 2026-0083 第 2 条
pub(super) fn of_suggestion(f: &Layout, of: &PromiseLine) -> String {
    let number = of.number.as_deref().unwrap_or_default();
    f.args("dispatch-of-suggestion", &[("number", number.into()), ("n", of.suggestion.into())])
}

/// The department and its part in the work: 县水利局主办，2 家协办.
fn who(f: &Layout, one: &Charged) -> String {
    match (one.part, one.assisting) {
        (AssignmentPart::Assisting, _) => f.t1("dispatch-assisting", "who", &one.organization),
        (AssignmentPart::Lead, 0) => format!("{} · {}", one.organization, f.word(one.form)),
        (AssignmentPart::Lead, n) => f.args("dispatch-leading", &[("who", one.organization.as_str().into()), ("n", n.into())]),
    }
}

/// Describes what a department requests.
fn asks(f: &Layout, asked: &DepartmentRequest) -> String {
    match asked {
        DepartmentRequest::Return(to) => f.t1("dispatch-asks-return", "to", to),
        DepartmentRequest::Extension(until) => f.t1("dispatch-asks-extension", "until", f.day(until)),
    }
}

/// Describes why it is late: 应于 11月11日办复，延期过 1 次，催过 2 次.
fn stuck(f: &Layout, one: &Charged) -> String {
    let key = if one.state == AssignmentState::Dispatched { "dispatch-stuck-receipt" } else { "dispatch-stuck-reply" };
    let mut parts = vec![f.t1(key, "due", f.due_short(&one.next_due, &one.next_is_provisional))];
    if one.extended > 0 {
        parts.push(f.n("dispatch-extended", "n", one.extended));
    }
    if one.urged > 0 {
        parts.push(f.n("dispatch-urged", "n", one.urged));
    }
    parts.extend(one.asked.as_ref().map(|asked| asks(f, asked)));
    parts.join(&f.t("dispatch-comma"))
}

/// By how many working days it is late.
fn late_by(f: &Layout, days: u32, due: NaiveDate) -> String {
    match days {
        0 if due == f.time.date(f.now) => f.t("due-late-today"),
        0 => f.t("due-late-resting"),
        days => f.n("dispatch-late-days", "n", days),
    }
}
