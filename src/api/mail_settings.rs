//! `/mail-settings`: the mail server of the installation. A password can be set and is never returned.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Caller, QueryRequest};
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::mail_settings::input::MailSettingsBody;
use crate::app::mail_settings::{self, MailChange, MailSettingsView};
use crate::app::{AppError, Tx};
use crate::config::Secret;
use crate::domain::mail_settings::{MailDraft, MailRoute, MailSecurity};
use crate::domain::notice::MailStage;
use crate::domain::violation::{Violation, Violations};
use crate::mail::trial::Trial;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(find).service(change).service(try_out);
}

/// What to try: settings as they would be kept, under the same names. An empty object tries those that hold now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTrialBody {
    /// Where letters go; needed where anything else is said.
    transport: Option<MailRoute>,
    /// The mail server: a host name or an address.
    #[serde(default)]
    host: String,
    /// Its port; absent: the usual one of the protection.
    #[schema(minimum = 1, maximum = 65535, example = 465)]
    port: Option<i64>,
    /// How the connection is protected; needed where anything else is said.
    security: Option<MailSecurity>,
    /// The account there; empty where the server asks for none.
    #[serde(default)]
    login: String,
    /// The account's password; absent or empty: the one that is there, as long as the server's name stays.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Secret>,
    /// The sender's name.
    #[serde(default)]
    from_name: String,
    /// The sender's address.
    #[serde(default)]
    from_address: String,
}

impl MailTrialBody {
    /// The settings; `None` if the current ones are to be tried.
    fn settings(self) -> Result<Option<MailChange>, AppError> {
        let Self { transport, host, port, security, login, password, from_name, from_address } = self;
        let says_nothing = [&host, &login, &from_name, &from_address].iter().all(|text| text.is_empty());
        if says_nothing && transport.is_none() && port.is_none() && security.is_none() && password.is_none() {
            return Ok(None);
        }
        let Some((transport, security)) = transport.zip(security) else {
            let mut wrong = Violations::default();
            for (name, is_missing) in [("transport", transport.is_none()), ("security", security.is_none())] {
                if is_missing {
                    wrong.add(Violation::required(name));
                }
            }
            return Ok(wrong.or(None)?);
        };
        let draft = MailDraft { transport, host, port, security, login, from_name, from_address };
        Ok(Some(MailChange { draft, password }))
    }
}

/// How far a trial letter came.
#[derive(Serialize, ToSchema)]
pub struct MailTrial {
    /// Whether the mail server accepted it.
    sent: bool,
    /// The stages that are behind, in their order.
    passed: Vec<MailStage>,
    /// Whether the connection was encrypted; absent where it did not come so far. Without it the letter, and the account's password, went in
    /// plain text.
    encrypted: Option<bool>,
    /// The stage that failed.
    failed: Option<MailStage>,
    /// What the server, or the connection, said last.
    answer: Option<String>,
    /// Why nothing was tried.
    problem: Option<String>,
}

impl From<Trial> for MailTrial {
    fn from(trial: Trial) -> Self {
        let encrypted = trial.is_encrypted();
        let Trial { passed, failed, answer, problem } = trial;
        let sent = failed.is_none() && problem.is_none();
        let (failed, said) = failed.map_or((None, answer), |(stage, answer)| (Some(stage), answer));
        Self { sent, passed, encrypted, failed, answer: Some(said).filter(|said| !said.is_empty()), problem }
    }
}

fn show(tx: &mut Tx<'_>, caller: &Caller) -> Result<PreparedResponse, AppError> {
    let view = mail_settings::view(tx, &caller.actor)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// How letters leave
///
/// For the administrators of the installation: those of the channel that was opened first. The password is never shown.
#[utoipa::path(tag = "notices", responses((status = 200, description = "The settings", body = MailSettingsView)))]
#[get("/mail-settings")]
pub(crate) async fn find(look: QueryRequest) -> ApiResult {
    look.read(show).await
}

/// Change how letters leave
///
/// Holds from the next letter on, on every node. Refused while file or environment say it (`fixed_by`). For the administrators of the
/// installation.
#[utoipa::path(tag = "notices", params(IfMatch), request_body = MailSettingsBody, responses((status = 200, description = "The settings", body = MailSettingsView)))]
#[put("/mail-settings")]
pub(crate) async fn change(act: CommandRequest<MailSettingsBody>, seen: IfMatch) -> ApiResult {
    act.run(
        move |tx, caller, body| mail_settings::change(tx, &caller.actor, seen.version, body.into()),
        move |tx, caller, ()| show(tx, caller),
    )
    .await
}

/// Try the mail server
///
/// Goes through connection, encryption, sign-in and envelope, and sends the caller a letter: by the settings that hold, or by others before they
/// are kept. Answers within a minute. For administrators; other settings for those of the installation.
#[utoipa::path(tag = "notices", request_body = MailTrialBody, responses((status = 200, description = "How far it came", body = MailTrial)))]
#[post("/mail-settings/trial")]
pub(crate) async fn try_out(act: CommandRequest<MailTrialBody>) -> ApiResult {
    let app = act.app();
    let CommandRequest { caller, body, .. } = act;
    let order = app.read(move |tx| match body.settings()? {
        None => mail_settings::for_trial(tx, &caller.actor, caller.lang),
        Some(settings) => mail_settings::for_trial_of(tx, &caller.actor, caller.lang, settings),
    });
    let trial = mail_settings::try_out(order.await?).await;
    Ok(PreparedResponse::ok(&MailTrial::from(trial))?.into())
}
