//! The bar for the latest decision: what was done, until when it can be undone, and a button to undo it.

use crate::app::reading::body;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Action, Stage};
use crate::text;
use crate::web::layout::Layout;
use crate::web::review::queue::ReviewQueue;

/// The largest number of ids in an address.
const MOST: usize = 20;

/// A decision.
#[derive(Debug, Clone)]
pub(super) struct DecisionBar {
    pub(super) id: ManuscriptId,
    pub(super) version: i64,
    title: String,
    stage: Stage,
    /// The end of the undo window, if the reader can undo it.
    pub(super) until: Option<Moment>,
    /// The text.
    pub(super) words: String,
    /// The page to which the reader returns.
    pub(super) back: String,
}

/// Parses the ids in an address.
pub(super) fn ids(text: &str) -> Vec<ManuscriptId> {
    text.split(',').filter_map(|id| id.parse().ok()).take(MOST).collect()
}

/// The state of these manuscripts; those that the reader may no longer see are left out.
pub(super) fn read(tx: &mut Tx<'_>, actor: &Actor, ids: &[ManuscriptId]) -> Result<Vec<DecisionBar>, AppError> {
    let mut bars = Vec::with_capacity(ids.len());
    for id in ids {
        let view = match body::manuscript(tx, actor, *id) {
            Ok(view) => view,
            Err(AppError::NotFound) => continue,
            Err(other) => return Err(other),
        };
        let until = view.undo_until.filter(|_| view.allowed_actions.contains(&Action::Undo));
        let (title, stage, version) = (view.title, view.stage, view.version);
        bars.push(DecisionBar { id: *id, version, title, stage, until, words: String::new(), back: String::new() });
    }
    Ok(bars)
}

impl DecisionBar {
    /// The bar in the reader's language.
    pub(super) fn said(mut self, f: &Layout, seat: ReviewQueue) -> Self {
        let stage = f.word(self.stage);
        let done = f.t2("review-decided", "title", &self.title, "stage", &stage);
        self.words = match self.until {
            Some(until) => {
                let time = f.time_of_day(&until);
                format!("{done}{}", text::t(f.lang, "review-decided-until", &[("time", time.into())]))
            }
            None => done,
        };
        self.back = seat.at(&self.id);
        self
    }
}
