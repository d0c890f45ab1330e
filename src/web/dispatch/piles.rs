//! A pile on a page of its own, of the board or of a department's desk: what the columns have no room for.

use actix_web::web;
use askama::Template;

use crate::desk::handling::board::{self, Charged, Key, Pile, Place as At, Queue, Waiting};
use crate::desk::{DeskError, Tx};
use crate::domain::permission::Actor;
use crate::web::dispatch::cards::{self, Card};
use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::parts::rows;
use crate::web::places::Place;
use crate::web::visitor::Visitor;

/// Cards on a page.
const PAGE: usize = 50;

/// Where a page begins: behind this line.
#[derive(serde::Deserialize)]
pub(in crate::web) struct From {
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "dispatch/pile.html", config = "src/web/askama.toml")]
struct PilePage {
    f: Frame,
    back: (&'static str, String),
    name: String,
    hint: String,
    cards: Vec<Card>,
    next: Option<String>,
}

/// A pile of the dispatchers' board.
pub(super) async fn office(visitor: Visitor, path: web::Path<String>, from: web::Query<From>) -> Page {
    match path.parse::<Queue>() {
        Ok(queue) => waiting(&visitor, queue, &from.after).await,
        Err(_) => charged(&visitor, Place::Dispatch, &path, &from.after, board::pile).await,
    }
}

/// A pile of a department's desk.
pub(in crate::web) async fn department(visitor: Visitor, path: web::Path<String>, from: web::Query<From>) -> Page {
    charged(&visitor, Place::Handling, &path, &from.after, board::desk).await
}

/// How a desk reads its piles.
type Read = fn(&mut Tx<'_>, &Actor, Pile, Option<Key>, usize) -> Result<Vec<Charged>, DeskError>;

async fn charged(visitor: &Visitor, place: Place, pile: &str, after: &str, read: Read) -> Page {
    let pile: Pile = pile.parse().map_err(|_| DeskError::NotFound)?;
    let after = rows::place(after);
    let lines = visitor.read(move |tx, actor| read(tx, actor, pile, after, PAGE + 1)).await?;
    let key = |one: &Charged| rows::written(one.key().0, one.key().1);
    page(visitor, place, (pile.as_str(), "dispatch-board-hint"), &lines, key, cards::charged)
}

async fn waiting(visitor: &Visitor, queue: Queue, after: &str) -> Page {
    // Whether it has an instruction stands before its key: those with one come first.
    let after = after.split_once('.').and_then(|(first, rest)| Some((first == "1", rows::place(rest)?)));
    let after = after.map(|(instructed, (since, id))| At { instructed, since, id });
    let lines = visitor.read(move |tx, actor| board::queue(tx, actor, queue, after, PAGE + 1)).await?;
    let key = |one: &Waiting| format!("{}.{}", u8::from(one.instructed), rows::written(one.since, one.id));
    let (hint, card): (_, fn(&Frame, &Waiting) -> Card) = match queue {
        Queue::Assign => ("dispatch-assign-hint", cards::to_assign),
        Queue::Merged => ("dispatch-merged-hint", cards::to_decide),
        Queue::Settled => ("dispatch-settled-hint", cards::to_conclude),
    };
    page(visitor, Place::Dispatch, (queue.as_str(), hint), &lines, key, card)
}

/// The page; a line more than it holds says that there is another.
fn page<T>(
    visitor: &Visitor,
    place: Place,
    (pile, hint): (&str, &str),
    lines: &[T],
    key: impl Fn(&T) -> String,
    card: impl Fn(&Frame, &T) -> Card,
) -> Page {
    let next = lines.get(PAGE - 1).filter(|_| lines.len() > PAGE);
    let next = next.map(|last| format!("{}/{pile}?after={}", place.path(), key(last)));
    visitor.page(place, |f| {
        let back = (place.path(), f.t(&format!("place-{}", place.key())));
        let cards = lines.iter().take(PAGE).map(|one| card(&f, one)).collect();
        PilePage { back, name: f.t(&format!("dispatch-column-{pile}")), hint: f.t(hint), cards, next, f }
    })
}
