//! The notices of seventeen years, and what is refused.

use std::collections::BTreeMap;

use super::*;
use crate::domain::calendar::Calendar;

const NOTICES: &str = include_str!("../../../tests/data/holiday-notices.txt");
const WORKING_DAYS: &str = include_str!("../../../tests/data/working-days.txt");

/// The notices by year.
fn notices() -> BTreeMap<i32, String> {
    let mut by_year: BTreeMap<i32, String> = BTreeMap::new();
    let mut year = None;
    for line in NOTICES.lines() {
        match line.strip_prefix("# ") {
            Some(text) => year = text.parse().ok(),
            None => *by_year.entry(year.unwrap()).or_default() += &format!("{line}\n"),
        }
    }
    by_year
}

/// The calendar of all notices, after `change` was made to their texts.
fn calendar(change: impl Fn(&str) -> String) -> Calendar {
    let mut calendar = Calendar::default();
    for (year, text) in notices() {
        calendar.load(&YearFile::from_notice(year, &change(&text)).unwrap()).unwrap();
    }
    calendar
}

/// Years with the weekdays off and the weekend days worked.
type Exceptions = Vec<(i32, String, String)>;

fn exceptions(calendar: &Calendar) -> Exceptions {
    let days = |days: Vec<NaiveDate>| days.iter().map(|day| day.format("%m-%d").to_string()).collect::<Vec<_>>().join(" ");
    let of = |year| calendar.exceptions(year).map(|(rest, worked)| (year, days(rest), days(worked))).unwrap();
    calendar.years().map(of).collect()
}

fn of_package() -> Exceptions {
    let lines = WORKING_DAYS.lines().filter(|line| !line.starts_with('#'));
    let parts = lines.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    parts.map(|parts| (parts[0].parse().unwrap(), parts[1].to_owned(), parts[2].to_owned())).collect()
}

#[test]
fn seventeen_years_are_read_as_a_maintained_package_has_them() {
    assert_eq!(of_package().len(), 17);
    assert_eq!(exceptions(&calendar(str::to_owned)), of_package());
    let file = YearFile::from_notice(2019, &notices()[&2019]).unwrap();
    assert_eq!((file.rest[0].name.as_str(), file.rest[0].from.to_string().as_str()), ("元旦", "2018-12-30"));
    assert_eq!(file.rest.len(), 7);
    let ours = Calendar::shipped().unwrap();
    assert_eq!([2025, 2026].map(|year| ours.exceptions(year)), [2025, 2026].map(|year| calendar(str::to_owned).exceptions(year)));
}

/// A way in which a text reaches us otherwise than it was published.
type Change<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn the_same_notices_are_read_as_they_come_from_web_pages_and_scans() {
    let spaced = |text: &str| text.chars().map(|c| if c == '\n' { "\n".to_owned() } else { format!("{c} ") }).collect::<String>();
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c }).collect();
    let changes: [(&str, Change); 8] = [
        ("blanks", &spaced),
        ("full-width digits", &wide),
        ("half-width marks", &|text| text.replace('（', "(").replace('）', ")").replace('，', ",").replace('：', ":")),
        ("hyphens", &|text| text.replace("日至", "-").replace('至', "—")),
        ("broken lines", &|text| text.replace('至', "至\r\n").replace('、', "、\r\n")),
        ("zero-width blanks and no-break spaces", &|text| text.replace('月', "\u{200b}月\u{a0}")),
        ("no ordinals", &|text| text.replace("一、", "").replace("二、", "").replace("三、", "3. ").replace("四、", "（四）")),
        ("号", &|text| text.replace("日（", "号（").replace("日放假", "号放假")),
    ];
    for (name, change) in changes {
        assert_eq!(exceptions(&calendar(change)), of_package(), "{name}");
    }
}

#[test]
fn what_cannot_be_read_for_sure_is_refused_with_its_line() {
    let read = |text: &str| YearFile::from_notice(2027, text);
    for line in [
        "春节：2月30日放假。",
        "1月4日上班。",
        "元旦：1月1日放假。1月4日上班。",
        "元旦：1月1日（星期四）放假。",
        "元旦：1月1日至3日放假，共4天。",
        "元旦：1月1日放假2天。",
        "元旦：1月3日至1日放假。",
        "元旦：12月31日至1月2日放假。",
        "元旦：2027年1月1日放假。2026年12月27日（星期六）上班。",
        "元旦：1月1日放假。2025年12月27日（星期六）上班。",
        "元旦：1月1日放假。2026年11月29日（星期日）上班。",
        "元旦：1月1日放假。1月3日起上班。",
        "元旦：一月一日放假。",
        "延长2027年春节假期至2月14日，2月15日（星期一）起正常上班。",
        "元旦：1月1日放假，1月2日。",
        "元旦：13月1日放假。",
        "元旦：99999999999年1月1日放假。",
        "国务院办公厅关于2026年部分节假日安排的通知",
        "元旦：1月1日至放假。",
    ] {
        let text = format!("一、春节：2月5日至11日放假。\n{line}\n二、清明节：4月5日放假。");
        let refused = if line.ends_with("至放假。") { read(&text) } else { read(&text).map_err(|named| named.trim().to_owned()) };
        assert_eq!(refused, Err(line.to_owned()), "{line}");
    }
    assert_eq!(YearFile::from_notice(2019, "元旦：1月1日放假。\n12月29日（星期六）上班。"), Err("12月29日（星期六）上班。".to_owned()));
}

#[test]
fn sentences_that_arrange_nothing_are_passed_over() {
    let nothing =
        "经国务院批准，现将2027年元旦放假调休日期的具体安排通知如下：\n\n国办发明电〔2026〕7号\n2026年11月4日\n鼓励职工在2月4日休息。";
    assert_eq!(YearFile::from_notice(2027, nothing).map(|file| file.rest), Ok(Vec::new()));
    let named = YearFile::from_notice(2027, "国庆节10月1日至7日放假，共7天。").unwrap();
    assert_eq!((named.rest[0].name.as_str(), named.rest.len()), ("国庆节", 1));
}

#[test]
fn no_arrangement_of_seventeen_years_has_work_on_a_holiday_by_law() {
    let calendar = calendar(str::to_owned);
    let days = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap().iter_days().take(17 * 365 + 4);
    let holidays: Vec<NaiveDate> = days.filter(|day| Calendar::is_statutory_holiday(*day)).collect();
    assert!(holidays.len() > 17 * 10, "{}", holidays.len());
    let worked: Vec<_> = holidays.iter().filter(|day| calendar.is_working_day(**day).unwrap()).collect();
    assert!(worked.is_empty(), "{worked:?}");
}
