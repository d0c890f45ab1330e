//! Reading any table's rows in canonical text.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::prelude::*;
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::Binary;
use uuid::Uuid;

use super::digest::{Values, digest_of_set, name_of};
use super::table::{ColumnKind, ProvedTable, Scope};
use crate::domain::ids::ChannelId;
use crate::on_each;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;

/// Rows read at a time.
const PAGE: usize = 500;

/// The columns of a row, each as the bytes of a text, because SQLite stores any bytes that were written as one.
struct Raw(Vec<Option<Vec<u8>>>);

impl<DB: Backend> QueryableByName<DB> for Raw
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let field = |at| {
            let value = Row::get(row, at);
            value.map_or(Ok(None), |field| field.value().map(Vec::from_sql).transpose())
        };
        (0..Row::field_count(row)).map(field).collect::<Result<_, _>>().map(Self)
    }
}

/// A row of a proved table.
#[derive(Debug, Clone)]
pub struct StoredRow {
    /// The values of its primary key.
    pub key: Vec<String>,
    /// Its columns.
    pub(crate) values: Values,
    /// Whether it may exist without an entry.
    pub without_entry: bool,
    /// Whether its open part may differ from its entries.
    pub is_open: bool,
    /// The values of its primary key as literals of SQL.
    cursor: Vec<String>,
}

impl StoredRow {
    /// A column's value in canonical text; `None` for NULL.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&str> {
        self.values.get(column).and_then(Option::as_deref)
    }

    /// The name and the digest of each part, the open one second.
    #[must_use]
    pub fn parts(&self, table: &ProvedTable) -> Vec<(String, String)> {
        self.parts_of_set(table, table.set)
    }

    /// The same with the digests over the columns of an earlier set.
    #[must_use]
    pub fn parts_of_set(&self, table: &ProvedTable, set: i64) -> Vec<(String, String)> {
        let parts = if table.open.is_some() { &[false, true][..] } else { &[false] };
        parts.iter().map(|open| (name_of(table, &self.key, *open), digest_of_set(table, &self.values, *open, set))).collect()
    }

    /// The parts that an entry has to name now, each with its position in [`StoredRow::parts`].
    #[must_use]
    pub fn to_name(&self, table: &ProvedTable) -> Vec<(usize, (String, String))> {
        let named = |at: usize| if at == 0 { !self.without_entry } else { !self.is_open };
        self.parts(table).into_iter().enumerate().filter(|(at, _)| named(*at)).collect()
    }
}

/// How a column is selected as canonical text. Never fails: a value that the program can't have written becomes some other text.
fn select(name: &str, kind: ColumnKind, pg: bool) -> String {
    // A value of another type than its column is different from every value of that type.
    let of_type = |expected: &str, plain: String| {
        let other = format!("typeof({name}) || ':' || hex({name})");
        format!("CASE typeof({name}) WHEN '{expected}' THEN {plain} WHEN 'null' THEN NULL ELSE {other} END")
    };
    match (kind, pg) {
        (ColumnKind::Text, true) => name.to_owned(),
        (ColumnKind::Text, false) => of_type("text", name.to_owned()),
        (ColumnKind::Uuid, true) => format!("{name}::text"),
        (ColumnKind::Uuid | ColumnKind::Bytes, false) => of_type("blob", format!("lower(hex({name}))")),
        (ColumnKind::Bytes, true) => format!("encode({name}, 'hex')"),
        // Neither infinity nor the last years of PostgreSQL's range can be expressed in microseconds.
        (ColumnKind::Time, true) => format!(
            "CASE WHEN isfinite({name}) AND {name} < timestamptz '200000-01-01' THEN (extract(epoch FROM {name}) * 1000000)::bigint::text \
             ELSE {name}::text END"
        ),
        (ColumnKind::Bool, true) => format!("({name})::int::text"),
        (ColumnKind::Integer, true) => format!("{name}::text"),
        (ColumnKind::Time | ColumnKind::Bool | ColumnKind::Integer, false) => of_type("integer", format!("CAST({name} AS TEXT)")),
    }
}

