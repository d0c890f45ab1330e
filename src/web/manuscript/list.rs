//! `/manuscripts`: all manuscripts that the reader may see, with filters in the address.

use actix_web::web;
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use url::form_urlencoded;

use crate::app::Tx;
use crate::app::accounts::organizations::{self, OrganizationView};
use crate::app::channel_time::ChannelTime;
use crate::app::reading::list::{ManuscriptListQuery, list};
use crate::app::reading::views::ManuscriptLine;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{OrganizationKind, Stage};
use crate::text;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// The number of lines on a page.
const LINES: i64 = 30;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts", web::get().to(all));
}

/// The query of the address; values that cannot be parsed are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListParameters {
    q: String,
    stage: String,
    category: String,
    organization: String,
    from: String,
    to: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "manuscript/list.html", config = "src/web/askama.toml")]
struct ManuscriptListPage {
    f: Layout,
    asked: ListParameters,
    categories: Vec<String>,
    organizations: Vec<OrganizationView>,
    lines: Vec<ManuscriptLine>,
    next: Option<String>,
    submitter: bool,
}

async fn all(visitor: Visitor, asked: web::Query<ListParameters>) -> PageResult {
    let asked = asked.into_inner();
    let wish = asked.wish(&visitor.time);
    let channel = visitor.actor.channel;
    let takes_long = wish.may_take_long();
    let gather = move |tx: &mut Tx<'_>, actor: &Actor| {
        let categories = tx.channel_settings(channel)?.categories.clone();
        Ok((list(tx, actor, &wish)?, categories, organizations::all(tx, channel)?))
    };
    let (page, categories, organizations) = if takes_long { visitor.read_long(gather).await? } else { visitor.read(gather).await? };
    let writes = |one: &OrganizationView| {
        matches!(one.kind, OrganizationKind::Party | OrganizationKind::Federation | OrganizationKind::Association | OrganizationKind::Other)
    };
    let organizations = organizations.into_iter().filter(writes).collect();
    let next = page.next.map(|last| asked.address(Some(last)));
    // A reader who sees manuscripts only as their author reads the stages in the authors' wording.
    let submitter = visitor.actor.grants.iter().all(|grant| grant.role == crate::domain::vocabulary::Role::Submitter);
    visitor.page(NavItem::Manuscripts, |f| ManuscriptListPage { f, asked, categories, organizations, lines: page.lines, next, submitter })
}

impl ListParameters {
    fn wish(&self, time: &ChannelTime) -> ManuscriptListQuery {
        let day = |text: &str, more: u64| {
            let day = text.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(more))?;
            Some(time.working().start_of(day))
        };
        ManuscriptListQuery {
            stage: self.stage.parse().ok(),
            category: Some(self.category.clone()).filter(|category| !category.is_empty()),
            organization: self.organization.parse().ok(),
            from: day(&self.from, 0),
            to: day(&self.to, 1),
            q: Some(self.q.trim().to_owned()).filter(|q| !q.is_empty()),
            after: self.cursor.parse().ok(),
            limit: LINES,
            ..ManuscriptListQuery::default()
        }
    }

    /// The address of this list, for the page after `last`.
    fn address(&self, last: Option<ManuscriptId>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("q", &self.q),
            ("stage", &self.stage),
            ("category", &self.category),
            ("organization", &self.organization),
            ("from", &self.from),
            ("to", &self.to),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if let Some(last) = last {
            query.append_pair("cursor", &last.to_string());
        }
        format!("/manuscripts?{}", query.finish())
    }

    /// Whether there are filters besides the search words.
    fn is_detailed(&self) -> bool {
        [&self.stage, &self.category, &self.organization, &self.from, &self.to].into_iter().any(|value| !value.is_empty())
    }

    fn is_narrow(&self) -> bool {
        self.address(None) != "/manuscripts?"
    }
}

impl ManuscriptListPage {
    fn stages(&self) -> &'static [Stage] {
        Stage::ALL
    }

    fn stage(&self, line: &ManuscriptLine) -> String {
        let stage = line.outcome.unwrap_or(line.stage);
        match (self.submitter, line.merged) {
            (true, true) => text::stage_for_merged(self.f.lang, stage),
            (true, false) => text::stage_for_author(self.f.lang, stage),
            (false, _) => self.f.word(line.stage),
        }
    }

    /// Whether the due date of its stage is shown; a manuscript at rest has none.
    fn waits(&self, line: &ManuscriptLine) -> bool {
        matches!(line.stage, Stage::Screening | Stage::Review | Stage::Returned | Stage::Signing | Stage::Forwarded | Stage::Handling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_what_was_asked() {
        let asked = ListParameters { q: "停车 场".to_owned(), from: "2026-01-05".to_owned(), ..ListParameters::default() };
        assert_eq!(asked.address(None), "/manuscripts?q=%E5%81%9C%E8%BD%A6+%E5%9C%BA&from=2026-01-05");
        let wish = asked.wish(&ChannelTime::default());
        assert_eq!(wish.from.map(|at| at.to_string()), Some("2026-01-04T16:00:00.000000Z".to_owned()));
        assert_eq!((wish.q.as_deref(), wish.to, wish.after), (Some("停车 场"), None, None));
        assert!(asked.is_narrow() && !ListParameters { cursor: "x".to_owned(), ..ListParameters::default() }.is_narrow());
    }
}
