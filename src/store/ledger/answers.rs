//! What departments answered and what came of it, for `ledger verify`: the digest of each row's contents, in pages by id.

use diesel::prelude::*;

use crate::domain::ids::{AnyId, ChannelId, ManuscriptId, ReplyId};
use crate::store::adoptions::Adoption;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::ledger::contents;
use crate::store::ratings::Rating;
use crate::store::replies::{self, Reply};
use crate::store::reports::Report;
use crate::store::schema::{adoptions, implementation_reports, manuscripts, ratings, replies as reply_rows};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// A row and the digest of its contents as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contents {
    pub id: AnyId,
    pub manuscript: ManuscriptId,
    pub digest: String,
}

/// A page of one table, after an id.
pub(crate) type Page = fn(&mut AnyConn, ChannelId, AnyId) -> Result<Vec<Contents>, StoreError>;

/// The tables, by the name of what is in their rows.
pub(crate) const TABLES: [(&str, Page); 4] =
    [("reply", replies_after), ("report", reports_after), ("adoption", adoptions_after), ("rating", ratings_after)];

fn replies_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows: Vec<Reply> = reply_rows::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(reply_rows::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(reply_rows::id.gt(after))
        .order(reply_rows::id)
        .limit(PAGE)
        .select(reply_rows::all_columns)
        .load(conn)?;
    let ids: Vec<ReplyId> = rows.iter().map(|row| row.id).collect();
    let items = replies::items(conn, &ids)?;
    let contents = |row: Reply| {
        let of: Vec<_> = items.iter().filter(|item| item.reply_id == row.id).cloned().collect();
        Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::reply(&row, &of) }
    };
    Ok(rows.into_iter().map(contents).collect())
}

fn reports_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows: Vec<Report> = implementation_reports::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(implementation_reports::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(implementation_reports::id.gt(after))
        .order(implementation_reports::id)
        .limit(PAGE)
        .select(implementation_reports::all_columns)
        .load(conn)?;
    Ok(rows.iter().map(|row| Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::report(row) }).collect())
}

fn adoptions_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows = adoptions::table.filter(adoptions::channel_id.eq(channel)).filter(adoptions::id.gt(after));
    let rows: Vec<Adoption> = rows.order(adoptions::id).limit(PAGE).load(conn)?;
    Ok(rows.iter().map(|row| Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::adoption(row) }).collect())
}

fn ratings_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows = ratings::table.filter(ratings::channel_id.eq(channel)).filter(ratings::id.gt(after));
    let rows: Vec<Rating> = rows.order(ratings::id).limit(PAGE).load(conn)?;
    Ok(rows.iter().map(|row| Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::rating(row) }).collect())
}
