//! Submitted bulletins that wait for a person's signature.

use crate::app::bulletins::views::line;
use crate::app::bulletins::{BulletinLine, BulletinWithItems, is_bound, within};
use crate::app::{AppError, Tx};
use crate::domain::permission::Actor;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::Role;
use crate::store::bulletins;

/// The largest number of submitted bulletins that are searched; a channel has a few.
const MOST: i64 = 100;

/// Returns the bulletins that wait for this person to sign or send back, the longest waiting first. Those that four eyes forbid this person
/// to sign wait for others.
///
/// # Errors
/// Fails if a database operation fails.
pub fn to_sign(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<BulletinLine>, AppError> {
    if !actor.holds(Role::Signer) {
        return Ok(Vec::new());
    }
    let Some(within) = within(tx, actor)? else { return Ok(Vec::new()) };
    let mut rows = bulletins::list(tx.conn, actor.channel, &within, Some(BulletinState::Submitted), None, None, MOST)?;
    rows.sort_by_key(|row| (row.submitted_at, row.id));
    let mut waiting = Vec::new();
    for row in rows {
        let (items, to) = (bulletins::items(tx.conn, &[row.id])?, Vec::new());
        let whole = BulletinWithItems { row, items, to };
        if !is_bound(tx, actor, &whole)? {
            waiting.push(line(&whole.row, whole.items.len()));
        }
    }
    Ok(waiting)
}
