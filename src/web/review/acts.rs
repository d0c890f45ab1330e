//! The acts of the review queues: the decision on one manuscript, several signatures at once, and the acts beside the decision.

use actix_web::web;

use crate::app::outcomes::archival;
use crate::app::outcomes::input::Archival;
use crate::app::reading::body;
use crate::app::review::input::{Merge, Reason, Referral, Review, Screening, Signature};
use crate::app::{AppError, Tx, merging, review, signing, similar};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::web::errors::{PageResult, WebError};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::problems::{PageProblem, Problems};
use crate::web::review::queue::ReviewQueue;
use crate::web::review::{DeskView, decision_form, show};
use crate::web::session::{Visitor, see_other};

/// The values of the selected boxes: `ID:VERSION`.
pub(super) const PICK: &str = "pick";

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/review/{id}/{act:referral|reconsideration|urgency|parting|archival}", web::post().to(act));
    routes.route("/signing", web::post().to(sign));
}

/// Decides and opens the next manuscript, with a bar for this decision. If it fails, the page is shown again with the input.
pub(super) async fn decide(seat: ReviewQueue, form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    if let Some(press) = decision_form::ReviewButton::of(&fields) {
        return decision_form::press(seat, &visitor, id, &fields, press).await;
    }
    let typed = fields.clone();
    let act = visitor.write(move |tx, actor| {
        seat.open(actor)?;
        decision_form::keep(tx, actor, seat, id, &typed)?;
        carry_out(tx, actor, id, &typed)
    });
    match act.await {
        Ok(()) => {
            let wanted: Option<ManuscriptId> = fields.read("next");
            let next = visitor.read(move |tx, actor| seat.next(tx, actor, wanted)).await?;
            let path = next.map_or_else(|| seat.path().to_owned(), |next| seat.at(&next));
            Ok(see_other(&format!("{path}?decided={id}"), None))
        }
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(seat, &visitor, DeskView { id: Some(id), typed: fields, problems, ..DeskView::default() }).await
        }
    }
}

fn carry_out(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, fields: &Fields) -> Result<(), AppError> {
    let seen = fields.seen()?;
    match fields.get("decision") {
        "pass" => fields.input::<Screening>()?.carry_out(tx, actor, id, seen),
        "return" => decision_form::as_input(fields).input::<Review>()?.carry_out(tx, actor, id, seen),
        "recommend" | "decline" => fields.input::<Review>()?.carry_out(tx, actor, id, seen),
        "merge" => {
            let Merge { into } = with_target(tx, actor, fields)?.input()?;
            merging::merge(tx, actor, id, seen, into).map(drop)
        }
        "sign" | "send_back" => fields.input::<Signature>()?.carry_out(tx, actor, id, seen),
        _ => Err(Violation::required("decision").into()),
    }
}

/// The fields with the manuscript to merge into: chosen from the short list, or named by its number.
fn with_target(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<Fields, AppError> {
    if is_blank(fields.get("number")) {
        return if fields.get("into").is_empty() { Err(Violation::required("number").into()) } else { Ok(fields.clone()) };
    }
    let found = similar::numbered(tx, actor, fields.get("number"))?;
    let found = found.ok_or_else(|| Violation::new("number", "unknown"))?;
    Ok(fields.clone().with("into", found.to_string()))
}

/// Executes an act beside the decision: referral, reconsideration, urgency, parting, archival.
async fn act(form: PageForm, path: web::Path<(ManuscriptId, String)>) -> PageResult {
    let ((id, act), visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    let (typed, name) = (fields.clone(), act.clone());
    let done = visitor.write(move |tx, actor| {
        let seen = typed.seen()?;
        match name.as_str() {
            "referral" => {
                let Referral { addressee, note } = typed.input()?;
                review::refer(tx, actor, id, seen, &addressee, &note)
            }
            "reconsideration" => {
                let Reason { reason } = typed.input()?;
                review::reconsider(tx, actor, id, seen, &reason)
            }
            "urgency" => review::mark_urgent(tx, actor, id, seen, typed.get("urgent") == "true"),
            "parting" => merging::unmerge(tx, actor, id, seen),
            _ => {
                let Archival { note } = typed.input()?;
                archival::archive(tx, actor, id, seen, &note)
            }
        }
        .map(drop)
    });
    match done.await {
        Ok(()) => Ok(see_other(&ReviewQueue::Review.at(&id), Some(&act))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(ReviewQueue::Review, &visitor, DeskView { id: Some(id), typed: fields, problems, ..DeskView::default() }).await
        }
    }
}

/// Signs several manuscripts, each in an act of its own, on the version that was seen. For each that was not signed the page says why.
async fn sign(form: PageForm) -> PageResult {
    let (visitor, fields) = (form.visitor, form.fields);
    let picked: Vec<(ManuscriptId, i64)> = fields.all(PICK).iter().filter_map(|one| pick(one)).collect();
    let (mut signed, mut problems) = (Vec::new(), Problems::default().of_no_form());
    if picked.is_empty() {
        problems.list = visitor.problems(Violation::required(PICK).into())?.list;
    }
    for (id, seen) in picked {
        match visitor.write(move |tx, actor| signing::sign(tx, actor, id, seen, "")).await {
            Ok(_) => signed.push(id),
            Err(error) => problems.list.extend(refused(&visitor, id, error).await?),
        }
    }
    if problems.is_empty() {
        let ids: Vec<String> = signed.iter().map(ManuscriptId::to_string).collect();
        return Ok(see_other(&format!("/signing?decided={}", ids.join(",")), None));
    }
    // The boxes remain ticked.
    let ask = DeskView { decided: signed, typed: fields, problems, ..DeskView::default() };
    show(ReviewQueue::Signing, &visitor, ask).await
}

fn pick(value: &str) -> Option<(ManuscriptId, i64)> {
    let (id, version) = value.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// Why a manuscript was not signed, with its title.
async fn refused(visitor: &Visitor, id: ManuscriptId, error: AppError) -> Result<Vec<PageProblem>, WebError> {
    let titled = visitor.read(move |tx, actor| Ok(body::manuscript(tx, actor, id)?.title)).await;
    let problems = visitor.problems(error)?;
    let title = titled.unwrap_or_default();
    Ok(problems
        .list
        .into_iter()
        .map(|one| PageProblem { field: None, code: one.code, message: format!("《{title}》{}", one.message) })
        .collect())
}
