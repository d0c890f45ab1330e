//! The notices of seventeen years, and texts that are refused.

use std::collections::BTreeMap;

use proptest::prelude::*;

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

/// Returns the calendar of all notices, after applying `change` to their texts.
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

/// A way in which a text may differ from its publication.
type TextDistortion<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn the_same_notices_are_read_as_they_come_from_web_pages_and_scans() {
    let spaced = |text: &str| text.chars().map(|c| if c == '\n' { "\n".to_owned() } else { format!("{c} ") }).collect::<String>();
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c }).collect();
    let changes: [(&str, TextDistortion); 8] = [
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

/// Returns how lines that cannot be parsed are refused.
fn refused(text: &str) -> Option<String> {
    match read_notice(2027, text) {
        Err(BadNotice::Line { line, .. }) => Some(line),
        _ => None,
    }
}

#[test]
fn what_cannot_be_read_for_sure_is_refused_with_its_line() {
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
        "国务院办公厅关于2028年部分节假日安排的通知",
        "元旦：1月1日至放假。",
        // Days without a known verb, and verbs without days.
        "端午节：6月9日（周三）。",
        "端午节：6月9日（周三）不上班。",
        "端午节：6月9日（周三）安排活动。",
        "10月9日（周六）值班。",
        "1月30日、2月14日。",
        "正常上班。",
        "放假。",
        "共3天。",
        "元旦放假。",
        "春节期间照常工作。",
        "正月初一至初七放假调休，共七天。",
        "2027-06-09放假。",
        "6/9—6/11放假。",
        "端午节：6.9放假。",
        "上述假期顺延一天。",
        // Counts, and wrong counts.
        "春节：2月5日至11日放假调休，共六天。",
        "春节：2月5日至11日放假调休，共 六 天。",
        "春节：2月5日至11日放假调休，共计十七天。",
        "春节：2月5日至11日放假调休。共6天。",
        "端午节\t6月9日\t共2天",
        // Text in brackets, or behind the verb.
        "国庆节：10月1日至7日（10月5日除外）放假。",
        "国庆节：10月1日至7日（含周末）放假。",
        "国庆节：10月1日至7日放假调休（9月26日、10月9日上班）。",
        "国庆节：10月1日至7日放假，10月5日除外。",
        "国庆节：10月1日至7日放假至8日。",
        // A Saturday that is 调休 may be off or worked.
        "国庆节：10月1日至7日放假。10月9日（周六）调休。",
        // A recommendation that works, counts, or includes the days of an arrangement.
        "鼓励各单位10月9日（周六）上班。",
        "鼓励各单位错峰休假，2月4日休息。",
        "鼓励各单位落实带薪年休假2月5日至11日放假调休，共7天。",
        "各单位2月4日可自行放假，鼓励错峰出行。",
    ] {
        let text = format!("一、春节：2月5日至11日放假。\n{line}\n二、清明节：4月5日放假。");
        assert_eq!(refused(&text).as_deref().map(str::trim), Some(line), "{line}");
    }
    let early = YearFile::from_notice(2019, "元旦：1月1日放假。\n12月29日（星期六）上班。");
    assert_eq!(early, Err(BadNotice::Line { line: "12月29日（星期六）上班。".to_owned(), part: "12月29日(星期六)上班".to_owned() }));
}

const OF_2027: &str = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月30日（周六）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
";

#[test]
fn what_says_the_same_in_other_words_is_read_as_the_same() {
    let file = YearFile::from_notice(2027, OF_2027).unwrap();
    assert_eq!((file.rest.len(), file.rest.iter().map(|one| one.make_up.len()).sum::<usize>()), (7, 6));
    let spring = "春节：2月5日（周五）至11日（周四）放假调休，共7天。";
    let worked = "1月30日（周六）、2月14日（周日）上班。";
    for (old, new) in [
        ("10月9日（周六）上班。", "10月9日（周六）\n上班。"),
        ("10月9日（周六）上班。", "10月9日（周\r\n六）上班"),
        ("10月9日（周六）上班。", "10月9日（周六）上班。\n国务院办公厅\n2026年11月4日\n"),
        ("10月9日（周六）上班。", "10\n— 2 —\n月9日（周六）上班。"),
        (worked, "1月30日（周六）、2月14日（周日）补班。"),
        (worked, "1月30日（周六）、2月14日（周日）照常工作。"),
        (worked, "1月30日（周六）、2月14日（周日）正常上班。"),
        (worked, "1月30日（周六）、2月14日（周日）为工作日。"),
        (worked, "1月30日（周六）和2月14日（周日）调休上班。"),
        (worked, "1月30日（周六）、2月14日（周日）上班，鼓励各单位错峰出行。"),
        (worked, "1月30日（周六）、2月14日（周日）上班。鼓励各单位安排职工在除夕前（2月4日）休息。"),
        (spring, "春节：2月5日至11日放假，共7天，鼓励各单位落实带薪年休假。"),
        (spring, "春节：2月5日至11日放假，鼓励各单位落实带薪年休假，共7天。"),
        (spring, "春节：鼓励各单位落实带薪年休假，2月5日（周五）至11日（周四）放假调休，共7天。"),
        (spring, "春节：2月5日（周五）至11日（周四）放假调休，共七天。"),
        (spring, "春节：2月5日（周五、农历除夕）至11日（农历正月初六）放假调休，共 七 天。"),
        (spring, "春节2月5日至11日休假，合计7天。"),
        ("端午节：6月9日（周三）放假1天。", "端午节：6月9日（周三）休假1天。"),
        ("五、端午节：6月9日（周三）放假1天。", "端午节\t6月9日\t共1天"),
        ("五、端午节：6月9日（周三）放假1天。\n六、中秋节：9月15日（周三）放假1天。", "端午节|6月9日|1天\n中秋节|9月15日|1天"),
        ("一、元旦", "新华社北京11月4日电　国务院办公厅关于2027年部分节假日安排的通知\n一、元旦"),
        ("一、元旦", "关于2027年部分节假日安排的通知\n国办发明电〔2026〕7号\n发布日期：2026-11-04 10:20\n一、元旦"),
        ("10月9日（周六）上班。", "10月9日（周六）上班。2028年元旦放假安排另行通知。"),
    ] {
        let text = OF_2027.replace(old, new);
        assert_ne!(text, OF_2027, "{old} does not occur");
        assert_eq!(YearFile::from_notice(2027, &text), Ok(file.clone()), "{new}");
    }
    let named = read_notice(2027, "国庆节10月1日至7日放假，共7天。").unwrap();
    assert_eq!((named.rest[0].name.as_str(), named.rest.len()), ("国庆节", 1));
    let two = read_notice(2027, "元旦：1月1日、1月4日放假，共2天。").unwrap();
    assert_eq!(two.rest.len(), 2, "the days between two are not off");
}

