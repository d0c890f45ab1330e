//! The input of a command: read from a JSON body or from the fields of a form into the same struct, with the same violations.

mod collect;
mod fields;
mod invisible;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde_json::Value;

use crate::app::input::collect::{InputFault, collect};
use crate::domain::numbers::BadDay;
use crate::domain::violation::{Param, Violation};

pub use fields::from_fields;

/// Names of fields that hold a secret: it is compared exactly as it was sent, and no page shows it.
pub const SECRETS: [&str; 5] = ["password", "new_password", "repeated", "resume_password", "link"];

/// The largest number of characters of a field's name, and of serde's message, that a response repeats; a caller may send any number.
const REPEATED_CHARS: usize = 200;

/// The integers as serde's messages name them.
const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// The reason why a body gave no input.
#[derive(Debug)]
pub enum InputError {
    /// It is not JSON; the parser's message.
    Malformed(String),
    /// Fields are missing or have another form.
    Invalid(Vec<Violation>),
}

/// Reads a JSON object; an empty body stands for the empty object.
///
/// # Errors
/// [`InputError::Malformed`] for a body that is not JSON; [`InputError::Invalid`] for texts without visible characters, and otherwise for
/// all fields that have another form than the struct.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, InputError> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    if bytes.trim_ascii_start().starts_with(b"[") {
        // serde would read an array as the fields in the order of the source.
        return Err(InputError::Invalid(vec![violation(".", "invalid type: array, expected an object")]));
    }
    let invisible = invisible::fields(bytes);
    if !invisible.is_empty() {
        return Err(InputError::Invalid(invisible.into_iter().map(Violation::invisible).collect()));
    }
    serde_json::from_slice(bytes).map_err(|_| refused::<T>(bytes))
}

/// Returns the errors of a body that cannot be read. Their paths are determined only now, because tracking the path has a cost for every
/// field.
fn refused<T: DeserializeOwned>(bytes: &[u8]) -> InputError {
    let whole: Value = match serde_json::from_slice(bytes) {
        Ok(whole) => whole,
        Err(error) => return InputError::Malformed(error.to_string()),
    };
    match serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(bytes)) {
        Err(error) => InputError::Invalid(collect(bytes.len(), fault(error), |replaced| read_replaced::<T>(whole.clone(), replaced))),
        Ok(_) => InputError::Invalid(vec![violation(".", "invalid value")]),
    }
}

fn fault(error: serde_path_to_error::Error<serde_json::Error>) -> InputFault {
    let path = error.path().to_string();
    let says = error.into_inner().to_string();
    InputFault { violation: violation(&path, &says), says }
}

/// Reads a document with other values in the place of these fields.
fn read_replaced<T: DeserializeOwned>(mut whole: Value, replaced: &[(String, String)]) -> Result<(), InputFault> {
    for (field, value) in replaced {
        let pointer = format!("/{}", field.replace('[', "/").replace(']', "").replace('.', "/"));
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        match whole.pointer_mut(parent) {
            Some(Value::Object(fields)) => match serde_json::from_str(value) {
                Ok(value) => drop(fields.insert(name.to_owned(), value)),
                Err(_) => drop(fields.remove(name)),
            },
            Some(Value::Array(items)) => {
                if let Some((item, value)) =
                    name.parse::<usize>().ok().and_then(|at| items.get_mut(at)).zip(serde_json::from_str(value).ok())
                {
                    *item = value;
                }
            }
            _ => {}
        }
    }
    serde_path_to_error::deserialize::<_, T>(whole).map(drop).map_err(fault)
}

/// Converts a message of serde into a violation. The field is `path`, or the name that serde misses, does not know or has seen twice.
#[must_use]
pub fn violation(path: &str, says: &str) -> Violation {
    let says = says.rsplit_once(" at line ").map_or(says, |(says, _)| says);
    let says = says.split_once("expected struct ").map_or_else(|| says.to_owned(), |(says, _)| format!("{says}expected an object"));
    let is_no_day = says.ends_with(BadDay::EXPECTED);
    let is_no_number =
        says.starts_with("invalid type: string") && says.rsplit_once("expected ").is_some_and(|(_, kind)| INTEGERS.contains(&kind));
    let says: String = says.chars().take(REPEATED_CHARS).collect();
    let named = says.split('`').nth(1);
    let within = says.starts_with("missing field") || says.starts_with("duplicate field");
    let field = match (path, named) {
        ("." | "?", Some(name)) if within || says.starts_with("unknown field") => name.to_owned(),
        (path, Some(name)) if within => format!("{path}.{name}"),
        ("." | "?", _) => "body".to_owned(),
        (path, _) => path.chars().take(REPEATED_CHARS).collect(),
    };
    if says.starts_with("missing field") {
        return Violation::required(field);
    }
    if is_no_day {
        return Violation::new(field, "bad_date");
    }
    if is_no_number {
        return Violation::new(field, "bad_number");
    }
    Violation { field, code: "bad_value", params: vec![("why", Param::Text(says))] }
}

/// The name by which [`text_or_empty`] informs the reader of a form that an empty field is a value.
const EMPTY_IS_A_VALUE: &str = "EmptyIsAValue";

/// Deserializes a text that a command may set or leave unchanged, and for which an empty text is a value that clears the stored one.
/// Otherwise an empty field of a form is read as an absent one. For `#[serde(default, deserialize_with = "…")]`.
///
/// # Errors
/// The deserializer's.
pub fn text_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct ClearedText;

    impl<'de> Visitor<'de> for ClearedText {
        type Value = Option<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            Option::deserialize(deserializer)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Err(E::invalid_type(de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_newtype_struct(EMPTY_IS_A_VALUE, ClearedText)
}
