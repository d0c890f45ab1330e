//! The manuscripts of an author on which a decision is not announced yet.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, ManuscriptId};
use crate::store::connection::{AnyConn, MultiBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::listing::{ManuscriptFilter, Stream, details, first, seen};
use crate::store::rows::ManuscriptRow;
use crate::store::schema::{authors, manuscripts};

/// Up to this number, unannounced decisions are checked one by one; if there are more, the person's manuscripts are checked instead.
const FEW: usize = 50;
/// Ids in one statement.
const AT_ONCE: usize = 5_000;

/// The manuscripts of an author's stream with an unannounced decision. They are few, because that time is short. After an office has
/// decided on very many at once they are not; then a person who wrote none of them must not have to wait.
pub(crate) fn unannounced(
    conn: &mut AnyConn,
    channel: ChannelId,
    of: &Stream,
    filter: &ManuscriptFilter,
    now: Moment,
) -> Result<Vec<ManuscriptRow>, StoreError> {
    let open =
        || manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::pending_until.assume_not_null().gt(now));
    let Stream::Author(user) = of else { return Ok(PreparedSql(details(seen(open().into_boxed(), of, filter), filter)).load(conn)?) };
    let ids = open().select(manuscripts::id).into_boxed::<MultiBackend>();
    let most = i64::try_from(FEW + 1).unwrap_or(i64::MAX);
    let ids: Vec<ManuscriptId> = match conn {
        AnyConn::Pg(_) => PreparedSql(ids.limit(most)).load(conn)?,
        AnyConn::Sqlite(_) => first(conn, PreparedSql(ids), most)?,
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() <= FEW {
        let rows = open().filter(manuscripts::id.eq_any(ids)).into_boxed();
        return Ok(details(seen(rows, of, filter), filter).load(conn)?);
    }
    let mine = authors::table.filter(authors::user_id.eq(*user)).filter(authors::withdrawn_at.is_null());
    let mine: Vec<ManuscriptId> = PreparedSql(mine.select(authors::manuscript_id)).load(conn)?;
    let mut found = Vec::new();
    for some in mine.chunks(AT_ONCE) {
        // Read by their ids alone, so that no planner uses the index of open manuscripts.
        let rows = manuscripts::table.filter(manuscripts::id.eq_any(some.to_vec()));
        let rows: Vec<(ManuscriptId, Option<Moment>)> = rows.select((manuscripts::id, manuscripts::pending_until)).load(conn)?;
        found.extend(rows.into_iter().filter(|(_, until)| until.is_some_and(|until| until > now)).map(|(id, _)| id));
    }
    let mut rows = Vec::new();
    for some in found.chunks(AT_ONCE) {
        let query = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::id.eq_any(some.to_vec()));
        rows.extend(details(query.into_boxed(), filter).load::<ManuscriptRow>(conn)?);
    }
    Ok(rows)
}
