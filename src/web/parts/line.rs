//! The line of six stations 写 审 送 批 办 评: where a manuscript is.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::desk::reading::views::{ManuscriptLine, ManuscriptView};
use crate::domain::clock::Moment;
use crate::domain::words::Stage;
use crate::text;
use crate::web::frame::Frame;

/// A station's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Behind it.
    Done,
    /// Here it is.
    Now,
    /// Before it.
    Later,
}

/// A station.
#[derive(Debug, Clone)]
struct Station {
    key: &'static str,
    note: String,
    standing: Standing,
}

/// The line, ready to be put into a page: `{{ line }}`.
#[derive(Template)]
#[template(path = "parts/line.html", config = "src/web/askama.toml")]
pub struct Line<'f> {
    f: &'f Frame,
    stations: Vec<Station>,
    ask: bool,
}

// Its template escapes what it shows.
impl HtmlSafe for Line<'_> {}

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
        // Asked for only without an outcome, which the schema rules out.
        Stage::Archived => (5, true),
    }
}

/// When it came to its station; of what is archived the time is that of archiving.
fn reached(stage: Stage, since: Moment) -> Option<Moment> {
    (stage != Stage::Archived).then_some(since)
}

impl<'f> Line<'f> {
    /// Of a manuscript in a list; `asked`: something is asked of the reader.
    #[must_use]
    pub fn of_line(f: &'f Frame, of: &ManuscriptLine, asked: bool) -> Self {
        Self::new(f, of.outcome.unwrap_or(of.stage), of.submitted_at, reached(of.stage, of.since), asked, of.merged)
    }

    /// Of a manuscript; `asked`: something is asked of the reader.
    #[must_use]
    pub fn of(f: &'f Frame, of: &ManuscriptView, asked: bool) -> Self {
        let merged = of.merged_into.is_some();
        Self::new(f, of.outcome.unwrap_or(of.stage), of.submitted_at, reached(of.stage, of.where_is_it.since), asked, merged)
    }

    fn new(f: &'f Frame, stage: Stage, submitted_at: Option<Moment>, since: Option<Moment>, asked: bool, merged: bool) -> Self {
        let (here, _) = station(stage);
        // What an author is asked elsewhere, to go on writing or to sign, is no standstill of the line.
        let ask = asked && matches!(stage, Stage::Returned | Stage::Concluded);
        let stations = STATIONS.iter().enumerate().map(|(place, key)| {
            let standing = match place.cmp(&here) {
                std::cmp::Ordering::Less => Standing::Done,
                std::cmp::Ordering::Equal => Standing::Now,
                std::cmp::Ordering::Greater => Standing::Later,
            };
            let note = match (standing, place) {
                // The last station is narrow.
                (Standing::Now, _) if stage == Stage::Concluded && ask => f.t("line-please-rate"),
                (Standing::Now, _) if stage == Stage::Concluded => f.word(stage),
                (Standing::Now, _) if merged => text::stage_for_merged(f.lang, stage),
                (Standing::Now, _) => text::stage_for_author(f.lang, stage),
                (Standing::Done, 0) => submitted_at.map(|at| f.short(&at)).unwrap_or_default(),
                (Standing::Done, place) if place + 1 == here => since.map(|at| f.short(&at)).unwrap_or_default(),
                _ => String::new(),
            };
            Station { key, note, standing }
        });
        Self { f, stations: stations.collect(), ask }
    }
}

impl Standing {
    /// The key of the word that a screen reader says.
    const fn key(self) -> &'static str {
        match self {
            Self::Done => "line-done",
            Self::Now => "line-now",
            Self::Later => "line-later",
        }
    }
}
