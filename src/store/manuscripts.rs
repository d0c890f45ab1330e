//! The rows of manuscripts and their stages.

use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::{Deserialize, Serialize};

use crate::domain::clock::Moment;
use crate::domain::folding;
use crate::domain::ids::{ChannelId, ManuscriptId};
use crate::domain::manuscript::Declarations;
use crate::domain::permission::Visibility;
use crate::domain::vocabulary::Stage;
use crate::store::connection::{AnyConn, PreparedSql, in_widths};
use crate::store::error::StoreError;
use crate::store::proof::{self, InHand, Values, tables};
use crate::store::rows::ManuscriptRow;
use crate::store::schema::manuscripts;
use crate::store::write_buffer;
use crate::{cached, in_hand, insert_rows};

impl InHand for ManuscriptRow {
    const TABLE: &'static proof::table::ProvedTable = &tables::MANUSCRIPTS;

    fn values(&self) -> Values {
        in_hand!(
            self,
            id,
            channel_id,
            number,
            stage,
            former_stage,
            version,
            title,
            category,
            kind,
            urgent,
            details,
            text_id,
            edited_text_id,
            organization_id,
            first_author_id,
            entered_by,
            created_at,
            stage_since,
            due_at,
            submitted_at,
            screening_at,
            review_at,
            signing_at,
            accepted_at,
            forwarded_at,
            handling_at,
            concluded_at,
            returned_from,
            merged_into,
            pending,
            pending_until,
            untold_versions
        )
    }

    fn without_entry(&self) -> bool {
        self.stage == Stage::Draft
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Returned)
    }
}

/// Data of a manuscript that is never searched, stored as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Details {
    #[serde(default)]
    pub keywords: Vec<String>,
    pub declarations: Option<Declarations>,
    /// Name, post and organisation of the first author at that time.
    #[serde(default)]
    pub author_name: String,
    #[serde(default)]
    pub author_post: String,
    #[serde(default)]
    pub organization_name: String,
    /// 以单位名义: in the name of the organisation.
    #[serde(default)]
    pub for_organization: bool,
}

impl ManuscriptRow {
    /// The version that authors read: a decision that was undone before it was announced leaves no gap in it.
    pub(crate) fn version_for(&self, sight: Visibility) -> i64 {
        if sight.author_only() { self.version - self.untold_versions } else { self.version }
    }

    pub(crate) fn details(&self) -> Result<Details, StoreError> {
        details(&self.details)
    }
}

/// Reads the details of a manuscript from their column.
pub(crate) fn details(json: &str) -> Result<Details, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::unreadable("manuscripts.details", &error))
}

impl Details {
    pub(crate) fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::unreadable("manuscripts.details", &error))
    }
}

pub(crate) fn insert(conn: &mut AnyConn, row: &ManuscriptRow) -> Result<(), StoreError> {
    if write_buffer::put(|buffer| buffer.manuscripts.push(row.clone())).is_none() {
        insert_many(conn, std::slice::from_ref(row))?;
    }
    proof::wrote_row(row)
}

/// Writes rows that the journal of the proof already contains.
pub(crate) fn insert_many(conn: &mut AnyConn, rows: &[ManuscriptRow]) -> Result<(), StoreError> {
    insert_rows!(conn, manuscripts::table, rows, |row| row);
    Ok(())
}

pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: ManuscriptId) -> Result<ManuscriptRow, StoreError> {
    Ok(cached!(manuscripts::table.filter(manuscripts::id.eq(id)).filter(manuscripts::channel_id.eq(channel))).get_result(conn)?)
}

/// Several manuscripts, of any channel.
pub(crate) fn find_many(conn: &mut AnyConn, ids: &[ManuscriptId]) -> Result<Vec<ManuscriptRow>, StoreError> {
    Ok(manuscripts::table.filter(manuscripts::id.eq_any(ids)).load(conn)?)
}

/// One manuscript as [`find`] returns it. On PostgreSQL the row stays locked until the transaction ends; SQLite has one writer anyway.
pub(crate) fn find_for_update(conn: &mut AnyConn, channel: ChannelId, id: ManuscriptId) -> Result<ManuscriptRow, StoreError> {
    let row = manuscripts::table.filter(manuscripts::id.eq(id)).filter(manuscripts::channel_id.eq(channel));
    Ok(match conn {
        AnyConn::Pg(conn) => row.for_update().get_result(conn)?,
        AnyConn::Sqlite(conn) => row.get_result(conn)?,
    })
}

/// Locks these rows until the transaction ends, in the order of their ids; SQLite has one writer anyway.
pub(crate) fn lock(conn: &mut AnyConn, channel: ChannelId, ids: &[ManuscriptId]) -> Result<(), StoreError> {
    if let AnyConn::Pg(conn) = conn {
        let rows = manuscripts::table.filter(manuscripts::id.eq_any(ids)).filter(manuscripts::channel_id.eq(channel));
        let _locked: Vec<ManuscriptId> = rows.order(manuscripts::id).select(manuscripts::id).for_update().load(conn)?;
    }
    Ok(())
}

/// Saves the row if it still has version `seen`; `row.version` is the new one.
pub(crate) fn save(conn: &mut AnyConn, row: &ManuscriptRow, seen: i64) -> Result<(), StoreError> {
    if write_buffer::put(|buffer| buffer.changed.push((row.clone(), seen))).is_none() {
        write(conn, row, seen)?;
    }
    proof::wrote_row(row)
}

