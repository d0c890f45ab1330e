//! Search for typed words in a column, equal on both databases: `%` and `_` are literal, the words and the column are folded in the same
//! way ([`folding`]), and ASCII letters match in either case. Other letters match exactly, because the folding of a database beyond ASCII
//! depends on its configuration.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;

use diesel::sqlite::SqliteConnection;

use crate::domain::folding;
use crate::store::connection::MultiBackend;

diesel::define_sql_function! {
    /// [`folding::text_key`] for SQLite.
    fn ztc_text_key(text: Text) -> Text;
}
diesel::define_sql_function! {
    /// [`folding::name_key`] for SQLite.
    fn ztc_name_key(text: Text) -> Text;
}

/// Registers the SQL functions that fold columns on a connection of SQLite; PostgreSQL has its own.
pub(crate) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    ztc_text_key_utils::register_impl(conn, |text: String| folding::text_key(&text))?;
    ztc_name_key_utils::register_impl(conn, |name: String| folding::name_key(&name))
}

/// The folding of a column before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FoldedKey {
    /// [`folding::text_key`].
    Text,
    /// [`folding::name_key`].
    Name,
}

/// A text as its [`FoldedKey`].
#[derive(Debug, Clone, Copy, ValidGrouping)]
pub(crate) struct Folded<E>(pub E, pub FoldedKey);

impl<E> QueryId for Folded<E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<E: Expression> Expression for Folded<E> {
    type SqlType = Text;
}

impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Folded<E> {}

impl<E: SelectableExpression<QS>, QS> SelectableExpression<QS> for Folded<E> {}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Folded<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let (function, class) = match self.1 {
            FoldedKey::Text => ("ztc_text_key(", &*folding::IGNORED_CLASS),
            FoldedKey::Name => ("ztc_name_key(", &*folding::NAME_CLASS),
        };
        match pass.backend() {
            // Under the collation C `lower` changes ASCII only, as the keys in Rust do.
            MultiBackend::Pg(_) => {
                pass.push_sql("lower(regexp_replace(normalize(");
                self.0.walk_ast(pass.reborrow())?;
                pass.push_sql(", NFKC), '");
                pass.push_sql(class);
                pass.push_sql("', '', 'g') COLLATE \"C\")");
            }
            MultiBackend::Sqlite(_) => {
                pass.push_sql(function);
                self.0.walk_ast(pass.reborrow())?;
                pass.push_sql(")");
            }
        }
        Ok(())
    }
}

/// Escapes typed words for a pattern of `LIKE … ESCAPE '\\'`.
pub(crate) fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Whether a text column contains these words.
macro_rules! contains {
    ($column:expr, $words:expr) => {{
        let key = $crate::domain::folding::text_key($words);
        $crate::store::matching::Folded($column, $crate::store::matching::FoldedKey::Text)
            .like(format!("%{}%", $crate::store::matching::escaped(key.trim())))
            .escape('\\')
    }};
}

/// Whether a column of names contains this name, whatever dots or blanks are between its parts.
macro_rules! names {
    ($column:expr, $name:expr) => {{
        let key = $crate::domain::folding::name_key($name);
        // Of dots alone nothing is left; they are looked for as they are.
        let key = if key.is_empty() { $name.trim().to_owned() } else { key };
        $crate::store::matching::Folded($column, $crate::store::matching::FoldedKey::Name)
            .like(format!("%{}%", $crate::store::matching::escaped(&key)))
            .escape('\\')
    }};
}

/// Whether a column of numbers begins with this one.
macro_rules! begins {
    ($column:expr, $number:expr) => {
        $column.like(format!("{}%", $crate::store::matching::escaped(&$crate::domain::folding::number($number)))).escape('\\')
    };
}

pub(crate) use {begins, contains, names};
