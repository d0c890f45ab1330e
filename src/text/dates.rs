//! Dates as people write them: 2026年1月5日 (no leading zeros, GB/T 9704-2012) and 5 January 2026.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::domain::{clock::Moment, lang::Lang};

/// A date.
#[must_use]
pub fn date(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Lang::En => day.format("%-d %B %Y").to_string(),
    }
}

/// A point in time where the reader is, to the minute.
#[must_use]
pub fn date_time(lang: Lang, at: Moment, zone: Tz) -> String {
    let local = at.utc().with_timezone(&zone);
    let day = date(lang, local.date_naive());
    match lang {
        Lang::Zh => format!("{day} {}", local.format("%H:%M")),
        Lang::En => format!("{day}, {}", local.format("%H:%M")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_people_write_them() {
        let at = Moment::from_micros(1_767_571_440_000_000); // 2026-01-05T00:04:00Z
        let shanghai = chrono_tz::Asia::Shanghai;
        assert_eq!(date_time(Lang::Zh, at, shanghai), "2026年1月5日 08:04");
        assert_eq!(date_time(Lang::En, at, shanghai), "5 January 2026, 08:04");
        assert_eq!(date_time(Lang::Zh, at - chrono::Duration::hours(9), shanghai), "2026年1月4日 23:04");
    }
}
