//! Finds the texts of a JSON document without visible characters.

use serde_json::Value;

use crate::app::input::{REPEATED_CHARS, SECRETS};
use crate::domain::characters::is_invisible;

/// Returns the paths of the non-empty texts in a JSON document without visible characters, in order; empty for anything but JSON.
///
/// The document is parsed into values only if one of its strings is such a text, so that every other request costs only one pass over its
/// bytes.
pub(super) fn fields(json: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if holds_one(json)
        && let Ok(value) = serde_json::from_slice::<Value>(json)
    {
        walk(&value, &mut String::new(), &mut found);
    }
    found
}

/// Returns whether any string of the document, or the name of a field, is such a text.
fn holds_one(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(begin) = rest.iter().position(|byte| *byte == b'"') {
        let inner = &rest[begin + 1..];
        let mut end = 0;
        while end < inner.len() && inner[end] != b'"' {
            end += if inner[end] == b'\\' { 2 } else { 1 };
        }
        // Most strings begin with a letter, a digit or a Chinese character.
        let begins_shown = match inner {
            [first, ..] if first.is_ascii() => first.is_ascii_graphic() && *first != b'\\',
            [0xe4..=0xe9, ..] => true,
            _ => false,
        };
        let Some(whole) = rest.get(begin..=begin + 1 + end) else { return false };
        if !begins_shown && serde_json::from_slice::<String>(whole).is_ok_and(|text| is_invisible(&text)) {
            return true;
        }
        rest = &inner[end + 1..];
    }
    false
}

fn walk(value: &Value, path: &mut String, found: &mut Vec<String>) {
    let length = path.len();
    match value {
        Value::String(text) if is_invisible(text) => found.push(path.clone()),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push_str(&format!("[{at}]"));
                walk(item, path, found);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !SECRETS.contains(&name.as_str())) {
                if length > 0 {
                    path.push('.');
                }
                path.extend(name.chars().take(REPEATED_CHARS));
                walk(value, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
