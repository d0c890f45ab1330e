//! The history of a manuscript in plain words, newest first.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::reading::history::HistoryItem;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::vocabulary::{Action, Role};
use crate::text;
use crate::web::layout::Layout;

/// The timeline, rendered by `{{ timeline }}`.
#[derive(Template)]
#[template(path = "parts/timeline.html", config = "src/web/askama.toml")]
pub struct Timeline<'f> {
    f: &'f Layout,
    items: Vec<TimelineEntry<'f>>,
    now: String,
}

// The template escapes its values.
impl HtmlSafe for Timeline<'_> {}

/// An act.
struct TimelineEntry<'f> {
    item: &'f HistoryItem,
    undone: bool,
}

impl<'f> Timeline<'f> {
    /// Renders this history; `now` says for whom the manuscript waits, and may be empty.
    #[must_use]
    pub fn of(f: &'f Layout, history: &'f [HistoryItem], now: String) -> Self {
        let undone = |item: &HistoryItem| history.iter().any(|other| other.undoes == Some(item.entry));
        let items = history.iter().rev().map(|item| TimelineEntry { item, undone: undone(item) }).collect();
        Self { f, items, now }
    }
}

impl TimelineEntry<'_> {
    /// The actor and the act: 审核员郑洁 送签.
    fn words(&self, f: &Layout) -> String {
        let item = self.item;
        let by = self.who(f);
        let key = self.key();
        let what = if text::has(&key) { f.t(&key) } else { f.t("did-something") };
        let words = if by.is_empty() { what } else { f.t2("did-by", "who", &by, "what", &what) };
        let words = match &item.on_behalf_of {
            Some(other) => f.t2("did-for", "words", &words, "name", other),
            None => words,
        };
        if item.screening_skipped { f.t1("did-screening-skipped", "words", &words) } else { words }
    }

    /// A leader marks or writes an endorsement themself, where a secretary only enters it.
    fn key(&self) -> String {
        let item = self.item;
        if item.screening_skipped && item.action == Action::PassScreening.as_str() {
            return "did-screening-left-out".to_owned();
        }
        let state = item.to.as_ref().and_then(|state| state.parse().ok());
        match (item.kind, state == Some(EndorsementState::Confirmed)) {
            (Some(EndorsementKind::Noted), true) => "did-endorsement-note".to_owned(),
            (Some(EndorsementKind::Noted), false) => "did-endorsement-enter_note".to_owned(),
            (Some(_), true) => "did-endorsement-write".to_owned(),
            (Some(_), false) | (None, _) => format!("did-{}-{}", item.object, item.action),
        }
    }

    fn who(&self, f: &Layout) -> String {
        let role = self.item.role.as_ref().and_then(|role| role.parse::<Role>().ok()).map(|role| f.word(role));
        match (&self.item.by, role) {
            (Some(name), Some(role)) => f.t2("did-who", "role", &role, "name", name),
            (Some(name), None) => name.clone(),
            (None, Some(role)) => role,
            (None, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::assignment::AssignmentAction;
    use crate::domain::endorsement::EndorsementAction;
    use crate::domain::vocabulary::Action;
    use crate::text::has;

    #[test]
    fn every_act_has_its_words() {
        let manuscript = Action::ALL.iter().map(|action| format!("did-manuscript-{action}"));
        let assignment = AssignmentAction::ALL.iter().map(|action| format!("did-assignment-{action}"));
        let endorsement = EndorsementAction::ALL.iter().map(|action| format!("did-endorsement-{action}"));
        let missing: Vec<String> = manuscript.chain(assignment).chain(endorsement).filter(|key| !has(key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
