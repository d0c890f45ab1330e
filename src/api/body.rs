//! JSON bodies: read up to the limit, and parsed so that an error names its field. Text without visible characters is refused here for
//! every field of every request, so that no field can omit the check.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::api::problem::ApiError;
use crate::app::AppError;
use crate::app::input::{self, InputError};
use crate::http::{self, body::BodyError};

/// The body of an act without input. A body that is sent is ignored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Reads a body of at most `max` bytes.
///
/// # Errors
/// 413, 415, or 400 if the client disconnects.
pub(crate) async fn read(request: &HttpRequest, payload: Payload, max: usize) -> Result<Vec<u8>, ApiError> {
    let bytes = http::body::read(request, payload, max).await.map_err(|error| match error {
        BodyError::TooLarge { max } => AppError::TooLarge { max }.into(),
        BodyError::Broken(why) => ApiError::Malformed(why),
    })?;
    let json = |kind: &str| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    let kind = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    match kind {
        Some(kind) if !bytes.is_empty() && !json(kind) => Err(ApiError::MediaType),
        _ => Ok(bytes),
    }
}

/// Parses a JSON object; an empty body is the empty object.
///
/// # Errors
/// 400 for a body that is not JSON, 422 with the field for values of another form, and for text without visible characters.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    input::from_json(bytes).map_err(|error| match error {
        InputError::Malformed(why) => ApiError::Malformed(why),
        InputError::Invalid(violations) => AppError::Invalid(violations).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct BodyField {
        #[expect(dead_code, reason = "only parsed")]
        title: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed")]
        parts: Vec<BodyPart>,
    }

    #[derive(Debug, Deserialize)]
    struct BodyPart {
        #[expect(dead_code, reason = "only parsed")]
        at: u8,
    }

    fn wrong(text: &str) -> (String, &'static str) {
        match parse::<BodyField>(text.as_bytes()) {
            Err(ApiError::App(AppError::Invalid(mut all))) => all.pop().map(|one| (one.field, one.code)).unwrap(),
            Err(ApiError::Malformed(_)) => (String::new(), "malformed"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn no_text_shows_nothing_wherever_it_stands() {
        let fields = |text: &str| match parse::<Nothing>(text.as_bytes()) {
            Err(ApiError::App(AppError::Invalid(all))) => all.into_iter().map(|one| (one.field, one.code)).collect::<Vec<_>>(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(
            fields(r#"{"a":"\u200b","b":{"c":["x","\u3164 "]}}"#),
            [("a".to_owned(), "invisible"), ("b.c[1]".to_owned(), "invisible")]
        );
        assert_eq!(fields("{\"title\":\"\u{2800}\"}"), [("title".to_owned(), "invisible")]);
        for good in [r#"{"a":"","b":" \n","c":"\u200b\u4e00","d":"\\","\u200b":1,"password":"\u200b"}"#, r#"{"a":"\"\u200b"}"#, "{}"] {
            assert!(parse::<Nothing>(good.as_bytes()).is_ok(), "{good}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), text in ".*") {
            let quoted = serde_json::json!({ "a": [text] }).to_string();
            for body in [&bytes[..], quoted.as_bytes(), quoted.get(..quoted.len() / 2).unwrap_or_default().as_bytes()] {
                let _ = parse::<Nothing>(body);
            }
        }
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let fields = |text: &str| match parse::<BodyField>(text.as_bytes()) {
            Err(ApiError::App(AppError::Invalid(all))) => all.into_iter().map(|one| (one.field, one.code)).collect::<Vec<_>>(),
            other => panic!("{text}: {other:?}"),
        };
        let all = [("parts[0].at", "bad_number"), ("parts[1].at", "required"), ("more", "bad_value"), ("title", "required")];
        assert_eq!(fields(r#"{"parts":[{"at":"x"},{}],"more":1}"#), all.map(|(name, code)| (name.to_owned(), code)));
    }

    #[test]
    fn an_error_names_its_field() {
        assert_eq!(wrong("{}"), ("title".to_owned(), "required"));
        assert_eq!(wrong(""), ("title".to_owned(), "required"));
        assert_eq!(wrong(r#"{"title":7}"#), ("title".to_owned(), "bad_value"));
        assert_eq!(wrong(r#"{"title":"a","parts":[{"at":1},{"at":"x"}]}"#), ("parts[1].at".to_owned(), "bad_number"));
        assert_eq!(wrong(r#"{"title":"a","parts":[{}]}"#), ("parts[0].at".to_owned(), "required"));
        assert_eq!(wrong(r#"{"title":"a","tilte":"b"}"#), ("tilte".to_owned(), "bad_value"));
        for array in ["[]", " [\"a\"]", "[[]]"] {
            assert_eq!(wrong(array), ("body".to_owned(), "bad_value"), "an array is not read as fields in their order");
        }
        assert_eq!(wrong(r#"{"title":"a","title":"b"}"#), ("title".to_owned(), "bad_value"));
        assert_eq!(wrong(&format!("{{\"title\":\"a\",\"{}\":1}}", "k".repeat(9000))).0.len(), 200, "not all of it is told");
        for text in ["{", "{\"title\":\"a\"} x", "{\"title\":\"\u{1}\"}"] {
            assert_eq!(wrong(text).1, "malformed", "{text}");
        }
        assert!(parse::<BodyField>(r#"{"title":"a"}"#.as_bytes()).is_ok());
        assert!(parse::<Nothing>(b"").is_ok());
    }
}
