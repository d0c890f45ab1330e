//! `/manuscripts/{id}/endorsement`: a secretary enters a leader's handwritten endorsement, with a photo of the paper.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use crate::app::attachments::{self, AttachmentView, Subject, SubjectKind};
use crate::app::endorsements::{self, NewEndorsement};
use crate::app::reading::body::manuscript;
use crate::app::reading::circulation::{Circulated, circulation};
use crate::app::reading::leaders::served;
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, Tx};
use crate::documents::vault::StoredFile;
use crate::domain::ids::ManuscriptId;
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Role};
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};
use crate::web::upload::{self, FormUpload};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}/endorsement", web::get().to(form)).route("/manuscripts/{id}/endorsement", web::post().to(enter));
}

#[derive(Template)]
#[template(path = "endorsements/enter.html", config = "src/web/askama.toml")]
struct EnterPage {
    f: Layout,
    view: ManuscriptView,
    leaders: Vec<Circulated>,
    /// An uploaded scan that is not attached to an endorsement yet.
    scan: Option<AttachmentView>,
    typed: Fields,
}

async fn form(visitor: Visitor, id: web::Path<ManuscriptId>) -> PageResult {
    show(&visitor, StatusCode::OK, *id, Problems::default(), Fields::default()).await
}

async fn show(visitor: &Visitor, status: StatusCode, id: ManuscriptId, problems: Problems, typed: Fields) -> PageResult {
    let mine = served(&visitor.actor, Role::Secretary);
    let (view, mut leaders) = visitor.read(move |tx, actor| Ok((manuscript(tx, actor, id)?, circulation(tx, actor, id)?))).await?;
    leaders.retain(|one| mine.contains(&one.user_id));
    let scan = view.attachments.iter().rev().find(|file| file.subject == SubjectKind::Endorsement && file.subject_id == id.into()).cloned();
    html_with(status, &EnterPage { f: visitor.frame(NavItem::Endorsements).with(problems), view, leaders, scan, typed })
}

async fn enter(request: HttpRequest, id: web::Path<ManuscriptId>, payload: web::Payload) -> PageResult {
    let id = *id;
    let may = move |tx: &mut Tx<'_>, actor: &Actor| attachments::may_attach(tx, actor, id, Subject::Endorsement);
    let FormUpload { visitor, fields, file } = upload::receive(&request, payload, may).await?;
    match carry_out(&visitor, id, &fields, file).await {
        Ok(()) => Ok(see_other("/endorsements", Some("entered"))),
        Err(AppError::Refused(Refusal::Repeated { first })) => Ok(see_other(&format!("/endorsements/{first}"), Some("repeated"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, id, problems, fields).await
        }
    }
}

/// Stores the scan first, in a transaction of its own: if the text has a problem, the scan need not be sent again.
async fn carry_out(
    visitor: &Visitor,
    id: ManuscriptId,
    fields: &Fields,
    file: Result<Option<(String, StoredFile)>, AppError>,
) -> Result<(), AppError> {
    let mut new: Result<NewEndorsement, AppError> = fields.input();
    if let Some((name, kept)) = file? {
        let keep = move |tx: &mut Tx<'_>, actor: &Actor| attachments::attach(tx, actor, id, Subject::Endorsement, &name, &kept);
        let scan = visitor.write(keep).await?.id;
        new = new.map(|new| NewEndorsement { scan_id: Some(scan), ..new });
    }
    let new = new?;
    visitor.write(move |tx, actor| endorsements::enter(tx, actor, id, &new)).await.map(|_| ())
}

impl EnterPage {
    fn may(&self) -> bool {
        !self.leaders.is_empty() && self.view.allowed_actions.contains(&Action::Endorse)
    }

    fn kinds(&self) -> &'static [EndorsementKind] {
        EndorsementKind::ALL
    }
}
