//! The diagram of a manuscript's stages as SVG: boxes at fixed positions, arrows from the table.

use std::fmt::Write;

use super::arrows::{grouped, of_manuscripts};
use super::{NamedWord, named};
use crate::domain::vocabulary::Stage;

const PITCH: f64 = 232.0;
const BOX: (f64, f64) = (124.0, 56.0);
const SIZE: (f64, f64) = (1820.0, 660.0);

/// Half the distance between two arrows of opposite directions.
const ASIDE: f64 = 9.0;

#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

/// The box of a stage: its centre, and half its width and height.
struct StageBox {
    at: Point,
    half: Point,
}

fn place(stage: Stage) -> StageBox {
    let (column, y) = match stage {
        Stage::Draft => (0.0, 150.0),
        Stage::Screening => (1.0, 150.0),
        Stage::Review => (2.0, 150.0),
        Stage::Signing => (3.0, 150.0),
        Stage::Accepted => (4.0, 150.0),
        Stage::Forwarded => (5.0, 150.0),
        Stage::Handling => (6.0, 150.0),
        Stage::Concluded => (7.0, 150.0),
        Stage::Returned => (0.0, 400.0),
        Stage::Withdrawn => (1.0, 400.0),
        Stage::Merged => (2.0, 400.0),
        Stage::Declined => (3.0, 400.0),
        // A bar below all stages that can be archived.
        Stage::Archived => {
            return StageBox { at: Point { x: 98.0 + 4.0 * PITCH, y: 570.0 }, half: Point { x: 3.0 * PITCH + 62.0, y: 28.0 } };
        }
    };
    StageBox { at: Point { x: 98.0 + column * PITCH, y }, half: Point { x: BOX.0 / 2.0, y: BOX.1 / 2.0 } }
}

/// The whole diagram.
pub(super) fn svg() -> String {
    let (width, height) = SIZE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"t\" \
         font-family=\"'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif\">\n\
         <title id=\"t\">稿件的一生 · The life of a manuscript</title>\n{STYLE}\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let groups = grouped(&of_manuscripts());
    let mut labels = String::new();
    for (from, to, acts) in &groups {
        let back = groups.iter().any(|(a, b, _)| (a, b) == (to, from));
        let path = path(*from, *to, back);
        let _ = writeln!(out, "<path d=\"{}\"/>", path.d);
        label(&mut labels, acts, &path);
    }
    for stage in Stage::ALL {
        boxed(&mut out, *stage);
    }
    out + &labels + "</svg>\n"
}

const STYLE: &str = "<style>\
path{fill:none;stroke:#5b6470;stroke-width:1.6;marker-end:url(#a)}\
.box{fill:#f4f6f8;stroke:#34506b;stroke-width:1.6}\
.rest{fill:#fff;stroke-dasharray:6 4}\
.zh{font-size:17px;fill:#16202a;text-anchor:middle}\
.en{font-size:12px;fill:#4a5560;text-anchor:middle}\
.act{font-size:13px;fill:#8a1f11;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}\
.code{font-size:10.5px;fill:#5b6470}\
</style>\n\
<defs><marker id=\"a\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
<polygon points=\"0,0 10,5 0,10\" fill=\"#5b6470\"/></marker></defs>\n";

fn boxed(out: &mut String, stage: Stage) {
    let StageBox { at, half } = place(stage);
    // A stage in which a manuscript may remain has a dashed frame.
    let class = if matches!(stage, Stage::Archived | Stage::Withdrawn | Stage::Declined) { "box rest" } else { "box" };
    let (x, y, w, h) = (at.x - half.x, at.y - half.y, half.x * 2.0, half.y * 2.0);
    let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"8\"/>");
    let name = named(stage);
    let _ = writeln!(out, "<text class=\"zh\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", at.x, at.y - 2.0, name.zh);
    let _ = writeln!(out, "<text class=\"en\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", at.x, at.y + 17.0, name.written);
}

