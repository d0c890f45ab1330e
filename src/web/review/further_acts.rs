//! The acts beside the decision: passing on, taking up again, urgent or not, parting, putting away.

use actix_web::web;

use crate::app::outcomes::archival;
use crate::app::outcomes::input::Archival;
use crate::app::review::input::{Reason, Referral};
use crate::app::{merging, review};
use crate::domain::ids::ManuscriptId;
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::review::queue::ReviewQueue;
use crate::web::review::{DeskView, show};
use crate::web::session::see_other;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/review/{id}/{act:referral|reconsideration|urgency|parting|archival}", web::post().to(act));
}

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
