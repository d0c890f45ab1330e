//! The manuscripts that are merged into the one that a page shows, for those who handle it: their suggestions, and what was decided on them.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::handling::merged_views::{MergedSuggestionView, MergedView};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;

/// The list, ready to be put into a page: `{{ merged }}`.
#[derive(Template)]
#[template(path = "parts/merged.html", config = "src/web/askama.toml")]
pub struct MergedList<'f> {
    f: &'f Layout,
    list: &'f [MergedView],
    /// Whether the reader can decide: a dispatcher, while the target is handled.
    decides: bool,
}

// Its template escapes what it shows.
impl HtmlSafe for MergedList<'_> {}

impl<'f> MergedList<'f> {
    /// What is merged into a manuscript; `handled` says that it is before leaders or with departments.
    #[must_use]
    pub fn of(f: &'f Layout, list: &'f [MergedView], handled: bool) -> Self {
        let dispatches = f.nav.iter().any(|link| link.place == NavItem::Dispatch);
        Self { f, list, decides: handled && dispatches }
    }

    fn who(&self, one: &MergedView) -> String {
        let authors = one.authors.join(&self.f.t("sug-comma"));
        format!("{authors} · {}", one.organization)
    }

    /// Whether there is something to decide.
    fn is_open(&self, one: &MergedView) -> bool {
        self.decides && one.suggestions.iter().any(|suggestion| suggestion.number.is_none())
    }
}

/// What was decided on a suggestion, in words.
#[must_use]
pub fn decided(f: &Layout, one: &MergedSuggestionView) -> String {
    match (one.number, &one.reason) {
        (Some(number), _) => f.n("merged-taken", "n", number),
        (None, Some(reason)) => f.t1("merged-not-taken", "reason", reason),
        (None, None) => f.t("merged-undecided"),
    }
}
