//! Which clock an act on an assignment starts, stops or leaves.

use crate::app::handling::prospects::Horizon;
use crate::app::handling::views::{AssignmentView, ItemView};
use crate::domain::assignment::AssignmentAction as A;
use crate::web::layout::Layout;

/// In a sentence.
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

/// When promises are due again.
fn promises(f: &Layout, of: &AssignmentView) -> String {
    let Some(reply) = of.replies.last() else { return String::new() };
    let promise = |item: &ItemView| {
        let day = item.promised_on.as_deref()?.parse().ok()?;
        Some(f.args("handling-clock-promise", &[("n", item.number.into()), ("day", f.day(&day).into())]))
    };
    let all: Vec<String> = reply.items.iter().filter_map(promise).collect();
    if all.is_empty() { f.t("handling-clock-stops") } else { all.join(&f.t("dispatch-comma")) }
}
