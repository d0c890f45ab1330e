//! Changing one day of a year. The holidays keep their names.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{Holiday, YearFile, is_weekend};

impl YearFile {
    /// Returns the same year with one day off made a working day, or the reverse. A day off next to a holiday becomes part of it.
    #[must_use]
    pub fn with_day(&self, day: NaiveDate, works: bool) -> Self {
        let mut rest = Vec::new();
        let mut homeless = BTreeSet::new();
        for mut holiday in self.rest.iter().cloned() {
            holiday.make_up.retain(|worked| *worked != day);
            let (parts, left) = if works { holiday.without(day) } else { (vec![holiday], Vec::new()) };
            rest.extend(parts);
            homeless.extend(left);
        }
        match (works, is_weekend(day)) {
            (true, true) => {
                homeless.insert(day);
            }
            (false, false) => add(&mut rest, day),
            // By default a weekday is a working day, and a weekend day is off.
            (true, false) | (false, true) => {}
        }
        house(&mut rest, self.year, homeless);
        rest.sort_by_key(|holiday| holiday.from);
        Self { year: self.year, rest }
    }
}

impl Holiday {
    /// A day off without a name.
    fn on(day: NaiveDate) -> Self {
        Self { name: String::new(), from: day, to: day, make_up: Vec::new() }
    }

    /// Returns the remainder of the holiday when this day is worked: nothing, one part or two; if nothing remains, also the days that were
    /// worked in exchange.
    fn without(self, day: NaiveDate) -> (Vec<Self>, Vec<NaiveDate>) {
        if !(self.from..=self.to).contains(&day) {
            return (vec![self], Vec::new());
        }
        let part = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
            let (from, to) = from.zip(to).filter(|(from, to)| from <= to)?;
            Some(Self { name: self.name.clone(), from, to, make_up: Vec::new() })
        };
        let parts = [part(Some(self.from), day.pred_opt()), part(day.succ_opt(), Some(self.to))];
        let mut parts: Vec<Self> = parts.into_iter().flatten().collect();
        match parts.first_mut() {
            Some(first) => {
                first.make_up = self.make_up;
                (parts, Vec::new())
            }
            None => (parts, self.make_up),
        }
    }
}

/// Adds a weekday off: as part of the holiday next to it, or as one of its own.
fn add(rest: &mut Vec<Holiday>, day: NaiveDate) {
    let touches = |holiday: &&mut Holiday| day.succ_opt() == Some(holiday.from) || holiday.to.succ_opt() == Some(day);
    match rest.iter_mut().find(touches) {
        Some(holiday) => (holiday.from, holiday.to) = (holiday.from.min(day), holiday.to.max(day)),
        None => rest.push(Holiday::on(day)),
    }
}

/// Assigns weekend days that are worked to the nearest holiday, or, if there is none, to a weekend day off, which changes nothing.
fn house(rest: &mut Vec<Holiday>, year: i32, homeless: BTreeSet<NaiveDate>) {
    if !homeless.is_empty() && rest.is_empty() {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).into_iter().flat_map(|first| first.iter_days());
        let mut quiet = first.take_while(|day| day.year() == year).filter(|day| is_weekend(*day) && !homeless.contains(day));
        rest.extend(quiet.next().map(Holiday::on));
    }
    for worked in homeless {
        let distance = |holiday: &&mut Holiday| (holiday.from - worked).num_days().abs();
        if let Some(nearest) = rest.iter_mut().min_by_key(distance) {
            nearest.make_up.push(worked);
            nearest.make_up.sort_unstable();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Calendar;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn year() -> YearFile {
        YearFile::shipped().unwrap().into_iter().find(|file| file.year == 2026).unwrap()
    }

    /// Formats the holidays as `name from..to + worked`.
    fn said(file: &YearFile, name: &str) -> Vec<String> {
        let of = file.rest.iter().filter(|holiday| holiday.name == name);
        of.map(|one| format!("{}..{} {:?}", one.from, one.to, one.make_up)).collect()
    }

    #[test]
    fn one_day_changes_and_the_names_stay() {
        let names = |file: &YearFile| file.rest.iter().map(|holiday| holiday.name.clone()).collect::<BTreeSet<_>>();
        for (text, works) in
            [("2026-10-01", true), ("2026-10-04", true), ("2026-10-08", false), ("2026-12-12", true), ("2026-02-28", false)]
        {
            let file = year().with_day(day(text), works);
            assert_eq!(names(&file), names(&year()), "{text}");
            let worked = |file: &YearFile| {
                let mut calendar = Calendar::default();
                calendar.load(file).unwrap();
                let all = day("2026-01-01").iter_days().take(365);
                all.filter(|one| calendar.is_working_day(*one).unwrap()).collect::<BTreeSet<_>>()
            };
            let differs: Vec<NaiveDate> = worked(&file).symmetric_difference(&worked(&year())).copied().collect();
            assert_eq!((differs, worked(&file).contains(&day(text))), (vec![day(text)], works));
            assert_eq!(worked(&file.with_day(day(text), !works)), worked(&year()), "{text} and back");
        }
        assert_eq!(said(&year().with_day(day("2026-10-08"), false), "国庆节").len(), 1, "a day beside the holiday becomes part of it");
        assert_eq!(said(&year().with_day(day("2026-10-05"), true), "国庆节").len(), 2, "a day out of its middle parts it");
    }

    #[test]
    fn days_that_are_worked_always_stand_beside_a_holiday() {
        let empty = YearFile { year: 2027, rest: Vec::new() };
        let worked = empty.with_day(day("2027-01-02"), true);
        assert_eq!(said(&worked, ""), ["2027-01-03..2027-01-03 [2027-01-02]"]);
        let one = YearFile { year: 2027, rest: vec![Holiday { make_up: vec![day("2027-06-12")], ..Holiday::on(day("2027-06-09")) }] };
        let mut calendar = Calendar::default();
        calendar.load(&one.with_day(day("2027-06-09"), true)).unwrap();
        assert_eq!((calendar.is_working_day(day("2027-06-09")), calendar.is_working_day(day("2027-06-12"))), (Ok(true), Ok(true)));
    }
}
