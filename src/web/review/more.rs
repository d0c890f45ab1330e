//! The acts beside the decision: passing on, taking up again, urgent or not, parting, putting away.

use actix_web::web;

use crate::desk::outcomes::archival;
use crate::desk::{DeskError, merging, review};
use crate::domain::ids::ManuscriptId;
use crate::web::errors::Page;
use crate::web::form::Form;
use crate::web::review::seat::Seat;
use crate::web::review::{Ask, show};
use crate::web::visitor::see_other;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/review/{id}/{act:referral|reconsideration|urgency|parting|archival}", web::post().to(act));
}

async fn act(form: Form, path: web::Path<(ManuscriptId, String)>) -> Page {
    let ((id, act), visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    let (typed, name) = (fields.clone(), act.clone());
    let done = visitor.write(move |tx, actor| {
        let seen: i64 = typed.read("version").ok_or(DeskError::VersionMissing)?;
        match name.as_str() {
            "referral" => review::refer(tx, actor, id, seen, typed.get("addressee"), typed.get("note")),
            "reconsideration" => review::reconsider(tx, actor, id, seen, typed.get("reason")),
            "urgency" => review::mark_urgent(tx, actor, id, seen, typed.get("urgent") == "true"),
            "parting" => merging::unmerge(tx, actor, id, seen),
            _ => archival::archive(tx, actor, id, seen, typed.get("note")),
        }
        .map(drop)
    });
    match done.await {
        Ok(()) => Ok(see_other(&Seat::Review.at(&id), Some(&act))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(Seat::Review, &visitor, Ask { id: Some(id), typed: fields, problems, ..Ask::default() }).await
        }
    }
}
