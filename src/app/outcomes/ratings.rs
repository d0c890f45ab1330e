//! Ratings of attitude and result, one per author and conclusion.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About};
use crate::app::step::StepDetails;
use crate::app::{AppError, Tx, pending_decision, transition};
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, RatingId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::outcome::Satisfaction;
use crate::domain::permission::{Actor, Visibility};
use crate::domain::refusal::Refusal;
use crate::domain::violation::prose;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::ledger::contents;
use crate::store::ratings::{self, Rating};
use crate::store::rows::ManuscriptRow;
use crate::store::{manuscripts, people};

/// 评价
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"attitude": "satisfied", "result": "mostly_satisfied", "words": "希望早日建成。"}))]
pub struct NewRating {
    /// The rating of the departments' attitude.
    pub attitude: Satisfaction,
    /// The rating of the result.
    pub result: Satisfaction,
    /// Additional text.
    #[serde(default)]
    pub words: String,
}

/// A rating as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingView {
    /// Its id.
    pub id: RatingId,
    /// The author; absent for leaders and departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Their name; absent for leaders and departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rating of the departments' attitude.
    pub attitude: Satisfaction,
    /// The rating of the result.
    pub result: Satisfaction,
    /// Additional text; omitted for leaders and departments.
    pub words: String,
    /// The conclusion that was rated; after a reopening, the next one can be rated again.
    pub concluded_at: Moment,
    /// The time of the rating.
    pub created_at: Moment,
}

/// Rates the conclusion of a manuscript, or of the one that it was merged into.
///
/// # Errors
/// [`Refusal::AlreadyDone`] for a second rating of one conclusion; violations; refusals.
pub fn rate(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, form: &NewRating) -> Result<RatingView, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Rate)?;
    let concluded = concluded(tx, &loaded)?;
    let concluded_at = concluded.concluded_at.ok_or(Refusal::WrongStage { stage: loaded.row.stage })?;
    if ratings::exists(tx.conn, id, actor.user, concluded_at)? {
        return Err(Refusal::AlreadyDone.into());
    }
    let entry: EntryId = tx.id();
    let rating_id: RatingId = tx.id();
    let row = Rating {
        id: rating_id,
        channel_id: actor.channel,
        manuscript_id: id,
        concluded_id: concluded.id,
        user_id: actor.user,
        entry_id: entry,
        attitude: form.attitude,
        result: form.result,
        words: prose("words", &form.words, tx.settings.limits.reason_chars)?,
        concluded_at,
        created_at: tx.now,
    };
    let step = StepDetails {
        entry: Some(entry),
        facts: json!({ "attitude": row.attitude, "result": row.result, "of": row.concluded_id }),
        digests: BTreeMap::from([("rating".to_owned(), contents::rating(&row))]),
        ..StepDetails::default()
    };
    transition::take(tx, actor, &mut loaded, Action::Rate, step, |_| {})?;
    ratings::insert(tx.conn, &row)?;
    if [row.attitude, row.result].contains(&Satisfaction::Unsatisfied) {
        alert(tx, actor, entry, &concluded)?;
    }
    let name = people::find(tx.conn, actor.user)?.name;
    Ok(view(row, Some(name)))
}

/// Returns whether this person has rated the conclusion in effect; a manuscript without a conclusion counts as rated.
pub(crate) fn is_rated(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<bool, AppError> {
    match concluded(tx, loaded)?.concluded_at {
        Some(at) => Ok(ratings::exists(tx.conn, loaded.row.id, actor.user, at)?),
        None => Ok(true),
    }
}

/// Returns the same for a reader in any capacity: only an author to whom a conclusion is announced can have rated it.
pub(crate) fn is_rated_now(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, sight: Visibility) -> Result<bool, AppError> {
    let ends = |stage: Option<Stage>| stage == Some(Stage::Concluded);
    if !sight.author || !(ends(loaded.row.former_stage) || ends(Some(loaded.row.stage)) || ends(loaded.case.target)) {
        return Ok(false);
    }
    match is_rated(tx, actor, loaded) {
        Err(AppError::Refused(_)) => Ok(false),
        rated => rated,
    }
}

/// Returns the manuscript whose conclusion is rated. A conclusion that is not announced to authors yet cannot be rated.
fn concluded(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<ManuscriptRow, AppError> {
    let Some(target) = loaded.row.merged_into else { return Ok(loaded.row.clone()) };
    let target = manuscripts::find(tx.conn, loaded.row.channel_id, target)?;
    pending_decision::as_announced(target, tx.now)
}

/// Notifies the dispatchers, who decide whether to reopen; one dissatisfied author is sufficient.
fn alert(tx: &mut Tx<'_>, actor: &Actor, entry: EntryId, concluded: &ManuscriptRow) -> Result<(), AppError> {
    let about = About {
        entry,
        channel: concluded.channel_id,
        manuscript: Some(concluded),
        subject: concluded.id.into(),
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    };
    notification::tell_audience(tx, &about, Audience::Dispatchers, Letter::RatedUnsatisfied, &[], &[])
}

/// Builds the view, with the author's name and text, or without both.
fn view(row: Rating, name: Option<String>) -> RatingView {
    RatingView {
        id: row.id,
        user_id: name.is_some().then_some(row.user_id),
        words: if name.is_some() { row.words } else { String::new() },
        name,
        attitude: row.attitude,
        result: row.result,
        concluded_at: row.concluded_at,
        created_at: row.created_at,
    }
}

/// Returns the ratings that this person may read, oldest first: the office reads all, including those by authors of merged manuscripts; an
/// author their own. The leaders who received the manuscript and the departments that answered it read the ratings without names and texts,
/// which are meant for the office.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn ratings_of(tx: &mut Tx<'_>, loaded: &LoadedCase, seen: Visibility, actor: &Actor) -> Result<Vec<RatingView>, AppError> {
    if !seen.internal() && !seen.author && (seen.leader || seen.handler) {
        let rows = ratings::of_concluded(tx.conn, loaded.row.id)?;
        return Ok(rows.into_iter().map(|row| view(row, None)).collect());
    }
    let rows = if seen.internal() {
        ratings::of_concluded(tx.conn, loaded.row.id)?
    } else if seen.author {
        let own = ratings::of_manuscript(tx.conn, loaded.row.id)?;
        own.into_iter().filter(|row| row.user_id == actor.user).collect()
    } else {
        Vec::new()
    };
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let users: Vec<UserId> = rows.iter().map(|row| row.user_id).collect::<BTreeSet<_>>().into_iter().collect();
    let names: BTreeMap<UserId, String> = people::find_many(tx.conn, &users)?.into_iter().map(|user| (user.id, user.name)).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let name = names.get(&row.user_id).cloned().unwrap_or_default();
            view(row, Some(name))
        })
        .collect())
}
