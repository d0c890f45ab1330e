//! One manuscript, whole, as one person may see it.

use std::collections::BTreeMap;

use crate::desk::attachments::attachments_of;
use crate::desk::bulletins::bulletins_of;
use crate::desk::case::{self, Loaded};
use crate::desk::endorsements::endorsements_of;
use crate::desk::handling::reading;
use crate::desk::outcomes::{adoptions_of, ratings_of};
use crate::desk::reading::views::*;
use crate::desk::{DeskError, Tx};
use crate::domain::channel::ChannelSettings;
use crate::domain::deadline::{Limit, Limits};
use crate::domain::ids::{ManuscriptId, TextId, UserId};
use crate::domain::permission::{Actor, Sight};
use crate::domain::transition::allowed;
use crate::domain::words::{Role, Stage};
use crate::store::decisions;
use crate::store::manuscripts::{self, Manuscript};
use crate::store::people;
use crate::store::texts::{self, TextRow};

/// One manuscript, whole.
///
/// # Errors
/// [`DeskError::NotFound`] also for what this person may not see.
pub fn manuscript(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<ManuscriptView, DeskError> {
    let loaded = case::view(tx, actor, id)?;
    body(tx, actor, &loaded)
}

/// The same for one that is loaded.
pub(crate) fn body(tx: &mut Tx<'_>, actor: &Actor, loaded: &Loaded) -> Result<ManuscriptView, DeskError> {
    let (sight, settings) = (loaded.sight(actor), tx.channel_settings(actor.channel)?);
    let row = loaded.shown(sight, tx.now).clone();
    let versions = texts::list(tx.conn, row.id)?;
    let original = versions.iter().find(|text| text.id == row.text_id).ok_or(DeskError::NotFound)?;
    let text = original.text()?;
    let details = row.details()?;
    let names = names(tx, loaded, &versions)?;
    let (stage, outcome) = stage_of(tx, actor, loaded, &row, sight)?;
    let edited = row.edited_text_id.filter(|_| sight.internal() || row.accepted_at.is_some());
    let edited = edited.map(|id| text_view(&versions, id, &names)).transpose()?;
    Ok(ManuscriptView {
        id: row.id,
        number: row.number.clone(),
        stage,
        outcome,
        version: row.version,
        title: row.title.clone(),
        category: row.category.clone(),
        kind: row.kind,
        urgent: row.urgent,
        situation: text.situation,
        causes: text.causes,
        suggestions: text.suggestions,
        keywords: details.keywords,
        characters: original.characters,
        long: usize::try_from(original.characters).unwrap_or(usize::MAX) > tx.settings.limits.text_soft_chars,
        edited_text: edited,
        declarations: details.declarations,
        for_organization: details.for_organization,
        authors: loaded.authors.iter().map(|author| author_view(&row, author)).collect(),
        entered_by: row.entered_by.and_then(|user| names.get(&user).cloned()),
        organization_id: row.organization_id,
        organization: details.organization_name,
        submitted_at: row.submitted_at,
        created_at: row.created_at,
        where_is_it: where_is_it(&settings, &row, stage),
        undo_until: row.pending_until.filter(|until| *until > tx.now && !sight.author_only()),
        merged_into: merged_into(tx, actor, &row)?,
        allowed_actions: allowed(&loaded.case, actor, tx.now),
        requests: requests(tx, loaded, sight, &versions)?,
        decisions: decision_views(tx, loaded, sight)?,
        bulletins: bulletins_of(tx, actor, loaded)?,
        endorsements: endorsements_of(tx, actor, loaded)?,
        attachments: attachments_of(tx, actor, loaded)?,
        assignments: reading::assignments_of(tx, loaded, sight, actor)?,
        adoptions: adoptions_of(tx, loaded)?,
        ratings: ratings_of(tx, loaded, sight, actor)?,
    })
}

/// Authors of a merged one read where the target stands, as its own authors read it.
fn stage_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &Loaded, row: &Manuscript, sight: Sight) -> Result<(Stage, Option<Stage>), DeskError> {
    match row.merged_into {
        Some(target) if sight.author_only() && row.stage == Stage::Merged => {
            let target = manuscripts::find(tx.conn, actor.channel, target)?;
            let target = case::of_row(tx, target)?;
            let as_author = Sight { author: true, ..Sight::default() };
            let shown = target.shown(as_author, tx.now);
            Ok((shown.stage, shown.former_stage))
        }
        _ => Ok((row.stage, loaded.row.former_stage.filter(|_| row.stage == Stage::Archived))),
    }
}

fn author_view(row: &Manuscript, author: &texts::Author) -> AuthorView {
    AuthorView {
        user_id: author.user_id,
        name: author.name.clone(),
        post: author.post.clone(),
        organization: author.organization_name.clone(),
        first: author.user_id == row.first_author_id,
        signed_at: author.signed_at,
    }
}

fn names(tx: &mut Tx<'_>, loaded: &Loaded, versions: &[TextRow]) -> Result<BTreeMap<UserId, String>, DeskError> {
    let mut names: BTreeMap<UserId, String> = loaded.authors.iter().map(|author| (author.user_id, author.name.clone())).collect();
    let others = versions.iter().map(|text| text.created_by).chain(loaded.row.entered_by);
    let missing: Vec<UserId> = others.filter(|user| !names.contains_key(user)).collect();
    if !missing.is_empty() {
        names.extend(people::find_many(tx.conn, &missing)?.into_iter().map(|user| (user.id, user.name)));
    }
    Ok(names)
}

