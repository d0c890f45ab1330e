//! The complete view of one manuscript, as one person may see it.

use std::collections::BTreeMap;

use crate::app::attachments::attachments_of;
use crate::app::bulletins::bulletins_of;
use crate::app::endorsements::endorsements_of;
use crate::app::handling::merged_views::merged_views;
use crate::app::handling::reading;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::outcomes::{adoptions_of, ratings, ratings_of};
use crate::app::reading::course::{self, decision_views};
use crate::app::reading::manuscript_view::{Basis, Besides};
use crate::app::reading::views::*;
use crate::app::{AppError, Tx, unstaffed};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::permission::{Actor, Visibility};
use crate::domain::vocabulary::Stage;
use crate::store::rows::{ManuscriptRow, TextRow};
use crate::store::{change_requests, manuscripts, people, texts};

/// Returns the complete view of one manuscript.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn manuscript(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<ManuscriptView, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    body(tx, actor, &loaded)
}

/// Returns the complete view of a loaded manuscript.
pub(crate) fn body(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<ManuscriptView, AppError> {
    let basis = Basis::of(tx, actor)?;
    let sight = loaded.sight(actor);
    let row = loaded.shown(sight, tx.now);
    let versions = texts::list(tx.conn, row.id)?;
    let names = names(tx, loaded, &versions)?;
    // Authors of a merged manuscript read the stage of its target, as the target's own authors read it.
    let target = if sight.author { course::target_of(tx, row)? } else { None };
    let place = target.as_ref().filter(|_| sight.author_only()).map(|target| target.row.clone());
    let stage = match &place {
        Some(target) => (target.stage, target.former_stage),
        None => (row.stage, loaded.row.former_stage.filter(|_| row.stage == Stage::Archived)),
    };
    let besides = Besides {
        stage,
        place,
        merged_into: merged_into(tx, actor, row)?,
        merged: merged_views(tx, actor, loaded)?,
        course: target.map(|target| course::course(tx, actor, loaded, &target)).transpose()?,
        unstaffed: !sight.author_only() && unstaffed::waits_for_nobody(tx, loaded)?,
        rated: ratings::is_rated_now(tx, actor, loaded, sight)?,
        requests: requests(tx, loaded, sight, &versions)?,
        decisions: decision_views(tx, loaded, sight)?,
        bulletins: bulletins_of(tx, actor, loaded)?,
        endorsements: endorsements_of(tx, actor, loaded)?,
        attachments: attachments_of(tx, actor, loaded)?,
        assignments: reading::assignments_of(tx, loaded, sight, actor)?,
        adoptions: adoptions_of(tx, loaded)?,
        ratings: ratings_of(tx, loaded, sight, actor)?,
    };
    basis.view(actor, loaded, &versions, &names, besides)
}

fn names(tx: &mut Tx<'_>, loaded: &LoadedCase, versions: &[TextRow]) -> Result<BTreeMap<UserId, String>, AppError> {
    let mut names: BTreeMap<UserId, String> = loaded.authors.iter().map(|author| (author.user_id, author.name.clone())).collect();
    let others = versions.iter().map(|text| text.created_by).chain(loaded.row.entered_by);
    let missing: Vec<UserId> = others.filter(|user| !names.contains_key(user)).collect();
    if !missing.is_empty() {
        names.extend(people::find_many(tx.conn, &missing)?.into_iter().map(|user| (user.id, user.name)));
    }
    Ok(names)
}

fn merged_into(tx: &mut Tx<'_>, actor: &Actor, row: &ManuscriptRow) -> Result<Option<MergedInto>, AppError> {
    let Some(target) = row.merged_into else { return Ok(None) };
    let target = manuscripts::find(tx.conn, actor.channel, target)?;
    let number = target.number.clone();
    let target = manuscript_case::of_row(tx, target)?;
    let id = target.sight(actor).reads().then_some(target.row.id);
    Ok(Some(MergedInto { number, id }))
}

/// Returns the requests for changes, which only the authors and the office read, and only after their announcement.
fn requests(tx: &mut Tx<'_>, loaded: &LoadedCase, sight: Visibility, versions: &[TextRow]) -> Result<Vec<RequestView>, AppError> {
    if !(sight.author || sight.screener || sight.internal()) {
        return Ok(Vec::new());
    }
    let rows = change_requests::list(tx.conn, loaded.row.id)?;
    let views = rows.into_iter().filter(|row| !loaded.conceals(row.entry_id)).map(|row| RequestView {
        id: row.id,
        part: row.part,
        from: row.from_char,
        to: row.to_char,
        text: row.words,
        revision: versions.iter().position(|text| text.id == row.text_id).map_or(0, |place| place + 1),
        at: row.created_at,
        ticked_at: row.ticked_at,
    });
    Ok(views.collect())
}
