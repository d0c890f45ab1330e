//! `/manuscripts/{id}/revisions?a=&b=`: the difference between two versions of the text.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::AppError;
use crate::app::reading::body::manuscript;
use crate::app::reading::revisions::{self, Change, PartDifference};
use crate::app::reading::views::TextView;
use crate::domain::ids::ManuscriptId;
use crate::text::Arg;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}/revisions", web::get().to(show));
}

#[derive(Deserialize)]
struct Ends {
    a: Option<usize>,
    b: Option<usize>,
}

#[derive(Template)]
#[template(path = "manuscript/revisions.html", config = "src/web/askama.toml")]
struct RevisionsPage {
    f: Layout,
    id: ManuscriptId,
    title: String,
    versions: Vec<TextView>,
    a: usize,
    b: usize,
    parts: Vec<PartDifference>,
}

async fn show(visitor: Visitor, id: web::Path<ManuscriptId>, ends: web::Query<Ends>) -> PageResult {
    let (id, ends) = (*id, ends.into_inner());
    let (title, versions, a, b, parts) = visitor
        .read(move |tx, actor| {
            let title = manuscript(tx, actor, id)?.title;
            let versions = revisions::list(tx, actor, id)?;
            let first = versions.first().map_or(0, |version| version.revision);
            let last = versions.last().map_or(0, |version| version.revision);
            let (a, b) = (ends.a.unwrap_or(first), ends.b.unwrap_or(last));
            let parts = if versions.len() > 1 { revisions::difference(tx, actor, id, a, b)? } else { Vec::new() };
            Ok::<_, AppError>((title, versions, a, b, parts))
        })
        .await?;
    visitor.page(NavItem::Manuscripts, |f| RevisionsPage { f, id, title, versions, a, b, parts })
}

impl RevisionsPage {
    /// The label of a version in a list: 第 2 稿 · 定稿 · 郑洁 · 9月9日.
    fn name(&self, version: &TextView) -> String {
        let args = [
            ("n", Arg::from(version.revision)),
            ("kind", Arg::from(self.f.word(version.kind))),
            ("by", Arg::from(&version.by)),
            ("date", Arg::from(self.f.short(&version.at))),
        ];
        self.f.args("rev-one", &args)
    }

    fn lead(&self) -> String {
        self.f.args("rev-lead", &[("a", Arg::from(self.a)), ("b", Arg::from(self.b))])
    }
}
