//! 留痕: the newest checkpoint and the entries, newest first. Ids and acts, never a title or a text.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use crate::desk::DeskError;
use crate::desk::proof::reading::{self, CheckpointView, EntryView};
use crate::domain::clock::Moment;
use crate::text::{has, t};
use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::places::Place;
use crate::web::visitor::Visitor;

/// Entries on a page.
const ENTRIES: usize = 50;

#[derive(Deserialize)]
pub(super) struct Query {
    /// Only entries before this position.
    before: Option<u64>,
}

/// An entry, as far as its line shows it.
struct Line {
    position: u64,
    at: Option<Moment>,
    what: String,
    object: String,
    actor: String,
    leaf: String,
}

#[derive(Template)]
#[template(path = "operations/ledger.html", config = "src/web/askama.toml")]
struct LedgerPage {
    f: Frame,
    newest: Option<CheckpointView>,
    lines: Vec<Line>,
    more: Option<u64>,
}

pub(super) async fn ledger(visitor: Visitor, query: web::Query<Query>) -> Page {
    let before = query.before;
    let limit = u64::try_from(ENTRIES + 1).unwrap_or(u64::MAX);
    let (newest, mut entries) = visitor
        .read(move |tx, actor| {
            let entries = reading::entries(tx, actor, before, limit)?;
            match reading::checkpoint(tx, actor) {
                Ok(newest) => Ok((Some(newest), entries)),
                // Nothing has been sealed yet.
                Err(DeskError::NotFound) => Ok((None, entries)),
                Err(error) => Err(error),
            }
        })
        .await?;
    let more = (entries.len() > ENTRIES).then(|| entries.get(ENTRIES - 1).map(|one| one.position)).flatten();
    entries.truncate(ENTRIES);
    visitor.page(Place::Ledger, |f| {
        let lines = entries.iter().map(|one| line(&f, one)).collect();
        LedgerPage { f, newest, lines, more }
    })
}

/// The signed note as a file, to be kept elsewhere.
pub(super) async fn checkpoint(visitor: Visitor) -> Page {
    let newest = visitor.read(reading::checkpoint).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"checkpoint.txt\""))
        .body(newest.note))
}

fn line(f: &Frame, of: &EntryView) -> Line {
    let entry: Value = serde_json::from_str(&of.entry).unwrap_or_default();
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let (kind, action) = (entry["object"]["kind"].as_str().unwrap_or_default(), text("action"));
    let key = format!("did-{kind}-{action}");
    Line {
        position: of.position,
        at: text("at").parse::<chrono::DateTime<chrono::Utc>>().ok().map(Moment::from),
        what: if has(&key) { t(f.lang, &key, &[]) } else { action },
        object: format!("{kind} {}", entry["object"]["id"].as_str().unwrap_or_default()),
        actor: text("actor"),
        leaf: of.leaf.chars().take(16).collect(),
    }
}