/// The line of an arrow, and the position and direction of its label.
struct DrawnPath {
    d: String,
    words: Point,
    upwards: bool,
}

fn path(from: Stage, to: Stage, back: bool) -> DrawnPath {
    let (a, b) = (place(from), place(to));
    if from == Stage::Archived || to == Stage::Archived {
        return upright(&a, &b, to == Stage::Archived);
    }
    let row = (a.at.y - b.at.y).abs() < 1.0;
    if row && (a.at.x - b.at.x).abs() > PITCH * 1.5 {
        return arch(&a, &b);
    }
    // The left-hand side of the direction, so that an arrow and its opposite are side by side.
    let (dx, dy) = (b.at.x - a.at.x, b.at.y - a.at.y);
    let length = dx.hypot(dy);
    let aside = if back { ASIDE } else { 0.0 };
    let shift = Point { x: dy / length * aside, y: -dx / length * aside };
    let start = edge(&a, &b.at, shift);
    let end = edge(&b, &a.at, shift);
    // On slanted lines labels are nearer to the start, so that those of crossing arrows do not overlap.
    let share = if row || dx.abs() < 1.0 { 0.5 } else { 0.36 };
    let middle = Point { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share };
    let upwards = row && dx > 0.0;
    let off = match (row, upwards) {
        (true, true) => -7.0,
        (true, false) => 16.0,
        (false, _) => 0.0,
    };
    let beside = if row { 0.0 } else { shift.x.signum() * if back { 24.0 } else { 0.0 } };
    DrawnPath { d: line(start, end), words: Point { x: middle.x + beside, y: middle.y + off }, upwards }
}

/// Straight down to the archive, or straight up from it.
fn upright(a: &StageBox, b: &StageBox, down: bool) -> DrawnPath {
    let x = if down { a.at.x } else { b.at.x };
    let (start, end) = if down {
        (Point { x, y: a.at.y + a.half.y }, Point { x, y: b.at.y - b.half.y })
    } else {
        (Point { x, y: a.at.y - a.half.y }, Point { x, y: b.at.y + b.half.y })
    };
    DrawnPath { d: line(start, end), words: Point { x, y: (start.y + end.y) / 2.0 }, upwards: false }
}

/// An arc above the boxes in between.
fn arch(a: &StageBox, b: &StageBox) -> DrawnPath {
    let (start, end) = (Point { x: a.at.x, y: a.at.y - a.half.y }, Point { x: b.at.x, y: b.at.y - b.half.y });
    let (middle, top) = ((start.x + end.x) / 2.0, start.y - 110.0);
    let d = format!("M{:.1} {:.1}Q{middle:.1} {top:.1} {:.1} {:.1}", start.x, start.y, end.x, end.y);
    DrawnPath { d, words: Point { x: middle, y: start.y - 62.0 }, upwards: true }
}

fn line(a: Point, b: Point) -> String {
    format!("M{:.1} {:.1}L{:.1} {:.1}", a.x, a.y, b.x, b.y)
}

/// The point at which the line towards `to` leaves the box.
fn edge(place: &StageBox, to: &Point, shift: Point) -> Point {
    let (dx, dy) = (to.x - place.at.x, to.y - place.at.y);
    let share = (place.half.x / dx.abs().max(0.1)).min(place.half.y / dy.abs().max(0.1));
    Point { x: place.at.x + dx * share + shift.x, y: place.at.y + dy * share + shift.y }
}

/// The acts of an arrow, one below the other, the Chinese name above the name in the API.
fn label(out: &mut String, acts: &[NamedWord], path: &DrawnPath) {
    #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
    let height = (acts.len() * 2 - 1) as f64 * 13.0;
    let mut y = if path.upwards { path.words.y - height } else { path.words.y };
    for act in acts {
        let x = path.words.x;
        let _ = writeln!(out, "<text class=\"act\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", act.zh);
        let _ = writeln!(out, "<text class=\"act code\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>", y + 12.0, act.written);
        y += 26.0;
    }
}
