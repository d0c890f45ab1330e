//! Replies, reports and outcomes, for `ledger verify`: the digest of each row's contents, in pages by id.

use diesel::prelude::*;

use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, ReplyId, UserId};
use crate::store::adoptions::Adoption;
use crate::store::change_requests::ChangeRequest;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::ledger::contents;
use crate::store::ratings::Rating;
use crate::store::recipients::RecipientRow;
use crate::store::replies::{self, ReplyRow};
use crate::store::reports::ImplementationReportRow;
use crate::store::schema::{adoptions, change_requests, implementation_reports, manuscripts, ratings, recipients, replies as reply_rows};

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
pub(crate) type AnswerPage = fn(&mut AnyConn, ChannelId, AnyId) -> Result<Vec<Contents>, StoreError>;

/// The tables, by the name of the contents of their rows.
pub(crate) const TABLES: [(&str, AnswerPage); 6] = [
    ("reply", replies_after),
    ("report", reports_after),
    ("adoption", adoptions_after),
    ("rating", ratings_after),
    ("change request", requests_after),
    ("recipients", recipients_after),
];

fn replies_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows: Vec<ReplyRow> = reply_rows::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(reply_rows::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(reply_rows::id.gt(after))
        .order(reply_rows::id)
        .limit(PAGE)
        .select(reply_rows::all_columns)
        .load(conn)?;
    let ids: Vec<ReplyId> = rows.iter().map(|row| row.id).collect();
    let items = replies::items(conn, &ids)?;
    let contents = |row: ReplyRow| {
        let of: Vec<_> = items.iter().filter(|item| item.reply_id == row.id).cloned().collect();
        Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::reply(&row, &of) }
    };
    Ok(rows.into_iter().map(contents).collect())
}

fn reports_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows: Vec<ImplementationReportRow> = implementation_reports::table
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

fn requests_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let rows: Vec<ChangeRequest> = change_requests::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(change_requests::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(change_requests::id.gt(after))
        .order(change_requests::id)
        .limit(PAGE)
        .select(change_requests::all_columns)
        .load(conn)?;
    Ok(rows.iter().map(|row| Contents { id: AnyId(row.id.0), manuscript: row.manuscript_id, digest: contents::request(row) }).collect())
}

/// The leaders to whom an act forwarded a manuscript, together, under the id of the act's entry.
fn recipients_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Contents>, StoreError> {
    let acts = recipients::table.filter(recipients::channel_id.eq(channel)).filter(recipients::entry_id.gt(after));
    let acts: Vec<EntryId> = acts.select(recipients::entry_id).distinct().order(recipients::entry_id).limit(PAGE).load(conn)?;
    let rows: Vec<RecipientRow> = recipients::table.filter(recipients::entry_id.eq_any(&acts)).order(recipients::entry_id).load(conn)?;
    let together = rows.chunk_by(|one, next| one.entry_id == next.entry_id);
    let contents = |rows: &[RecipientRow]| {
        let leaders: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
        let (manuscript, bulletin) = (rows[0].manuscript_id, rows[0].bulletin_id);
        Contents { id: AnyId(rows[0].entry_id.0), manuscript, digest: contents::recipients(manuscript, bulletin, &leaders) }
    };
    Ok(together.map(contents).collect())
}
