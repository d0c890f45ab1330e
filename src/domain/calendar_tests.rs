//! Tests of the calendar.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn shipped() -> Calendar {
    Calendar::shipped().unwrap()
}

#[test]
fn both_shipped_years_have_248_working_days() {
    let calendar = shipped();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2025, 2026]);
    for year in [2025, 2026] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let working = first.iter_days().take_while(|d| d.year() == year).filter(|d| calendar.is_working_day(*d).unwrap());
        assert_eq!(working.count(), 248, "{year}");
    }
}

#[test]
fn every_month_of_both_years_has_its_working_days() {
    // Counted with PyPI chinesecalendar 1.11.0, month by month.
    let expected = [(2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]), (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23])];
    let calendar = shipped();
    for (year, months) in expected {
        for (month, expected) in (1..).zip(months) {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let days = first.iter_days().take_while(|d| d.month() == month);
            assert_eq!(days.filter(|d| calendar.is_working_day(*d).unwrap()).count(), expected, "{year}-{month}");
        }
    }
}

#[test]
fn the_days_that_a_plain_week_would_get_wrong_are_exactly_these() {
    let calendar = shipped();
    let odd = |year: i32, working: bool| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days = first.iter_days().take_while(move |d| d.year() == year);
        days.filter(|d| is_weekend(*d) == working && calendar.is_working_day(*d).unwrap() == working)
            .map(|d| d.format("%m-%d").to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(odd(2025, true), "01-26 02-08 04-27 09-28 10-11");
    assert_eq!(odd(2026, true), "01-04 02-14 02-28 05-09 09-20 10-10");
    assert_eq!(
        odd(2025, false),
        "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08"
    );
    assert_eq!(
        odd(2026, false),
        "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07"
    );
}

#[test]
fn counting_steps_over_rest_days_and_onto_make_up_days() {
    let calendar = shipped();
    let add = |from: &str, n| calendar.add_working_days(day(from), n).unwrap();
    assert_eq!(add("2026-09-30", 1), day("2026-10-08"), "over the national holiday");
    assert_eq!(add("2026-10-09", 1), day("2026-10-10"), "a Saturday that is worked");
    assert_eq!(add("2026-02-13", 1), day("2026-02-14"));
    assert_eq!(add("2026-02-14", 1), day("2026-02-24"), "over the spring festival");
    assert_eq!(add("2026-02-17", 1), day("2026-02-24"), "from within it");
    assert_eq!(add("2026-02-17", 0), day("2026-02-24"), "none left to count, but never on a rest day");
    assert_eq!(add("2026-03-02", 0), day("2026-03-02"));
    assert_eq!(add("2025-12-31", 2), day("2026-01-05"), "across the year, with Sunday 4 January worked");
}

#[test]
fn subtracting_is_the_way_back() {
    let calendar = shipped();
    assert_eq!(calendar.subtract_working_days(day("2026-10-08"), 1), Ok(day("2026-09-30")));
    assert_eq!(calendar.subtract_working_days(day("2026-10-05"), 0), Ok(day("2026-09-30")));
    let working = day("2025-02-01").iter_days().take(300).filter(|d| calendar.is_working_day(*d).unwrap());
    for from in working.collect::<Vec<_>>() {
        for n in 0..25 {
            let to = calendar.add_working_days(from, n).unwrap();
            assert_eq!(calendar.subtract_working_days(to, n), Ok(from), "{from} {n}");
            assert_eq!(calendar.working_days_between(from, to), Ok(i32::try_from(n).unwrap()), "{from} {n}");
        }
    }
}

#[test]
fn the_distance_has_a_sign() {
    let calendar = shipped();
    assert_eq!(calendar.working_days_between(day("2026-09-30"), day("2026-10-10")), Ok(3));
    assert_eq!(calendar.working_days_between(day("2026-10-10"), day("2026-09-30")), Ok(-3));
    assert_eq!(calendar.working_days_between(day("2026-10-10"), day("2026-10-10")), Ok(0));
    assert_eq!(calendar.working_days_between(day("2024-12-31"), day("2025-12-31")), Ok(248));
}

#[test]
fn an_unknown_year_is_said_and_never_guessed() {
    let calendar = shipped();
    assert_eq!(calendar.is_working_day(day("2027-01-04")), Err(UnknownYear(2027)));
    assert_eq!(calendar.add_working_days(day("2026-12-30"), 1), Ok(day("2026-12-31")));
    assert_eq!(calendar.add_working_days(day("2026-12-30"), 2), Err(UnknownYear(2027)));
    assert_eq!(calendar.subtract_working_days(day("2025-01-02"), 1), Err(UnknownYear(2024)));
    assert_eq!(calendar.working_days_between(day("2026-12-30"), day("2027-01-04")), Err(UnknownYear(2027)));
    assert!(UnknownYear(2027).to_string().contains("calendar/2027"), "tells the administrator what to load");
    let assumed = calendar.assuming_plain_weeks();
    assert_eq!(assumed.add_working_days(day("2026-12-30"), 3), Ok(day("2027-01-05")), "New Year's Day is a holiday in any year");
    assert_eq!(assumed.is_working_day(day("2026-10-01")), Ok(false), "what is known stays known");
}

#[test]
fn a_year_can_be_loaded_and_replaced() {
    let mut calendar = shipped();
    let text = "year = 2027\n[[rest]]\nname = \"元旦\"\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"\n";
    calendar.load(&YearFile::parse(text).unwrap()).unwrap();
    assert_eq!(calendar.add_working_days(day("2026-12-31"), 1), Ok(day("2027-01-04")));
    calendar.load(&YearFile { year: 2027, rest: vec![] }).unwrap();
    assert_eq!(calendar.add_working_days(day("2026-12-31"), 1), Ok(day("2027-01-01")));
}

#[test]
fn a_bad_file_is_refused_and_changes_nothing() {
    let mut calendar = shipped();
    let before = calendar.clone();
    let holiday = |from: &str, to: &str, make_up: &[&str]| YearFile {
        year: 2026,
        rest: vec![Holiday { name: "国庆节".into(), from: day(from), to: day(to), make_up: make_up.iter().map(|d| day(d)).collect() }],
    };
    let cases = [
        (holiday("2026-10-07", "2026-10-01", &[]), "ends on 2026-10-01"),
        (holiday("2026-12-31", "2027-02-01", &[]), "2027-02-01, a day of another year"),
        (holiday("2026-10-01", "2026-10-07", &["2025-11-30"]), "2025-11-30, a day of another year"),
        (holiday("2026-10-01", "2026-10-07", &["2026-09-21"]), "2026-09-21 is named as a make-up"),
        (holiday("2026-10-01", "2026-10-07", &["2026-10-03"]), "2026-10-03 is named as a make-up"),
    ];
    for (file, says) in cases {
        let refused = calendar.load(&file).unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
        assert_eq!(calendar, before);
    }
    for text in ["", "year = 2027", "year = 2027\nrest = []\nfeast = 1", "year = \"x\"\nrest = []"] {
        assert!(matches!(YearFile::parse(text), Err(BadYearFile::Form(_))), "{text}");
    }
}

#[test]
fn an_arrangement_reaches_over_the_turn_of_the_year() {
    let mut calendar = Calendar::default();
    calendar.load(&YearFile { year: 2018, rest: vec![] }).unwrap();
    let holiday =
        |from: &str, to: &str, worked: &str| Holiday { name: "元旦".into(), from: day(from), to: day(to), make_up: vec![day(worked)] };
    calendar.load(&YearFile { year: 2019, rest: vec![holiday("2018-12-30", "2019-01-01", "2018-12-29")] }).unwrap();
    let works =
        ["2018-12-28", "2018-12-29", "2018-12-31", "2019-01-01", "2019-01-02"].map(|one| calendar.is_working_day(day(one)).unwrap());
    assert_eq!(works, [true, true, false, false, true]);
    assert_eq!(calendar.add_working_days(day("2018-12-29"), 1), Ok(day("2019-01-02")));
    assert_eq!(calendar.exceptions(2018), Some((vec![day("2018-12-31")], vec![day("2018-12-29")])));
    assert_eq!(calendar.exceptions(2019), Some((vec![day("2019-01-01")], vec![])));
    assert_eq!(calendar.is_working_day(day("2017-12-31")), Err(UnknownYear(2017)), "a day that nobody names stays unknown");
    assert_eq!([day("2018-12-31"), day("2018-12-28")].map(|one| calendar.named_by(one)), [Some(2019), None]);
}
