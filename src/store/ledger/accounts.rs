//! People, roles, stand-ins and bulletins for `ledger verify`: the digest of each row as it is now, in pages by id.

use diesel::prelude::*;

use crate::domain::ids::{AnyId, BulletinId, ChannelId, UserId};
use crate::domain::states::BulletinState;
use crate::store::bulletins::{self, Bulletin, BulletinItemRow, BulletinRecipientRow};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::ledger::contents;
use crate::store::people::{GrantRow, StandIn, User};
use crate::store::schema::{bulletins as bulletin_rows, grants, stand_ins, users};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// A row, and the digests of its present contents, by the names under which entries have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Now {
    pub id: AnyId,
    pub digests: Vec<(&'static str, String)>,
}

/// A page of one table, after an id.
pub(crate) type AccountPage = fn(&mut AnyConn, ChannelId, AnyId) -> Result<Vec<Now>, StoreError>;

/// The tables, by the kind of thing that entries speak of.
pub(crate) const TABLES: [(&str, AccountPage); 3] = [("user", people_after), ("stand_in", stand_ins_after), ("bulletin", bulletins_after)];

fn people_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Now>, StoreError> {
    let rows = users::table.filter(users::channel_id.eq(channel)).filter(users::id.gt(after));
    let rows: Vec<User> = rows.order(users::id).limit(PAGE).load(conn)?;
    let ids: Vec<UserId> = rows.iter().map(|row| row.id).collect();
    let held: Vec<GrantRow> = grants::table.filter(grants::user_id.eq_any(&ids)).load(conn)?;
    let now = |row: User| {
        let own: Vec<GrantRow> = held.iter().filter(|grant| grant.user_id == row.id).cloned().collect();
        Now { id: row.id.into(), digests: vec![("account", contents::account(&row)), ("roles", contents::roles(row.id, &own))] }
    };
    Ok(rows.into_iter().map(now).collect())
}

fn stand_ins_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Now>, StoreError> {
    let rows = stand_ins::table.filter(stand_ins::channel_id.eq(channel)).filter(stand_ins::id.gt(after));
    let rows: Vec<StandIn> = rows.order(stand_ins::id).limit(PAGE).load(conn)?;
    Ok(rows.iter().map(|row| Now { id: AnyId(row.id.0), digests: vec![("stand_in", contents::stand_in(row))] }).collect())
}

/// Bulletins that are not drafts: a draft is saved without an entry.
fn bulletins_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Now>, StoreError> {
    let rows = bulletin_rows::table.filter(bulletin_rows::channel_id.eq(channel)).filter(bulletin_rows::id.gt(after));
    let rows = rows.filter(bulletin_rows::state.ne(BulletinState::Draft));
    let rows: Vec<Bulletin> = rows.order(bulletin_rows::id).limit(PAGE).load(conn)?;
    let ids: Vec<BulletinId> = rows.iter().map(|row| row.id).collect();
    let (items, to) = (bulletins::items(conn, &ids)?, bulletins::addressees(conn, &ids)?);
    let now = |row: &Bulletin| {
        let items: Vec<BulletinItemRow> = items.iter().filter(|item| item.bulletin_id == row.id).cloned().collect();
        let to: Vec<BulletinRecipientRow> = to.iter().filter(|one| one.bulletin_id == row.id).cloned().collect();
        Now { id: row.id.into(), digests: vec![("bulletin", contents::bulletin(row, &items, &to))] }
    };
    Ok(rows.iter().map(now).collect())
}
