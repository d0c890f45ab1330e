//! Carrying out a decision, and going on to the next manuscript.

use actix_web::web;

use crate::desk::reading::body;
use crate::desk::review::Verdict;
use crate::desk::{DeskError, Tx, merging, review, signing, similar};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::words::DeclineReason;
use crate::web::errors::Page;
use crate::web::form::{Fields, Form};
use crate::web::review::passages::Reading;
use crate::web::review::seat::Seat;
use crate::web::review::{Ask, requests, show, unfinished};
use crate::web::visitor::see_other;

/// Decides; then the next manuscript is open, with a bar for this one. What can't be done comes back with all that was typed.
pub(super) async fn decide(seat: Seat, form: Form, path: web::Path<ManuscriptId>) -> Page {
    let (id, visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    if let Some(press) = unfinished::Press::of(&fields) {
        return unfinished::press(seat, &visitor, id, &fields, press).await;
    }
    let typed = fields.clone();
    let act = visitor.write(move |tx, actor| {
        seat.open(actor)?;
        unfinished::keep(tx, actor, seat, id, &typed)?;
        carry_out(tx, actor, id, &typed)?;
        let queue = seat.queue(tx, actor, None)?.lines;
        let next: Option<ManuscriptId> = typed.read("next");
        let still = next.filter(|next| queue.iter().any(|line| line.id == *next));
        Ok(still.or_else(|| queue.first().map(|line| line.id)))
    });
    match act.await {
        Ok(next) => {
            let path = next.map_or_else(|| seat.path().to_owned(), |next| seat.at(&next));
            Ok(see_other(&format!("{path}?decided={id}"), None))
        }
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(seat, &visitor, Ask { id: Some(id), typed: fields, problems, ..Ask::default() }).await
        }
    }
}

fn carry_out(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, fields: &Fields) -> Result<(), DeskError> {
    let seen: i64 = fields.read("version").ok_or(DeskError::VersionMissing)?;
    let reason = fields.get("reason").to_owned();
    match fields.get("decision") {
        "pass" => review::decide(tx, actor, id, seen, &Verdict::Pass),
        "recommend" => review::decide(tx, actor, id, seen, &Verdict::Recommend { opinion: fields.get("opinion").to_owned() }),
        "return" => {
            let text = Reading::from(&body::manuscript(tx, actor, id)?);
            let requests = requests::read(fields, &text)?;
            review::decide(tx, actor, id, seen, &Verdict::Return { reason, requests })
        }
        "decline" => {
            let code: DeclineReason = fields.read("reason_code").ok_or_else(|| Violation::required("reason_code"))?;
            review::decide(tx, actor, id, seen, &Verdict::Decline { code, reason })
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
fn target(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<ManuscriptId, DeskError> {
    if !is_blank(fields.get("number")) {
        let found = similar::numbered(tx, actor, fields.get("number"))?;
        return Ok(found.ok_or_else(|| Violation::new("number", "unknown"))?.id);
    }
    Ok(fields.read("into").ok_or_else(|| Violation::required("number"))?)
}
