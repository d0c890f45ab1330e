//! 待办: the work queue of a department, by due date.

use askama::Template;

use crate::app::AppError;
use crate::app::handling::board::{self, Charged, MOST, Pile};
use crate::web::dispatch::cards::{self, BoardCard, many};
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// The number of cards of a pile before "more".
const SHOWN: usize = 12;
/// A pile of the queue.
struct Heap {
    pile: Pile,
    name: String,
    size: String,
    cards: Vec<BoardCard>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "handling/desk.html", config = "src/web/askama.toml")]
struct DepartmentDeskPage {
    f: Layout,
    sum: String,
    heaps: Vec<Heap>,
}

/// The piles in the order of their urgency.
const PILES: [Pile; 4] = [Pile::Receive, Pile::Work, Pile::Wait, Pile::Report];

pub(super) async fn desk(visitor: Visitor) -> PageResult {
    let piles = visitor
        .read(|tx, actor| {
            PILES.iter().map(|pile| Ok((*pile, board::desk(tx, actor, *pile, None, MOST)?))).collect::<Result<Vec<_>, AppError>>()
        })
        .await?;
    visitor.page(NavItem::Handling, |f| {
        let owed = |wanted: Pile| piles.iter().find(|(pile, _)| *pile == wanted).map_or(&[][..], |(_, lines)| lines.as_slice());
        let waits: Vec<&Charged> = owed(Pile::Receive).iter().chain(owed(Pile::Work)).collect();
        let late = waits.iter().filter(|one| one.late_days.is_some()).count();
        let today = waits.iter().filter(|one| f.due_class(&one.next_due) == "soon").count();
        let args = [("all", many(waits.len()).into()), ("late", late.into()), ("today", today.into())];
        let sum = f.args("handling-sum", &args);
        let heaps = piles.iter().map(|(pile, lines)| heap(&f, *pile, lines)).collect();
        DepartmentDeskPage { f, sum, heaps }
    })
}

fn heap(f: &Layout, pile: Pile, lines: &[Charged]) -> Heap {
    let cards: Vec<BoardCard> = lines.iter().take(SHOWN).map(|one| cards::charged(f, one)).collect();
    let more = (lines.len() > cards.len()).then(|| many(lines.len() - cards.len()));
    Heap { pile, name: f.t(&format!("dispatch-column-{pile}")), size: many(lines.len()), cards, more }
}
