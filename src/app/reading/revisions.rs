//! The versions of a text and the difference between two of them.

use std::collections::BTreeMap;

use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

use crate::app::reading::manuscript_view::text_view;
use crate::app::reading::views::TextView;
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::manuscript::Text;
use crate::domain::permission::{Actor, Visibility};
use crate::domain::vocabulary::{Part, TextKind};
use crate::store::rows::TextRow;
use crate::store::{people, texts};

/// The kind of a passage in a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// In both texts.
    Same,
    /// Only in the earlier text.
    Removed,
    /// Only in the later text.
    Added,
}

/// A passage of a difference.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Passage {
    /// Its kind.
    pub change: Change,
    /// Its text.
    pub text: String,
}

/// The difference in one part; parts without a difference are omitted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartDifference {
    /// The part.
    pub part: Part,
    /// Its passages in order.
    pub passages: Vec<Passage>,
}

/// Returns the versions that this person may read, oldest first: the author's once submitted, the office's own once the manuscript is
/// accepted.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Vec<TextView>, AppError> {
    let (versions, readable) = readable(tx, actor, id)?;
    let people: Vec<UserId> = versions.iter().map(|text| text.created_by).collect();
    let names: BTreeMap<UserId, String> = people::find_many(tx.conn, &people)?.into_iter().map(|user| (user.id, user.name)).collect();
    readable.into_iter().map(|place| text_view(&versions, versions[place].id, &names)).collect()
}

/// Returns the difference from revision `a` to revision `b`, numbered as in [`list`].
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it.
pub fn difference(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, a: usize, b: usize) -> Result<Vec<PartDifference>, AppError> {
    let (versions, readable) = readable(tx, actor, id)?;
    let text = |revision: usize| {
        let place = revision.checked_sub(1).filter(|place| readable.contains(place)).ok_or(AppError::NotFound)?;
        Ok::<Text, AppError>(versions[place].text()?)
    };
    Ok(compare(&text(a)?, &text(b)?))
}

fn readable(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(Vec<TextRow>, Vec<usize>), AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let sight = loaded.sight(actor);
    let used = loaded.shown(sight, tx.now).accepted_at.is_some();
    let versions = texts::list(tx.conn, id)?;
    let places = (0..versions.len()).filter(|place| may_read(&versions[*place], sight, used)).collect();
    Ok((versions, places))
}

fn may_read(text: &TextRow, sight: Visibility, used: bool) -> bool {
    match text.kind {
        TextKind::Original => text.sealed_at.is_some() || sight.author,
        TextKind::Edited => sight.internal() || used,
    }
}

/// Compares character by character and groups the result into passages; this suits Chinese, which has no spaces.
pub(crate) fn compare(a: &Text, b: &Text) -> Vec<PartDifference> {
    let mut differences = Vec::new();
    for part in Part::ALL.iter().copied() {
        let (old, new) = (a.part(part), b.part(part));
        if old == new {
            continue;
        }
        let diff = TextDiff::configure().timeout(std::time::Duration::from_millis(500)).diff_chars(old.as_str(), new.as_str());
        let mut passages: Vec<Passage> = Vec::new();
        for one in diff.iter_all_changes() {
            let change = match one.tag() {
                ChangeTag::Equal => Change::Same,
                ChangeTag::Delete => Change::Removed,
                ChangeTag::Insert => Change::Added,
            };
            match passages.last_mut() {
                Some(last) if last.change == change => last.text.push_str(one.value()),
                _ => passages.push(Passage { change, text: one.value().to_owned() }),
            }
        }
        differences.push(PartDifference { part, passages });
    }
    differences
}
