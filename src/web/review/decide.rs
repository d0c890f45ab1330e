//! Carrying out a decision, and going on to the next manuscript.

use actix_web::web;

use crate::app::reading::body;
use crate::app::review::ReviewVerdict;
use crate::app::{AppError, Tx, merging, review, signing, similar};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::DeclineReason;
use crate::web::errors::PageResult;
use crate::web::form::{Fields, PageForm};
use crate::web::review::passages::ShownParts;
use crate::web::review::queue::ReviewQueue;
use crate::web::review::{DeskView, requests, show, unfinished};
use crate::web::session::see_other;

/// Decides; then the next manuscript is open, with a bar for this one. What can't be done comes back with all that was typed.
pub(super) async fn decide(seat: ReviewQueue, form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    if let Some(press) = unfinished::ReviewButton::of(&fields) {
        return unfinished::press(seat, &visitor, id, &fields, press).await;
    }
    let typed = fields.clone();
    let act = visitor.write(move |tx, actor| {
        seat.open(actor)?;
        unfinished::keep(tx, actor, seat, id, &typed)?;
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
    let seen: i64 = fields.read("version").ok_or(AppError::VersionMissing)?;
    let reason = fields.get("reason").to_owned();
    match fields.get("decision") {
        "pass" => review::decide(tx, actor, id, seen, &ReviewVerdict::Pass),
        "recommend" => review::decide(tx, actor, id, seen, &ReviewVerdict::Recommend { opinion: fields.get("opinion").to_owned() }),
        "return" => {
            let text = ShownParts::from(&body::manuscript(tx, actor, id)?);
            let requests = requests::read(fields, &text)?;
            review::decide(tx, actor, id, seen, &ReviewVerdict::Return { reason, requests })
        }
        "decline" => {
            let code: DeclineReason = fields.read("reason_code").ok_or_else(|| Violation::required("reason_code"))?;
            review::decide(tx, actor, id, seen, &ReviewVerdict::Decline { code, reason })
        }
        "merge" => {
            let into = target(tx, actor, fields)?;
            merging::merge(tx, actor, id, seen, into)
        }
        "sign" => signing::sign(tx, actor, id, seen, fields.get("opinion")),
        "send_back" => signing::send_back(tx, actor, id, seen, &reason),
        _ => return Err(Violation::required("decision").into()),
    }
    .map(drop)
}

/// The manuscript to merge into: by its number, or chosen from the short list.
fn target(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<ManuscriptId, AppError> {
    if !is_blank(fields.get("number")) {
        let found = similar::numbered(tx, actor, fields.get("number"))?;
        return Ok(found.ok_or_else(|| Violation::new("number", "unknown"))?.id);
    }
    Ok(fields.read("into").ok_or_else(|| Violation::required("number"))?)
}
