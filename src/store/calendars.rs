//! The working days: the years that come with the program, and those that an administrator loaded over them.

use diesel::prelude::*;

use crate::domain::calendar::{Calendar, YearFile};
use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::store::connection::Both;
use crate::store::proof::{self, tables};
use crate::store::schema::calendar_years;
use crate::store::{AnyConn, StoreError};

/// The calendar as it holds now.
///
/// # Errors
/// The store's; [`StoreError::Unreadable`] if a loaded year was changed by hand and contradicts itself.
pub fn current(conn: &mut AnyConn) -> Result<Calendar, StoreError> {
    let unreadable = |why: &dyn std::fmt::Display| StoreError::Unreadable { what: "calendar_years.data", why: why.to_string() };
    let mut calendar = Calendar::shipped().map_err(|e| unreadable(&e))?;
    let loaded: Vec<String> = calendar_years::table.order(calendar_years::year).select(calendar_years::data).load(conn)?;
    for text in loaded {
        let file: YearFile = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
        calendar.load(&file).map_err(|e| unreadable(&e))?;
    }
    Ok(calendar)
}

/// What is said of a year: loaded by an administrator, else as it came with the program.
///
/// # Errors
/// As [`current`].
pub fn file(conn: &mut AnyConn, year: i32) -> Result<Option<YearFile>, StoreError> {
    let loaded = calendar_years::table.filter(calendar_years::year.eq(i64::from(year))).select(calendar_years::data);
    if let Some(text) = loaded.get_result::<String>(conn).optional()? {
        return serde_json::from_str(&text).map(Some).map_err(|e| StoreError::unreadable("calendar_years.data", &e));
    }
    let shipped = YearFile::shipped().map_err(|e| StoreError::unreadable("calendar_years.data", &e))?;
    Ok(shipped.into_iter().find(|file| file.year == year))
}

/// Keeps a year; one that was loaded before is replaced. The file must have been checked by [`Calendar::load`].
///
/// # Errors
/// The store's.
pub fn save(conn: &mut AnyConn, file: &YearFile, by: Option<UserId>, at: Moment) -> Result<(), StoreError> {
    let data = serde_json::to_string(file).map_err(|e| StoreError::unreadable("calendar_years.data", &e))?;
    let year = i64::from(file.year);
    Both(diesel::delete(calendar_years::table.filter(calendar_years::year.eq(year)))).execute(conn)?;
    let row =
        (calendar_years::year.eq(year), calendar_years::data.eq(data), calendar_years::loaded_by.eq(by), calendar_years::loaded_at.eq(at));
    diesel::insert_into(calendar_years::table).values(row).execute(conn)?;
    proof::wrote(&tables::CALENDAR_YEARS, &[&year])
}
