//! `/reading/done` and `/reading/results`: the leader's endorsements, and their outcome.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::AppError;
use crate::app::reading::leaders::{Marked, marked, served};
use crate::domain::ids::EndorsementId;
use crate::domain::outcome::EndorsementKind;
use crate::domain::vocabulary::{Role, Stage};
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// The number of lines on a page.
const LINES: i64 = 30;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/reading/done", web::get().to(done)).route("/reading/results", web::get().to(results));
}

#[derive(Deserialize)]
struct DoneCursor {
    after: Option<EndorsementId>,
}

#[derive(Template)]
#[template(path = "reading/done.html", config = "src/web/askama.toml")]
struct DonePage {
    f: Layout,
    results: bool,
    list: Vec<Marked>,
    next: Option<EndorsementId>,
}

async fn done(visitor: Visitor, after: web::Query<DoneCursor>) -> PageResult {
    show(&visitor, false, after.after).await
}

async fn results(visitor: Visitor, after: web::Query<DoneCursor>) -> PageResult {
    show(&visitor, true, after.after).await
}

async fn show(visitor: &Visitor, results: bool, after: Option<EndorsementId>) -> PageResult {
    let leaders = served(&visitor.actor, Role::Leader);
    if leaders.is_empty() {
        return Err(AppError::NotFound.into());
    }
    let (mut list, next) = visitor.read(move |tx, actor| marked(tx, actor, &leaders, results, (after, LINES))).await?;
    if results {
        // One line for each manuscript: that of the newest endorsement.
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|one| seen.insert(one.endorsement.manuscript_id));
    }
    visitor.page(if results { NavItem::Results } else { NavItem::Read }, |f| DonePage { f, results, list, next })
}

impl DonePage {
    fn became(&self, one: &Marked) -> Became {
        Became::of(&self.f, one)
    }

    fn is_noted(&self, one: &Marked) -> bool {
        one.endorsement.kind == EndorsementKind::Noted
    }

    fn path(&self) -> &'static str {
        if self.results { NavItem::Results.path() } else { NavItem::Read.path() }
    }
}

/// The outcome of an endorsement: a state with its shape and a sentence.
pub(super) struct Became {
    /// The class of the state.
    pub class: &'static str,
    /// Its shape.
    pub icon: &'static str,
    /// Its word.
    pub state: String,
    /// The result, or how the suggestions were answered.
    pub words: String,
}

impl Became {
    pub(super) fn of(f: &Layout, one: &Marked) -> Self {
        let answered: usize = one.answers.iter().map(|(_, n)| n).sum();
        let counts = one.answers.iter().map(|(answer, n)| format!("{} {n}", f.word(*answer))).collect::<Vec<_>>().join(&f.t("sug-comma"));
        let words = one.result.clone().unwrap_or(counts);
        let (class, icon, state) = match one.stage {
            Stage::Concluded => ("ok", "full", f.t("lead-concluded")),
            _ if answered > 0 => ("ok", "half", f.n("lead-answered", "n", answered)),
            Stage::Handling => ("wait", "clock", f.t("lead-handling")),
            stage => ("wait", "open", f.word(stage)),
        };
        Self { class, icon, state, words }
    }
}
