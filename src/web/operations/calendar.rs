//! Working days: which years are known, and loading another one from its file.

use actix_web::http::StatusCode;
use askama::Template;

use crate::desk::calendars::{self, KnownYear};
use crate::domain::calendar::YearFile;
use crate::domain::violation::Violation;
use crate::domain::words::Role;
use crate::web::errors::{Page, html_with};
use crate::web::form::{Fields, Form};
use crate::web::frame::{Frame, ZONE};
use crate::web::places::Place;
use crate::web::problems::Problems;
use crate::web::visitor::{Visitor, see_other};

#[derive(Template)]
#[template(path = "operations/calendar.html", config = "src/web/askama.toml")]
struct CalendarPage {
    f: Frame,
    years: Vec<KnownYear>,
    typed: Fields,
    may_load: bool,
}

pub(super) async fn known(visitor: Visitor) -> Page {
    page(&visitor, Fields::default(), Problems::default(), StatusCode::OK).await
}

async fn page(visitor: &Visitor, typed: Fields, problems: Problems, status: StatusCode) -> Page {
    let years = visitor.read(|tx, _| calendars::years(tx)).await?;
    let (f, may_load) = (visitor.frame(Place::Calendar).with(problems), visitor.is(Role::SystemAdmin));
    html_with(status, &CalendarPage { f, years, typed, may_load })
}

pub(super) async fn load(form: Form) -> Page {
    let Form { visitor, fields } = form;
    let file: Result<YearFile, _> = serde_json::from_str(fields.get("rest"));
    let loaded = match file {
        Ok(file) => visitor.write(move |tx, actor| calendars::load(tx, actor, &file)).await,
        Err(_) => Err(Violation::new("rest", "bad_calendar").into()),
    };
    match loaded {
        Ok(()) => {
            calendars::refresh(&visitor.desk).await?;
            Ok(see_other("/calendar", Some("calendar-loaded")))
        }
        Err(error) => {
            let problems = Problems::of(visitor.lang, ZONE, error)?;
            page(&visitor, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
