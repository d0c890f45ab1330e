//! A decision that is not finished: what was typed and noted is kept for whoever wrote it, and is there again on another view, another
//! device, and after an undo.

use actix_web::HttpResponse;
use serde_json::json;

use crate::app::form_drafts::{self, FormKind};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::review::queue::ReviewQueue;
use crate::web::session::{Visitor, see_other};

/// The fields of a decision.
const FIELDS: [&str; 10] =
    ["decision", "opinion", "reason", "reason_code", "into", "number", "requests.part", "requests.from", "requests.to", "requests.text"];

/// What a button of the form asks for besides the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReviewButton {
    /// Keep it as it is; the answer is for a script.
    Auto,
    /// Keep it as it is.
    Keep,
    /// Throw away what was kept.
    Discard,
}

impl ReviewButton {
    pub(super) fn of(fields: &Fields) -> Option<Self> {
        [("autosave", Self::Auto), ("keep", Self::Keep), ("discard", Self::Discard)]
            .into_iter()
            .find_map(|(name, press)| fields.has(name).then_some(press))
    }
}

/// The fields of the decision; none where nothing is chosen and nothing written.
fn typed(fields: &Fields) -> Vec<(String, String)> {
    let own: Vec<_> = fields.carried().filter(|(name, _)| FIELDS.contains(&name.as_str())).cloned().collect();
    if own.iter().all(|(_, value)| is_blank(value)) { Vec::new() } else { own }
}

/// Keeps the fields of a decision beside the decision itself, so that an undo gives them back.
pub(super) fn keep(tx: &mut Tx<'_>, actor: &Actor, seat: ReviewQueue, id: ManuscriptId, fields: &Fields) -> Result<bool, AppError> {
    form_drafts::keep(tx, actor, id, FormKind::Deciding(seat.work_queue()), &typed(fields))
}

/// Carries out a button that decides nothing.
pub(super) async fn press(seat: ReviewQueue, visitor: &Visitor, id: ManuscriptId, fields: &Fields, press: ReviewButton) -> PageResult {
    let kept = if press == ReviewButton::Discard { Fields::default() } else { fields.clone() };
    let done = visitor.write(move |tx, actor| {
        seat.open(actor)?;
        keep(tx, actor, seat, id, &kept)
    });
    let done = done.await;
    if press != ReviewButton::Auto {
        done?;
        let name = if press == ReviewButton::Keep { "review-kept" } else { "review-discarded" };
        return Ok(see_other(&seat.at(&id), Some(name)));
    }
    let csrf = visitor.page_token.to_string();
    match done {
        Ok(kept) => {
            let time = visitor.time.time_of_day(visitor.app.clock.now());
            Ok(HttpResponse::Ok().json(json!({ "kept": kept, "saved_at": time, "csrf": csrf })))
        }
        Err(error) => {
            let problems = visitor.problems(error)?;
            let list: Vec<_> = problems.list.iter().map(|one| json!({ "field": one.field, "message": one.message })).collect();
            Ok(HttpResponse::UnprocessableEntity().json(json!({ "problems": list, "csrf": csrf })))
        }
    }
}
