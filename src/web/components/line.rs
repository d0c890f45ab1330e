//! The progress line with its six stations 写 审 送 批 办 评, which shows how far a manuscript is.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::reading::views::{ManuscriptLine, ManuscriptView};
use crate::domain::clock::Moment;
use crate::domain::vocabulary::Stage;
use crate::text;
use crate::web::layout::Layout;

/// The state of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StationState {
    /// The manuscript has passed it.
    Done,
    /// The manuscript is at it.
    Now,
    /// The manuscript has not reached it.
    Later,
}

/// A station.
#[derive(Debug, Clone)]
struct Station {
    key: &'static str,
    note: String,
    standing: StationState,
}

/// The line, rendered in a page by `{{ line }}`.
#[derive(Template)]
#[template(path = "parts/line.html", config = "src/web/askama.toml")]
pub struct StageLine<'f> {
    f: &'f Layout,
    stations: Vec<Station>,
    ask: bool,
}

// The template escapes its values.
impl HtmlSafe for StageLine<'_> {}

const STATIONS: [&str; 6] = ["line-write", "line-review", "line-send", "line-endorse", "line-handle", "line-rate"];

/// The station of a stage, and whether the line ends there.
const fn station(stage: Stage) -> (usize, bool) {
    match stage {
        Stage::Draft => (0, false),
        Stage::Screening | Stage::Review | Stage::Returned | Stage::Signing => (1, false),
        Stage::Declined | Stage::Merged | Stage::Withdrawn => (1, true),
        Stage::Accepted => (2, false),
        Stage::Forwarded => (3, false),
        Stage::Handling => (4, false),
        Stage::Concluded => (5, false),
        // Reached only without an outcome, which the schema excludes.
        Stage::Archived => (5, true),
    }
}

/// The time at which it reached its station; for an archived manuscript the time of archiving.
fn reached(stage: Stage, since: Moment) -> Option<Moment> {
    (stage != Stage::Archived).then_some(since)
}

impl<'f> StageLine<'f> {
    /// The line of a manuscript in a list; `asked`: the reader has a task for it.
    #[must_use]
    pub fn of_line(f: &'f Layout, of: &ManuscriptLine, asked: bool) -> Self {
        Self::new(f, of.outcome.unwrap_or(of.stage), of.submitted_at, reached(of.stage, of.since), asked, of.merged)
    }

    /// The line of a manuscript; `asked`: the reader has a task for it.
    #[must_use]
    pub fn of(f: &'f Layout, of: &ManuscriptView, asked: bool) -> Self {
        let merged = of.merged_into.is_some();
        Self::new(f, of.outcome.unwrap_or(of.stage), of.submitted_at, reached(of.stage, of.where_is_it.since), asked, merged)
    }

    fn new(f: &'f Layout, stage: Stage, submitted_at: Option<Moment>, since: Option<Moment>, asked: bool, merged: bool) -> Self {
        let (here, _) = station(stage);
        // The other tasks of an author, to continue writing or to sign, do not stop the line.
        let ask = asked && matches!(stage, Stage::Returned | Stage::Concluded);
        let stations = STATIONS.iter().enumerate().map(|(place, key)| {
            let standing = match place.cmp(&here) {
                std::cmp::Ordering::Less => StationState::Done,
                std::cmp::Ordering::Equal => StationState::Now,
                std::cmp::Ordering::Greater => StationState::Later,
            };
            let note = match (standing, place) {
                // The last station is narrow.
                (StationState::Now, _) if stage == Stage::Concluded && ask => f.t("line-please-rate"),
                (StationState::Now, _) if stage == Stage::Concluded => f.word(stage),
                (StationState::Now, _) if merged => text::stage_for_merged(f.lang, stage),
                (StationState::Now, _) => text::stage_for_author(f.lang, stage),
                (StationState::Done, 0) => submitted_at.map(|at| f.short(&at)).unwrap_or_default(),
                (StationState::Done, place) if place + 1 == here => since.map(|at| f.short(&at)).unwrap_or_default(),
                _ => String::new(),
            };
            Station { key, note, standing }
        });
        Self { f, stations: stations.collect(), ask }
    }
}

impl StationState {
    /// The key of the text for screen readers.
    const fn key(self) -> &'static str {
        match self {
            Self::Done => "line-done",
            Self::Now => "line-now",
            Self::Later => "line-later",
        }
    }
}
