//! `/endorsements/{id}`: the text beside the scan, for the leader who confirms and the second person who countersigns.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::attachments::{self, AttachmentView};
use crate::app::endorsements::{self, EndorsementView};
use crate::app::review::input::Reason;
use crate::app::{AppError, Tx};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::{EndorsementId, ManuscriptId};
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::Actor;
use crate::web::components::quotes::Quotes;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/endorsements/{id}", web::get().to(open))
        .route("/endorsements/{id}/confirmation", web::post().to(confirm))
        .route("/endorsements/{id}/countersignature", web::post().to(countersign))
        .route("/endorsements/{id}/rejection", web::post().to(reject))
        .route("/endorsements/{id}/undo", web::post().to(undo));
}

#[derive(Template)]
#[template(path = "endorsements/one.html", config = "src/web/askama.toml")]
struct OnePage {
    f: Layout,
    one: EndorsementView,
    files: Vec<AttachmentView>,
    own: bool,
    typed: Fields,
}

async fn open(visitor: Visitor, id: web::Path<EndorsementId>) -> PageResult {
    show(&visitor, StatusCode::OK, *id, Problems::default(), Fields::default()).await
}

async fn show(visitor: &Visitor, status: StatusCode, id: EndorsementId, problems: Problems, typed: Fields) -> PageResult {
    let (one, files) = visitor
        .read(move |tx, actor| {
            let one = endorsements::find(tx, actor, id)?;
            let files = attachments::list(tx, actor, one.manuscript_id)?;
            Ok::<_, AppError>((one, files))
        })
        .await?;
    let own = one.inside.as_ref().is_some_and(|inside| inside.entered_by == visitor.me.name);
    html_with(status, &OnePage { f: visitor.frame(NavItem::Endorsements).with(problems), one, files, own, typed })
}

async fn confirm(id: web::Path<EndorsementId>, form: PageForm) -> PageResult {
    decide(*id, form, "confirmed", endorsements::confirm).await
}

async fn countersign(id: web::Path<EndorsementId>, form: PageForm) -> PageResult {
    decide(*id, form, "countersigned", endorsements::countersign).await
}

async fn reject(id: web::Path<EndorsementId>, form: PageForm) -> PageResult {
    let typed = form.fields.clone();
    decide(*id, form, "rejected", move |tx, actor, id| {
        let Reason { reason } = typed.input()?;
        endorsements::reject(tx, actor, id, &reason)
    })
    .await
}

async fn undo(id: web::Path<EndorsementId>, form: PageForm) -> PageResult {
    let (id, PageForm { visitor, fields }) = (*id, form);
    match visitor.write(move |tx, actor| endorsements::undo(tx, actor, id)).await {
        // A leader returns to where they were: the manuscript, if it waits for them again, or their list.
        Ok(manuscript) => {
            let reading = format!("/reading/{manuscript}");
            let back = [reading.as_str(), "/reading", "/reading/done"].into_iter().find(|path| fields.get("back") == *path);
            Ok(see_other(back.unwrap_or(&format!("/endorsements/{id}")), Some("taken-back")))
        }
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, id, problems, fields).await
        }
    }
}

async fn decide<F>(id: EndorsementId, form: PageForm, done: &str, act: F) -> PageResult
where
    F: FnOnce(&mut Tx<'_>, &Actor, EndorsementId) -> Result<ManuscriptId, AppError> + Send + 'static,
{
    let PageForm { visitor, fields } = form;
    match visitor.write(move |tx, actor| act(tx, actor, id)).await {
        Ok(_) => Ok(see_other(&format!("/endorsements/{id}"), Some(done))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, id, problems, fields).await
        }
    }
}

impl OnePage {
    fn quote(&self) -> Quotes<'_> {
        Quotes::bare(&self.f, std::slice::from_ref(&self.one), &self.files)
    }

    fn may(&self, action: EndorsementAction) -> bool {
        self.one.allowed_actions.contains(&action)
    }

    fn waits(&self) -> bool {
        self.one.state == EndorsementState::Entered
    }

    fn scanned(&self) -> bool {
        self.one.inside.as_ref().is_some_and(|inside| inside.scan_id.is_some())
    }
}
