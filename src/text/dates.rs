//! Dates in the usual notation: 2026年1月5日 (no leading zeros, GB/T 9704-2012) and 5 January 2026.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::t;
use crate::domain::{clock::Moment, lang::Lang};

/// A date.
#[must_use]
pub fn date(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Lang::En => day.format("%-d %B %Y").to_string(),
    }
}

/// A point in time in the reader's time zone, to the minute.
#[must_use]
pub fn date_time(lang: Lang, at: Moment, zone: Tz) -> String {
    let local = at.utc().with_timezone(&zone);
    let day = date(lang, local.date_naive());
    match lang {
        Lang::Zh => format!("{day} {}", local.format("%H:%M")),
        Lang::En => format!("{day}, {}", local.format("%H:%M")),
    }
}

/// The end of a limit, to the minute and with its weekday: 2026年3月6日（星期五）18:00前.
#[must_use]
pub fn limit(lang: Lang, at: Moment, zone: Tz) -> String {
    let local = at.utc().with_timezone(&zone);
    let (day, time) = (day_of_week(lang, local.date_naive()), local.format("%H:%M"));
    match lang {
        Lang::Zh => format!("{day}{time}前"),
        Lang::En => format!("{day}, {time}"),
    }
}

/// A date with its weekday: 2026年3月6日（星期五）.
#[must_use]
pub fn day_of_week(lang: Lang, day: NaiveDate) -> String {
    let weekday = t(lang, &format!("weekday-{}", day.weekday().number_from_monday()), &[]);
    let day = date(lang, day);
    match lang {
        Lang::Zh => format!("{day}（{weekday}）"),
        Lang::En => format!("{weekday} {day}"),
    }
}

/// A day without its year: 3月6日.
#[must_use]
pub fn month_and_day(lang: Lang, at: Moment, zone: Tz) -> String {
    let day = at.utc().with_timezone(&zone).date_naive();
    short_date(lang, day, day.year())
}

/// A date, without its year if that is `this_year`.
#[must_use]
pub fn short_date(lang: Lang, day: NaiveDate, this_year: i32) -> String {
    if day.year() != this_year {
        return date(lang, day);
    }
    match lang {
        Lang::Zh => format!("{}月{}日", day.month(), day.day()),
        Lang::En => day.format("%-d %B").to_string(),
    }
}

/// The time since a moment, and the exact moment: 3 天前（11月20日 10:32）. A future moment is shown by its time alone.
#[must_use]
pub fn ago(lang: Lang, at: Moment, now: Moment, zone: Tz) -> String {
    let (then, today) = (at.utc().with_timezone(&zone), now.utc().with_timezone(&zone));
    let exact = format!("{} {}", short_date(lang, then.date_naive(), today.year()), then.format("%H:%M"));
    let (days, minutes) = ((today.date_naive() - then.date_naive()).num_days(), (now - at).num_minutes());
    let distance = match (days, minutes) {
        (_, ..0) => return exact,
        (_, 0) => t(lang, "ago-now", &[]),
        (0, 1..60) => t(lang, "ago-minutes", &[("n", minutes.into())]),
        (0, _) => t(lang, "ago-hours", &[("n", (minutes / 60).into())]),
        (1, _) => t(lang, "ago-yesterday", &[]),
        (2..60, _) => t(lang, "ago-days", &[("n", days.into())]),
        _ => return exact,
    };
    match lang {
        Lang::Zh => format!("{distance}（{exact}）"),
        Lang::En => format!("{distance} ({exact})"),
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
        assert_eq!(limit(Lang::Zh, at, shanghai), "2026年1月5日（星期一）08:04前");
        assert_eq!(limit(Lang::En, at, shanghai), "Monday 5 January 2026, 08:04");
        assert_eq!(date_time(Lang::Zh, at - chrono::Duration::hours(9), shanghai), "2026年1月4日 23:04");
    }
    #[test]
    fn distances_read_as_people_say_them() {
        let now = Moment::from_micros(1_767_571_440_000_000); // 2026-01-05 08:04 in Shanghai
        let say = |lang, back| ago(lang, now - back, now, chrono_tz::Asia::Shanghai);
        assert_eq!(say(Lang::Zh, chrono::Duration::seconds(20)), "刚刚（1月5日 08:03）");
        assert_eq!(say(Lang::Zh, chrono::Duration::minutes(5)), "5 分钟前（1月5日 07:59）");
        assert_eq!(say(Lang::Zh, chrono::Duration::hours(3)), "3 小时前（1月5日 05:04）");
        assert_eq!(say(Lang::Zh, chrono::Duration::hours(9)), "昨天（1月4日 23:04）");
        assert_eq!(say(Lang::En, chrono::Duration::days(3)), "3 days ago (2 January 08:04)");
        assert_eq!(say(Lang::Zh, chrono::Duration::days(5)), "5 天前（2025年12月31日 08:04）");
        assert_eq!(say(Lang::Zh, chrono::Duration::days(200)), "2025年6月19日 08:04");
        assert_eq!(say(Lang::Zh, chrono::Duration::hours(-1)), "1月5日 09:04");
    }
}
