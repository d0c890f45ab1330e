//! `/manuscripts/{id}`: one page for all readers; its parts depend on the reader's rights. It also selects the text that is shown: the
//! author's, the office's, or the issued one.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::attachments::SubjectKind;
use crate::app::reading::body::manuscript;
use crate::app::reading::circulation::{Circulated, circulation};
use crate::app::reading::denials::explain_denials;
use crate::app::reading::history::{HistoryItem, history, receipt};
use crate::app::reading::revisions;
use crate::app::reading::views::{ManuscriptView, TextView};
use crate::app::{AppError, Tx, bulletins};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::ledger::Receipt;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::vocabulary::{Action, Part};
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::layout::Layout;
use crate::web::manuscript::panel::{self, PanelButton};
use crate::web::navigation::{self, NavItem};
use crate::web::problems::Problems;
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}", web::get().to(show));
}

/// All data of the page, from one read transaction.
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
    /// The page from which the reader most likely came.
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

/// Loads the data.
pub(super) async fn gather(visitor: &Visitor, id: ManuscriptId) -> Result<ManuscriptPageData, AppError> {
    visitor.read(move |tx, actor| read(tx, actor, id)).await
}

/// Loads the data within a read transaction.
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

/// The text as the last bulletin printed it, for readers who may open that bulletin.
fn issued(tx: &mut Tx<'_>, actor: &Actor, view: &ManuscriptView) -> Result<Option<bulletins::IssuedText>, AppError> {
    let last = view.bulletins.iter().rev().filter(|one| one.state == BulletinState::Issued).find_map(|one| one.id);
    let Some(bulletin) = last else { return Ok(None) };
    let bulletin = bulletins::find(tx, actor, bulletin)?;
    Ok(bulletin.manuscripts.into_iter().find(|one| one.id == view.id).map(|one| one.text))
}

/// Renders the page; also for one of its forms that comes back.
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

/// The version of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum ShownVersion {
    /// 原稿
    Original,
    /// 定稿
    Edited,
    /// 刊发稿
    Issued,
}

impl ShownVersion {
    /// Its name in the address.
    pub(in crate::web) const fn key(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Edited => "edited",
            Self::Issued => "issued",
        }
    }

    /// The key of its label.
    pub(in crate::web) const fn name(self) -> &'static str {
        match self {
            Self::Original => "man-version-original",
            Self::Edited => "man-version-edited",
            Self::Issued => "man-version-issued",
        }
    }

    /// The version that an address names.
    pub(in crate::web) fn of(key: &str) -> Option<Self> {
        [Self::Original, Self::Edited, Self::Issued].into_iter().find(|version| version.key() == key)
    }
}

/// The versions that the reader may choose among.
pub(in crate::web) struct VersionChoices<'w> {
    whole: &'w ManuscriptPageData,
}

/// The parts of a version.
pub(in crate::web) struct Parts<'w> {
    pub situation: &'w str,
    pub causes: &'w str,
    pub suggestions: &'w [String],
}

impl<'w> VersionChoices<'w> {
    pub(in crate::web) const fn of(whole: &'w ManuscriptPageData) -> Self {
        Self { whole }
    }

    /// The versions that exist.
    pub(in crate::web) fn all(&self) -> Vec<ShownVersion> {
        let edited = self.whole.view.edited_text.is_some().then_some(ShownVersion::Edited);
        let issued = self.whole.issued.is_some().then_some(ShownVersion::Issued);
        [Some(ShownVersion::Original), edited, issued].into_iter().flatten().collect()
    }

    /// The requested version, otherwise the outgoing one.
    pub(in crate::web) fn pick(&self, wanted: Option<ShownVersion>) -> ShownVersion {
        let all = self.all();
        let goes_out = match (&self.whole.issued, self.whole.view.outgoing_edited()) {
            (Some(_), _) => ShownVersion::Issued,
            (None, Some(_)) => ShownVersion::Edited,
            (None, None) => ShownVersion::Original,
        };
        wanted.filter(|version| all.contains(version)).unwrap_or(goes_out)
    }

    /// Its parts.
    pub(in crate::web) fn parts(&self, version: &ShownVersion) -> Parts<'w> {
        let view = &self.whole.view;
        match (version, &view.edited_text, &self.whole.issued) {
            (ShownVersion::Issued, _, Some(text)) => {
                Parts { situation: &text.situation, causes: &text.causes, suggestions: &text.suggestions }
            }
            (ShownVersion::Edited, Some(text), _) => {
                Parts { situation: &text.situation, causes: &text.causes, suggestions: &text.suggestions }
            }
            _ => Parts { situation: &view.situation, causes: &view.causes, suggestions: &view.suggestions },
        }
    }

    /// The first and the last version that can be compared.
    pub(in crate::web) fn ends(&self) -> Option<(usize, usize)> {
        match self.whole.versions.as_slice() {
            [first, .., last] => Some((first.revision, last.revision)),
            _ => None,
        }
    }
}

impl<'w> Parts<'w> {
    /// The paragraphs of the situation.
    pub(in crate::web) fn situation(&self) -> impl Iterator<Item = &'w str> {
        paragraphs(self.situation)
    }

    /// The paragraphs of the causes.
    pub(in crate::web) fn causes(&self) -> impl Iterator<Item = &'w str> {
        paragraphs(self.causes)
    }
}

/// The non-empty lines of a text, each of which is a paragraph.
pub(in crate::web) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
