//! The author's acts: drafts, joint authors, ticking off requests.

use actix_web::{delete, get, patch, post, put, web};

use crate::api::auth::{Caller, QueryRequest};
use crate::api::endpoints::Endpoints;
use crate::api::etag::{IfMatch, IfSeen};
use crate::api::idempotency::CommandRequest;
use crate::api::manuscripts::bodies::{ListQuery, ManuscriptChange, NewManuscript};
use crate::api::paging::{List, PageRequest, Paging, cursor};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::intake::input::{Authors, CoSignature, CoSignatureDecision};
use crate::app::intake::{authors, drafts, submission};
use crate::app::reading::list;
use crate::app::reading::manuscript_view::Basis;
use crate::app::reading::views::{ManuscriptLine, ManuscriptView};
use crate::app::{AppError, Tx, review};
use crate::domain::ids::{ManuscriptId, RequestId};
use crate::domain::permission::Actor;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes
        .service(begin)
        .service(manuscripts)
        .service(manuscript)
        .service(change)
        .service(discard)
        .service(set_authors)
        .service(co_sign)
        .service(tick)
        .service(untick);
}

/// Begin a manuscript
///
/// A draft may have gaps. With `"submit": true` it is handed in at once, or nothing is kept.
#[utoipa::path(tag = "manuscripts", request_body = NewManuscript, responses((status = 201, description = "Begun, or handed in", body = ManuscriptView)))]
#[post("/manuscripts")]
pub(crate) async fn begin(act: CommandRequest<NewManuscript>) -> ApiResult {
    if act.body.submit {
        let act = act.map(drafts::NewDraft::from);
        let write = |tx: &mut Tx<'_>, by: &Caller, new: &drafts::NewDraft| written(tx, &by.actor, new);
        return act.run_created_in_group("/manuscripts", write, |by: &Caller, written| shown(&written.view(by)?)).await;
    }
    let write = |tx: &mut Tx<'_>, by: &Caller, body: NewManuscript| drafts::create(tx, &by.actor, &body.into());
    act.run_created("/manuscripts", write, resources::manuscript).await
}

fn shown(view: &ManuscriptView) -> Result<PreparedResponse, AppError> {
    Ok(PreparedResponse::ok(view)?.with_etag(view.version))
}

/// A manuscript that was written and submitted, with all values that its view needs.
struct SubmittedManuscript {
    fresh: drafts::Fresh,
    basis: Basis,
}

fn written(tx: &mut Tx<'_>, actor: &Actor, new: &drafts::NewDraft) -> Result<(ManuscriptId, SubmittedManuscript), AppError> {
    let (fresh, _) = submission::write_and_submit(tx, actor, new)?;
    Ok((fresh.loaded.row.id, SubmittedManuscript { fresh, basis: Basis::of(tx, actor)? }))
}

impl SubmittedManuscript {
    fn view(self, by: &Caller) -> Result<ManuscriptView, AppError> {
        let Self { fresh, basis } = self;
        basis.just_written(&by.actor, &by.name, fresh.loaded, fresh.text)
    }
}

/// List manuscripts
///
/// Those that you may see, newest first, or by due date.
#[utoipa::path(tag = "manuscripts", params(ListQuery), responses((status = 200, description = "A page", body = List<ManuscriptLine>)))]
#[get("/manuscripts")]
pub(crate) async fn manuscripts(query: ApiQuery<ListQuery>, look: QueryRequest) -> ApiResult {
    let query = query.into_inner();
    let takes_long = query.clone().wish(0, None).may_take_long();
    let read = move |tx: &mut Tx<'_>, by: &Caller| {
        let paging = Paging { limit: query.limit, cursor: query.cursor.clone() };
        let page: PageRequest<ManuscriptId> = paging.page(&tx.settings)?;
        let lines = list::list(tx, &by.actor, &query.wish(page.limit, page.after))?;
        PreparedResponse::ok(&List { items: lines.lines, next_cursor: lines.next.as_ref().map(cursor) })
    };
    if takes_long { look.read_long(read).await } else { look.read(read).await }
}

/// Read a manuscript
///
/// Whole, as far as you may see it.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "The manuscript", body = ManuscriptView)))]
#[get("/manuscripts/{id}")]
pub(crate) async fn manuscript(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| resources::manuscript(tx, by, path.into_inner())).await
}

/// Change a manuscript
///
/// A draft or a returned one, by its author: what is absent stays. A change of the text voids the signatures of joint authors. A
/// reviewer sends `urgent`, alone.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = ManuscriptChange, responses((status = 200, description = "Changed", body = ManuscriptView)))]
#[patch("/manuscripts/{id}")]
pub(crate) async fn change(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<ManuscriptChange>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    let write = move |tx: &mut Tx<'_>, by: &Caller, body: ManuscriptChange| match body.urgent {
        Some(urgent) => review::mark_urgent(tx, &by.actor, id, seen, urgent).map(|_| id),
        None => drafts::save(tx, &by.actor, id, seen, &body.into()).map(|()| id),
    };
    act.run(write, resources::manuscript).await
}

/// Throw a draft away
///
/// Only a draft; what was handed in can be withdrawn.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 204, description = "Gone")))]
#[delete("/manuscripts/{id}")]
pub(crate) async fn discard(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run_at_once(move |tx, by, _| drafts::discard(tx, &by.actor, id, seen).map(|()| PreparedResponse::nothing())).await
}

/// Set the joint authors
///
/// New ones are invited and must sign before it can be handed in; missing ones are uninvited.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Authors, responses((status = 200, description = "Set", body = ManuscriptView)))]
#[put("/manuscripts/{id}/authors")]
pub(crate) async fn set_authors(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Authors>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| authors::set(tx, &by.actor, id, seen, &body.authors).map(|()| id), resources::manuscript).await
}

/// Sign as a joint author
///
/// Signs the current text, or declines the invitation; a person who declines can no longer read the manuscript. Send the version that was
/// read in `If-Match`, so that no other text is signed.
#[utoipa::path(tag = "manuscripts", params(IfSeen), request_body = CoSignature, responses((status = 204, description = "Signed or declined")))]
#[post("/manuscripts/{id}/co-signature")]
pub(crate) async fn co_sign(path: web::Path<ManuscriptId>, seen: IfSeen, act: CommandRequest<CoSignature>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run_at_once(move |tx, by, body| {
        let done = match body.decision {
            Some(CoSignatureDecision::Decline) => authors::decline(tx, &by.actor, id),
            Some(CoSignatureDecision::Sign) | None => authors::co_sign(tx, &by.actor, id, seen),
        };
        done.map(|()| PreparedResponse::nothing())
    })
    .await
}

/// Tick a requested change off
///
/// By the author, before handing it in again; the reviewer sees what is ticked.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "Ticked", body = ManuscriptView)))]
#[put("/manuscripts/{id}/requests/{request_id}/tick")]
pub(crate) async fn tick(path: web::Path<(ManuscriptId, RequestId)>, act: CommandRequest) -> ApiResult {
    let (id, request) = path.into_inner();
    act.run(move |tx, by, _| submission::tick(tx, &by.actor, id, request, true).map(|()| id), resources::manuscript).await
}

/// Take a tick away
///
/// The change is open again.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "Open again", body = ManuscriptView)))]
#[delete("/manuscripts/{id}/requests/{request_id}/tick")]
pub(crate) async fn untick(path: web::Path<(ManuscriptId, RequestId)>, act: CommandRequest) -> ApiResult {
    let (id, request) = path.into_inner();
    act.run(move |tx, by, _| submission::tick(tx, &by.actor, id, request, false).map(|()| id), resources::manuscript).await
}
