//! Composes a bulletin: manuscripts in their order, leaders, text. Nothing is stored until a button saves it.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::bulletins::{self, BulletinView, LeaderChoice};
use crate::app::preview::RecipientPreview;
use crate::app::reading::body;
use crate::app::reading::list::{self, ManuscriptListQuery};
use crate::app::{AppError, Tx};
use crate::domain::bulletin::{BulletinAction, BulletinKind, RecipientKind};
use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Stage;
use crate::web::bulletins::form::Composed;
use crate::web::errors::{PageResult, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// The largest number of manuscripts that are offered.
const OFFERED: i64 = 200;

/// A manuscript that can be included in a bulletin.
pub(super) struct Offered {
    pub(super) id: ManuscriptId,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) stage: Stage,
}

/// The manuscripts and leaders that can be chosen.
pub(super) struct ComposeChoices {
    series: Vec<String>,
    leaders: Vec<LeaderChoice>,
    chosen: Vec<Offered>,
    offered: Vec<Offered>,
    told: Vec<RecipientPreview>,
}

#[derive(Template)]
#[template(path = "bulletins/compose.html", config = "src/web/askama.toml")]
struct ComposePage {
    f: Layout,
    /// The draft; `None` before it is saved for the first time.
    draft: Option<BulletinView>,
    typed: Composed,
    choices: ComposeChoices,
}

impl ComposePage {
    fn kinds(&self) -> &'static [BulletinKind] {
        BulletinKind::ALL
    }

    fn recipient_kinds(&self) -> &'static [RecipientKind] {
        RecipientKind::ALL
    }

    fn is_kind(&self, kind: &BulletinKind) -> bool {
        self.typed.kind == Some(*kind)
    }

    fn gets(&self, user: &UserId, kind: &RecipientKind) -> bool {
        self.typed.recipients.contains(&(*user, *kind))
    }

    fn action(&self) -> String {
        self.draft.as_ref().map_or_else(|| "/bulletins/new".to_owned(), |draft| format!("/bulletins/{}", draft.line.id))
    }

    /// The problem with the manuscript at this position.
    fn wrong_at(&self, place: &usize) -> Option<&str> {
        self.f.problems.at(&format!("manuscripts[{place}]"))
    }

    /// The reasons why the saved draft cannot be issued.
    fn hindrances(&self) -> Vec<String> {
        self.draft.as_ref().map(|draft| hindrances(&self.f, draft)).unwrap_or_default()
    }

    fn may_discard(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.allowed_actions.contains(&BulletinAction::Discard))
    }

    fn who(&self) -> String {
        crate::web::components::recipients::who(&self.f, "", &self.choices.told)
    }
}

fn offer(line: crate::app::reading::views::ManuscriptLine) -> Offered {
    let author = format!("{} · {}", line.author, line.organization);
    Offered { id: line.id, number: line.number.unwrap_or_default(), title: line.title, author, stage: line.stage }
}

