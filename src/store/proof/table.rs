//! How a table is classified: what its columns are, and how the ledger answers for each of them.

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

/// What stands behind the value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A digest of the row that the last entry which wrote the row names.
    Proved {
        /// Whether it belongs to the part that changes without an entry in some states, see [`OpenColumns`].
        open: bool,
        /// What it is: personal data and texts enter the digest as commitments, so that value and salt can be erased one day.
        holds: Holds,
    },
    /// It follows from what is proved; the words say from what. `ledger verify` works it out again and compares.
    Derived(&'static str),
    /// It is the ledger itself; the words say how that is proved.
    InTree(&'static str),
    /// Nothing, for the reason in words.
    NotProved(&'static str),
}

/// What a proved column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A fact: an id, a state, a time, a number.
    Fact,
    /// Personal data.
    Personal,
    /// The words of somebody.
    Words,
}

/// A column and its class.
#[derive(Debug, Clone, Copy)]
pub struct ClassifiedColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnKind,
    /// How the ledger answers for it.
    pub class: Class,
    /// The column set with which it came.
    pub since: i64,
}

/// To which channel the rows of a table belong.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Its `channel_id` says it.
    Channel,
    /// The row is the channel.
    Itself,
    /// The row that this column names in that table says it.
    Of(&'static str, &'static str),
    /// The manuscript or assignment that this column names says it.
    Subject(&'static str),
    /// To all of them.
    Installation,
}

/// Columns that may change without an entry while a row is in certain states: a draft is saved many times. They have a digest of their own,
/// which is not compared meanwhile; whatever takes the row out of that state writes it anew.
#[derive(Debug, Clone, Copy)]
pub struct OpenColumns {
    /// How the digest of these columns is called.
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
    /// The column set that is written now. Whoever adds a proved column raises it and gives the column the new number as `since`.
    pub set: i64,
    /// A column with a salt for commitments.
    pub salt: Option<&'static str>,
    /// A row for which this condition of SQL holds may stand there though no entry speaks of it: a draft. None: never.
    pub without_entry: Option<&'static str>,
    /// What may change without an entry, and when.
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

/// Words that an entry proves.
pub(super) const fn text(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: false, holds: Holds::Words })
}

/// A fact of the open part.
pub(super) const fn open(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: true, holds: Holds::Fact })
}

/// Words of the open part.
pub(super) const fn open_text(name: &'static str, kind: ColumnKind) -> ClassifiedColumn {
    column(name, kind, Class::Proved { open: true, holds: Holds::Words })
}

/// Worked out again from what is proved.
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
