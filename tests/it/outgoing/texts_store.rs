//! What the tests do to the tables behind the program's back, to have what older versions left.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use zhitongche::domain::clock::Moment;
use zhitongche::domain::ids::{AnyId, ManuscriptId, UserId};
use zhitongche::store::schema::{authors, texts};
use zhitongche::store::{AnyConn, StoreError, migrate};

use crate::support::cast::Cast;

/// Lets the edited text count as made from the newest original, or from the first one again.
pub(crate) fn hide_outdated(cast: &Cast, id: &str, hidden: bool) {
    let id: ManuscriptId = id.parse().unwrap();
    cast.desk()
        .write_now("test", move |tx| {
            let originals = texts::table.filter(texts::manuscript_id.eq(id)).filter(texts::kind.eq("original"));
            let originals: Vec<AnyId> = originals.order(texts::round).select(texts::id).load(tx.conn).map_err(StoreError::from)?;
            let based_on = if hidden { originals.last() } else { originals.first() };
            let edited = texts::table.filter(texts::manuscript_id.eq(id)).filter(texts::kind.eq("edited"));
            diesel::update(edited).set(texts::based_on.eq(based_on)).execute(tx.conn).map_err(StoreError::from)?;
            Ok::<_, zhitongche::app::AppError>(())
        })
        .unwrap();
}

/// The places of all who are or were authors, those who are first, each group in its order.
pub(super) fn places(cast: &Cast, id: &str) -> Vec<i64> {
    let id: ManuscriptId = id.parse().unwrap();
    cast.desk()
        .db
        .read_now::<_, StoreError>(move |conn| {
            let rows = authors::table.filter(authors::manuscript_id.eq(id));
            let mut rows: Vec<(i64, Option<Moment>)> = rows.select((authors::position, authors::withdrawn_at)).load(conn)?;
            rows.sort_by_key(|(place, gone)| (gone.is_some(), *place));
            Ok(rows.into_iter().map(|(place, _)| place).collect())
        })
        .unwrap()
}

/// Leaves an original that was begun and forgotten, as an undone return did.
pub(super) fn leave_a_round(cast: &Cast, id: &str) {
    let id: ManuscriptId = id.parse().unwrap();
    cast.desk()
        .write_now("test", move |tx| {
            let copy = texts::table.filter(texts::manuscript_id.eq(id)).select((
                texts::title,
                texts::situation,
                texts::causes,
                texts::suggestions,
                texts::characters,
                texts::created_by,
            ));
            let (title, situation, causes, suggestions, characters, by): (String, String, String, String, i64, UserId) =
                copy.first(tx.conn).map_err(StoreError::from)?;
            let new: AnyId = tx.id();
            let row = (
                (texts::id.eq(new), texts::manuscript_id.eq(id), texts::round.eq(2_i64), texts::kind.eq("original")),
                (texts::title.eq(title), texts::situation.eq(situation), texts::causes.eq(causes), texts::suggestions.eq(suggestions)),
                (texts::characters.eq(characters), texts::created_by.eq(by), texts::created_at.eq(tx.now)),
            );
            diesel::insert_into(texts::table).values(row).execute(tx.conn).map_err(StoreError::from)?;
            Ok::<_, zhitongche::app::AppError>(())
        })
        .unwrap();
}

/// Takes the migration of this part back and gives its rows away, so that it can be applied to rows as they were before.
pub(super) fn as_before_the_migration(cast: &Cast, change: &'static str) {
    let mut conn = cast.app.db().connect().unwrap();
    let down = match &conn {
        AnyConn::Sqlite(_) => include_str!("../../../migrations/sqlite/0013_outgoing/down.sql"),
        AnyConn::Pg(_) => include_str!("../../../migrations/postgres/0013_outgoing/down.sql"),
    };
    for sql in [down, "DELETE FROM __diesel_schema_migrations WHERE version = '0013'", change] {
        match &mut conn {
            AnyConn::Pg(conn) => conn.batch_execute(sql).unwrap(),
            AnyConn::Sqlite(conn) => conn.batch_execute(sql).unwrap(),
        }
    }
    assert_eq!(migrate::run(&mut conn).unwrap().len(), 1);
}
