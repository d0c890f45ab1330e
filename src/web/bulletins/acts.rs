//! One bulletin: reading it, and the acts of its editor and its signer.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::bulletins::{self, BulletinView};
use crate::app::preview::RecipientPreview;
use crate::app::review::input::Reason;
use crate::app::{AppError, Tx};
use crate::domain::bulletin::{BulletinAction, RecipientKind};
use crate::domain::ids::BulletinId;
use crate::domain::permission::Actor;
use crate::web::bulletins::compose::{self, hindrances};
use crate::web::bulletins::form::Composed;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

#[derive(Template)]
#[template(path = "bulletins/bulletin.html", config = "src/web/askama.toml")]
struct BulletinPage {
    f: Layout,
    b: BulletinView,
    /// The recipients that each act would notify.
    told: Vec<(BulletinAction, Vec<RecipientPreview>)>,
    typed: Fields,
}

impl BulletinPage {
    fn may(&self, action: &str) -> bool {
        self.b.allowed_actions.iter().any(|allowed| allowed.as_str() == action)
    }

    /// The recipients of each letter that this act sends.
    fn who(&self, action: &str) -> String {
        let told = self.told.iter().find(|(one, _)| one.as_str() == action).map(|(_, told)| told.as_slice()).unwrap_or_default();
        crate::web::components::recipients::who(&self.f, &self.b.line.called, told)
    }

    /// The reasons why it cannot be issued now.
    fn hindrances(&self) -> Vec<String> {
        hindrances(&self.f, &self.b)
    }

    fn kinds(&self) -> &'static [RecipientKind] {
        RecipientKind::ALL
    }

    /// The names and posts of the recipients of this kind.
    fn named(&self, kind: &RecipientKind) -> String {
        names(&self.b, *kind, &self.f.t("review-comma"))
    }
}

/// The leaders of one kind, in their order.
pub(super) fn names(b: &BulletinView, kind: RecipientKind, comma: &str) -> String {
    b.recipients.iter().filter(|one| one.kind == kind).map(|one| one.name.clone()).collect::<Vec<_>>().join(comma)
}

/// `/bulletins/{id}`: the composer for a reader who may change the bulletin, otherwise the bulletin itself.
pub(super) async fn read(visitor: Visitor, path: web::Path<BulletinId>) -> PageResult {
    show(&visitor, path.into_inner(), Fields::default(), Problems::default()).await
}

async fn show(visitor: &Visitor, id: BulletinId, typed: Fields, problems: Problems) -> PageResult {
    let (b, told) = visitor.read(move |tx, actor| gather(tx, actor, id)).await?;
    if b.allowed_actions.contains(&BulletinAction::Edit) {
        let composed = Composed::of(&b);
        return compose::page(visitor, Some(b), composed, problems).await;
    }
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = visitor.frame(NavItem::Bulletins).with(problems);
    html_with(status, &BulletinPage { f, b, told, typed })
}

/// An act, and the recipients that it notifies.
type Telling = (BulletinAction, Vec<RecipientPreview>);

fn gather(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId) -> Result<(BulletinView, Vec<Telling>), AppError> {
    let b = bulletins::find(tx, actor, id)?;
    let mut told = Vec::new();
    for action in &b.allowed_actions {
        told.push((*action, bulletins::told(tx, actor, id, *action)?));
    }
    Ok((b, told))
}

/// Executes an act; if it fails, the form is shown again with its input.
pub(super) async fn act(form: PageForm, path: web::Path<(BulletinId, String)>) -> PageResult {
    let ((id, act), visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    let (typed, name) = (fields.clone(), act.clone());
    let done = visitor.write(move |tx, actor| {
        let (seen, reason) = (typed.seen()?, || typed.input::<Reason>().map(|input| input.reason));
        match name.as_str() {
            "submission" => bulletins::submit(tx, actor, id, seen),
            "send-back" => bulletins::send_back(tx, actor, id, seen, &reason()?),
            "issuance" => bulletins::issue(tx, actor, id, seen),
            "cancellation" => bulletins::cancel(tx, actor, id, seen, &reason()?),
            _ => bulletins::discard(tx, actor, id, seen),
        }
    });
    match done.await {
        Ok(()) if act == "discard" => Ok(see_other("/bulletins", Some("bulletin-discard"))),
        Ok(()) => Ok(see_other(&format!("/bulletins/{id}"), Some(&format!("bulletin-{act}")))),
        Err(error) => show(&visitor, id, fields, visitor.problems(error)?).await,
    }
}
