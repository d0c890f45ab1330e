//! Working days: the years that are loaded, changing a day, and loading a year from the State Council's notice.

use actix_web::http::StatusCode;
use askama::Template;
use chrono::{Datelike, NaiveDate};

use crate::app::AppError;
use crate::app::calendars::{self, KnownYear};
use crate::domain::calendar::{BadNotice, YearFile};
use crate::domain::violation::{Param, Violation};
use crate::domain::vocabulary::Role;
use crate::text;
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// A year with its days off in rows.
struct CalendarYear {
    known: KnownYear,
    /// The first and last weekday off of each row, and the number of weekdays.
    rest: Vec<(NaiveDate, NaiveDate, usize)>,
    /// Whether it has passed.
    past: bool,
}

#[derive(Template)]
#[template(path = "operations/calendar.html", config = "src/web/askama.toml")]
struct CalendarPage {
    f: Layout,
    years: Vec<CalendarYear>,
    typed: Fields,
    kinds: Vec<Choice>,
    /// The next year that is not loaded.
    next: i32,
    may_change: bool,
}

pub(super) async fn known(visitor: Visitor) -> PageResult {
    page(&visitor, Fields::default(), Problems::default(), StatusCode::OK).await
}

async fn page(visitor: &Visitor, typed: Fields, problems: Problems, status: StatusCode) -> PageResult {
    let mut known = visitor.read(|tx, actor| calendars::years(tx, actor.channel)).await?;
    known.reverse();
    let (f, may_change) = (visitor.frame(NavItem::Calendar).with(problems), visitor.is(Role::SystemAdmin));
    let this = f.time.year(f.now);
    let next = (this..).find(|year| known.iter().all(|one| one.year != *year)).unwrap_or(this);
    let years = known.into_iter().map(|known| CalendarYear { rest: rows(&known.rest), past: known.year < this, known }).collect();
    let kind = typed.find("works").unwrap_or("no");
    let kinds = vec![Choice::new("no", f.t("calendar-off"), kind), Choice::new("yes", f.t("calendar-works"), kind)];
    html_with(status, &CalendarPage { f, years, typed, kinds, next, may_change })
}

/// Groups weekdays off that follow each other, with nothing but a weekend between them.
fn rows(days: &[NaiveDate]) -> Vec<(NaiveDate, NaiveDate, usize)> {
    let mut rows: Vec<(NaiveDate, NaiveDate, usize)> = Vec::new();
    for day in days {
        let gap = |last: NaiveDate| (*day - last).num_days() == if day.weekday() == chrono::Weekday::Mon { 3 } else { 1 };
        match rows.last_mut().filter(|row| gap(row.1)) {
            Some(row) => (row.1, row.2) = (*day, row.2 + 1),
            None => rows.push((*day, *day, 1)),
        }
    }
    rows
}

/// Sets one day off or one working day.
pub(super) async fn set_day(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let works = fields.get("works") == "yes";
    let done = match NaiveDate::parse_from_str(&crate::domain::folding::number(fields.get("day")), "%Y-%m-%d") {
        Ok(day) => visitor.write(move |tx, actor| calendars::set_day(tx, actor, day, works)).await,
        Err(_) => Err(Violation::new("day", "bad_date").into()),
    };
    answer(&visitor, fields, done, "calendar-day-set").await
}

/// Loads a whole year.
pub(super) async fn load(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let done = match year_file(&fields) {
        Ok(file) => visitor.write(move |tx, actor| calendars::load(tx, actor, &file)).await,
        Err(violation) => Err(violation.into()),
    };
    answer(&visitor, fields, done, "calendar-loaded").await
}

/// Parses the input of a year: the notice, or a file.
fn year_file(fields: &Fields) -> Result<YearFile, Violation> {
    let text = fields.get("rest").trim();
    if text.starts_with('{') {
        return serde_json::from_str(text).map_err(|_| Violation::new("rest", "bad_calendar"));
    }
    let year = fields.read("year").ok_or_else(|| Violation::required("year"))?;
    if text.is_empty() {
        return Err(Violation::required("rest"));
    }
    YearFile::from_notice(year, text).map_err(|bad| {
        let (code, params) = match bad {
            BadNotice::Line { line, part } => ("bad_notice", vec![("line", Param::Text(line)), ("part", Param::Text(part))]),
            BadNotice::Incomplete(missing) => ("notice_incomplete", vec![("holidays", Param::Text(missing.join("、")))]),
        };
        Violation { field: "rest".to_owned(), code, params }
    })
}

async fn answer(visitor: &Visitor, fields: Fields, done: Result<(), AppError>, key: &str) -> PageResult {
    match done {
        Ok(()) => Ok(see_other("/calendar", Some(key))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(visitor, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

impl CalendarPage {
    /// A day without its year.
    fn day(&self, day: &NaiveDate) -> String {
        text::short_date(self.f.lang, *day, day.year())
    }

    /// The days off in a row, and the number of weekdays among them.
    fn row(&self, row: &(NaiveDate, NaiveDate, usize)) -> String {
        let (from, to, days) = row;
        if from == to {
            return self.day(from);
        }
        let args = [("from", self.day(from).into()), ("to", self.day(to).into()), ("n", (*days).into())];
        self.f.args("calendar-row", &args)
    }

    /// The year of the form.
    fn year(&self) -> String {
        self.typed.find("year").map_or_else(|| self.next.to_string(), str::to_owned)
    }
}