/// Loads what can be chosen and what is chosen; a chosen manuscript may have left the stage in which it is offered.
fn choices(tx: &mut Tx<'_>, actor: &Actor, draft: Option<BulletinId>, ids: &[ManuscriptId]) -> Result<ComposeChoices, AppError> {
    let leaders = bulletins::leaders(tx, actor)?;
    let series = tx.channel_settings(actor.channel)?.series.clone();
    let wish = ManuscriptListQuery { stage: Some(Stage::Accepted), limit: OFFERED, ..ManuscriptListQuery::default() };
    let accepted: Vec<Offered> = list::list(tx, actor, &wish)?.lines.into_iter().map(offer).collect();
    let (chosen, offered): (Vec<Offered>, Vec<Offered>) = accepted.into_iter().partition(|one| ids.contains(&one.id));
    let mut ordered = Vec::new();
    let mut chosen: Vec<Option<Offered>> = chosen.into_iter().map(Some).collect();
    for id in ids {
        match chosen.iter_mut().find(|one| one.as_ref().is_some_and(|one| one.id == *id)).and_then(Option::take) {
            Some(one) => ordered.push(one),
            None => ordered.extend(elsewhere(tx, actor, *id)?),
        }
    }
    let told = match draft {
        Some(id) => bulletins::told(tx, actor, id, BulletinAction::Submit).unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(ComposeChoices { series, leaders, chosen: ordered, offered, told })
}

fn elsewhere(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Option<Offered>, AppError> {
    match body::manuscript(tx, actor, id) {
        Ok(view) => {
            let author = view.authors.first().map(|author| author.name.clone()).unwrap_or_default();
            Ok(Some(Offered { id, number: view.number.unwrap_or_default(), title: view.title, author, stage: view.stage }))
        }
        Err(AppError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// `/bulletins/new`; `?manuscript=ID` starts with that manuscript.
pub(super) async fn begin(visitor: Visitor, query: web::Query<Vec<(String, String)>>) -> PageResult {
    let manuscripts = query.iter().filter(|(name, _)| name == "manuscript").filter_map(|(_, id)| id.parse().ok()).collect();
    page(&visitor, None, Composed { manuscripts, ..Composed::default() }, Problems::default()).await
}

/// Shows the composer for a draft.
pub(super) async fn page(visitor: &Visitor, draft: Option<BulletinView>, typed: Composed, problems: Problems) -> PageResult {
    let (ids, id) = (typed.manuscripts.clone(), draft.as_ref().map(|draft| draft.line.id));
    let choices = visitor.read(move |tx, actor| choices(tx, actor, id, &ids)).await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = visitor.frame(NavItem::Bulletins).with(problems);
    html_with(status, &ComposePage { f, draft, typed, choices })
}

/// Saves a new draft, and submits it to the signer if requested.
pub(super) async fn create(form: PageForm) -> PageResult {
    keep(form, None).await
}

/// Saves the changes of a draft.
pub(super) async fn save(form: PageForm, path: web::Path<BulletinId>) -> PageResult {
    keep(form, Some(path.into_inner())).await
}

async fn keep(form: PageForm, id: Option<BulletinId>) -> PageResult {
    let (visitor, fields) = (form.visitor, form.fields);
    let mut typed = Composed::read(&fields);
    let mut problems = Problems::default();
    if let Some(button) = fields.find("move") {
        typed.arrange(button);
    } else {
        let (composed, seen, then) = (typed.clone(), fields.seen(), fields.get("then") == "submit");
        match visitor.write(move |tx, actor| put(tx, actor, id, seen, &composed, then)).await {
            Ok(id) => return Ok(see_other(&format!("/bulletins/{id}"), Some(if then { "bulletin-submitted" } else { "bulletin-saved" }))),
            Err(error) => problems = visitor.problems(error)?,
        }
    }
    let draft = match id {
        Some(id) => Some(visitor.read(move |tx, actor| bulletins::find(tx, actor, id)).await?),
        None => None,
    };
    page(&visitor, draft, typed, problems).await
}

fn put(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Option<BulletinId>,
    seen: Result<i64, AppError>,
    composed: &Composed,
    then_submit: bool,
) -> Result<BulletinId, AppError> {
    let (id, version) = match id {
        None => (bulletins::compose(tx, actor, &composed.to_form())?, 1),
        Some(id) => {
            let seen = seen?;
            bulletins::edit(tx, actor, id, seen, &composed.to_change())?;
            (id, seen + 1)
        }
    };
    if then_submit {
        bulletins::submit(tx, actor, id, version)?;
    }
    Ok(id)
}

/// Lists the chosen leaders who have left since, and the manuscripts whose edited text has become outdated.
pub(super) fn hindrances(f: &Layout, b: &BulletinView) -> Vec<String> {
    let gone = b.recipients.iter().filter(|one| !one.active).map(|one| f.t1("bulletin-recipient-gone", "name", &one.name));
    let outdated = b.manuscripts.iter().filter(|one| one.outdated).map(|one| f.t1("bulletin-text-outdated", "title", &one.text.title));
    gone.chain(outdated).collect()
}
