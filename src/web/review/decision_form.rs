//! The form of a decision: its fields, the requests for changes in it, and the draft that is stored until the decision is made, so that it
//! is available in another view, on another device, and after an undo.
//!
//! Requests are four columns, of which each request is one row. Without scripts a row has no passage, and refers to its whole part.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;

use crate::app::form_drafts::{self, FormKind};
use crate::app::review::NewRequest;
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

/// What a button of the form does other than deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReviewButton {
    /// Saves the draft; the response is for a script.
    Auto,
    /// Saves the draft.
    Keep,
    /// Discards the draft.
    Discard,
}

impl ReviewButton {
    pub(super) fn of(fields: &Fields) -> Option<Self> {
        [("autosave", Self::Auto), ("keep", Self::Keep), ("discard", Self::Discard)]
            .into_iter()
            .find_map(|(name, press)| fields.has(name).then_some(press))
    }
}

/// The fields of the decision; empty if nothing is chosen and nothing is written.
fn typed(fields: &Fields) -> Vec<(String, String)> {
    let own: Vec<_> = fields.carried().filter(|(name, _)| FIELDS.contains(&name.as_str())).cloned().collect();
    if own.iter().all(|(_, value)| is_blank(value)) { Vec::new() } else { own }
}

/// Stores the fields of a decision beside the decision itself, so that an undo restores them.
pub(super) fn keep(tx: &mut Tx<'_>, actor: &Actor, seat: ReviewQueue, id: ManuscriptId, fields: &Fields) -> Result<bool, AppError> {
    form_drafts::keep(tx, actor, id, FormKind::Deciding(seat.work_queue()), &typed(fields))
}

/// Executes a button other than a decision.
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

const COLUMNS: [&str; 4] = ["requests.part", "requests.from", "requests.to", "requests.text"];

/// Renames the fields of each row with text to those of the command, such as `requests[0].part`.
pub(super) fn as_input(fields: &Fields) -> Fields {
    let columns = COLUMNS.map(|name| fields.all(name));
    let rows = columns[3].iter().enumerate().filter(|(_, text)| !is_blank(text)).map(|(row, _)| row);
    let mut list: Vec<(String, String)> = fields.carried().filter(|(name, _)| !name.starts_with("requests")).cloned().collect();
    for (at, row) in rows.enumerate() {
        for (name, column) in COLUMNS.iter().zip(&columns) {
            let value = column.get(row).map(|value| value.trim().to_owned()).unwrap_or_default();
            list.extend((!value.is_empty()).then(|| (name.replace("requests", &format!("requests[{at}]")), value)));
        }
    }
    Fields::from(list)
}

/// The requests of a decision that is not sent; those that cannot be parsed are left out.
pub(super) fn unfinished(fields: &Fields) -> Vec<NewRequest> {
    #[derive(Deserialize)]
    struct Unfinished {
        #[serde(default)]
        requests: Vec<NewRequest>,
    }
    as_input(fields).input::<Unfinished>().map(|read| read.requests).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_passage_is_about_its_whole_part() {
        let fields = Fields::parse(
            "requests.part=situation&requests.from=2&requests.to=4&requests.text=a&requests.part=&requests.from=&requests.to=&requests.text=&requests.part=situation&requests.from=&requests.to=&requests.text=b"
                .as_bytes(),
        );
        let found = unfinished(&fields);
        let places: Vec<(u32, Option<u32>, &str)> = found.iter().map(|one| (one.from, one.to, one.text.as_str())).collect();
        assert_eq!(places, [(2, Some(4), "a"), (0, None, "b")]);
        assert!(unfinished(&Fields::parse(b"requests.text=a")).is_empty(), "no part was chosen");
    }
}
