//! The settings of the mail server, which can be tried before they are saved.

use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::mail_settings::input::MailSettingsBody;
use crate::app::mail_settings::{self, MailChange, MailSettingsView, MailState};
use crate::app::{AppError, Tx};
use crate::config::Secret;
use crate::domain::mail_settings::{MailRoute, MailSecurity, shown_host};
use crate::domain::permission::Actor;
use crate::domain::person::Email;
use crate::mail::trial::Trial;
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::operations::outbox::{stages_of, trial_words};
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// The field that carries a typed password in sealed form.
const CARRIED: &str = "typed_password";

#[derive(Template)]
#[template(path = "operations/mail_settings.html", config = "src/web/askama.toml")]
struct MailSettingsPage {
    f: Layout,
    view: MailSettingsView,
    /// The values of the fields.
    fields: Fields,
    version: i64,
    transports: Vec<Choice>,
    securities: Vec<Choice>,
    /// The typed password, sealed; empty if none was typed.
    carried: String,
    /// The result of a trial letter.
    trial: Option<Trial>,
}

pub(super) async fn show(visitor: Visitor) -> PageResult {
    page(&visitor, None, Problems::default(), None).await
}

/// Converts the settings to fields.
fn written(view: &MailSettingsView) -> Fields {
    let port = view.port.map(|port| port.to_string()).unwrap_or_default();
    let fields = [
        ("transport", view.transport.to_string()),
        ("host", shown_host(&view.host)),
        ("port", port),
        ("security", view.security.to_string()),
        ("login", view.login.clone()),
        ("from_name", view.from_name.clone()),
        ("from_address", Email::shown(&view.from_address)),
    ];
    Fields::from(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

/// Reads the form and the password, which was typed now or on an earlier page that came back.
fn read(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<MailChange, AppError> {
    let mut change: MailChange = fields.input::<MailSettingsBody>()?.into();
    if change.password.is_none() {
        change.password = carried(tx, actor, fields)?;
    }
    Ok(change)
}

fn carried(tx: &mut Tx<'_>, actor: &Actor, fields: &Fields) -> Result<Option<Secret>, AppError> {
    match URL_SAFE_NO_PAD.decode(fields.get(CARRIED)) {
        Ok(sealed) if !sealed.is_empty() => mail_settings::carried_password(tx, actor, &sealed),
        _ => Ok(None),
    }
}

/// Renders the page with the saved settings or with the input; a typed password is carried over in sealed form.
async fn page(visitor: &Visitor, typed: Option<Fields>, problems: Problems, trial: Option<Trial>) -> PageResult {
    let sent = typed.clone();
    let reading = visitor.read(move |tx, actor| {
        let view = mail_settings::view(tx, actor)?;
        let password = match sent.as_ref().map(|fields| fields.get("password")) {
            None => None,
            Some("") => sent.map_or(Ok(None), |fields| carried(tx, actor, &fields))?,
            Some(typed) => Some(Secret::new(typed)),
        };
        let carried = password.map(|password| mail_settings::typed_password(tx, actor, &password)).transpose()?;
        Ok((view, carried))
    });
    let (view, carried) = reading.await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // Another user has saved since: submitting again overwrites their settings.
    let version = match &typed {
        Some(typed) if problems.stale.is_none() => typed.read("version").unwrap_or(view.version),
        _ => view.version,
    };
    let fields = typed.unwrap_or_else(|| written(&view));
    let transports = Choice::words(visitor.lang, MailRoute::ALL, fields.get("transport"));
    let securities = Choice::words(visitor.lang, MailSecurity::ALL, fields.get("security"));
    let carried = carried.map(|sealed| URL_SAFE_NO_PAD.encode(sealed)).unwrap_or_default();
    let f = visitor.frame(NavItem::Outbox).with(problems);
    html_with(status, &MailSettingsPage { f, view, fields, version, transports, securities, carried, trial })
}

pub(super) async fn change(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let done = visitor.write(move |tx, actor| {
        let change = read(tx, actor, &typed)?;
        mail_settings::change(tx, actor, typed.seen()?, change)
    });
    match done.await {
        Ok(()) => Ok(see_other("/outbox/settings", Some("mail-settings-saved"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(&visitor, Some(fields), problems, None).await
        }
    }
}

/// Tries the settings of the form; nothing is stored.
pub(super) async fn trial(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (typed, lang) = (fields.clone(), visitor.lang);
    let order = visitor.read(move |tx, actor| {
        let change = read(tx, actor, &typed)?;
        mail_settings::for_trial_of(tx, actor, lang, change)
    });
    match order.await {
        Ok(order) => {
            let trial = mail_settings::try_out(order).await;
            page(&visitor, Some(fields), Problems::default(), Some(trial)).await
        }
        Err(error) => {
            let problems = visitor.problems(error)?.of_no_form();
            page(&visitor, Some(fields), problems, None).await
        }
    }
}

impl MailSettingsPage {
    fn is_unreadable(&self) -> bool {
        self.view.state == MailState::Unreadable
    }

    fn stages_of(&self, trial: &Trial) -> Vec<(bool, String)> {
        stages_of(&self.f, trial)
    }

    fn trial_words(&self, trial: &Trial) -> String {
        trial_words(&self.f, trial)
    }

    /// The hint beside the password field.
    fn password_hint(&self) -> String {
        self.f.t(match (self.carried.is_empty(), self.view.has_password) {
            (false, _) => "mail-settings-password-typed",
            (true, true) => "mail-settings-password-kept",
            (true, false) => "mail-settings-password-none",
        })
    }
}
