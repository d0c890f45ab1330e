//! Tests of due dates and reminders, with the shipped calendar.

use super::*;

/// Parses a local time in Shanghai, as `2026-10-08 09:30`.
fn at(text: &str) -> Moment {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Moment::from(chrono_tz::Asia::Shanghai.from_local_datetime(&naive).unwrap().to_utc())
}

fn with<T>(f: impl FnOnce(WorkingTime<'_>) -> T) -> T {
    let (limits, calendar) = (ChannelLimits::default(), Calendar::shipped().unwrap());
    f(WorkingTime { limits: &limits, calendar: &calendar })
}

#[test]
fn the_defaults_are_the_domains() {
    use TimeLimit::{Months, WorkingDays};
    let l = ChannelLimits::default();
    assert_eq!([l.screening(false), l.review(false), l.signing(false)], [WorkingDays(3), WorkingDays(5), WorkingDays(3)]);
    assert_eq!([l.screening(true), l.review(true), l.signing(true)], [WorkingDays(2), WorkingDays(3), WorkingDays(2)]);
    assert_eq!([l.instruction(true), l.instruction(false), l.instruction_at_most()], [WorkingDays(5), WorkingDays(15), WorkingDays(30)]);
    assert_eq!([l.assignment(), l.assignment_at_most(), l.assisting()], [Months(3), Months(6), Months(1)]);
    assert_eq!([l.receipt(), l.return_request()], [WorkingDays(3), WorkingDays(5)]);
}

#[test]
fn due_is_the_end_of_the_working_day_in_shanghai() {
    with(|time| {
        let due = |from: &str, limit| time.due(at(from), limit).unwrap();
        assert_eq!(due("2026-09-28 10:00", TimeLimit::WorkingDays(5)), at("2026-10-10 18:00"));
        assert_eq!(due("2026-10-03 10:00", TimeLimit::WorkingDays(1)), at("2026-10-08 18:00"), "begun on a rest day");
        assert_eq!(
            due("2026-03-02 23:59", TimeLimit::WorkingDays(3)),
            at("2026-03-05 18:00"),
            "begun late in the evening: that day isn't counted"
        );
        assert_eq!(due("2026-03-02 10:00", TimeLimit::WorkingDays(1)).to_string(), "2026-03-03T10:00:00.000000Z");
        // 07:30 in Shanghai is still the day before in UTC.
        assert_eq!(due("2026-03-03 07:30", TimeLimit::WorkingDays(1)), at("2026-03-04 18:00"));
        assert_eq!(due("2026-07-03 10:00", TimeLimit::Months(3)), at("2026-10-08 18:00"), "the third of October is a rest day");
        assert_eq!(due("2026-01-31 10:00", TimeLimit::Months(1)), at("2026-02-28 18:00"), "no 31st; a Saturday that is worked");
    });
}

#[test]
fn an_unknown_year_is_an_error_or_a_date_that_says_so() {
    with(|time| {
        assert_eq!(time.due(at("2026-12-30 10:00"), TimeLimit::WorkingDays(5)), Err(UnknownYear(2027)));
        let provisional = time.provisional(at("2026-12-30 10:00"), TimeLimit::WorkingDays(5));
        assert_eq!(provisional, Provisional { due: at("2027-01-07 18:00"), assumed: Some(UnknownYear(2027)) });
        let provisional = time.provisional(at("2026-11-23 10:00"), TimeLimit::Months(3));
        assert_eq!(provisional, Provisional { due: at("2027-02-23 18:00"), assumed: Some(UnknownYear(2027)) });
        let sure = time.provisional(at("2026-03-02 10:00"), TimeLimit::WorkingDays(1));
        assert_eq!(sure, Provisional { due: at("2026-03-03 18:00"), assumed: None });
    });
}

#[test]
fn reminders_come_three_and_one_days_before_on_the_day_and_after() {
    with(|time| {
        let (since, due) = (at("2026-09-21 10:00"), at("2026-10-10 18:00"));
        let expected = [
            ("2026-09-21", None),
            ("2026-09-29", None),
            ("2026-09-30", Some(ReminderRule::Before(3))),
            ("2026-10-01", None),
            ("2026-10-07", None),
            ("2026-10-08", None),
            ("2026-10-09", Some(ReminderRule::Before(1))),
            ("2026-10-10", Some(ReminderRule::OnTheDay)),
            ("2026-10-11", None),
            ("2026-10-12", Some(ReminderRule::Escalation)),
            ("2026-10-20", Some(ReminderRule::Escalation)),
        ];
        for (day, rule) in expected {
            for (clock, rule) in [("08:59", None), ("09:00", rule), ("17:59", rule), ("18:00", None), ("23:30", None)] {
                assert_eq!(time.reminder_due(since, due, at(&format!("{day} {clock}"))).unwrap(), rule, "{day} {clock}");
            }
        }
    });
}

#[test]
fn every_due_date_of_two_years_is_reminded_of_on_working_days_only_and_once_per_rule() {
    with(|time| {
        let first = NaiveDate::from_ymd_opt(2025, 2, 10).unwrap();
        for due_day in first.iter_days().take(660) {
            let (since, due) = (time.end_of(first - chrono::Days::new(30)), time.end_of(due_day));
            let mut seen = Vec::new();
            for back in (0..24).rev() {
                let day = due_day - chrono::Days::new(back);
                let now = time.at(day, NaiveTime::from_hms_opt(10, 0, 0).unwrap());
                if let Some(rule) = time.reminder_due(since, due, now).unwrap() {
                    assert_eq!(time.calendar.is_working_day(day), Ok(true), "{rule:?} on {day}");
                    seen.push(rule);
                }
            }
            assert_eq!(seen, [ReminderRule::Before(3), ReminderRule::Before(1), ReminderRule::OnTheDay], "due on {due_day}");
        }
    });
}

#[test]
fn a_short_limit_is_not_reminded_of_on_the_day_it_starts() {
    with(|time| {
        let since = at("2026-03-02 08:00");
        let due = time.due(since, ChannelLimits::default().screening(false)).unwrap();
        let on = |day: &str| time.reminder_due(since, due, at(&format!("{day} 10:00"))).unwrap();
        assert_eq!(on("2026-03-02"), None);
        assert_eq!(
            [on("2026-03-03"), on("2026-03-04"), on("2026-03-05")],
            [None, Some(ReminderRule::Before(1)), Some(ReminderRule::OnTheDay)]
        );
        assert_eq!(time.working_days_left(due, at("2026-03-03 10:00")), Ok(2));
        assert_eq!(time.working_days_left(due, at("2026-03-09 10:00")), Ok(-2));
    });
}

#[test]
fn rules_have_names_of_their_own() {
    assert_eq!(
        [ReminderRule::Before(3).key(), ReminderRule::OnTheDay.key(), ReminderRule::Escalation.key()],
        ["before_3", "on_the_day", "escalation"]
    );
}

#[test]
fn limits_read_from_settings_keep_the_defaults_of_what_is_not_said() {
    let limits: ChannelLimits = toml::from_str("review_days = 7\ntime_zone = \"Asia/Urumqi\"\ncloses_at = \"19:30:00\"").unwrap();
    let expected = ChannelLimits {
        review_days: 7,
        time_zone: chrono_tz::Asia::Urumqi,
        closes_at: NaiveTime::from_hms_opt(19, 30, 0).unwrap(),
        ..ChannelLimits::default()
    };
    assert_eq!(limits, expected);
    let json = serde_json::to_string(&limits).unwrap();
    assert_eq!(serde_json::from_str::<ChannelLimits>(&json).unwrap(), limits);
    assert!(toml::from_str::<ChannelLimits>("time_zone = \"Beijing\"").unwrap_err().to_string().contains("Asia/Shanghai"));
    assert!(toml::from_str::<ChannelLimits>("reviewdays = 7").is_err(), "a slip of the pen is refused");
}
