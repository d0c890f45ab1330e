//! Views of merged manuscripts, for the people who handle the target.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::handling::merged::{holding, is_merged};
use crate::app::manuscript_case::LoadedCase;
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::{Actor, Visibility};
use crate::store::{manuscripts, texts};

/// A manuscript that is merged into the one being read, for the people who handle the latter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MergedView {
    /// Its id; it can be read.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// The names of its authors.
    pub authors: Vec<String>,
    /// Their organisation.
    pub organization: String,
    /// Whether the dispatcher has decided on its suggestions.
    pub decided: bool,
    /// Its suggestions.
    pub suggestions: Vec<MergedSuggestionView>,
}

/// A suggestion of a merged manuscript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MergedSuggestionView {
    /// Its position in its own manuscript, from 1.
    pub place: u32,
    /// Its text.
    pub words: String,
    /// The number under which departments answer it, if it was taken.
    pub number: Option<u32>,
    /// The reason why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Returns whether this reader may read manuscripts merged into this one: the people who handle it may, its authors may not.
pub(crate) const fn reads_merged(sight: Visibility) -> bool {
    sight.internal() || sight.leader || sight.handler
}

/// Returns the manuscripts merged into one, for the people who handle it. Manuscripts that the reader wrote are omitted while the merger is
/// not announced to them.
pub(crate) fn merged_views(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<MergedView>, AppError> {
    if loaded.case.merged_here == 0 || !reads_merged(loaded.sight(actor)) {
        return Ok(Vec::new());
    }
    let mut rows = manuscripts::merged_into(tx.conn, loaded.row.id)?;
    rows.retain(is_merged);
    rows.sort_by(|a, b| a.number.cmp(&b.number));
    let decided = holding(tx, loaded.row.id)?;
    let mut views = Vec::new();
    for row in rows {
        let authors = texts::authors(tx.conn, row.id)?;
        if authors.iter().any(|author| author.user_id == actor.user) {
            continue;
        }
        let words = texts::find(tx.conn, row.text_id)?.text()?.suggestions;
        let of = |place: u32| decided.iter().find(|one| one.merged_id == row.id && one.place == i64::from(place));
        let suggestion = |(place, words): (u32, String)| MergedSuggestionView {
            place,
            words,
            number: of(place).and_then(|one| one.number).and_then(|number| u32::try_from(number).ok()),
            reason: of(place).and_then(|one| one.reason.clone()),
        };
        views.push(MergedView {
            id: row.id,
            decided: decided.iter().any(|one| one.merged_id == row.id),
            authors: authors.into_iter().map(|author| author.name).collect(),
            organization: row.details()?.organization_name,
            suggestions: (1..).zip(words).map(suggestion).collect(),
            number: row.number,
            title: row.title,
        });
    }
    Ok(views)
}
