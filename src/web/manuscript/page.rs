//! `/manuscripts/{id}`: one page for all; its parts are there by right.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::attachments::SubjectKind;
use crate::app::bulletins;
use crate::app::reading::body::manuscript;
use crate::app::reading::circulation::{Circulated, circulation};
use crate::app::reading::denials::explain_denials;
use crate::app::reading::history::{HistoryItem, history, receipt};
use crate::app::reading::revisions;
use crate::app::reading::views::{ManuscriptView, TextView};
use crate::app::{AppError, Tx};
use crate::domain::assignment::AssignmentState;
use crate::domain::bulletin::BulletinState;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::ledger::Receipt;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Part};
use crate::web::errors::{PageResult, html_with};
use crate::web::form::Fields;
use crate::web::layout::Layout;
use crate::web::manuscript::panel::{self, PanelButton};
use crate::web::manuscript::text::{ShownVersion, VersionChoices};
use crate::web::navigation::{self, NavItem};
use crate::web::problems::Problems;
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}", web::get().to(show));
}

/// All that the page is made of, in one reading.
pub(in crate::web) struct ManuscriptPageData {
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
    pub(super) f: Layout,
    pub(super) whole: ManuscriptPageData,
    /// Where the reader came from, most likely.
    pub(super) back: NavItem,
    pub(super) me: UserId,
    pub(super) acts: Vec<PanelButton>,
    chosen: ShownVersion,
    max_mb: usize,
    typed: Fields,
}

#[derive(Deserialize)]
struct VersionChoice {
    text: Option<String>,
}

async fn show(visitor: Visitor, id: web::Path<ManuscriptId>, choice: web::Query<VersionChoice>) -> PageResult {
    let whole = gather(&visitor, *id).await?;
    let wanted = choice.text.as_deref().and_then(ShownVersion::of);
    page(&visitor, StatusCode::OK, whole, wanted, Problems::default(), Fields::default())
}

/// Reads it.
pub(super) async fn gather(visitor: &Visitor, id: ManuscriptId) -> Result<ManuscriptPageData, AppError> {
    visitor.read(move |tx, actor| read(tx, actor, id)).await
}

/// The same within a reading.
pub(in crate::web) fn read(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<ManuscriptPageData, AppError> {
    let view = manuscript(tx, actor, id)?;
    let receipt = match receipt(tx, actor, id) {
        Ok(receipt) => Some(receipt),
        Err(AppError::NotFound) => None,
        Err(error) => return Err(error),
    };
    Ok(ManuscriptPageData {
        history: history(tx, actor, id)?,
        circulation: circulation(tx, actor, id)?,
        versions: revisions::list(tx, actor, id)?,
        issued: issued(tx, actor, &view)?,
        receipt,
        refused: explain_denials(tx, actor, id)?,
        view,
    })
}

/// The text as the last bulletin gave it, for those who may open that bulletin.
fn issued(tx: &mut Tx<'_>, actor: &Actor, view: &ManuscriptView) -> Result<Option<bulletins::IssuedText>, AppError> {
    let last = view.bulletins.iter().rev().filter(|one| one.state == BulletinState::Issued).find_map(|one| one.id);
    let Some(bulletin) = last else { return Ok(None) };
    let bulletin = bulletins::find(tx, actor, bulletin)?;
    Ok(bulletin.manuscripts.into_iter().find(|one| one.id == view.id).map(|one| one.text))
}

/// Puts it together; also for a form on it that comes back.
pub(super) fn page(
    visitor: &Visitor,
    status: StatusCode,
    whole: ManuscriptPageData,
    wanted: Option<ShownVersion>,
    problems: Problems,
    typed: Fields,
) -> PageResult {
    let place = if navigation::of(&visitor.actor).contains(&NavItem::Manuscripts) { NavItem::Manuscripts } else { NavItem::Mine };
    let f = visitor.frame(place).with(problems);
    let acts = panel::acts(&f, &whole.view, visitor.me.id);
    let chosen = VersionChoices::of(&whole).pick(wanted);
    let me = visitor.me.id;
    let max_mb = visitor.app.settings.limits.attachment_bytes / (1024 * 1024);
    let back = navigation::first(&visitor.actor);
    html_with(status, &ManuscriptPage { f, whole, back, me, acts, chosen, max_mb, typed })
}
