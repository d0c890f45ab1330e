//! Signing several at once: each in an act of its own, on the version that was seen. What did not go is said, manuscript by manuscript.

use actix_web::web;

use crate::desk::reading::body;
use crate::desk::{DeskError, signing};
use crate::domain::ids::ManuscriptId;
use crate::domain::violation::Violation;
use crate::web::errors::{Page, WebError};
use crate::web::form::Form;
use crate::web::problems::{Problem, Problems};
use crate::web::review::seat::Seat;
use crate::web::review::{Ask, show};
use crate::web::visitor::{Visitor, see_other};

/// The boxes of the list: `ID:VERSION`.
pub(super) const PICK: &str = "pick";

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/signing", web::post().to(sign));
}

async fn sign(form: Form) -> Page {
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
    // The boxes stay ticked.
    let ask = Ask { decided: signed, typed: fields, problems, ..Ask::default() };
    show(Seat::Signing, &visitor, ask).await
}

fn pick(value: &str) -> Option<(ManuscriptId, i64)> {
    let (id, version) = value.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// Why one did not go, with its title.
async fn refused(visitor: &Visitor, id: ManuscriptId, error: DeskError) -> Result<Vec<Problem>, WebError> {
    let titled = visitor.read(move |tx, actor| Ok(body::manuscript(tx, actor, id)?.title)).await;
    let problems = visitor.problems(error)?;
    let title = titled.unwrap_or_default();
    Ok(problems.list.into_iter().map(|one| Problem { field: None, message: format!("《{title}》{}", one.message) }).collect())
}
