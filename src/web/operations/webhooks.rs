//! Messages to group chats: the list, a page for one webhook, and a trial.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::accounts::organizations;
use crate::app::webhooks::input::WebhookBody;
use crate::app::webhooks::{self, WebhookDraft, WebhookTrial, WebhookView};
use crate::app::{AppError, Tx};
use crate::domain::ids::{OrganizationId, WebhookId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::webhook::template::PLACEHOLDERS;
use crate::domain::webhook::{WebhookFault, WebhookFormat, roles};
use crate::text::{t, word};
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

const LIST: &str = "/outbox/webhooks";

#[derive(Template)]
#[template(path = "operations/webhooks.html", config = "src/web/askama.toml")]
struct WebhooksPage {
    f: Layout,
    all: Vec<WebhookView>,
    names: BTreeMap<OrganizationId, String>,
    /// The result of a trial.
    trial: Option<WebhookTrial>,
}

/// The page of a new webhook, or of one that is changed.
#[derive(Template)]
#[template(path = "operations/webhook.html", config = "src/web/askama.toml")]
struct WebhookPage {
    f: Layout,
    of: Option<WebhookView>,
    version: Option<i64>,
    fields: Fields,
    roles: Vec<Choice>,
    organizations: Vec<Choice>,
    formats: Vec<Choice>,
    languages: Vec<Choice>,
}

pub(super) async fn list(visitor: Visitor) -> PageResult {
    page_of_all(&visitor, None).await
}

async fn page_of_all(visitor: &Visitor, trial: Option<WebhookTrial>) -> PageResult {
    let reading = visitor.read(|tx, actor| Ok((webhooks::list(tx, actor)?, organizations::all(tx, actor.channel)?)));
    let (all, of) = reading.await?;
    let names = of.into_iter().map(|one| (one.id, one.name)).collect();
    visitor.page(NavItem::Outbox, |f| WebhooksPage { f, all, names, trial })
}

/// Sends a message to the receiver with the saved settings.
pub(super) async fn trial(form: PageForm, path: web::Path<WebhookId>) -> PageResult {
    let (id, visitor) = (path.into_inner(), form.visitor);
    let order = visitor.read(move |tx, actor| webhooks::for_trial(tx, actor, id)).await?;
    let trial = webhooks::try_out(order).await;
    page_of_all(&visitor, Some(trial)).await
}

pub(super) async fn new(visitor: Visitor) -> PageResult {
    page(&visitor, None, None, Problems::default()).await
}

pub(super) async fn one(visitor: Visitor, path: web::Path<WebhookId>) -> PageResult {
    page(&visitor, Some(path.into_inner()), None, Problems::default()).await
}

/// Renders the form with the saved values, or with the input; address and secret must be typed again.
async fn page(visitor: &Visitor, id: Option<WebhookId>, typed: Option<Fields>, problems: Problems) -> PageResult {
    let reading = visitor.read(move |tx, actor| {
        // Refuses everybody but administrators, for a new webhook too.
        let of = match id {
            Some(id) => Some(webhooks::find(tx, actor, id)?),
            None => webhooks::list(tx, actor).map(|_| None)?,
        };
        Ok((of, organizations::all(tx, actor.channel)?))
    });
    let (of, mut all) = reading.await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // Another user has saved since: submitting again overwrites their settings.
    let version = match (&typed, &of) {
        (Some(typed), Some(of)) if problems.stale.is_none() => typed.read("version").or(Some(of.version)),
        (_, of) => of.as_ref().map(|of| of.version),
    };
    let fields = typed.unwrap_or_else(|| of.as_ref().map_or_else(fresh, written));
    let lang = visitor.lang;
    all.retain(|one| one.closed_at.is_none() || one.id.to_string() == fields.get("organization_id"));
    let organizations = all.into_iter().map(|one| Choice::new(one.id, one.name, fields.get("organization_id"))).collect();
    let names = [(Lang::Zh, "中文"), (Lang::En, "English")];
    let languages = names.into_iter().map(|(one, name)| Choice::new(one.as_str(), name, fields.get("language"))).collect();
    let roles = Choice::words(lang, &roles(), fields.get("role"));
    let formats = Choice::words(lang, WebhookFormat::ALL, fields.get("format"));
    let f = visitor.frame(NavItem::Outbox).with(problems);
    html_with(status, &WebhookPage { f, of, version, fields, roles, organizations, formats, languages })
}

fn fresh() -> Fields {
    let fields = [("role", "reviewer"), ("format", "wecom"), ("language", "zh-CN"), ("on", "yes")];
    Fields::from(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

fn written(of: &WebhookView) -> Fields {
    let mut fields = vec![
        ("label", of.label.clone()),
        ("role", of.role.to_string()),
        ("organization_id", of.organization_id.map(|id| id.to_string()).unwrap_or_default()),
        ("format", of.format.to_string()),
        ("template", of.template.clone()),
        ("language", of.language.as_str().to_owned()),
    ];
    fields.extend(of.is_on.then(|| ("on", "yes".to_owned())));
    Fields::from(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>())
}

pub(super) async fn add(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let added = visitor.write(move |tx, actor| checked(tx, actor, &typed).and_then(|draft| webhooks::add(tx, actor, &draft))).await;
    answer(&visitor, None, fields, added.map(drop)).await
}

/// Validates the input; the right to change it is checked before problems are reported.
fn checked(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<WebhookDraft, AppError> {
    webhooks::list(tx, actor)?;
    Ok(fields.clone().with_boxes(&["on"]).input::<WebhookBody>()?.into())
}

pub(super) async fn change(form: PageForm, path: web::Path<WebhookId>) -> PageResult {
    let (id, PageForm { visitor, fields }) = (path.into_inner(), form);
    let typed = fields.clone();
    let changed = visitor.write(move |tx, actor| {
        let draft = checked(tx, actor, &typed)?;
        webhooks::change(tx, actor, (id, typed.seen()?), &draft)
    });
    answer(&visitor, Some(id), fields, changed.await).await
}

pub(super) async fn remove(form: PageForm, path: web::Path<WebhookId>) -> PageResult {
    let id = path.into_inner();
    form.visitor.write(move |tx, actor| webhooks::remove(tx, actor, id)).await?;
    Ok(see_other(LIST, Some("webhook-removed")))
}

async fn answer(visitor: &Visitor, id: Option<WebhookId>, fields: Fields, done: Result<(), AppError>) -> PageResult {
    match done {
        Ok(()) => Ok(see_other(LIST, Some("webhook-saved"))),
        Err(error) => page(visitor, id, Some(fields), visitor.problems(error)?).await,
    }
}

/// Why a message did not arrive.
fn fault_words(lang: Lang, fault: Option<WebhookFault>, detail: Option<&str>) -> String {
    let fault = fault.map(|fault| word(lang, fault)).unwrap_or_default();
    match detail.filter(|detail| !detail.is_empty()) {
        Some(detail) => format!("{fault}{}{detail}", t(lang, "letter-separator", &[])),
        None => fault,
    }
}

impl WebhooksPage {
    fn organization(&self, one: &WebhookView) -> Option<&str> {
        one.organization_id.and_then(|id| self.names.get(&id)).map(String::as_str)
    }

    fn state_words(&self, one: &WebhookView) -> String {
        let why = fault_words(self.f.lang, one.last_fault, one.last_detail.as_deref());
        let newest_failed = one.last_failed_at.filter(|failed| one.last_sent_at.is_none_or(|sent| sent < *failed));
        match (newest_failed, one.last_sent_at) {
            (Some(at), _) => self.f.t2("webhooks-last-failed", "when", self.f.ago(&at), "why", why),
            (None, Some(at)) => self.f.t1("webhooks-last-sent", "when", self.f.ago(&at)),
            (None, None) => self.f.t("webhooks-never"),
        }
    }

    fn trial_words(&self, trial: &WebhookTrial) -> String {
        if trial.sent {
            return self.f.t("webhooks-trial-good");
        }
        self.f.t1("webhooks-trial-bad", "why", fault_words(self.f.lang, trial.fault, trial.detail.as_deref()))
    }
}

impl WebhookPage {
    fn url_hint(&self) -> String {
        self.f.t(if self.of.is_some() { "webhooks-url-kept" } else { "webhooks-url-hint" })
    }

    fn template_hint(&self) -> String {
        let names = PLACEHOLDERS.map(|name| format!("{{{{{name}}}}}")).join(" ");
        self.f.t1("webhooks-template-hint", "placeholders", names)
    }
}
