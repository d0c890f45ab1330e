//! The acts that are open to the reader, each with a link to the page that performs it.

use crate::app::handling::views::AssignmentView;
use crate::app::reading::views::ManuscriptView;
use crate::domain::assignment::AssignmentAction;
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::vocabulary::{Action, Stage};
use crate::web::layout::Layout;

/// A button of the act panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelButton {
    /// Its text.
    pub words: String,
    /// Its link.
    pub href: String,
    /// Whether it is the next step; at most one.
    pub main: bool,
}

/// The page of an act, and whether the act is the next step; `None` for acts that are on this page or have no page.
fn page_of(action: Action, stage: Stage, id: ManuscriptId) -> Option<(&'static str, String, bool)> {
    let at = |rest: &str| format!("/manuscripts/{id}/{rest}");
    Some(match action {
        Action::Save if stage == Stage::Draft => ("man-write", at("edit"), true),
        Action::Save => ("man-revise", at("edit"), true),
        Action::Submit => ("man-check", at("check"), false),
        Action::CoSign => ("man-co-sign", at("co-signature"), true),
        Action::Withdraw => ("man-withdraw", at("withdrawal"), false),
        Action::Rate => ("man-rate", at("rating"), stage == Stage::Concluded || stage == Stage::Merged),
        Action::PassScreening => ("man-screen", format!("/screening/{id}"), true),
        Action::CarryOver => ("man-carry-over", format!("/review/{id}/carry-over"), true),
        Action::Recommend => ("man-review", format!("/review/{id}"), true),
        Action::DecideMerged => ("merged-decide", at("suggestions"), false),
        Action::Refer | Action::Reconsider | Action::Unmerge => ("man-decline-more", format!("/review/{id}"), false),
        Action::Sign => ("man-sign", format!("/signing/{id}"), true),
        Action::Forward => ("man-forward", format!("/signing/{id}"), false),
        Action::Assign if stage == Stage::Forwarded => ("man-assign", at("assignment"), true),
        Action::Assign => ("man-assign-more", at("assignment"), false),
        Action::Conclude => ("man-conclude", at("conclusion"), stage == Stage::Handling),
        Action::Reopen => ("man-reopen", at("reopening"), false),
        // Decided on the pages above, or on this one.
        Action::Return
        | Action::Edit
        | Action::DropEdited
        | Action::Decline
        | Action::Merge
        | Action::MarkUrgent
        | Action::SendBack
        | Action::Issue
        | Action::Recall
        | Action::Endorse
        | Action::Archive
        | Action::Undo
        | Action::Discard
        | Action::Invite
        | Action::Attach
        | Action::RecordAdoption => return None,
    })
}

/// All buttons, the next step first.
pub(super) fn acts(f: &Layout, view: &ManuscriptView, me: UserId) -> Vec<PanelButton> {
    let mut acts: Vec<PanelButton> = view.assignments.iter().filter_map(|one| of_assignment(f, one)).collect();
    acts.extend(view.endorsements.iter().filter_map(|one| {
        let mine =
            one.allowed_actions.contains(&EndorsementAction::Confirm) || one.allowed_actions.contains(&EndorsementAction::Countersign);
        mine.then(|| PanelButton { words: f.t("quote-open"), href: format!("/endorsements/{}", one.id), main: true })
    }));
    let handles = view.allowed_actions.contains(&Action::Assign);
    acts.extend(view.merged.iter().filter(|one| handles && !one.decided).map(|one| {
        let number = one.number.as_deref().unwrap_or_default();
        PanelButton { words: f.t1("merged-decide-of", "number", number), href: format!("/manuscripts/{}/suggestions", one.id), main: true }
    }));
    for action in &view.allowed_actions {
        if *action == Action::CoSign
            && view.authors.iter().any(|author| author.user_id == me && (author.first || author.signed_at.is_some()))
        {
            continue;
        }
        let found = if *action == Action::Endorse { endorse(view, f) } else { page_of(*action, view.stage, view.id) };
        let Some((key, href, main)) = found else { continue };
        if !acts.iter().any(|act| act.href == href) {
            acts.push(PanelButton { words: f.t(key), href, main });
        }
    }
    acts.sort_by_key(|act| !act.main);
    acts.iter_mut().skip(1).for_each(|act| act.main = false);
    acts
}

/// A leader marks it themself; a secretary enters what the leader wrote.
fn endorse(view: &ManuscriptView, f: &Layout) -> Option<(&'static str, String, bool)> {
    let leads = f.nav.iter().any(|link| link.place == crate::web::navigation::NavItem::Leader);
    let marked = view.endorsements.iter().any(|one| one.state.has_effect());
    Some(if leads {
        ("man-read", format!("/reading/{}", view.id), !marked)
    } else {
        ("man-enter", format!("/manuscripts/{}/endorsement", view.id), !marked)
    })
}

/// The page of an assignment, for its department and, while it waits for the dispatcher, for the dispatcher.
fn of_assignment(f: &Layout, one: &AssignmentView) -> Option<PanelButton> {
    use AssignmentAction as A;
    let may = |action: A| one.allowed_actions.contains(&action);
    let href = format!("/assignments/{}", one.id);
    if may(A::Approve) {
        return Some(PanelButton { words: f.t1("man-check-reply", "organization", &one.organization.name), href, main: true });
    }
    let next = may(A::Receive) || may(A::Reply) || may(A::Contribute) || may(A::GrantReturn) || may(A::DecideExtension);
    (next || may(A::Report)).then(|| PanelButton { words: f.t("man-handle"), href, main: next })
}