/// How a column is selected as a literal of SQL, exactly as it is stored.
fn select_literal(name: &str, kind: ColumnKind, pg: bool) -> String {
    let pg_type = match kind {
        ColumnKind::Bool => "boolean",
        ColumnKind::Bytes => "bytea",
        ColumnKind::Integer => "bigint",
        ColumnKind::Text => "text",
        ColumnKind::Time => "timestamptz",
        ColumnKind::Uuid => "uuid",
    };
    if pg {
        return format!("quote_literal({name}::text) || '::{pg_type}'");
    }
    format!(
        "CASE typeof({name}) WHEN 'null' THEN 'NULL' WHEN 'blob' THEN 'X''' || hex({name}) || '''' \
         WHEN 'text' THEN 'CAST(X''' || hex({name}) || ''' AS TEXT)' ELSE CAST({name} AS TEXT) END"
    )
}

/// A value as it is written in SQL.
fn literal(kind: ColumnKind, text: &str, pg: bool) -> Result<String, StoreError> {
    let number = || text.parse::<i64>().map_err(|error| StoreError::unreadable("a key", &error));
    let id = || text.parse::<Uuid>().map_err(|error| StoreError::unreadable("a key", &error));
    Ok(match (kind, pg) {
        (ColumnKind::Uuid, true) => format!("'{}'::uuid", id()?),
        (ColumnKind::Uuid, false) => format!("X'{}'", id()?.simple()),
        (ColumnKind::Time, true) => format!("(timestamptz 'epoch' + {} * interval '1 microsecond')", number()?),
        (ColumnKind::Time | ColumnKind::Integer, _) => number()?.to_string(),
        (ColumnKind::Bool, _) | (ColumnKind::Bytes, _) => return Err(StoreError::unreadable("a key", &"no key has this type")),
        (ColumnKind::Text, _) => format!("'{}'", text.replace('\'', "''")),
    })
}

fn is_pg(conn: &AnyConn) -> bool {
    matches!(conn, AnyConn::Pg(_))
}

/// The condition that a row belongs to one of these channels; `None` where rows belong to all.
fn scope_of(scope: Scope, channels: &[ChannelId], pg: bool) -> Result<Option<String>, StoreError> {
    let ids = channels.iter().map(|channel| literal(ColumnKind::Uuid, &channel.to_string(), pg)).collect::<Result<Vec<_>, _>>()?.join(", ");
    let of_channel = |table: &str| format!("(SELECT id FROM {table} WHERE channel_id IN ({ids}))");
    Ok(Some(match scope {
        Scope::Channel => format!("channel_id IN ({ids})"),
        Scope::Itself => format!("id IN ({ids})"),
        Scope::Of(column, "replies") => {
            format!("{column} IN (SELECT id FROM replies WHERE manuscript_id IN {})", of_channel("manuscripts"))
        }
        Scope::Of(column, table) => format!("{column} IN {}", of_channel(table)),
        Scope::Subject(column) => format!("({column} IN {} OR {column} IN {})", of_channel("manuscripts"), of_channel("assignments")),
        Scope::Installation => return Ok(None),
    }))
}

fn key_kind(table: &ProvedTable, name: &str) -> ColumnKind {
    table.columns.iter().find(|column| column.name == name).map_or(ColumnKind::Text, |column| column.kind)
}

fn load(conn: &mut AnyConn, table: &ProvedTable, condition: &str, limit: usize) -> Result<Vec<StoredRow>, StoreError> {
    let pg = is_pg(conn);
    let said = |condition: Option<&str>| format!("CASE WHEN {} THEN '1' ELSE '0' END", condition.unwrap_or("1 = 0"));
    let mut columns: Vec<String> =
        table.columns.iter().map(|column| select(&format!("{}.{}", table.name, column.name), column.kind, pg)).collect();
    columns.push(said(table.without_entry));
    columns.push(said(table.open.map(|open| open.during)));
    columns.extend(table.key.iter().map(|name| select_literal(&format!("{}.{name}", table.name), key_kind(table, name), pg)));
    // Names that are all different, for rows that are read by name.
    let columns: Vec<String> = columns.iter().enumerate().map(|(at, column)| format!("{column} AS c{at}")).collect();
    let order = table.key.join(", ");
    let statement = format!("SELECT {} FROM {} WHERE {condition} ORDER BY {order} LIMIT {limit}", columns.join(", "), table.name);
    let rows: Vec<Raw> = on_each!(conn, c => diesel::sql_query(&statement).load(c))?;
    Ok(rows.into_iter().map(|row| standing(table, row)).collect())
}

