//! Writing: a new manuscript, a draft, a returned one. Every button of the form posts the whole form, so that the page works without
//! scripts; automatic saving by the script posts the same form and gets a few figures back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::app::form_drafts::{self, FormKind};
use crate::app::intake::{authors, drafts, submission};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, Tx};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, Classification, Kind, Role};
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};
use crate::web::writing::form_page::{Sheet, WritingButton};
use crate::web::writing::page::{self, WritePage};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/write", web::get().to(blank))
        .route("/write", web::post().to(begin))
        .route("/manuscripts/{id}/edit", web::get().to(open))
        .route("/manuscripts/{id}/edit", web::post().to(keep));
}

async fn blank(visitor: Visitor) -> PageResult {
    let sheet = Sheet::blank();
    let around = page::around(&visitor, None, &sheet).await?;
    html(&WritePage::new(visitor.frame(NavItem::Write), &visitor, sheet, around))
}

async fn open(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    if !view.allowed_actions.contains(&Action::Save) {
        return Ok(see_other(&format!("/manuscripts/{id}"), None));
    }
    let mut sheet = Sheet::kept(&view);
    let unfinished = visitor.read(move |tx, actor| form_drafts::find(tx, actor, id, FormKind::Writing)).await?;
    let whole_at = unfinished.as_ref().map(|draft| draft.saved_at);
    if let Some(draft) = unfinished {
        let fields = Fields::from(draft.fields);
        (sheet.whole, sheet.signature) = (fields.get("whole").to_owned(), fields.get("signature").to_owned());
    }
    let mut around = page::around(&visitor, Some(id), &sheet).await?;
    around.whole_at = whole_at.filter(|_| sheet.has_whole());
    html(&WritePage::new(visitor.frame(NavItem::Write), &visitor, sheet, around))
}

async fn begin(form: PageForm) -> PageResult {
    answer(form, None).await
}

async fn keep(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    answer(form, Some(path.into_inner())).await
}

async fn answer(form: PageForm, id: Option<ManuscriptId>) -> PageResult {
    let mut sheet = Sheet::typed(&form.fields);
    let (press, dropped) = (WritingButton::of(&form.fields), form.fields.has_dropped());
    let visitor = form.visitor;
    if press == WritingButton::Split {
        return split(&visitor, id, sheet).await;
    }
    if matches!(
        press,
        WritingButton::Add
            | WritingButton::Up(_)
            | WritingButton::Down(_)
            | WritingButton::Drop(_)
            | WritingButton::Find
            | WritingButton::KeepSignature
            | WritingButton::DropSignature
    ) {
        sheet.rearrange(press);
        let around = page::around(&visitor, id, &sheet).await?;
        return html(&WritePage::new(visitor.frame(NavItem::Write), &visitor, sheet, around));
    }
    // A filled box is never ignored. A script saves it as it is; any button splits it, and the author sees the result.
    let is_split = press != WritingButton::Auto && sheet.has_whole();
    if is_split {
        sheet.split(visitor.app.settings.limits.title_chars);
    }
    let (typed, fields) = (sheet.clone().tidy(), form.fields);
    let kept = visitor.write(move |tx, actor| {
        fields.input::<ChosenWords>()?;
        persist(tx, actor, id, &typed, press)
    });
    let kept = kept.await;
    match (kept, press) {
        (Ok(view), WritingButton::Auto) => Ok(saved(&visitor, &view, dropped)),
        (Ok(view), _) if is_split => look_over(&visitor, &view, sheet).await,
        (Ok(view), _) => Ok(go_on(&view, press, dropped)),
        (Err(error), WritingButton::Auto) => not_saved(&visitor, error),
        (Err(error), _) => come_back(&visitor, id, sheet, error).await,
    }
}

/// Shows the form with the whole text split into its parts, and notes on what to check.
async fn split(visitor: &Visitor, id: Option<ManuscriptId>, mut sheet: Sheet) -> PageResult {
    let most = visitor.app.settings.limits.title_chars;
    let found = sheet.split(most);
    let around = page::around(visitor, id, &sheet).await?;
    let mut frame = visitor.frame(NavItem::Write);
    frame.done = Some(frame.n("write-whole-done", "n", found));
    html(&WritePage::new(frame, visitor, sheet, around))
}

