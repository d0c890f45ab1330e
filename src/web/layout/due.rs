//! The state of a due date, for templates.

use super::Layout;
use crate::domain::clock::Moment;

impl Layout {
    /// The state of a due date: `late`, `soon` (today) or `wait`.
    #[must_use]
    pub fn due_class(&self, due: &Moment) -> &'static str {
        if *due < self.now {
            "late"
        } else if self.time.date(*due) == self.time.date(self.now) {
            "soon"
        } else {
            "wait"
        }
    }

    /// A due date with its year, marked if it is provisional or is a day off that a user chose.
    #[must_use]
    pub fn due_date(&self, due: &Moment, provisional: &bool) -> String {
        self.marked(due, *provisional, self.date(due))
    }

    /// The same, without the year if it is the current one.
    #[must_use]
    pub fn due_short(&self, due: &Moment, provisional: &bool) -> String {
        self.marked(due, *provisional, self.short(due))
    }

    /// A date as an act would compute it now, marked if the calendar of its year is not loaded.
    #[must_use]
    pub fn counted_date(&self, at: &Moment) -> String {
        self.due_date(at, &self.time.working().is_in_unknown_year(*at))
    }

    /// The same, without the year if it is the current one.
    #[must_use]
    pub fn counted_short(&self, at: &Moment) -> String {
        self.due_short(at, &self.time.working().is_in_unknown_year(*at))
    }

    fn marked(&self, due: &Moment, provisional: bool, date: String) -> String {
        let day_off = || self.time.working().rests(self.time.date(*due));
        match provisional {
            true => self.t1("due-provisional", "date", date),
            false if day_off() => self.t1("due-day-off", "date", date),
            false => date,
        }
    }

    /// The icon of a due date.
    #[must_use]
    pub fn due_icon(&self, due: &Moment) -> &'static str {
        match self.due_class(due) {
            "late" => "late",
            "soon" => "clock",
            _ => "open",
        }
    }

    /// A due date in words: 逾期 2 天, 今天 17:30 前, 11月24日前.
    #[must_use]
    pub fn due(&self, due: &Moment, provisional: &bool) -> String {
        match self.due_class(due) {
            "late" => match self.time.working().working_days_overdue(*due, self.now) {
                0 if self.time.date(*due) == self.time.date(self.now) => self.t("due-late-today"),
                0 => self.t("due-late-resting"),
                days => self.n("due-late", "days", days),
            },
            "soon" => self.t1("due-today", "time", self.time_of_day(due)),
            _ => self.t1("due-by", "date", self.due_short(due, provisional)),
        }
    }
}