/// The columns of a manuscript that change, each set to its value in the row that was to be inserted.
macro_rules! all_excluded {
    ($($column:ident),+ $(,)?) => { ($(manuscripts::$column.eq(excluded(manuscripts::$column)),)+) };
}

/// Saves rows that the journal of the proof already contains and this transaction has locked. On PostgreSQL many by one statement: an
/// upsert of existing rows is the way to set each row to values of its own.
pub(crate) fn save_many(conn: &mut AnyConn, changed: &[(ManuscriptRow, i64)]) -> Result<(), StoreError> {
    let AnyConn::Pg(pg) = conn else { return changed.iter().try_for_each(|(row, seen)| write(conn, row, *seen)) };
    for piece in in_widths(changed) {
        let rows: Vec<&ManuscriptRow> = piece.iter().map(|(row, _)| row).collect();
        let set = all_excluded!(
            number,
            stage,
            former_stage,
            version,
            title,
            category,
            kind,
            urgent,
            details,
            text_id,
            edited_text_id,
            organization_id,
            first_author_id,
            entered_by,
            stage_since,
            due_at,
            submitted_at,
            screening_at,
            review_at,
            signing_at,
            accepted_at,
            forwarded_at,
            handling_at,
            concluded_at,
            returned_from,
            merged_into,
            pending,
            pending_until,
            untold_versions,
        );
        PreparedSql(diesel::insert_into(manuscripts::table).values(rows).on_conflict(manuscripts::id).do_update().set(set)).execute(pg)?;
    }
    Ok(())
}

/// The same for one that is with its author, of which only the form was changed.
pub(crate) fn save_form(conn: &mut AnyConn, row: &ManuscriptRow, seen: i64) -> Result<(), StoreError> {
    write(conn, row, seen)?;
    proof::wrote_open(row)
}

fn write(conn: &mut AnyConn, row: &ManuscriptRow, seen: i64) -> Result<(), StoreError> {
    let target = manuscripts::table.filter(manuscripts::id.eq(row.id)).filter(manuscripts::version.eq(seen));
    if cached!(diesel::update(target).set(row)).execute(conn)? == 1 {
        return Ok(());
    }
    let current = manuscripts::table.filter(manuscripts::id.eq(row.id)).select(manuscripts::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

pub(crate) fn delete(conn: &mut AnyConn, id: ManuscriptId) -> Result<(), StoreError> {
    diesel::delete(manuscripts::table.filter(manuscripts::id.eq(id))).execute(conn)?;
    proof::wrote(&tables::MANUSCRIPTS, &[&id])
}

/// The manuscript of this number, as a person typed it.
pub(crate) fn by_number(conn: &mut AnyConn, channel: ChannelId, number: &str) -> Result<Option<ManuscriptId>, StoreError> {
    let number = folding::number(number);
    if number.contains('\0') {
        return Ok(None);
    }
    let row = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::number.eq(number));
    Ok(row.select(manuscripts::id).get_result(conn).optional()?)
}

/// The numbers of these manuscripts; ids of other things are left out.
pub(crate) fn numbers(
    conn: &mut AnyConn,
    channel: ChannelId,
    ids: &[ManuscriptId],
) -> Result<Vec<(ManuscriptId, Option<String>)>, StoreError> {
    let rows = manuscripts::table.filter(manuscripts::id.eq_any(ids)).filter(manuscripts::channel_id.eq(channel));
    Ok(rows.select((manuscripts::id, manuscripts::number)).load(conn)?)
}

/// The manuscripts that are merged into this one.
pub(crate) fn merged_into(conn: &mut AnyConn, target: ManuscriptId) -> Result<Vec<ManuscriptRow>, StoreError> {
    Ok(manuscripts::table.filter(manuscripts::merged_into.eq(target)).load(conn)?)
}

pub(crate) fn count_merged(conn: &mut AnyConn, target: ManuscriptId) -> Result<i64, StoreError> {
    Ok(cached!(manuscripts::table.filter(manuscripts::merged_into.eq(target)).count()).get_result(conn)?)
}

/// The number of manuscripts merged into each of these; manuscripts without one are omitted.
pub(crate) fn count_merged_of_many(conn: &mut AnyConn, targets: &[ManuscriptId]) -> Result<Vec<(ManuscriptId, i64)>, StoreError> {
    let rows = manuscripts::table.filter(manuscripts::merged_into.eq_any(targets));
    let target = manuscripts::merged_into.assume_not_null();
    Ok(rows.group_by(manuscripts::merged_into).select((target, diesel::dsl::count_star())).load(conn)?)
}

/// Manuscripts with a decision whose undo window has passed, the earliest first.
pub(crate) fn with_passed_window(conn: &mut AnyConn, now: Moment, limit: i64) -> Result<Vec<(ChannelId, ManuscriptId)>, StoreError> {
    let rows = manuscripts::table.filter(manuscripts::pending_until.le(now)).order(manuscripts::pending_until).limit(limit);
    Ok(rows.select((manuscripts::channel_id, manuscripts::id)).load(conn)?)
}

/// Manuscripts that have stood in one of these stages since before a time, the longest first.
pub(crate) fn at_rest(
    conn: &mut AnyConn,
    channel: ChannelId,
    stages: &[Stage],
    before: Moment,
    limit: i64,
) -> Result<Vec<ManuscriptId>, StoreError> {
    let rows = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::stage.eq_any(stages));
    let rows = rows.filter(manuscripts::stage_since.lt(before)).order(manuscripts::stage_since).limit(limit);
    Ok(rows.select(manuscripts::id).load(conn)?)
}
