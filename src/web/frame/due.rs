//! How a due date stands, for templates.

use super::Frame;
use crate::domain::clock::Moment;

impl Frame {
    /// How a due date stands: `late`, `soon` (today) or `wait`.
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

    /// A due date with its year, marked where it is provisional.
    #[must_use]
    pub fn due_date(&self, due: &Moment) -> String {
        self.marked(due, self.date(due))
    }

    /// A due date without the year when it is this one, marked where it is provisional.
    #[must_use]
    pub fn due_short(&self, due: &Moment) -> String {
        self.marked(due, self.short(due))
    }

    fn marked(&self, due: &Moment, date: String) -> String {
        if self.time.working().is_provisional(*due) { self.t1("due-provisional", "date", date) } else { date }
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
    pub fn due(&self, due: &Moment) -> String {
        match self.due_class(due) {
            "late" => match self.time.working().working_days_overdue(*due, self.now) {
                0 if self.time.date(*due) == self.time.date(self.now) => self.t("due-late-today"),
                0 => self.t("due-late-resting"),
                days => self.n("due-late", "days", days),
            },
            "soon" => self.t1("due-today", "time", self.time_of_day(due)),
            _ => self.t1("due-by", "date", self.due_short(due)),
        }
    }
}
