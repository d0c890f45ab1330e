//! The sections of the page: the order of the fields, and the control of each.

use crate::domain::channel::{ChannelSettings, FIGURES, Unit};
use crate::domain::vocabulary::DeclineReason;
use crate::web::fields::Fields;
use crate::web::operations::settings::typed;

/// The control of a field.
pub(super) enum Control {
    /// A number; the key of its unit.
    Number(&'static str),
    /// A time of day.
    Time,
    /// A single line.
    Line,
    /// One item a line; the number of visible lines.
    Lines(usize),
    /// One of several values; each value is the end of the key of its label.
    Choice(&'static [&'static str]),
    /// Checkboxes: the reasons for declining.
    Reasons(Vec<(DeclineReason, bool)>),
}

/// A field.
pub(super) struct FieldRow {
    /// Its name in the form and in problems.
    pub name: String,
    /// The end of the key of its label.
    pub key: &'static str,
    pub control: Control,
    pub value: String,
    /// The default value, for the hint.
    pub usual: String,
    /// The value that another user has saved since.
    pub theirs: Option<String>,
}

/// A group of fields.
pub(super) struct FieldSection {
    pub key: &'static str,
    pub rows: Vec<FieldRow>,
}

/// Every section with its fields, named relative to `settings.`, in the order of the page.
const SECTIONS: [(&str, &[&str]); 8] = [
    ("about", &["name", "contact"]),
    ("office", &["limits.screening_days", "limits.review_days", "limits.signing_days"]),
    ("leaders", &["limits.instruction_urgent_days", "limits.instruction_days", "limits.instruction_max_days"]),
    (
        "departments",
        &[
            "limits.assignment_months",
            "limits.assignment_max_months",
            "limits.assisting_months",
            "limits.receipt_days",
            "limits.return_request_days",
            "limits.second_reply_days",
        ],
    ),
    ("hours", &["limits.opens_at", "limits.closes_at", "limits.remind_before_days", "limits.time_zone"]),
    ("lists", &["categories", "series", "result_categories", "decline_reasons"]),
    ("trust", &["four_eyes", "stand_in_days"]),
    ("rest", &["undo_minutes", "archive_after_days"]),
];

/// The page with these values; `theirs` are the values that another user has saved since.
pub(super) fn sections(values: &Fields, theirs: Option<&Fields>, undo_minutes: i64) -> Vec<FieldSection> {
    let usual = typed::written("", &ChannelSettings::default());
    let row = |path: &'static str| {
        let name = if path == "name" { path.to_owned() } else { format!("settings.{path}") };
        let control = control(path, values.all(&name));
        let value = values.get(&name).to_owned();
        let usual = match (path, &control) {
            ("name", _) | (_, Control::Lines(_) | Control::Reasons(_) | Control::Choice(_)) => String::new(),
            ("undo_minutes", _) => undo_minutes.to_string(),
            _ => usual.get(&name).to_owned(),
        };
        let theirs =
            theirs.filter(|kept| !same(&kept.all(&name), &values.all(&name))).map(|kept| kept.all(&name).join("、").replace('\n', "、"));
        FieldRow { key: path.rsplit('.').next().unwrap_or(path), name, control, value, usual, theirs }
    };
    SECTIONS.iter().map(|(key, paths)| FieldSection { key, rows: paths.iter().map(|path| row(path)).collect() }).collect()
}

/// Browsers send line ends as CR LF.
fn same(one: &[String], other: &[String]) -> bool {
    let plain = |list: &[String]| list.iter().map(|text| text.replace('\r', "").trim().to_owned()).collect::<Vec<_>>();
    plain(one) == plain(other)
}

fn control(path: &str, values: Vec<String>) -> Control {
    if let Some(figure) = FIGURES.iter().find(|figure| figure.name == path) {
        return Control::Number(match figure.unit {
            Unit::WorkingDays => "working-days",
            Unit::Months => "months",
            Unit::Days => "days",
        });
    }
    match path {
        "undo_minutes" => Control::Number("minutes"),
        "four_eyes" => Control::Choice(&typed::FOUR_EYES),
        "limits.opens_at" | "limits.closes_at" => Control::Time,
        "categories" => Control::Lines(8),
        "series" | "result_categories" => Control::Lines(3),
        "decline_reasons" => {
            Control::Reasons(DeclineReason::ALL.iter().map(|one| (*one, values.iter().any(|value| value == one.as_str()))).collect())
        }
        _ => Control::Line,
    }
}

/// The position of a field on the page; problems without a field come first.
pub(super) fn place(sections: &[FieldSection], field: Option<&str>) -> Option<usize> {
    let field = field?;
    sections.iter().flat_map(|section| &section.rows).position(|row| row.name == field)
}
