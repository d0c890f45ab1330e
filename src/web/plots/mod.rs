//! Plots as SVG, rendered by the server: positions are percentages in attributes, so that a plot has any width while its text has a fixed
//! size, and colours are classes, so that dark mode, high contrast and print can restyle it. No charting crate was found that supports
//! both. Every plot is beside or above a table with its figures.

use askama::Template;
use askama::filters::HtmlSafe;

/// A bar whose parts follow each other and fill its width.
#[derive(Template)]
#[template(path = "plots/bar.html", config = "src/web/askama.toml")]
pub struct PlotBar {
    track: bool,
    parts: Vec<PlotPart>,
}

struct PlotPart {
    class: &'static str,
    x: f64,
    width: f64,
}

impl HtmlSafe for PlotBar {}

impl PlotBar {
    /// `parts` are classes and values; `whole` is the value that fills the width.
    #[must_use]
    pub fn new(parts: &[(&'static str, i64)], whole: i64, track: bool) -> Self {
        let mut x = 0.0;
        let parts = parts.iter().map(|(class, value)| {
            let part = PlotPart { class, x, width: percent(*value, whole) };
            x += part.width;
            part
        });
        Self { track, parts: parts.collect() }
    }
}

/// Pairs of columns side by side above an axis.
#[derive(Template)]
#[template(path = "plots/columns.html", config = "src/web/askama.toml")]
pub struct ColumnPlot {
    label: String,
    grid: Vec<(i64, f64)>,
    groups: Vec<ColumnGroup>,
    width: f64,
}

struct ColumnGroup {
    name: String,
    middle: f64,
    columns: Vec<PlotColumn>,
}

struct PlotColumn {
    class: &'static str,
    x: f64,
    y: f64,
    height: f64,
}

impl HtmlSafe for ColumnPlot {}

/// The vertical position of the axis; the highest column begins at `TOP`; in pixels of 240.
const AXIS: f64 = 210.0;
const TOP: f64 = 10.0;
/// The width of the figures at the left, in per cent.
const LEFT: f64 = 7.0;

impl ColumnPlot {
    /// `groups` are names with a value for each of `classes`; `label` describes the plot and names the table with its figures.
    #[must_use]
    pub fn new(label: String, classes: &[&'static str], groups: &[(String, Vec<i64>)]) -> Self {
        let highest = groups.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0);
        let step = step(highest);
        let ceiling = step * 3;
        let height = |value: i64| (AXIS - TOP) * fraction(value, ceiling);
        let room = (100.0 - LEFT) / float(groups.len().max(1));
        let width = room * 0.32;
        let group = |(place, (name, values)): (usize, &(String, Vec<i64>))| {
            let left = LEFT + room * float(place) + room * 0.12;
            let column = |(nth, value): (usize, &i64)| {
                let class = classes.get(nth).copied().unwrap_or("p-main");
                PlotColumn { class, x: left + float(nth) * (width + room * 0.03), y: AXIS - height(*value), height: height(*value) }
            };
            ColumnGroup { name: name.clone(), middle: left + width, columns: values.iter().enumerate().map(column).collect() }
        };
        let grid = (1..=3).map(|n| (step * n, AXIS - height(step * n))).collect();
        Self { label, grid, groups: groups.iter().enumerate().map(group).collect(), width }
    }
}

/// A third of the axis: the smallest of 1, 2, 5, 10, 15, 20, 50, 100, … that leaves the highest value below the top.
fn step(highest: i64) -> i64 {
    let mut decade = 1_i64;
    loop {
        for times in [10, 15, 20, 50] {
            let step = decade * times / 10;
            if decade * times % 10 == 0 && step * 3 >= highest {
                return step;
            }
        }
        decade *= 10;
    }
}

/// A median, a ninth decile and a limit on one line.
#[derive(Template)]
#[template(path = "plots/range.html", config = "src/web/askama.toml")]
pub struct Range {
    limit: f64,
    from_to: Option<(f64, f64)>,
}

impl HtmlSafe for Range {}

impl Range {
    /// The limit is at three quarters of the width; values beyond the width are shown at its end.
    #[must_use]
    pub fn new(from_to: Option<(i32, i32)>, limit: i32) -> Self {
        let place = |value: i32| (percent(i64::from(value), i64::from(limit.max(1))) * 0.75).min(100.0);
        Self { limit: 75.0, from_to: from_to.map(|(median, p90)| (place(median), place(p90))) }
    }
}

fn fraction(value: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { lossy(value) / lossy(whole) }
}

fn percent(value: i64, whole: i64) -> f64 {
    fraction(value, whole) * 100.0
}

/// The figures of a plot are far below 2^53; beyond it the position of a column would be slightly inexact.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn lossy(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "months and columns are few")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_hold_the_highest() {
        for (highest, wanted) in [(0, 1), (3, 1), (4, 2), (6, 2), (7, 5), (16, 10), (41, 15), (46, 20), (61, 50), (151, 100), (1400, 500)] {
            assert_eq!(step(highest), wanted, "{highest}");
        }
    }

    #[test]
    fn a_bar_is_parts_of_the_whole() {
        let bar = PlotBar::new(&[("p-main", 30), ("p-soft", 10)], 80, true).render().unwrap();
        assert!(bar.contains(r#"<rect class="p-main" x="0.0%" width="37.5%""#), "{bar}");
        assert!(bar.contains(r#"<rect class="p-soft" x="37.5%" width="12.5%""#), "{bar}");
        assert!(PlotBar::new(&[("p-main", 3)], 0, false).render().unwrap().contains(r#"width="0.0%""#));
    }

    #[test]
    fn a_range_never_leaves_its_place() {
        let range = Range::new(Some((2, 900)), 4).render().unwrap();
        assert!(range.contains(r#"cx="37.5%""#) && range.contains(r#"cx="100.0%""#), "{range}");
    }

    #[test]
    fn columns_name_their_groups_and_escape_them() {
        let groups = [("<1>".to_owned(), vec![18, 9]), ("2".to_owned(), vec![45, 0])];
        let plot = ColumnPlot::new("月 & 月".to_owned(), &["p-main", "p-soft"], &groups).render().unwrap();
        assert!(plot.contains("&#60;1&#62;") && plot.contains("月 &#38; 月"), "{plot}");
        assert_eq!(plot.matches("class=\"p-main\"").count(), 2);
    }
}
