//! Lists, newest first, a page at a time: `limit`, an opaque `cursor`, and `{"items": […], "next_cursor": …}`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::AppError;
use crate::config::Settings;
use crate::domain::violation::Violation;

/// The position and size of a page. Flatten it into the query of a list, or take it as `Query<Paging>`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many at most: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The validated position and size of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// The largest number of rows; query one more to find out whether there is a next page.
    pub limit: i64,
    /// The key of the last row of the page before; `None` for the first page.
    pub after: Option<K>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The things, newest first.
    pub items: Vec<T>,
    /// For the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Paging {
    /// Validates the parameters. `K` is the key by which the list is ordered.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a limit out of range or an invalid cursor.
    pub fn page<K: DeserializeOwned>(&self, settings: &Settings) -> Result<PageRequest<K>, AppError> {
        let of = &settings.limits;
        let limit = self.limit.unwrap_or(of.page_default);
        if !(1..=of.page_max).contains(&limit) {
            return Err(Violation::new("limit", "bad_limit").into());
        }
        let key = |cursor: &String| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let after = self.cursor.as_ref().map(|cursor| key(cursor).ok_or_else(|| Violation::new("cursor", "bad_cursor"))).transpose()?;
        Ok(PageRequest { limit, after })
    }
}

/// The cursor of the page that begins after this key.
pub fn cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

impl<K: Serialize> PageRequest<K> {
    /// Makes a page of the rows that the store returned for `limit + 1`.
    pub fn list<T, U>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K, show: impl FnMut(T) -> U) -> List<U> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more).map(|row| cursor(&key(row)));
        List { items: rows.into_iter().map(show).collect(), next_cursor: last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_page() {
        let settings = Settings::read(None, []).unwrap();
        let first: PageRequest<u32> = Paging { limit: Some(2), cursor: None }.page(&settings).unwrap();
        let list = first.list(vec![9_u32, 8, 7], |row| *row, |row| row);
        assert_eq!(list.items, [9, 8]);
        let second: PageRequest<u32> = Paging { limit: None, cursor: list.next_cursor }.page(&settings).unwrap();
        assert_eq!(second, PageRequest { limit: 50, after: Some(8) });
        assert_eq!(second.list(vec![7_u32], |row| *row, |row| row).next_cursor, None);
        assert!(Paging { limit: Some(201), cursor: None }.page::<u32>(&settings).is_err());
        assert!(Paging { limit: None, cursor: Some("!".to_owned()) }.page::<u32>(&settings).is_err());
    }
}