/// Valid text unchanged, other bytes in hexadecimal digits.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| format!("bytes:{}", hex::encode(error.as_bytes())))
}

fn standing(table: &ProvedTable, Raw(row): Raw) -> StoredRow {
    let mut row: Vec<Option<String>> = row.into_iter().map(|value| value.map(text_of)).collect();
    let cursor = row.split_off(row.len().saturating_sub(table.key.len())).into_iter().map(Option::unwrap_or_default).collect();
    let mut flag = || row.pop().flatten().as_deref() == Some("1");
    let (is_open, without_entry) = (flag(), flag());
    let mut values = Values::new();
    for (column, value) in table.columns.iter().zip(row) {
        // SQLite returns an id as digits without hyphens.
        let value = value.map(|text| match column.kind {
            ColumnKind::Uuid => text.parse::<Uuid>().map_or(text, |id| id.to_string()),
            _ => text,
        });
        values.insert(column.name, value);
    }
    let key = table.key.iter().map(|name| values.get(name).cloned().flatten().unwrap_or_default()).collect();
    StoredRow { key, values, without_entry, is_open, cursor }
}

/// One row by its key.
pub(crate) fn find(conn: &mut AnyConn, table: &ProvedTable, key: &[String]) -> Result<Option<StoredRow>, StoreError> {
    let pg = is_pg(conn);
    let mut parts = Vec::new();
    for (name, value) in table.key.iter().zip(key) {
        parts.push(format!("{name} = {}", literal(key_kind(table, name), value, pg)?));
    }
    Ok(load(conn, table, &parts.join(" AND "), 1)?.pop())
}

/// Visits all rows of a table, or those of one channel, in the order of their keys. `visit` takes a page of them.
///
/// # Errors
/// The database's, and those of `visit`.
pub fn visit(
    conn: &mut AnyConn,
    table: &ProvedTable,
    channel: Option<ChannelId>,
    mut visit: impl FnMut(&mut AnyConn, Vec<StoredRow>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let pg = is_pg(conn);
    let scope = channel.map(|channel| scope_of(table.scope, &[channel], pg)).transpose()?.flatten().unwrap_or_else(|| "1 = 1".to_owned());
    let mut condition = scope.clone();
    loop {
        let rows = load(conn, table, &condition, PAGE)?;
        let Some(last) = rows.last() else { return Ok(()) };
        let (cursor, ended) = (last.cursor.join(", "), rows.len() < PAGE);
        visit(conn, rows)?;
        if ended {
            return Ok(());
        }
        condition = format!("{scope} AND ({}) > ({cursor})", table.key.join(", "));
    }
}

/// Rows of a table that belong to none of these channels, up to a limit: a row whose channel or parent was overwritten with one that does
/// not exist appears in no channel's check.
///
/// # Errors
/// The database's.
pub fn strays(conn: &mut AnyConn, table: &ProvedTable, channels: &[ChannelId], limit: usize) -> Result<Vec<StoredRow>, StoreError> {
    let Some(scope) = scope_of(table.scope, channels, is_pg(conn))? else { return Ok(Vec::new()) };
    load(conn, table, &format!("({scope}) IS NOT TRUE"), limit)
}

/// The distinct ids in a column. Malformed ids are omitted: a row with one belongs to no channel.
pub(crate) fn ids(conn: &mut AnyConn, table: &str, column: &str) -> Result<Vec<Uuid>, StoreError> {
    let statement = format!("SELECT DISTINCT {} AS c0 FROM {table}", select(column, ColumnKind::Uuid, is_pg(conn)));
    let rows: Vec<Raw> = on_each!(conn, c => diesel::sql_query(&statement).load(c))?;
    Ok(rows.into_iter().flat_map(|Raw(row)| row).flatten().filter_map(|id| text_of(id).parse().ok()).collect())
}
