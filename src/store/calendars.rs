//! The working days: the years that come with the program, over them those loaded for the installation, over these a channel's own.

use diesel::prelude::*;

use crate::domain::calendar::{Calendar, YearFile};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, UserId};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{calendar_years, channel_calendar_years, shipped_calendar_years};

fn unreadable(why: &impl std::fmt::Display) -> StoreError {
    StoreError::unreadable("calendar_years.data", why)
}

fn parse(text: &str) -> Result<YearFile, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

/// The calendar of a channel as it holds now, over the years of `base`.
///
/// # Errors
/// The store's; [`StoreError::Unreadable`] if a loaded year was altered in the database and contradicts itself.
pub fn of_channel(conn: &mut AnyConn, base: &Calendar, channel: ChannelId) -> Result<Calendar, StoreError> {
    let mut calendar = of_installation(conn, base)?;
    let own = channel_calendar_years::table.filter(channel_calendar_years::channel_id.eq(channel));
    let own: Vec<String> = own.order(channel_calendar_years::year).select(channel_calendar_years::data).load(conn)?;
    lay_over(&mut calendar, &own)?;
    Ok(calendar)
}

/// The calendar of channels that have loaded none of their own.
///
/// # Errors
/// As [`of_channel`].
pub fn of_installation(conn: &mut AnyConn, base: &Calendar) -> Result<Calendar, StoreError> {
    let mut calendar = base.clone();
    let loaded: Vec<String> = calendar_years::table.order(calendar_years::year).select(calendar_years::data).load(conn)?;
    lay_over(&mut calendar, &loaded)?;
    Ok(calendar)
}

fn lay_over(calendar: &mut Calendar, loaded: &[String]) -> Result<(), StoreError> {
    loaded.iter().try_for_each(|text| calendar.load(&parse(text)?).map_err(|error| unreadable(&error)))
}

/// Whether a year was loaded for this channel alone.
///
/// # Errors
/// The store's.
pub fn has_own(conn: &mut AnyConn, channel: ChannelId, year: i32) -> Result<bool, StoreError> {
    let own = channel_calendar_years::table.find((channel, i64::from(year))).select(channel_calendar_years::year);
    Ok(own.get_result::<i64>(conn).optional()?.is_some())
}

/// The year that is valid in a channel: loaded for the channel, else for the installation, else shipped with the program.
///
/// # Errors
/// As [`of_channel`].
pub fn file(conn: &mut AnyConn, channel: ChannelId, year: i32) -> Result<Option<YearFile>, StoreError> {
    let own = channel_calendar_years::table.find((channel, i64::from(year))).select(channel_calendar_years::data);
    if let Some(text) = own.get_result::<String>(conn).optional()? {
        return parse(&text).map(Some);
    }
    let loaded = calendar_years::table.find(i64::from(year)).select(calendar_years::data);
    if let Some(text) = loaded.get_result::<String>(conn).optional()? {
        return parse(&text).map(Some);
    }
    let shipped = YearFile::shipped().map_err(|error| unreadable(&error))?;
    Ok(shipped.into_iter().find(|file| file.year == year))
}

/// Stores a year for a channel or for the installation, and replaces one that was loaded before. The file must have been checked by
/// [`Calendar::load`].
///
/// # Errors
/// The store's.
pub fn save(conn: &mut AnyConn, of: Option<ChannelId>, file: &YearFile, by: Option<UserId>, at: Moment) -> Result<(), StoreError> {
    let data = serde_json::to_string(file).map_err(|error| unreadable(&error))?;
    let year = i64::from(file.year);
    match of {
        None => {
            use calendar_years as t;
            let row = (t::year.eq(year), t::data.eq(&data), t::loaded_by.eq(by), t::loaded_at.eq(at));
            let replaced = (t::data.eq(&data), t::loaded_by.eq(by), t::loaded_at.eq(at));
            DualBackend(diesel::insert_into(t::table).values(row).on_conflict(t::year).do_update().set(replaced)).execute(conn)?;
            proof::wrote(&tables::CALENDAR_YEARS, &[&year])
        }
        Some(channel) => {
            use channel_calendar_years as t;
            let row = (t::channel_id.eq(channel), t::year.eq(year), t::data.eq(&data), t::loaded_by.eq(by), t::loaded_at.eq(at));
            let replaced = (t::data.eq(&data), t::loaded_by.eq(by), t::loaded_at.eq(at));
            DualBackend(diesel::insert_into(t::table).values(row).on_conflict((t::channel_id, t::year)).do_update().set(replaced))
                .execute(conn)?;
            proof::wrote(&tables::CHANNEL_CALENDAR_YEARS, &[&channel, &year])
        }
    }
}

/// A year that came with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// Its arrangement.
    pub file: YearFile,
    /// The version of the program that brought it.
    pub program: String,
}

/// The years that came with the newest program that worked on this database, in order.
///
/// # Errors
/// The store's.
pub fn shipped(conn: &mut AnyConn) -> Result<Vec<Shipped>, StoreError> {
    use shipped_calendar_years as t;
    let rows: Vec<(String, String)> = t::table.order(t::year).select((t::data, t::program)).load(conn)?;
    rows.into_iter().map(|(data, program)| Ok(Shipped { file: parse(&data)?, program })).collect()
}

/// Stores a shipped year in place of the former one. `false`: another node was faster.
///
/// # Errors
/// The store's.
pub fn remember_shipped(conn: &mut AnyConn, before: Option<&Shipped>, now: &Shipped) -> Result<bool, StoreError> {
    use shipped_calendar_years as t;
    let data = serde_json::to_string(&now.file).map_err(|error| unreadable(&error))?;
    let (year, set) = (i64::from(now.file.year), (t::data.eq(&data), t::program.eq(&now.program)));
    let changed = match before {
        None => DualBackend(diesel::insert_into(t::table).values((t::year.eq(year), set)).on_conflict_do_nothing()).execute(conn)?,
        Some(before) => {
            let row = t::table.filter(t::year.eq(year)).filter(t::program.eq(&before.program));
            diesel::update(row).set(set).execute(conn)?
        }
    };
    Ok(changed == 1)
}

/// Whether a year was loaded for the installation.
///
/// # Errors
/// The store's.
pub fn is_loaded_for_all(conn: &mut AnyConn, year: i32) -> Result<bool, StoreError> {
    let loaded = calendar_years::table.find(i64::from(year)).select(calendar_years::year);
    Ok(loaded.get_result::<i64>(conn).optional()?.is_some())
}
