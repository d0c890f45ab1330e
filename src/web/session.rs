//! The visitor of a page: the extractor of all pages that require a sign-in.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use crate::app::accounts::myself::{Myself, myself};
use crate::app::channel_time::ChannelTime;
use crate::app::reading::counts::{Counts, counts};
use crate::app::{App, AppError, Tx, sign_in};
use crate::domain::ids::TokenId;
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::http::{admit, app, request_id};
use crate::text::{self, t};
use crate::web::cookies;
use crate::web::errors::{PageResult, WebError, html};
use crate::web::layout::{Head, Layout, Link, done, waiting};
use crate::web::navigation::{self, NavItem};
use crate::web::page_token::PageToken;
use crate::web::problems::Problems;

/// A signed-in person. A handler that takes it is closed to all others, who are redirected to the sign-in and back.
#[derive(Clone)]
pub struct Visitor {
    /// The application.
    pub app: App,
    /// Person, channel and grants, which the rules need.
    pub actor: Actor,
    /// Name, post, organisation, channel, roles.
    pub me: std::sync::Arc<Myself>,
    /// The language of the pages.
    pub lang: Lang,
    /// The request's id, as in the ledger and the log.
    pub request_id: String,
    /// The session.
    pub token: TokenId,
    /// The token that every form of this session must send back: the session and the account for which the page was made.
    pub page_token: PageToken,
    /// The address of this request: path and query.
    pub here: String,
    /// The counts of the visitor's queues, for the navigation; not counted for a form.
    pub counts: Counts,
    /// The channel's time zone and working days.
    pub time: ChannelTime,
}

impl Visitor {
    /// Runs a query.
    ///
    /// # Errors
    /// Those of the query.
    pub async fn read<T, F>(&self, reading: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    {
        let actor = self.actor.clone();
        self.app.read(move |tx| reading(tx, &actor)).await
    }

    /// Runs a query that may take long, beside all others; at most one of each person at a time.
    ///
    /// # Errors
    /// Those of the query; [`AppError::ReadingUnderWay`].
    pub async fn read_long<T, F>(&self, reading: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    {
        let actor = self.actor.clone();
        self.app.read_long(actor.user, move |tx| reading(tx, &actor)).await
    }

    /// Runs a command in one transaction, and returns when it is on the disk.
    ///
    /// # Errors
    /// Those of the command.
    pub async fn write<T, F>(&self, act: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    {
        let actor = self.actor.clone();
        self.app.write(&self.request_id, move |tx| act(tx, &actor)).await
    }

    /// Whether they hold this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.actor.holds(role)
    }

    /// Converts an error to problems of a form that is shown again.
    ///
    /// # Errors
    /// As [`Problems::of`].
    pub fn problems(&self, error: AppError) -> Result<Problems, WebError> {
        Ok(Problems::of(self.lang, self.time.zone(), error)?)
    }

    /// The layout of the visitor's pages, with `place` marked as the current item.
    #[must_use]
    pub fn frame(&self, place: NavItem) -> Layout {
        let (me, lang) = (&self.me, self.lang);
        let link = |one: NavItem| Link {
            place: one,
            name: t(lang, &format!("place-{}", one.key()), &[]),
            current: one == place,
            count: waiting(one, &self.counts),
        };
        let role = me.roles.first().map(|held| text::word(lang, held.role)).unwrap_or_default();
        let sub = [me.organization.name.as_str(), role.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        Layout {
            lang,
            now: self.app.clock.now(),
            csrf: self.page_token.to_string(),
            channel: me.channel.name.clone(),
            head: Some(Head { name: me.name.clone(), sub: sub.join(" · "), stamp: self.counts.stamp(), account: me.id.to_string() }),
            nav: navigation::of(&self.actor).into_iter().map(link).collect(),
            done: done(lang, &self.here),
            problems: Problems::default(),
            here: self.here.clone(),
            time: self.time.clone(),
        }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// Only if the template fails.
    pub fn page<T: Template>(&self, place: NavItem, make: impl FnOnce(Layout) -> T) -> PageResult {
        html(&make(self.frame(place)))
    }

    /// Authenticates the session of a request.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] without one, [`AppError::Throttled`].
    pub async fn authenticate(request: &HttpRequest) -> Result<Self, AppError> {
        let app = app(request)?;
        let secret = cookies::secret(request, &app.settings).ok_or(AppError::Unauthenticated)?;
        Self::behind(request, app, secret).await
    }

    /// The person to whom a secret belongs.
    ///
    /// # Errors
    /// As [`Visitor::authenticate`].
    pub async fn behind(request: &HttpRequest, app: App, secret: String) -> Result<Self, AppError> {
        let is_reading = request.method().is_safe();
        let shown = secret.clone();
        let (known, me, counts, time) = app
            .read(move |tx| {
                let known = sign_in::authenticate(tx, &shown)?;
                let me = myself(tx, &known.actor)?;
                let counts = if is_reading { counts(tx, &known.actor)? } else { Counts::default() };
                let time = ChannelTime::of(tx, known.actor.channel)?;
                Ok((known, me, counts, time))
            })
            .await?;
        admit(request, &app, &known)?;
        let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let lang = me.language;
        request.extensions_mut().insert(lang);
        let page_token = PageToken::of_session(&secret, me.id, &me.login);
        let me = std::sync::Arc::new(me);
        let request_id = request_id(request);
        let visitor = Self { app, actor: known.actor, me, lang, request_id, token: known.token, page_token, here, counts, time };
        // If the page fails, the error page has the visitor's layout as well.
        request.extensions_mut().insert(visitor.clone());
        Ok(visitor)
    }
}

impl FromRequest for Visitor {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Self::authenticate(&request).await.map_err(|error| match error {
                AppError::Unauthenticated => WebError::SignedOut { next: request.uri().to_string() },
                other => other.into(),
            })
        })
    }
}

/// Redirects after a successful act (303 See Other, RFC 9110, 15.4.4), so that a reload does not repeat it. `done` names the message that
/// is shown there: `done-NAME` in the catalogues.
#[must_use]
pub fn see_other(path: &str, done: Option<&str>) -> HttpResponse {
    let (path, anchor) = path.split_once('#').map_or((path, ""), |(path, anchor)| (path, anchor));
    let mut target = path.to_owned();
    if let Some(done) = done {
        target.push(if path.contains('?') { '&' } else { '?' });
        target.push_str("done=");
        target.push_str(done);
    }
    if !anchor.is_empty() {
        target.push('#');
        target.push_str(anchor);
    }
    HttpResponse::SeeOther().insert_header((actix_web::http::header::LOCATION, target)).finish()
}
