//! Settings of a channel: time limits, lists, names. Everything has a default, so that a new channel works at once.

use serde::{Deserialize, Serialize};

use crate::domain::deadline::ChannelLimits;
use crate::domain::manuscript::DEFAULT_CATEGORIES;
use crate::domain::violation::{Param, Violation, Violations, line, required_line};
use crate::domain::vocabulary::DeclineReason;

/// One category of results that a department may choose, as it was defined at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResultCategory {
    /// The letter or short word, for example `A`.
    pub code: String,
    /// Its meaning.
    pub meaning: String,
}

/// A channel's settings, stored as JSON; the version is the channel row's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// Office, person and telephone for questions, in one line; shown in letters and on the sign-in page. May be empty.
    pub contact: String,
    /// Time limits.
    pub limits: ChannelLimits,
    /// Categories of manuscripts.
    pub categories: Vec<String>,
    /// Reasons for which a manuscript may be declined.
    pub decline_reasons: Vec<DeclineReason>,
    /// Series of bulletins.
    pub series: Vec<String>,
    /// Categories of a department's results.
    pub result_categories: Vec<ResultCategory>,
    /// Minutes in which a decision can be undone; if absent, the installation's setting applies; 0 disables undo.
    pub undo_minutes: Option<i64>,
    /// Whether a person who recommended a manuscript or wrote its edited text may not sign, forward or issue it; if absent, the rule
    /// applies if the channel has at least two signers.
    pub four_eyes: Option<bool>,
    /// The longest period of a stand-in, and the furthest ahead that it can begin, in days.
    pub stand_in_days: u32,
    /// Days after which an inactive manuscript is archived automatically; 0 disables this.
    pub archive_after_days: u32,
}

impl Default for ChannelSettings {
    fn default() -> Self {
        let category = |code: &str, meaning: &str| ResultCategory { code: code.to_owned(), meaning: meaning.to_owned() };
        Self {
            contact: String::new(),
            limits: ChannelLimits::default(),
            categories: DEFAULT_CATEGORIES.iter().map(ToString::to_string).collect(),
            decline_reasons: DeclineReason::ALL.to_vec(),
            series: vec!["直通车专报".to_owned()],
            result_categories: vec![
                category("A", "问题已经解决或建议已采纳"),
                category("B", "列入计划或部分采纳"),
                category("C", "因条件限制暂不能办理或留作参考"),
            ],
            undo_minutes: None,
            four_eyes: None,
            stand_in_days: 366,
            archive_after_days: 365,
        }
    }
}

/// The unit of a figure of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Working days.
    WorkingDays,
    /// Calendar months.
    Months,
    /// Calendar days.
    Days,
}

/// A figure of the settings: its name, its unit, and its range.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name below `settings`, as the API spells it.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// The minimum.
    pub least: u32,
    /// The maximum.
    pub most: u32,
    /// Reads it.
    pub get: fn(&ChannelSettings) -> u32,
    /// Sets it.
    pub set: fn(&mut ChannelSettings, u32),
}

macro_rules! figures {
    ($($($part:ident).+ in $least:literal..=$most:literal $unit:ident;)*) => {
        /// Every figure of the settings.
        pub const FIGURES: &[Figure] = &[$(Figure {
            name: figures!(@name $($part).+),
            unit: Unit::$unit,
            least: $least,
            most: $most,
            get: |settings| settings.$($part).+,
            set: |settings, figure| settings.$($part).+ = figure,
        }),*];
    };
    (@name $one:ident) => { stringify!($one) };
    (@name $one:ident.$two:ident) => { concat!(stringify!($one), ".", stringify!($two)) };
}

figures! {
    limits.screening_days in 1..=60 WorkingDays;
    limits.review_days in 1..=60 WorkingDays;
    limits.signing_days in 1..=60 WorkingDays;
    limits.instruction_urgent_days in 1..=120 WorkingDays;
    limits.instruction_days in 1..=120 WorkingDays;
    limits.instruction_max_days in 1..=250 WorkingDays;
    limits.assignment_months in 1..=24 Months;
    limits.assignment_max_months in 1..=36 Months;
    limits.assisting_months in 1..=24 Months;
    limits.receipt_days in 1..=60 WorkingDays;
    limits.return_request_days in 1..=60 WorkingDays;
    limits.second_reply_days in 1..=120 WorkingDays;
    stand_in_days in 1..=1096 Days;
    archive_after_days in 0..=3650 Days;
}

/// The longest undo window, in minutes: a day.
pub const UNDO_MINUTES_MAX: i64 = 1_440;
/// The earliest reminder, in working days before the due date; reminders look about six weeks ahead.
pub const REMIND_DAYS_MAX: u32 = 20;
/// The largest number of reminders before one due date.
const REMINDERS: usize = 5;
/// The largest number of items of a list, and of characters of an item.
const ITEMS: usize = 60;
const ITEM_CHARS: usize = 40;
/// The largest number of characters of the contact line.
const CONTACT_CHARS: usize = 80;
const CODE_CHARS: usize = 10;
const MEANING_CHARS: usize = 100;

/// Returns the violation of a figure outside its range.
#[must_use]
pub fn not_between(field: impl Into<String>, least: u32, most: u32) -> Violation {
    let number = |figure: u32| Param::Number(usize::try_from(figure).unwrap_or(usize::MAX));
    Violation { field: field.into(), code: "not_between", params: vec![("min", number(least)), ("max", number(most))] }
}

