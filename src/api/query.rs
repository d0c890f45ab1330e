//! Query parameters, parsed so that an error names the parameter.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::api::problem::ApiError;
use crate::app::AppError;
use crate::app::input::violation;
use crate::domain::characters::is_invisible;
use crate::domain::violation::Violation;

/// More parameters than any list has; among more, the invalid one is not searched for.
const MANY: usize = 32;

/// The parameters of a query; like `web::Query`, but an invalid one is reported like a field of a body.
#[derive(Debug)]
pub struct ApiQuery<T>(T);

impl<T> ApiQuery<T> {
    /// The parameters.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for ApiQuery<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for ApiQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<ApiQuery<T>, ApiError> {
    if query.contains('%')
        && let Some((name, _)) = form_urlencoded::parse(query.as_bytes()).find(|(_, value)| is_invisible(value))
    {
        return Err(AppError::from(Violation::invisible(name.into_owned())).into());
    }
    let error = match web::Query::<T>::from_query(query) {
        Ok(parsed) => return Ok(ApiQuery(parsed.into_inner())),
        Err(error) => error.to_string(),
    };
    let says = error.split_once(": ").map_or(error.as_str(), |(_, says)| says);
    let named = says.starts_with("missing field") || says.starts_with("duplicate field");
    let place = if named { None } else { wrong::<T>(query) };
    Err(AppError::from(violation(place.as_deref().unwrap_or("."), says)).into())
}

/// serde does not name the invalid parameter: it is the one without which the others can be parsed.
fn wrong<T: DeserializeOwned>(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().take(MANY + 1).collect();
    if pairs.len() > MANY {
        return None;
    }
    let without = |left_out: usize| {
        let others = pairs.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, pair)| pair);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(others.map(|(name, value)| (name, value))).finish()
    };
    let at = (0..pairs.len()).find(|at| web::Query::<T>::from_query(&without(*at)).is_ok())?;
    pairs.get(at).map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct QueryParameters {
        #[expect(dead_code, reason = "only parsed")]
        from: i64,
        #[expect(dead_code, reason = "only parsed")]
        limit: Option<u8>,
    }

    fn wrong(query: &str) -> (String, &'static str) {
        match read::<QueryParameters>(query) {
            Err(ApiError::App(AppError::Invalid(mut all))) => all.pop().map(|one| (one.field, one.code)).unwrap(),
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn an_error_names_its_parameter() {
        assert!(read::<QueryParameters>("from=1&limit=2").is_ok());
        assert_eq!(wrong("from=1&limit=x"), ("limit".to_owned(), "bad_value"));
        assert_eq!(wrong("from=99999999999999999999999&from=1").1, "bad_value");
        assert_eq!(wrong("from=1&limit=%e2%80%8b"), ("limit".to_owned(), "invisible"));
        assert_eq!(wrong("limit=1"), ("from".to_owned(), "required"));
        assert_eq!(wrong("from=1&limti=3"), ("limti".to_owned(), "bad_value"));
        assert_eq!(wrong("from=1&from=2"), ("from".to_owned(), "bad_value"));
        assert_eq!(wrong(&format!("from=1&{}", "a=1&".repeat(5000))).1, "bad_value", "and it takes no time");
    }
}