#[test]
fn every_holiday_by_law_is_there_on_each_of_its_days() {
    let missing = |text: &str| YearFile::from_notice(2027, text);
    for (at, name) in ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"].into_iter().enumerate() {
        let without: String = OF_2027.lines().enumerate().filter(|(line, _)| *line != at).map(|(_, line)| format!("{line}\n")).collect();
        assert_eq!(missing(&without), Err(BadNotice::Incomplete(vec![name])));
    }
    let late = OF_2027.replace("2月5日（周五）至11日（周四）放假调休，共7天", "2月6日至11日放假调休，共6天");
    assert_eq!(missing(&late), Err(BadNotice::Incomplete(vec!["春节"])), "the eve is a holiday");
    let elsewhere = OF_2027.replace("9月15日（周三）", "9月16日（周四）");
    assert_eq!(missing(&elsewhere), Err(BadNotice::Incomplete(vec!["中秋节"])));
    assert_eq!(missing("").map_err(|bad| matches!(bad, BadNotice::Incomplete(all) if all.len() == 7)), Err(true));
    assert!(YearFile::from_notice(i32::MAX, OF_2027).is_err() && YearFile::from_notice(i32::MIN, OF_2027).is_err());
}

#[test]
fn sentences_that_arrange_nothing_are_passed_over() {
    let nothing = "各省、自治区、直辖市人民政府：\n经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下：\n\n国办发明电〔2026〕7号\n\
        2026年11月4日\n鼓励职工在2月4日休息。\n节假日期间，各地区要妥善安排好值班和安全、保卫等工作。\n\
        依据新修订的《全国年节及纪念日放假办法》，自2027年1月1日起，全体公民放假的假日增加2天，其中春节、劳动节各增加1天。";
    assert_eq!(read_notice(2027, nothing).map(|file| file.rest), Ok(Vec::new()));
}

/// Returns the text between two characters after a page or a PDF has broken the text.
fn breaks() -> impl Strategy<Value = &'static str> {
    prop_oneof![40 => Just(""), 2 => Just("\n"), 1 => Just("\r\n  "), 1 => Just(" "), 1 => Just("\u{3000}"), 1 => Just("\u{200b}"), 1 => Just("\n\n")]
}

/// Synonyms.
const SYNONYMS: [(&str, &[&str]); 5] = [
    ("上班", &["补班", "正常上班", "照常工作", "为工作日", "调休上班", "值班", "不休息"]),
    ("放假", &["休假", "公休", "休息", "为法定假日", "不办公"]),
    ("、", &["和", "及", "与", "，"]),
    ("至", &["到", "—", "-", "～"]),
    ("共3天", &["共三天", "合计3天", "共计三天", "共三日", ""]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn broken_lines_and_blanks_change_nothing(breaks in prop::collection::vec(breaks(), 97)) {
        for (year, text) in notices() {
            let mut at = breaks.iter().cycle();
            let broken: String = text.chars().map(|c| format!("{c}{}", at.next().unwrap())).collect();
            prop_assert_eq!(YearFile::from_notice(year, &broken), YearFile::from_notice(year, &text), "{}", broken);
        }
    }

    #[test]
    fn other_words_are_read_as_the_same_or_refused(
        choices in prop::collection::vec((0..SYNONYMS.len(), 0..7_usize), 1..4),
        breaks in prop::collection::vec(breaks(), 89),
    ) {
        for (year, text) in notices() {
            let swap = |text: String, &(which, word): &(usize, usize)| {
                let (old, new) = SYNONYMS[which];
                text.replace(old, new[word % new.len()])
            };
            let other = choices.iter().fold(text.clone(), swap);
            let mut at = breaks.iter().cycle();
            let broken: String = other.chars().map(|c| format!("{c}{}", at.next().unwrap())).collect();
            let days = |file: &YearFile| {
                let mut calendar = Calendar::default();
                calendar.load(file).unwrap();
                calendar.exceptions(year)
            };
            if let Ok(read) = YearFile::from_notice(year, &broken) {
                prop_assert_eq!(days(&read), days(&YearFile::from_notice(year, &text).unwrap()), "{}", broken);
            }
        }
    }
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
