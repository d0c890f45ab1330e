//! Signing several at once: each in an act of its own, on the version that was seen. What did not go is said, manuscript by manuscript.

use actix_web::web;

use crate::app::reading::body;
use crate::app::{AppError, signing};
use crate::domain::ids::ManuscriptId;
use crate::domain::violation::Violation;
use crate::web::errors::{PageResult, WebError};
use crate::web::form::PageForm;
use crate::web::problems::{PageProblem, Problems};
use crate::web::review::queue::ReviewQueue;
use crate::web::review::{DeskView, show};
use crate::web::session::{Visitor, see_other};

/// The boxes of the list: `ID:VERSION`.
pub(super) const PICK: &str = "pick";

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/signing", web::post().to(sign));
}

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
    // The boxes stay ticked.
    let ask = DeskView { decided: signed, typed: fields, problems, ..DeskView::default() };
    show(ReviewQueue::Signing, &visitor, ask).await
}

fn pick(value: &str) -> Option<(ManuscriptId, i64)> {
    let (id, version) = value.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// Why one did not go, with its title.
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