pub(crate) fn text_view(versions: &[TextRow], id: TextId, names: &BTreeMap<UserId, String>) -> Result<TextView, DeskError> {
    let place = versions.iter().position(|text| text.id == id).ok_or(DeskError::NotFound)?;
    let row = &versions[place];
    let text = row.text()?;
    Ok(TextView {
        revision: place + 1,
        kind: row.kind,
        title: text.title.as_str().to_owned(),
        situation: text.situation,
        causes: text.causes,
        suggestions: text.suggestions,
        by: names.get(&row.created_by).cloned().unwrap_or_default(),
        at: row.sealed_at.unwrap_or(row.created_at),
        digest: row.digest.as_ref().map(hex::encode),
    })
}

/// Whose turn it is in a stage.
fn desk_of(stage: Stage) -> Option<Role> {
    match stage {
        Stage::Draft | Stage::Returned => Some(Role::Submitter),
        Stage::Screening => Some(Role::Screener),
        Stage::Review => Some(Role::Reviewer),
        Stage::Signing | Stage::Accepted => Some(Role::Signer),
        Stage::Forwarded | Stage::Handling => Some(Role::Dispatcher),
        Stage::Concluded | Stage::Archived | Stage::Declined | Stage::Merged | Stage::Withdrawn => None,
    }
}

/// The working days that the desk of a stage usually has.
pub(crate) fn usual_working_days(limits: &Limits, stage: Stage, urgent: bool) -> Option<u32> {
    let usual = match stage {
        Stage::Screening => Some(limits.screening(urgent)),
        Stage::Review => Some(limits.review(urgent)),
        Stage::Signing => Some(limits.signing(urgent)),
        _ => None,
    };
    usual.and_then(|limit| match limit {
        Limit::WorkingDays(days) => Some(days),
        Limit::Months(_) => None,
    })
}

fn where_is_it(settings: &ChannelSettings, row: &Manuscript, stage: Stage) -> WhereIsIt {
    let usual_working_days = usual_working_days(&settings.limits, stage, row.urgent);
    WhereIsIt { desk: desk_of(stage), since: row.stage_since, due_at: row.due_at, usual_working_days }
}

fn merged_into(tx: &mut Tx<'_>, actor: &Actor, row: &Manuscript) -> Result<Option<MergedInto>, DeskError> {
    let Some(target) = row.merged_into else { return Ok(None) };
    let target = manuscripts::find(tx.conn, actor.channel, target)?;
    let number = target.number.clone();
    let target = case::of_row(tx, target)?;
    let id = target.sight(actor).reads().then_some(target.row.id);
    Ok(Some(MergedInto { number, id }))
}

/// Requests are for the authors and the desks that read them; not for leaders or departments, and not before they are announced.
fn requests(tx: &mut Tx<'_>, loaded: &Loaded, sight: Sight, versions: &[TextRow]) -> Result<Vec<RequestView>, DeskError> {
    if !(sight.author || sight.screener || sight.internal()) {
        return Ok(Vec::new());
    }
    let hidden = hidden_entry(loaded, sight, tx.now);
    let rows = texts::requests(tx.conn, loaded.row.id)?;
    let views = rows.into_iter().filter(|row| Some(row.entry_id) != hidden).map(|row| RequestView {
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

/// The entry of a decision that this person must not learn of yet.
pub(crate) fn hidden_entry(loaded: &Loaded, sight: Sight, now: crate::domain::clock::Moment) -> Option<crate::domain::ids::EntryId> {
    match (&loaded.held, loaded.row.pending_until) {
        (Some(held), Some(until)) if until > now && sight.author_only() => Some(held.entry),
        _ => None,
    }
}

fn decision_views(tx: &mut Tx<'_>, loaded: &Loaded, sight: Sight) -> Result<Vec<DecisionView>, DeskError> {
    if !(sight.author || sight.screener || sight.internal()) {
        return Ok(Vec::new());
    }
    let hidden = hidden_entry(loaded, sight, tx.now);
    let mut rows = decisions::list(tx.conn, loaded.row.id)?;
    rows.retain(|row| (row.public || sight.internal()) && Some(row.entry_id) != hidden);
    let people: Vec<UserId> =
        if sight.internal() { rows.iter().flat_map(|row| [row.actor_id, row.on_behalf_of]).flatten().collect() } else { Vec::new() };
    let names: BTreeMap<UserId, String> = if people.is_empty() {
        BTreeMap::new()
    } else {
        people::find_many(tx.conn, &people)?.into_iter().map(|user| (user.id, user.name)).collect()
    };
    let name = |user: Option<UserId>| user.and_then(|user| names.get(&user).cloned());
    let views = rows.into_iter().map(|row| DecisionView {
        entry: row.entry_id,
        by: name(row.actor_id),
        on_behalf_of: name(row.on_behalf_of),
        action: row.action,
        role: row.role,
        reason_code: row.reason_code,
        words: row.words,
        at: row.created_at,
    });
    Ok(views.collect())
}
