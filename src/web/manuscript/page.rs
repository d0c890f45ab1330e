//! `/manuscripts/{id}`: one page for all; its parts are there by right.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::desk::attachments::SubjectKind;
use crate::desk::bulletins;
use crate::desk::reading::body::manuscript;
use crate::desk::reading::circulation::{Circulated, circulation};
use crate::desk::reading::history::{HistoryItem, history, receipt};
use crate::desk::reading::revisions;
use crate::desk::reading::views::{ManuscriptView, TextView};
use crate::desk::reading::why_not::why_not;
use crate::desk::{DeskError, Tx};
use crate::domain::assignment::AssignmentState;
use crate::domain::bulletin::BulletinState;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::ledger::Receipt;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::words::{Action, Part};
use crate::web::errors::{Page, html_with};
use crate::web::form::Fields;
use crate::web::frame::Frame;
use crate::web::manuscript::panel::{self, Act};
use crate::web::manuscript::text::{Shown, Version};
use crate::web::places::{self, Place};
use crate::web::problems::Problems;
use crate::web::visitor::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}", web::get().to(show));
}

/// All that the page is made of, in one reading.
pub(in crate::web) struct Whole {
    pub(in crate::web) view: ManuscriptView,
    pub(in crate::web) history: Vec<HistoryItem>,
    pub(in crate::web) circulation: Vec<Circulated>,
    pub(in crate::web) versions: Vec<TextView>,
    pub(in crate::web) issued: Option<bulletins::IssuedText>,
    pub(in crate::web) receipt: Option<Receipt>,
    pub(in crate::web) refused: Vec<(Action, Refusal)>,
}

#[derive(Template)]
#[template(path = "manuscript/manuscript.html", config = "src/web/askama.toml")]
pub(super) struct ManuscriptPage {
    pub(super) f: Frame,
    pub(super) whole: Whole,
    /// Where the reader came from, most likely.
    pub(super) back: Place,
    pub(super) me: UserId,
    pub(super) acts: Vec<Act>,
    chosen: Version,
    max_mb: usize,
    typed: Fields,
}

#[derive(Deserialize)]
struct Choice {
    text: Option<String>,
}

async fn show(visitor: Visitor, id: web::Path<ManuscriptId>, choice: web::Query<Choice>) -> Page {
    let whole = gather(&visitor, *id).await?;
    let wanted = choice.text.as_deref().and_then(Version::of);
    page(&visitor, StatusCode::OK, whole, wanted, Problems::default(), Fields::default())
}

/// Reads it.
pub(super) async fn gather(visitor: &Visitor, id: ManuscriptId) -> Result<Whole, DeskError> {
    visitor.read(move |tx, actor| read(tx, actor, id)).await
}

/// The same within a reading.
pub(in crate::web) fn read(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Whole, DeskError> {
    let view = manuscript(tx, actor, id)?;
    let receipt = match receipt(tx, actor, id) {
        Ok(receipt) => Some(receipt),
        Err(DeskError::NotFound) => None,
        Err(error) => return Err(error),
    };
    Ok(Whole {
        history: history(tx, actor, id)?,
        circulation: circulation(tx, actor, id)?,
        versions: revisions::list(tx, actor, id)?,
        issued: issued(tx, actor, &view)?,
        receipt,
        refused: why_not(tx, actor, id)?,
        view,
    })
}

/// The text as the last bulletin gave it, for those who may open that bulletin.
fn issued(tx: &mut Tx<'_>, actor: &Actor, view: &ManuscriptView) -> Result<Option<bulletins::IssuedText>, DeskError> {
    let last = view.bulletins.iter().rev().filter(|one| one.state == BulletinState::Issued).find_map(|one| one.id);
    let Some(bulletin) = last else { return Ok(None) };
    let bulletin = bulletins::find(tx, actor, bulletin)?;
    Ok(bulletin.manuscripts.into_iter().find(|one| one.id == view.id).map(|one| one.text))
}

/// Puts it together; also for a form on it that comes back.
pub(super) fn page(
    visitor: &Visitor,
    status: StatusCode,
    whole: Whole,
    wanted: Option<Version>,
    problems: Problems,
    typed: Fields,
) -> Page {
    let place = if places::of(&visitor.actor).contains(&Place::Manuscripts) { Place::Manuscripts } else { Place::Mine };
    let f = visitor.frame(place).with(problems);
    let acts = panel::acts(&f, &whole.view, visitor.me.id);
    let chosen = Shown::of(&whole).pick(wanted);
    let me = visitor.me.id;
    let max_mb = visitor.desk.settings.limits.attachment_bytes / (1024 * 1024);
    let back = places::first(&visitor.actor);
    html_with(status, &ManuscriptPage { f, whole, back, me, acts, chosen, max_mb, typed })
}
