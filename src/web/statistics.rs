//! 统计: the statistics of a year, each plot with its table.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::statistics::{self, DeskTimes, Figures, OrganizationFigures, TimedDesk};
use crate::domain::permission::Countable;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::plots::{ColumnPlot, PlotBar, Range};
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/statistics", web::get().to(statistics));
}

#[derive(Deserialize)]
struct StatisticsQuery {
    year: Option<i32>,
}

#[derive(Template)]
#[template(path = "statistics/statistics.html", config = "src/web/askama.toml")]
struct StatisticsPage {
    f: Layout,
    of: Figures,
}

async fn statistics(visitor: Visitor, query: web::Query<StatisticsQuery>) -> PageResult {
    let year = query.year;
    let of = visitor.read_long(move |tx, actor| statistics::figures(tx, actor, year)).await?;
    visitor.page(NavItem::Statistics, |f| StatisticsPage { f, of })
}

/// The keys of the funnel's steps, in order.
const FUNNEL: [&str; 6] = [
    "statistics-received",
    "statistics-accepted",
    "statistics-forwarded",
    "statistics-assigned",
    "statistics-adopted",
    "statistics-implemented",
];

/// A step of the funnel.
struct FunnelStep {
    key: &'static str,
    count: i64,
    bar: PlotBar,
    of_former: Option<i64>,
}

impl StatisticsPage {
    fn steps(&self) -> Vec<FunnelStep> {
        let all = self.of.funnel[0];
        let step = |(place, key): (usize, &&'static str)| {
            let count = self.of.funnel[place];
            let former = place.checked_sub(1).map(|before| self.of.funnel[before]);
            FunnelStep {
                key,
                count,
                bar: PlotBar::new(&[("p-main", count)], all, true),
                of_former: former.and_then(|former| rate(count, former)),
            }
        };
        FUNNEL.iter().enumerate().map(step).collect()
    }

    fn received(&self) -> i64 {
        self.of.funnel[0]
    }

    fn headline(&self) -> String {
        let [received, .., implemented] = self.of.funnel;
        self.f.args("statistics-funnel", &[("received", received.into()), ("implemented", implemented.into())])
    }

    fn endorsed(&self) -> String {
        let (manuscripts, all, instructions) = self.of.endorsed;
        let args = [("manuscripts", manuscripts.into()), ("all", all.into()), ("instructions", instructions.into())];
        self.f.args("statistics-endorsed", &args)
    }

    fn scope(&self) -> String {
        self.f.t(match self.of.scope {
            Countable::Channel => "statistics-of-channel",
            Countable::Organizations(_) => "statistics-of-organization",
            Countable::Own(_) => "statistics-of-own",
        })
    }

    fn months(&self) -> ColumnPlot {
        let groups: Vec<_> = self.of.months.iter().map(|(month, received, done)| (month.to_string(), vec![*received, *done])).collect();
        ColumnPlot::new(self.f.t("statistics-months-label"), &["p-main", "p-soft"], &groups)
    }

    fn concluded(&self) -> i64 {
        self.of.months.iter().map(|(_, _, done)| done).sum()
    }

    fn range(&self, desk: &DeskTimes) -> Range {
        Range::new(desk.took.map(|took| (took.median, took.p90)), desk.limit)
    }

    fn desk(&self, desk: &DeskTimes) -> String {
        self.f.t(match desk.desk {
            TimedDesk::Screening => "statistics-desk-screening",
            TimedDesk::Review => "statistics-desk-review",
            TimedDesk::Signing => "statistics-desk-signing",
            TimedDesk::Receipt => "statistics-desk-receipt",
            TimedDesk::Reply => "statistics-desk-reply",
        })
    }

    fn bar(&self, organization: &OrganizationFigures) -> PlotBar {
        let whole = self.of.organizations.iter().map(|one| one.received).max().unwrap_or(0);
        let rest = organization.received - organization.accepted;
        PlotBar::new(&[("p-main", organization.accepted), ("p-soft", rest)], whole, false)
    }

    fn percent(&self, part: &i64, whole: &i64) -> String {
        rate(*part, *whole).map(|rate| format!("{rate}%")).unwrap_or_default()
    }
}

/// A rate in whole per cent; `None` if the whole is zero.
fn rate(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 200 + whole) / (whole * 2))
}
