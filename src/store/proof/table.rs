//! The classification of a table: the kind of each column, and how the ledger proves it.

/// The type of a column, the same on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A truth value.
    Bool,
    /// Bytes.
    Bytes,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// A time.
    Time,
    /// An id.
    Uuid,
}

/// The proof of a column's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A digest of the row that the last entry which wrote the row names.
    Proved {
        /// Whether it belongs to the part that changes without an entry in some states, see [`OpenColumns`].
        open: bool,
        /// The nature of the value: personal data and texts enter the digest as commitments, so that value and salt can be erased.
        holds: Holds,
    },
    /// Derived from proved columns; the text names them. `ledger verify` computes the value again and compares.
    Derived(&'static str),
    /// Part of the ledger itself; the text says how that is proved.
    InTree(&'static str),
    /// Not proved; the text gives the reason.
    NotProved(&'static str),
}

/// The nature of the values of a proved column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A fact: an id, a state, a time, a number.
    Fact,
    /// Personal data.
    Personal,
    /// Text that a person wrote.
    Words,
}

/// A column and its class.
#[derive(Debug, Clone, Copy)]
pub struct ClassifiedColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnKind,
    /// How the ledger proves it.
    pub class: Class,
    /// The column set with which it came.
    pub since: i64,
}

/// To which channel the rows of a table belong.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Its `channel_id`.
    Channel,
    /// The row is the channel.
    Itself,
    /// That of the row that this column names in that table.
    Of(&'static str, &'static str),
    /// That of the manuscript or assignment that this column names.
    Subject(&'static str),
    /// To all of them.
    Installation,
}

/// Columns that may change without an entry while a row is in certain states: a draft is saved many times. They have a separate digest,
/// which is not compared meanwhile; the act that ends that state writes it again.
#[derive(Debug, Clone, Copy)]
pub struct OpenColumns {
    /// The name of the digest of these columns.
    pub part: &'static str,
    /// The state, as a condition of SQL on the row.
    pub during: &'static str,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct ProvedTable {
    /// Its name.
    pub name: &'static str,
    /// The columns of its primary key, in the key's order.
    pub key: &'static [&'static str],
    /// To which channel its rows belong.
    pub scope: Scope,
    /// The present column set. To add a proved column, increase it and give the column the new number as `since`.
    pub set: i64,
    /// A column with a salt for commitments.
    pub salt: Option<&'static str>,
    /// A row that meets this SQL condition may exist without an entry that names it: a draft. `None`: never.
    pub without_entry: Option<&'static str>,
    /// The columns that may change without an entry, and in which states.
    pub open: Option<OpenColumns>,
    /// All its columns.
    pub columns: &'static [ClassifiedColumn],
}

impl ProvedTable {
    /// A table without columns, to be completed.
    #[must_use]
    pub const fn new(name: &'static str, scope: Scope) -> Self {
        Self { name, key: &[], scope, set: 1, salt: None, without_entry: None, open: None, columns: &[] }
    }

    /// Whether entries name its rows.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.columns.iter().any(|column| matches!(column.class, Class::Proved { .. }))
    }

    /// The proved columns of one part.
    pub(super) fn part(&self, open: bool) -> impl Iterator<Item = &ClassifiedColumn> {
        self.columns.iter().filter(move |column| matches!(column.class, Class::Proved { open: of, .. } if of == open))
    }
}

const fn column(name: &'static str, kind: ColumnKind, class: Class) -> ClassifiedColumn {
    ClassifiedColumn { name, kind, class, since: 1 }
}

/// A fact that an entry proves.
pub(super) const fn proved(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: false, holds: Holds::Fact })
}

/// Personal data that an entry proves.
pub(super) const fn personal(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: false, holds: Holds::Personal })
}

/// A text that an entry proves.
pub(super) const fn text(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: false, holds: Holds::Words })
}

/// A fact of the open part.
pub(super) const fn open(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: true, holds: Holds::Fact })
}

/// A text of the open part.
pub(super) const fn open_text(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: true, holds: Holds::Words })
}

/// A value that is derived from proved columns.
pub(super) const fn derived(name: &'static str, kind: ColumnKind, from: &'static str) -> ClassifiedColumn {
    column(name, kind, Class::Derived(from))
}

/// Part of the ledger itself.
pub(super) const fn in_tree(name: &'static str, kind: ColumnKind, how: &'static str) -> ClassifiedColumn {
    column(name, kind, Class::InTree(how))
}

/// The same column, which came with a later column set.
pub(super) const fn since(set: i64, column: ClassifiedColumn) -> ClassifiedColumn {
    ClassifiedColumn { since: set, ..column }
}

/// Not proved, for this reason.
pub(super) const fn not_proved(name: &'static str, kind: ColumnKind, why: &'static str) -> ClassifiedColumn {
    column(name, kind, Class::NotProved(why))
}
