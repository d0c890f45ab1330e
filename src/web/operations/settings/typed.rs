//! Conversion between the settings and the fields of the form.

use chrono::NaiveTime;

use crate::domain::channel::{ChannelSettings, FIGURES, REMIND_DAYS_MAX, ResultCategory, UNDO_MINUTES_MAX, not_between};
use crate::domain::folding::folded;
use crate::domain::violation::{Violation, Violations};
use crate::web::fields::Fields;

/// The separators between the code of a result category and its meaning.
const COLON: [char; 2] = ['：', ':'];

/// The four-eyes rule: by the number of signers, always, never.
pub(super) const FOUR_EYES: [&str; 3] = ["auto", "on", "off"];

/// Converts the settings to fields.
pub(super) fn written(name: &str, of: &ChannelSettings) -> Fields {
    let limits = &of.limits;
    let mut fields = vec![("name".to_owned(), name.to_owned())];
    let mut add = |name: &str, value: String| fields.push((format!("settings.{name}"), value));
    add("contact", of.contact.clone());
    for figure in FIGURES {
        add(figure.name, (figure.get)(of).to_string());
    }
    add("limits.opens_at", limits.opens_at.format("%H:%M").to_string());
    add("limits.closes_at", limits.closes_at.format("%H:%M").to_string());
    add("limits.time_zone", limits.time_zone.name().to_owned());
    add("limits.remind_before_days", limits.remind_before_days.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"));
    add("categories", of.categories.join("\n"));
    add("series", of.series.join("\n"));
    let results: Vec<String> = of.result_categories.iter().map(|one| format!("{}：{}", one.code, one.meaning)).collect();
    add("result_categories", results.join("\n"));
    add("undo_minutes", of.undo_minutes.map(|minutes| minutes.to_string()).unwrap_or_default());
    add("four_eyes", of.four_eyes.map_or("auto", |on| if on { "on" } else { "off" }).to_owned());
    for reason in &of.decline_reasons {
        add("decline_reasons", reason.to_string());
    }
    Fields::from(fields)
}

/// Parses the settings. Values that cannot be parsed are reported together with the violations of the others.
pub(super) fn read(fields: &Fields) -> Result<ChannelSettings, Vec<Violation>> {
    let (mut of, mut wrong) = (ChannelSettings::default(), Vec::new());
    for figure in FIGURES {
        let field = format!("settings.{}", figure.name);
        match fields.read(&field) {
            Some(number) => (figure.set)(&mut of, number),
            None => wrong.push(not_between(field, figure.least, figure.most)),
        }
    }
    of.contact = fields.get("settings.contact").trim().to_owned();
    hours(fields, &mut of, &mut wrong);
    of.categories = lines(fields.get("settings.categories"));
    of.series = lines(fields.get("settings.series"));
    of.result_categories = lines(fields.get("settings.result_categories")).iter().map(|line| result_category(line)).collect();
    of.decline_reasons = fields.all("settings.decline_reasons").iter().filter_map(|word| word.parse().ok()).collect();
    of.four_eyes = match fields.get("settings.four_eyes") {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    of.undo_minutes = match folded(fields.get("settings.undo_minutes")).as_str() {
        "" => None,
        typed => typed.parse().ok().or_else(|| {
            wrong.push(not_between("settings.undo_minutes", 0, u32::try_from(UNDO_MINUTES_MAX).unwrap_or(0)));
            None
        }),
    };
    if wrong.is_empty() {
        return Ok(of);
    }
    let mut all = Violations::default();
    if let Err(name) = crate::domain::violation::required_line("name", fields.get("name"), 60) {
        all.add(name);
    }
    let others = of.check().err().unwrap_or_default();
    let unread: Vec<String> = wrong.iter().map(|one| one.field.clone()).collect();
    wrong.into_iter().chain(others.into_iter().filter(|one| !unread.contains(&one.field))).for_each(|one| all.add(one));
    all.or(of)
}

fn hours(fields: &Fields, of: &mut ChannelSettings, wrong: &mut Vec<Violation>) {
    let limits = &mut of.limits;
    for (name, place) in [("opens_at", &mut limits.opens_at), ("closes_at", &mut limits.closes_at)] {
        let field = format!("settings.limits.{name}");
        match NaiveTime::parse_from_str(&folded(fields.get(&field)), "%H:%M") {
            Ok(time) => *place = time,
            Err(_) => wrong.push(Violation::new(field, "bad_time")),
        }
    }
    match fields.read("settings.limits.time_zone") {
        Some(zone) => limits.time_zone = zone,
        None => wrong.push(Violation::new("settings.limits.time_zone", "bad_zone")),
    }
    let field = "settings.limits.remind_before_days";
    let days = folded(fields.get(field));
    let days = days.split(|c: char| c.is_whitespace() || ['、', '，', ',', '；', ';'].contains(&c));
    match days.filter(|day| !day.is_empty()).map(str::parse).collect() {
        Ok(days) => limits.remind_before_days = days,
        Err(_) => wrong.push(not_between(field, 1, REMIND_DAYS_MAX)),
    }
}

/// Splits a text into lines and drops the empty ones.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn result_category(line: &str) -> ResultCategory {
    let (code, meaning) = line.split_once(COLON).unwrap_or((line, ""));
    ResultCategory { code: code.trim().to_owned(), meaning: meaning.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back_as_it_was() {
        let mut settings = ChannelSettings { undo_minutes: Some(0), ..ChannelSettings::default() };
        settings.limits.remind_before_days = vec![5, 2];
        settings.decline_reasons.truncate(3);
        assert_eq!(read(&written("澄江县直通车", &settings)), Ok(settings));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_the_rest() {
        let typed = [
            ("name", ""),
            ("settings.limits.review_days", "五"),
            ("settings.limits.opens_at", "九点"),
            ("settings.limits.time_zone", "Beijing"),
            ("settings.limits.remind_before_days", "3，x"),
            ("settings.result_categories", "A 已解决"),
        ];
        let usual = written("", &ChannelSettings::default());
        let mut all: Vec<(String, String)> = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        all.extend(usual.carried().filter(|(name, _)| !typed.iter().any(|(typed, _)| typed == name)).cloned());
        let wrong = read(&Fields::from(all)).unwrap_err();
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|one| (one.field.as_str(), one.code)).collect();
        let expected = [
            ("name", "required"),
            ("settings.limits.review_days", "not_between"),
            ("settings.limits.opens_at", "bad_time"),
            ("settings.limits.time_zone", "bad_zone"),
            ("settings.limits.remind_before_days", "not_between"),
            ("settings.result_categories", "required"),
        ];
        assert_eq!(wrong, expected);
    }
}
