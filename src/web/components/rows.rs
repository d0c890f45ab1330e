//! One page of a list, newest first, and the address of the next page.

use url::form_urlencoded;

use crate::domain::clock::Moment;
use crate::web::fields::Fields;
use crate::web::session::Visitor;

/// The parameter with the row behind which a page begins.
const BEFORE: &str = "before";
/// Rows on a page.
const PAGE: usize = 30;
/// The number of rows to query: one more than a page shows whether there is a next page.
pub const ASKED: i64 = 31;

/// The rows of one page.
#[derive(Debug, Clone)]
pub struct PageRows<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The address of the page with older rows.
    pub older: Option<String>,
    /// The address of the newest rows, unless this page shows them.
    pub newest: Option<String>,
}

impl<T> PageRows<T> {
    /// Makes a page of up to [`ASKED`] rows that a use case returned.
    #[must_use]
    pub fn new(visitor: &Visitor, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let older = rows.last().filter(|_| more).map(|last| address(&visitor.here, Some(&key(last))));
        let newest = query(visitor).has(BEFORE).then(|| address(&visitor.here, None));
        Self { items: rows, older, newest }
    }
}

/// Formats the position of a row that is ordered by a date, for an address.
#[must_use]
pub fn written(at: Moment, id: impl std::fmt::Display) -> String {
    format!("{}.{id}", at.micros())
}

/// Parses such a position.
#[must_use]
pub fn place<Id: std::str::FromStr>(text: &str) -> Option<(Moment, Id)> {
    let (at, id) = text.split_once('.')?;
    Some((Moment::from_micros(at.parse().ok()?), id.parse().ok()?))
}

/// The row behind which this page begins.
#[must_use]
pub fn before<K: std::str::FromStr>(visitor: &Visitor) -> Option<K> {
    query(visitor).read(BEFORE)
}

/// The query of this page's address.
#[must_use]
pub fn query(visitor: &Visitor) -> Fields {
    Fields::parse(visitor.here.split_once('?').map_or("", |(_, query)| query).as_bytes())
}

/// The same address with another starting row, and without the message that is shown once.
fn address(here: &str, before: Option<&str>) -> String {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| name != BEFORE && name != "done" && !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept);
    if let Some(before) = before {
        query.append_pair(BEFORE, before);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn filters_stay_and_the_place_changes() {
        assert_eq!(address("/a?q=%E6%9D%8E&role=&before=1&done=x", Some("2")), "/a?q=%E6%9D%8E&before=2");
        assert_eq!(address("/a?before=1", None), "/a");
    }
}
