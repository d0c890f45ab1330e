//! The name and the settings of the channel on one page, in sections.

mod form;
mod typed;

use actix_web::http::StatusCode;
use askama::Template;

use crate::app::accounts::By;
use crate::app::accounts::channels::{self, ChannelUpdate};
use crate::app::{AppError, Tx, four_eyes};
use crate::domain::channel::ChannelSettings;
use crate::domain::permission::Actor;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::operations::settings::form::{Control, FieldRow, FieldSection};
use crate::web::problems::{PageProblem, Problems};
use crate::web::session::{Visitor, see_other};

#[derive(Template)]
#[template(path = "operations/settings.html", config = "src/web/askama.toml")]
struct SettingsPage {
    f: Layout,
    version: i64,
    sections: Vec<FieldSection>,
    /// Whether the person who recommends a manuscript is excluded from signing it.
    four_eyes: bool,
}

pub(super) async fn settings(visitor: Visitor) -> PageResult {
    page(&visitor, None, Problems::default()).await
}

/// Renders the page with the saved values, or with the input.
async fn page(visitor: &Visitor, typed: Option<Fields>, problems: Problems) -> PageResult {
    let reading = |tx: &mut Tx<'_>, actor: &Actor| Ok((channels::to_change(tx, actor)?, four_eyes::is_in_force(tx, actor.channel)?));
    let ((view, kept), four_eyes) = visitor.read(reading).await?;
    let kept = typed::written(&view.name, &kept);
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    // Another user has saved since: their values are shown beside each field, and submitting again overwrites them.
    let theirs = problems.stale.is_some();
    let version = match &typed {
        Some(typed) if !theirs => typed.read("version").unwrap_or(view.version),
        _ => view.version,
    };
    let of_installation = visitor.app.settings.undo.minutes;
    let sections = form::sections(typed.as_ref().unwrap_or(&kept), theirs.then_some(&kept), of_installation);
    let f = visitor.frame(NavItem::Settings);
    let mut problems = problems;
    for row in sections.iter().flat_map(|section| &section.rows) {
        let Some(theirs) = &row.theirs else { continue };
        let message = f.t2("settings-theirs", "name", f.t(&format!("settings-{}", row.key)), "value", theirs);
        problems.list.push(PageProblem { field: Some(row.name.clone()), code: "stale", message });
    }
    problems.list.sort_by_key(|problem| form::place(&sections, problem.field.as_deref()));
    html_with(status, &SettingsPage { f: f.with(problems), version, sections, four_eyes })
}

pub(super) async fn change(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    match write(&visitor, &fields).await {
        Ok(()) => Ok(see_other("/settings", Some("settings-saved"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(&visitor, Some(fields), problems).await
        }
    }
}

async fn write(visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let seen = fields.seen()?;
    let settings: ChannelSettings = typed::read(fields)?;
    let settings =
        serde_json::to_value(settings).map_err(|error| AppError::Store(crate::app::StoreError::unreadable("channels.settings", &error)))?;
    let changes = ChannelUpdate { name: Some(fields.get("name").to_owned()), settings: Some(settings) };
    visitor.write(move |tx, actor| channels::change(tx, By::Person(actor), actor.channel, seen, changes)).await
}

impl SettingsPage {
    /// The text of a field, a section or a unit.
    fn say(&self, key: &str, part: &str) -> String {
        self.f.t(&format!("settings-{key}{part}"))
    }

    /// The purpose of a field and its default value.
    fn hint(&self, row: &FieldRow) -> String {
        let why = self.say(row.key, "-hint");
        if row.usual.is_empty() { why } else { self.f.t2("settings-usual", "why", why, "usual", &row.usual) }
    }
}
