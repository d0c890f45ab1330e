//! 我的稿件: the author's tasks, and a card for each manuscript.

use actix_web::web;
use askama::Template;

use crate::app::reading::own::{self, Own, OwnLine, OwnTask};
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::Stage;
use crate::text::{stage_for_author, stage_for_merged};
use crate::web::components::line::StageLine;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// The number of cards on a page.
const CARDS: i64 = 10;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/mine", web::get().to(mine));
}

#[derive(Template)]
#[template(path = "writing/mine.html", config = "src/web/askama.toml")]
struct MinePage {
    f: Layout,
    own: Own,
    first: bool,
}

#[derive(serde::Deserialize)]
struct OwnListStart {
    after: Option<ManuscriptId>,
}

async fn mine(visitor: Visitor, from: web::Query<OwnListStart>) -> PageResult {
    let after = from.after;
    let own = visitor.read(move |tx, actor| own::own(tx, actor, after, CARDS)).await?;
    visitor.page(NavItem::Mine, |f| MinePage { f, own, first: after.is_none() })
}

impl OwnLine {
    /// The link of its title.
    fn path(&self) -> String {
        match self.ask {
            Some(OwnTask::Continue { .. } | OwnTask::Revise { .. }) => format!("/manuscripts/{}/edit", self.line.id),
            _ => format!("/manuscripts/{}", self.line.id),
        }
    }

    /// The link of the button for the task.
    fn act(&self, ask: &OwnTask) -> String {
        let page = match ask {
            OwnTask::Continue { .. } | OwnTask::Revise { .. } => "edit",
            OwnTask::Rate => "rating",
            OwnTask::CoSign { .. } => "co-signature",
        };
        format!("/manuscripts/{}/{page}", self.line.id)
    }

    fn title(&self, f: &Layout) -> String {
        if self.line.title.is_empty() { f.t("mine-untitled") } else { self.line.title.clone() }
    }

    /// Number, category, the other authors.
    fn meta(&self, f: &Layout) -> String {
        let others = self.others.join("、");
        let number = self.line.number.clone().unwrap_or_else(|| f.word(self.line.stage));
        let others = if others.is_empty() { String::new() } else { f.t1("mine-with", "names", &others) };
        let parts = [number, self.line.category.clone(), others];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// The stage that the author reads; for an archived manuscript the one before.
    fn stage(&self) -> Stage {
        self.line.outcome.unwrap_or(self.line.stage)
    }

    fn stage_words(&self, f: &Layout) -> String {
        match (&self.ask, self.line.stage) {
            (None, Stage::Concluded) => f.word(Stage::Concluded),
            (_, stage) => self.read(f, stage),
        }
    }

    /// The stage before it was archived; its author has no tasks any more.
    fn before_archive(&self, f: &Layout) -> String {
        match self.stage() {
            Stage::Concluded => f.word(Stage::Concluded),
            stage => self.read(f, stage),
        }
    }

    /// A stage in the wording for authors.
    fn read(&self, f: &Layout, stage: Stage) -> String {
        if self.line.merged { stage_for_merged(f.lang, stage) } else { stage_for_author(f.lang, stage) }
    }

    fn bar<'f>(&self, f: &'f Layout) -> StageLine<'f> {
        StageLine::of_line(f, &self.line, self.ask.is_some())
    }

    /// Describes in one sentence where it is.
    fn place(&self, f: &Layout) -> String {
        let since = f.short(&self.line.since);
        let desk = |key: &str, usual: Option<u32>| match usual {
            Some(days) => f.args(&format!("{key}-usual"), &[("since", since.as_str().into()), ("days", days.into())]),
            None => f.t1(key, "since", &since),
        };
        match (&self.ask, self.stage()) {
            _ if self.line.stage == Stage::Archived => f.t2("mine-at-archived", "since", &since, "stage", self.before_archive(f)),
            (Some(OwnTask::CoSign { by }), _) => f.t1("mine-at-invited", "by", by),
            (Some(OwnTask::Continue { characters }), _) => f.n("mine-at-draft", "n", *characters),
            (None, Stage::Concluded) => f.t1("mine-at-rated", "since", &since),
            (_, Stage::Draft) => f.t("mine-at-waiting"),
            (_, Stage::Screening) => desk("mine-at-screening", self.usual_working_days),
            (_, Stage::Review | Stage::Signing) => desk("mine-at-review", self.usual_working_days),
            (_, Stage::Returned) if self.line.merged => f.t1("mine-at-merged-returned", "when", f.ago(&self.line.since)),
            (_, Stage::Returned) => f.t1("mine-at-returned", "when", f.ago(&self.line.since)),
            (_, Stage::Accepted) => f.t1("mine-at-accepted", "since", &since),
            (_, Stage::Forwarded) => f.t1("mine-at-forwarded", "since", &since),
            (_, Stage::Handling) => f.t1("mine-at-handling", "since", &since),
            (_, Stage::Concluded) => f.t1("mine-at-concluded", "since", &since),
            (_, Stage::Archived) => f.word(Stage::Archived),
            (_, Stage::Declined) => f.t1("mine-at-declined", "since", &since),
            (_, Stage::Merged) => f.t1("mine-at-merged", "since", &since),
            (_, Stage::Withdrawn) => f.t1("mine-at-withdrawn", "since", &since),
        }
    }
}

impl OwnTask {
    /// The word before the title.
    fn key(&self) -> &'static str {
        match self {
            Self::Revise { .. } => "mine-ask-revise",
            Self::Rate => "mine-ask-rate",
            Self::CoSign { .. } => "mine-ask-sign",
            Self::Continue { .. } => "mine-ask-write",
        }
    }

    /// The text of the button.
    fn button(&self) -> &'static str {
        match self {
            Self::Revise { .. } => "mine-do-revise",
            Self::Rate => "mine-do-rate",
            Self::CoSign { .. } => "mine-do-sign",
            Self::Continue { .. } => "mine-do-write",
        }
    }

    /// Describes the task in a sentence.
    fn why(&self, f: &Layout) -> String {
        match self {
            Self::Revise { requests: 0 } => f.t("mine-why-revise-0"),
            Self::Revise { requests } => f.n("mine-why-revise", "n", *requests),
            Self::Rate => f.t("mine-why-rate"),
            Self::CoSign { by } => f.t1("mine-why-sign", "by", by),
            Self::Continue { characters } => f.n("mine-why-write", "n", *characters),
        }
    }
}
