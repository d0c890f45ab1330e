//! Four eyes (decision 0014): a person who last recommended a manuscript, entered it for its author, or wrote any round of its edited text
//! may not sign, forward or issue it.

use crate::app::{AppError, Tx, notification};
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::permission::{Actor, Grant};
use crate::domain::transition::is_signed_in;
use crate::domain::vocabulary::{Action, Role};
use crate::store::rows::ManuscriptRow;
use crate::store::{decisions, texts};

/// Returns whether the rule is in force in a channel: as its settings say, otherwise if there are at least two signers, because a single
/// signer could never sign a manuscript that they recommended.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_in_force(tx: &mut Tx<'_>, channel: ChannelId) -> Result<bool, AppError> {
    let settings = tx.channel_settings(channel)?;
    if let Some(said) = settings.four_eyes {
        return Ok(said);
    }
    Ok(settings.needs_four_eyes(notification::count_holders(tx, channel, Role::Signer)?))
}

/// Returns the persons who recommended the manuscript or wrote its text, while it can be signed, forwarded or issued; empty where the rule
/// is off.
pub(crate) fn prepared_by(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Vec<UserId>, AppError> {
    if !is_signed_in(row.stage) || !is_in_force(tx, row.channel_id)? {
        return Ok(Vec::new());
    }
    let mut persons = decisions::last_by(tx.conn, row.id, Action::Recommend.as_str())?;
    persons.extend(written_by(tx, row)?);
    Ok(persons)
}

/// Returns the same for a manuscript that these persons are just recommending.
pub(crate) fn recommended_by(tx: &mut Tx<'_>, row: &ManuscriptRow, persons: [Option<UserId>; 2]) -> Result<Vec<UserId>, AppError> {
    if !is_in_force(tx, row.channel_id)? {
        return Ok(Vec::new());
    }
    let mut all: Vec<UserId> = persons.into_iter().flatten().collect();
    all.extend(written_by(tx, row)?);
    Ok(all)
}

/// Returns the persons whose recommendations and texts this person may not sign: the person themselves, and those whom they only stand in
/// for as a signer.
pub(crate) fn bound(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<UserId>, AppError> {
    let signs = |grant: &&Grant| grant.role == Role::Signer;
    if !actor.holds(Role::Signer) || !is_in_force(tx, actor.channel)? {
        return Ok(Vec::new());
    }
    let own = actor.grants.iter().filter(signs).any(|grant| grant.for_user.is_none());
    let absent = actor.grants.iter().filter(signs).filter_map(|grant| grant.for_user).filter(|_| !own);
    Ok(absent.chain([actor.user]).collect())
}

/// Returns the persons whose wording may go out: who entered the manuscript for its author, and who wrote a round of the edited text,
/// together with the person stood in for. Every round counts while an edited text is in use, because its wording may come from each of
/// them, whoever saved it last, carried it over, or started again from a dropped one.
fn written_by(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Vec<UserId>, AppError> {
    let mut persons: Vec<UserId> = row.entered_by.into_iter().collect();
    if row.edited_text_id.is_some() {
        persons.extend(texts::editors(tx.conn, row.id)?);
    }
    Ok(persons)
}