impl ChannelSettings {
    /// Returns whether four eyes apply in a channel with this many signers: as set, otherwise if there are at least two.
    #[must_use]
    pub fn needs_four_eyes(&self, signers: usize) -> bool {
        self.four_eyes.unwrap_or(signers > 1)
    }

    /// Validates the settings; fields are named `settings.…` as in the API.
    ///
    /// # Errors
    /// All violations at once.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut wrong = Violations::default();
        for figure in FIGURES {
            if !(figure.least..=figure.most).contains(&(figure.get)(self)) {
                wrong.add(not_between(format!("settings.{}", figure.name), figure.least, figure.most));
            }
        }
        if self.undo_minutes.is_some_and(|minutes| !(0..=UNDO_MINUTES_MAX).contains(&minutes)) {
            wrong.add(not_between("settings.undo_minutes", 0, u32::try_from(UNDO_MINUTES_MAX).unwrap_or(0)));
        }
        wrong.take(line("settings.contact", &self.contact, CONTACT_CHARS));
        self.check_times(&mut wrong);
        lines(&mut wrong, "settings.categories", &self.categories, ITEM_CHARS);
        lines(&mut wrong, "settings.series", &self.series, ITEM_CHARS);
        let codes: Vec<String> = self.result_categories.iter().map(|one| one.code.clone()).collect();
        lines(&mut wrong, "settings.result_categories", &codes, CODE_CHARS);
        for category in &self.result_categories {
            wrong.take(required_line("settings.result_categories", &category.meaning, MEANING_CHARS));
        }
        if self.decline_reasons.is_empty() {
            wrong.add(Violation::required("settings.decline_reasons"));
        }
        wrong.or(())
    }

    /// Validates relations: shorter before longer, earlier before later.
    fn check_times(&self, wrong: &mut Violations) {
        let of = &self.limits;
        let pairs = [
            ("instruction_urgent_days", of.instruction_urgent_days, of.instruction_days),
            ("instruction_days", of.instruction_days, of.instruction_max_days),
            ("assignment_months", of.assignment_months, of.assignment_max_months),
            ("assisting_months", of.assisting_months, of.assignment_max_months),
        ];
        for (name, shorter, longer) in pairs {
            if shorter > longer {
                let most = Param::Number(usize::try_from(longer).unwrap_or(usize::MAX));
                wrong.add(Violation { field: format!("settings.limits.{name}"), code: "above_longest", params: vec![("max", most)] });
            }
        }
        if of.closes_at <= of.opens_at {
            wrong.add(Violation::new("settings.limits.closes_at", "backwards"));
        }
        let days = &of.remind_before_days;
        if days.len() > REMINDERS {
            wrong.add(Violation::beyond("settings.limits.remind_before_days", "too_many", days.len(), REMINDERS));
        } else if days.iter().any(|day| !(1..=REMIND_DAYS_MAX).contains(day)) {
            wrong.add(not_between("settings.limits.remind_before_days", 1, REMIND_DAYS_MAX));
        }
    }
}

/// Validates a list of short lines: at least one, without duplicates.
fn lines(wrong: &mut Violations, field: &str, list: &[String], chars: usize) {
    if list.is_empty() {
        return wrong.add(Violation::required(field));
    }
    if list.len() > ITEMS {
        return wrong.add(Violation::beyond(field, "too_many", list.len(), ITEMS));
    }
    if let Some(bad) = list.iter().find_map(|line| required_line(field, line, chars).err()) {
        return wrong.add(bad);
    }
    if list.iter().enumerate().any(|(at, line)| list[..at].contains(line)) {
        wrong.add(Violation::new(field, "duplicate"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(change: impl FnOnce(&mut ChannelSettings)) -> Vec<(String, &'static str)> {
        let mut settings = ChannelSettings::default();
        change(&mut settings);
        settings.check().err().unwrap_or_default().into_iter().map(|one| (one.field, one.code)).collect()
    }

    #[test]
    fn the_defaults_are_good_and_every_fault_is_named_at_once() {
        assert_eq!(faults(|_| {}), []);
        let several = faults(|settings| {
            settings.limits.review_days = 0;
            settings.limits.instruction_days = 40;
            settings.limits.closes_at = settings.limits.opens_at;
            settings.limits.remind_before_days = vec![21];
            settings.series = vec!["专报".to_owned(), "专报".to_owned()];
            settings.categories.clear();
            settings.decline_reasons.clear();
            settings.result_categories[0].meaning = " ".to_owned();
            settings.undo_minutes = Some(-1);
        });
        let expected = [
            ("limits.review_days", "not_between"),
            ("undo_minutes", "not_between"),
            ("limits.instruction_days", "above_longest"),
            ("limits.closes_at", "backwards"),
            ("limits.remind_before_days", "not_between"),
            ("categories", "required"),
            ("series", "duplicate"),
            ("result_categories", "required"),
            ("decline_reasons", "required"),
        ];
        assert_eq!(several, expected.map(|(field, code)| (format!("settings.{field}"), code)));
    }

    #[test]
    fn a_figure_names_reads_and_sets_one_field() {
        for figure in FIGURES {
            let mut settings = ChannelSettings::default();
            (figure.set)(&mut settings, figure.most);
            let kept = serde_json::to_value(&settings).unwrap();
            let path = format!("/{}", figure.name.replace('.', "/"));
            assert_eq!(kept.pointer(&path).and_then(serde_json::Value::as_u64), Some(u64::from(figure.most)), "{path}");
            assert_eq!((figure.get)(&settings), figure.most);
        }
    }
}
