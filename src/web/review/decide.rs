//! Carrying out a decision, and going on to the next manuscript.

use actix_web::web;

use crate::app::review::input::{Merge, Review, Screening, Signature};
use crate::app::{AppError, Tx, merging, similar};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
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
    let seen = fields.seen()?;
    match fields.get("decision") {
        "pass" => fields.input::<Screening>()?.carry_out(tx, actor, id, seen),
        "return" => requests::as_input(fields).input::<Review>()?.carry_out(tx, actor, id, seen),
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
