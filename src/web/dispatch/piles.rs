//! One pile of the board or of a department's work queue on a page of its own, with the cards for which the columns have no room.

use actix_web::web;
use askama::Template;

use crate::app::handling::board::{self, BoardKey, Charged, DispatchQueue, Pile, WaitingKey as At, WaitingManuscript};
use crate::app::{AppError, Tx};
use crate::domain::permission::Actor;
use crate::web::components::rows;
use crate::web::dispatch::cards::{self, BoardCard};
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// Cards on a page.
const PAGE: usize = 50;

/// The line behind which a page begins.
#[derive(serde::Deserialize)]
pub(in crate::web) struct PileStart {
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "dispatch/pile.html", config = "src/web/askama.toml")]
struct PilePage {
    f: Layout,
    back: (&'static str, String),
    name: String,
    hint: String,
    cards: Vec<BoardCard>,
    next: Option<String>,
}

/// A pile of the dispatchers' board.
pub(super) async fn office(visitor: Visitor, path: web::Path<String>, from: web::Query<PileStart>) -> PageResult {
    match path.parse::<DispatchQueue>() {
        Ok(queue) => waiting(&visitor, queue, &from.after).await,
        Err(_) => charged(&visitor, NavItem::Dispatch, &path, &from.after, board::pile).await,
    }
}

/// A pile of a department's work queue.
pub(in crate::web) async fn department(visitor: Visitor, path: web::Path<String>, from: web::Query<PileStart>) -> PageResult {
    charged(&visitor, NavItem::Handling, &path, &from.after, board::desk).await
}

/// The function that loads the piles of a queue.
type PileReader = fn(&mut Tx<'_>, &Actor, Pile, Option<BoardKey>, usize) -> Result<Vec<Charged>, AppError>;

async fn charged(visitor: &Visitor, place: NavItem, pile: &str, after: &str, read: PileReader) -> PageResult {
    let pile: Pile = pile.parse().map_err(|_| AppError::NotFound)?;
    let after = rows::place(after);
    let lines = visitor.read(move |tx, actor| read(tx, actor, pile, after, PAGE + 1)).await?;
    let key = |one: &Charged| rows::written(one.key().0, one.key().1);
    page(visitor, place, (pile.as_str(), "dispatch-board-hint"), &lines, key, cards::charged)
}

async fn waiting(visitor: &Visitor, queue: DispatchQueue, after: &str) -> PageResult {
    // The key is preceded by whether the manuscript has an instruction: those with one come first.
    let after = after.split_once('.').and_then(|(first, rest)| Some((first == "1", rows::place(rest)?)));
    let after = after.map(|(instructed, (since, id))| At { instructed, since, id });
    let lines = visitor.read(move |tx, actor| board::queue(tx, actor, queue, after, PAGE + 1)).await?;
    let key = |one: &WaitingManuscript| format!("{}.{}", u8::from(one.instructed), rows::written(one.since, one.id));
    let (hint, card): (_, fn(&Layout, &WaitingManuscript) -> BoardCard) = match queue {
        DispatchQueue::Assign => ("dispatch-assign-hint", cards::to_assign),
        DispatchQueue::Merged => ("dispatch-merged-hint", cards::to_decide),
        DispatchQueue::Settled => ("dispatch-settled-hint", cards::to_conclude),
    };
    page(visitor, NavItem::Dispatch, (queue.as_str(), hint), &lines, key, card)
}

/// Renders the page; one line more than it shows means that there is another page.
fn page<T>(
    visitor: &Visitor,
    place: NavItem,
    (pile, hint): (&str, &str),
    lines: &[T],
    key: impl Fn(&T) -> String,
    card: impl Fn(&Layout, &T) -> BoardCard,
) -> PageResult {
    let next = lines.get(PAGE - 1).filter(|_| lines.len() > PAGE);
    let next = next.map(|last| format!("{}/{pile}?after={}", place.path(), key(last)));
    visitor.page(place, |f| {
        let back = (place.path(), f.t(&format!("place-{}", place.key())));
        let cards = lines.iter().take(PAGE).map(|one| card(&f, one)).collect();
        PilePage { back, name: f.t(&format!("dispatch-column-{pile}")), hint: f.t(hint), cards, next, f }
    })
}