/// Shows the saved form after a whole text was put into its fields.
async fn look_over(visitor: &Visitor, view: &ManuscriptView, mut sheet: Sheet) -> PageResult {
    sheet.version = view.version;
    let around = page::around(visitor, Some(view.id), &sheet).await?;
    let mut frame = visitor.frame(NavItem::Write);
    frame.done = Some(frame.t("write-whole-left"));
    html(&WritePage::new(frame, visitor, sheet, around))
}

/// The fields of the form that contain a word of a vocabulary or an id. The others are text, which is stored whatever it is.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only parsed, so that what is no such word is refused as the API refuses it")]
struct ChosenWords {
    kind: Option<Kind>,
    declarations: Option<ChosenDeclarations>,
    author: Option<UserId>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only parsed")]
struct ChosenDeclarations {
    classification: Option<Classification>,
}

/// Saves the text, the ticks and the list of authors in one transaction.
fn persist(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Option<ManuscriptId>,
    sheet: &Sheet,
    press: WritingButton,
) -> Result<ManuscriptView, AppError> {
    let id = match id {
        Some(id) => {
            drafts::save(tx, actor, id, sheet.seen()?, &sheet.change())?;
            id
        }
        None if sheet.author.is_none() && !actor.holds(Role::Submitter) => return Err(Violation::required("author").into()),
        None => drafts::create(tx, actor, &sheet.new_draft())?,
    };
    form_drafts::keep(tx, actor, id, FormKind::Writing, &sheet.unfinished())?;
    let view = body::manuscript(tx, actor, id)?;
    for request in &view.requests {
        let Some(ticked) = sheet.ticked.as_ref().map(|ticked| ticked.contains(&request.id)) else { break };
        if ticked != request.ticked_at.is_some() {
            submission::tick(tx, actor, id, request.id, ticked)?;
        }
    }
    let mut others: Vec<String> = view.authors.iter().filter(|one| !one.first).map(|one| one.user_id.to_string()).collect();
    match press {
        WritingButton::Invite(user) => others.push(user.to_string()),
        WritingButton::Uninvite(user) => others.retain(|one| *one != user.to_string()),
        _ => return Ok(view),
    }
    authors::set(tx, actor, id, view.version, &others)?;
    body::manuscript(tx, actor, id)
}

fn go_on(view: &ManuscriptView, press: WritingButton, dropped: bool) -> HttpResponse {
    let id = view.id;
    match press {
        WritingButton::Check => see_other(&format!("/manuscripts/{id}/check"), dropped.then_some("cleaned")),
        WritingButton::Invite(_) => see_other(&format!("/manuscripts/{id}/edit#authors"), Some("invited")),
        WritingButton::Uninvite(_) => see_other(&format!("/manuscripts/{id}/edit#authors"), Some("uninvited")),
        _ => see_other("/mine", Some(if dropped { "cleaned" } else { "draft-saved" })),
    }
}

fn saved(visitor: &Visitor, view: &ManuscriptView, dropped: bool) -> HttpResponse {
    let time = visitor.time.time_of_day(visitor.app.clock.now());
    // After a sign-in within this request the page has a new token.
    let csrf = visitor.page_token.to_string();
    HttpResponse::Ok().json(json!({ "id": view.id, "version": view.version, "saved_at": time, "dropped": dropped, "csrf": csrf }))
}

fn not_saved(visitor: &Visitor, error: AppError) -> PageResult {
    let problems = page::named(visitor.problems(error)?);
    let status = if problems.stale.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let list: Vec<_> = problems.list.iter().map(|one| json!({ "field": one.field, "message": one.message })).collect();
    Ok(HttpResponse::build(status).json(json!({ "problems": list, "stale": problems.stale, "csrf": visitor.page_token.to_string() })))
}

async fn come_back(visitor: &Visitor, id: Option<ManuscriptId>, mut sheet: Sheet, error: AppError) -> PageResult {
    let problems = page::named(visitor.problems(error)?);
    sheet.fill();
    let mut around = page::around(visitor, id, &sheet).await?;
    if let Some(current) = problems.stale {
        // After seeing both texts, the author may overwrite the saved one.
        sheet.version = current;
        around.both = true;
    }
    let frame = visitor.frame(NavItem::Write).with(problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &WritePage::new(frame, visitor, sheet, around))
}
