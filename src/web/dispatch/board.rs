//! 督办: overdue assignments, the board by state, the calendar of promises.

use actix_web::web;
use askama::Template;
use chrono::{Datelike, NaiveDate};

use crate::app::handling::board::{self, Board, MOST};
use crate::app::handling::promises::{self, Month, PromiseLine};
use crate::domain::assignment::AssignmentAction;
use crate::text;
use crate::web::dispatch::cards::{self, BoardColumn, OverdueRow, many};
use crate::web::errors::PageResult;
use crate::web::handling::act_preview::ActConsequences;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

#[derive(serde::Deserialize)]
pub(super) struct BoardQuery {
    #[serde(default)]
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "dispatch/board.html", config = "src/web/askama.toml")]
struct BoardPage {
    f: Layout,
    sum: String,
    late: String,
    late_more: Option<String>,
    rows: Vec<OverdueRow>,
    broken: Vec<OverdueRow>,
    broken_size: String,
    columns: Vec<BoardColumn>,
    settled: BoardColumn,
    merged: BoardColumn,
    month: Month,
    weekdays: Vec<String>,
    urging: ActConsequences,
}

pub(super) async fn board(visitor: Visitor, query: web::Query<BoardQuery>) -> PageResult {
    let of = query.into_inner().month.and_then(|month| format!("{month}-01").parse::<NaiveDate>().ok());
    let (board, broken, month) = visitor
        .read(move |tx, actor| Ok((board::board(tx, actor)?, promises::broken(tx, actor)?, promises::month(tx, actor, of)?)))
        .await?;
    visitor.page(NavItem::Dispatch, |f| BoardPage {
        sum: sum(&f, &board),
        late: many(board.late.len()),
        late_more: (board.late.len() > cards::LATE).then(|| many(board.late.len() - cards::LATE)),
        rows: cards::late(&f, &board.late),
        broken: cards::broken(&f, &broken),
        broken_size: many(broken.len()),
        columns: cards::columns(&f, &board),
        settled: cards::settled(&f, &board),
        merged: cards::merged(&f, &board),
        month,
        weekdays: (1..=7).map(|n| f.t(&format!("dispatch-weekday-{n}"))).collect(),
        urging: ActConsequences::plain(&f, AssignmentAction::Urge, &f.t("dispatch-urging-clock")),
        f,
    })
}

/// Summarises in one sentence how much there is, and what is urgent.
fn sum(f: &Layout, board: &Board) -> String {
    let Board { late, to_assign, receive, work, check, settled, merged } = board;
    let sizes = [to_assign.len(), receive.len(), work.len(), check.len(), settled.len(), merged.len()];
    let all: usize = sizes.iter().sum();
    let all = if sizes.iter().any(|size| *size >= MOST) { format!("{all}+") } else { all.to_string() };
    let waits = || receive.iter().chain(work);
    let today = waits().filter(|one| f.due_class(&one.next_due) == "soon").count();
    let week = f.now + chrono::Duration::days(7);
    let soon = waits().filter(|one| one.next_due > f.now && one.next_due < week).count();
    let late = many(late.len());
    f.args("dispatch-sum", &[("all", all.into()), ("late", late.into()), ("today", today.into()), ("week", soon.into())])
}

impl BoardPage {
    /// 2026年12月, December 2026
    fn month_name(&self, first: &NaiveDate) -> String {
        let name = self.f.t(&format!("dispatch-month-{}", first.format("%-m")));
        self.f.t2("dispatch-month", "year", first.format("%Y").to_string(), "month", &name)
    }

    fn month_address(&self, first: &NaiveDate) -> String {
        format!("/dispatch?month={}#cal", first.format("%Y-%m"))
    }

    fn of_suggestion(&self, of: &PromiseLine) -> String {
        cards::of_suggestion(&self.f, of)
    }

    /// 12月4日
    fn short_day(&self, day: &NaiveDate) -> String {
        text::short_date(self.f.lang, *day, day.year())
    }

    fn number_of(&self, day: &NaiveDate) -> String {
        day.format("%-d").to_string()
    }
}
