//! Looking for typed words in a column, alike on both databases: `%` and `_` are taken as they are typed, and letters of ASCII match in
//! either case. Other letters match as they are: what a database folds beyond ASCII hangs on how it was set up.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;

use crate::store::connection::MultiBackend;

/// A text with its ASCII letters in lower case.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub(crate) struct FoldCase<E>(pub E);

impl<E: Expression> Expression for FoldCase<E> {
    type SqlType = Text;
}

impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for FoldCase<E> {}

impl<E: SelectableExpression<QS>, QS> SelectableExpression<QS> for FoldCase<E> {}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for FoldCase<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // `lower` of SQLite knows ASCII only; that of PostgreSQL does so under the collation C.
        let end = match pass.backend() {
            MultiBackend::Pg(_) => " COLLATE \"C\")",
            MultiBackend::Sqlite(_) => ")",
        };
        pass.push_sql("lower(");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(end);
        Ok(())
    }
}

/// The typed words, to be held against a [`FoldCase`] by `LIKE … ESCAPE '\'`.
pub(crate) fn escaped(words: &str) -> String {
    words.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Whether a text column contains these words.
macro_rules! contains {
    ($column:expr, $words:expr) => {
        $crate::store::matching::FoldCase($column).like(format!("%{}%", $crate::store::matching::escaped($words))).escape('\\')
    };
}

/// Whether a text column begins with these words.
macro_rules! begins {
    ($column:expr, $words:expr) => {
        $crate::store::matching::FoldCase($column).like(format!("{}%", $crate::store::matching::escaped($words))).escape('\\')
    };
}

pub(crate) use {begins, contains};
