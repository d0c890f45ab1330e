//! The bar for what has just been decided: what was done, until when it can be taken back, and a button for that.

use crate::app::reading::body;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Action, Stage};
use crate::text;
use crate::web::layout::Layout;
use crate::web::review::queue::ReviewQueue;

/// So many are remembered in an address.
const MOST: usize = 20;

/// One decision.
#[derive(Debug, Clone)]
pub(super) struct DecisionBar {
    pub(super) id: ManuscriptId,
    pub(super) version: i64,
    title: String,
    stage: Stage,
    /// Set while they can take it back.
    pub(super) until: Option<Moment>,
    /// The sentence.
    pub(super) words: String,
    /// Where they go on afterwards.
    pub(super) back: String,
}

/// The ids in an address.
pub(super) fn ids(text: &str) -> Vec<ManuscriptId> {
    text.split(',').filter_map(|id| id.parse().ok()).take(MOST).collect()
}

/// How they stand; what they may not see any more is left out.
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
    /// In the reader's language.
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
