//! The leaders' reading: manuscripts that wait for their endorsement, those that they have endorsed, and the outcome.

use crate::app::bulletins::bulletins_of;
use crate::app::endorsements::{self, EndorsementView};
use crate::app::handling::reading::assignments_of;
use crate::app::outgoing::outgoing_text;
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::clock::Moment;
use crate::domain::endorsement::leader_of;
use crate::domain::ids::{EndorsementId, ManuscriptId, UserId};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::{Action, Answer, Role, Stage};
use crate::store;
use crate::store::listing::{self, ManuscriptFilter, Stream};
use crate::store::rows::ManuscriptRow;

/// The number of characters of the text that a card shows.
const BEGINNING: usize = 120;

/// A manuscript that waits for a leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderCard {
    /// Its id.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// 案由
    pub title: String,
    /// The beginning of its text.
    pub beginning: String,
    /// The first author.
    pub author: String,
    /// Their organisation.
    pub organization: String,
    /// 急件
    pub urgent: bool,
    /// The bulletin that contains it, by its usual name.
    pub bulletin: Option<String>,
    /// The time since when it is before them.
    pub since: Moment,
}

/// A manuscript that a leader has endorsed, with its outcome.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The endorsement.
    pub endorsement: EndorsementView,
    /// Its stage; if it is archived, the stage before that.
    pub stage: Stage,
    /// The number of suggestions for each kind of answer, in approved replies.
    pub answers: Vec<(Answer, usize)>,
    /// The result of its conclusion.
    pub result: Option<String>,
}

/// Returns the leaders for whom this person acts, as a leader or as their secretary.
#[must_use]
pub fn served(actor: &Actor, role: Role) -> Vec<UserId> {
    let mut leaders: Vec<UserId> =
        actor.grants.iter().filter(|grant| grant.role == role).filter_map(|grant| leader_of(grant, actor.user)).collect();
    leaders.sort_unstable();
    leaders.dedup();
    leaders
}

/// A page of cards, and the key from which the next page continues.
pub type Cards = (Vec<LeaderCard>, Option<ManuscriptId>);

/// Returns the manuscripts that wait for these leaders' endorsement, newest first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn waiting(tx: &mut Tx<'_>, actor: &Actor, leaders: &[UserId], after: Option<ManuscriptId>, limit: i64) -> Result<Cards, AppError> {
    if leaders.is_empty() {
        return Ok((Vec::new(), None));
    }
    let filter = ManuscriptFilter {
        waiting: true,
        after: after.map(|id| (None, id)),
        not_by: vec![actor.user],
        limit: limit + 1,
        ..ManuscriptFilter::default()
    };
    let mut rows = listing::stream(tx.conn, actor.channel, &Stream::Leader(leaders.to_vec()), &filter)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    tx.prefetch(rows.iter().map(|row| row.id));
    let mut cards = Vec::with_capacity(rows.len());
    for row in rows {
        let row = tx.manuscript(actor.channel, row.id)?;
        cards.extend(card(tx, actor, leaders, row)?);
    }
    Ok((cards, next))
}

fn card(tx: &mut Tx<'_>, actor: &Actor, leaders: &[UserId], row: ManuscriptRow) -> Result<Option<LeaderCard>, AppError> {
    let loaded = manuscript_case::of_row(tx, row)?;
    // Leaders do not endorse manuscripts that they wrote themselves.
    if !loaded.sight(actor).leader {
        return Ok(None);
    }
    let bulletin = bulletins_of(tx, actor, &loaded)?.into_iter().rev().find(|one| one.state == BulletinState::Issued).map(|one| one.called);
    let row = loaded.row;
    let through = tx.recipients_of(row.id)?.into_iter().rev().find(|one| leaders.contains(&one.user_id));
    let text = outgoing_text(tx, &row)?;
    let details = row.details()?;
    Ok(Some(LeaderCard {
        id: row.id,
        number: row.number,
        title: text.title,
        beginning: text.situation.chars().take(BEGINNING).collect(),
        author: details.author_name,
        organization: details.organization_name,
        urgent: row.urgent,
        bulletin,
        since: through.map_or(row.stage_since, |one| one.created_at),
    }))
}

/// Returns the endorsements of these leaders, newest first, without rejected ones. `written` excludes the circles.
///
/// # Errors
/// Fails if a database operation fails.
pub fn marked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    leaders: &[UserId],
    written: bool,
    (after, limit): (Option<EndorsementId>, i64),
) -> Result<(Vec<Marked>, Option<EndorsementId>), AppError> {
    let within = store::endorsements::EndorsementScope::Of(leaders.to_vec());
    let mut rows = store::endorsements::list(tx.conn, actor.channel, &within, None, after, limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    rows.retain(|row| row.state.has_effect() && !(written && row.kind == EndorsementKind::Noted));
    let mut found = Vec::with_capacity(rows.len());
    for endorsement in endorsements::views(tx, actor, &rows)? {
        found.push(outcome(tx, actor, endorsement)?);
    }
    Ok((found, next))
}

/// Returns the outcome as the letter to the leader states it, once its window has closed.
fn outcome(tx: &mut Tx<'_>, actor: &Actor, endorsement: EndorsementView) -> Result<Marked, AppError> {
    let loaded = manuscript_case::view(tx, actor, endorsement.manuscript_id)?;
    let sight = loaded.sight(actor);
    let announced = loaded.row.pending_until.is_none_or(|until| until <= tx.now);
    let conclude = Action::Conclude.as_str();
    let concluded = tx.decisions_of(loaded.row.id)?.into_iter().rev().find(|row| row.public && row.action == conclude);
    let replies: Vec<_> = assignments_of(tx, &loaded, sight, actor)?.into_iter().flat_map(|one| one.replies).collect();
    let items = || replies.iter().filter(|reply| reply.approved == Some(true)).flat_map(|reply| &reply.items);
    let count = |answer: &Answer| (*answer, items().filter(|item| item.answer == *answer).count());
    let stage = loaded.row.former_stage.unwrap_or(loaded.row.stage);
    Ok(Marked {
        endorsement,
        stage,
        answers: Answer::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect(),
        result: concluded.filter(|_| announced && stage == Stage::Concluded).map(|row| row.words),
    })
}
