//! How letters leave: mail_settings.

use crate::store::proof::table::Kind::{Bytes, Integer, Text, Time, Uuid};
use crate::store::proof::table::{Scope, Table, not_proved, proved};

/// The mail server that was set on a page.
pub static MAIL_SETTINGS: Table = Table {
    key: &["id"],
    columns: &[
        proved("id", Integer),
        proved("version", Integer),
        proved("transport", Text),
        proved("host", Text),
        proved("port", Integer),
        proved("security", Text),
        proved("login", Text),
        not_proved("password", Bytes, "proves itself: sealed by a key outside the database, together with the rest of the row"),
        proved("from_name", Text),
        proved("from_address", Text),
        proved("changed_by", Uuid),
        proved("changed_at", Time),
    ],
    ..Table::new("mail_settings", Scope::Installation)
};
