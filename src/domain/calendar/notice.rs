//! Reads the holidays of a year out of the State Council's own words, so that an official pastes the notice and nothing else:
//! 「春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。」

use chrono::NaiveDate;

use super::{Holiday, YearFile};

impl YearFile {
    /// The holidays of a year as the notice of the State Council's office writes them. Lines without days are passed over.
    ///
    /// # Errors
    /// The first line whose days can't be understood.
    pub fn from_notice(year: i32, text: &str) -> Result<Self, String> {
        let mut rest: Vec<Holiday> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let plain = without_brackets(line);
            for sentence in plain.split(['。', '；', ';']) {
                take(year, sentence, &mut rest).ok_or_else(|| line.to_owned())?;
            }
        }
        Ok(Self { year, rest })
    }
}

/// Takes one sentence over: days off begin a holiday, days worked belong to the last one.
fn take(year: i32, sentence: &str, rest: &mut Vec<Holiday>) -> Option<()> {
    let days = days(year, sentence)?;
    if sentence.contains("上班") {
        rest.last_mut()?.make_up.extend(days);
    } else if sentence.contains("放假") || sentence.contains("休息") {
        let (from, to) = (*days.first()?, *days.last()?);
        let name = sentence.split(['：', ':']).next().filter(|name| name.len() < sentence.len()).unwrap_or_default();
        let name = name.rsplit(['、', '．', '.', ' ']).next().unwrap_or_default();
        rest.push(Holiday { name: name.trim().to_owned(), from, to, make_up: Vec::new() });
    }
    Some(())
}

/// The days of a sentence in their order; a day without its month is in the month before it.
fn days(year: i32, sentence: &str) -> Option<Vec<NaiveDate>> {
    let (mut number, mut month, mut days) = (String::new(), None, Vec::new());
    for c in sentence.chars() {
        match c {
            '0'..='9' => number.push(c),
            '月' => month = Some(std::mem::take(&mut number).parse().ok()?),
            '日' if !number.is_empty() => days.push(NaiveDate::from_ymd_opt(year, month?, std::mem::take(&mut number).parse().ok()?)?),
            // 共9天, 2026年, 一、
            _ => number.clear(),
        }
    }
    Some(days)
}

/// Without （…）, which name days of the week and of the old calendar.
fn without_brackets(line: &str) -> String {
    let mut depth = 0_u32;
    let keep = |c: &char| match c {
        '（' | '(' => {
            depth += 1;
            false
        }
        '）' | ')' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    line.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;

    /// 国办发明电〔2025〕7号, as it was published.
    const NOTICE: &str = "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。";

    #[test]
    fn the_notice_of_2026_gives_the_year_that_is_shipped() {
        let file = YearFile::from_notice(2026, NOTICE).unwrap();
        assert_eq!(file.rest.iter().map(|one| one.name.as_str()).collect::<Vec<_>>()[..2], ["元旦", "春节"]);
        let mut calendar = Calendar::default();
        calendar.load(&file).unwrap();
        assert_eq!(calendar.exceptions(2026), Calendar::shipped().unwrap().exceptions(2026));
    }

    #[test]
    fn a_line_that_cannot_be_understood_is_named() {
        let wrong = |text: &str| YearFile::from_notice(2027, text).unwrap_err();
        assert_eq!(wrong("元旦：1月1日放假。\n春节：2月30日放假。"), "春节：2月30日放假。");
        assert_eq!(wrong("1月4日上班。"), "1月4日上班。");
        assert_eq!(YearFile::from_notice(2027, "经国务院批准，通知如下。\n\n").map(|file| file.rest), Ok(Vec::new()));
    }
}
