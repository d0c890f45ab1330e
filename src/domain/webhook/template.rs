//! The JSON of a generic webhook: an administrator's text with placeholders, which are replaced only inside its strings, so that a value
//! cannot change the structure.

use serde_json::Value;

use crate::domain::violation::{Param, Violation};

/// The placeholders of a template.
pub const PLACEHOLDERS: [&str; 6] = ["text", "desk", "number", "due", "link", "letter"];

/// The default template.
pub const DEFAULT: &str =
    r#"{"text":"{{text}}","desk":"{{desk}}","number":"{{number}}","due":"{{due}}","link":"{{link}}","letter":"{{letter}}"}"#;

/// The largest number of characters of a template.
const MOST: usize = 4_000;

/// A piece of a string.
enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Splits a string at its placeholders. A brace pair that does not close is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, inner)) = rest.split_once("{{") {
        let Some((name, after)) = inner.split_once("}}") else { break };
        found.push(Piece::Text(before));
        found.push(Piece::Placeholder(name.trim()));
        rest = after;
    }
    found.push(Piece::Text(rest));
    found
}

/// Parses a template.
///
/// # Errors
/// `too_long`; `bad_json` with line and column; `unknown_placeholder` with its name and its position as a JSON Pointer (RFC 6901), also for
/// one in the name of a member, where placeholders are not replaced.
pub fn parse(text: &str) -> Result<Value, Violation> {
    let length = text.chars().count();
    if length > MOST {
        return Err(Violation::beyond("template", "too_long", length, MOST));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| Violation {
        params: vec![("line", Param::Number(error.line())), ("column", Param::Number(error.column()))],
        ..Violation::new("template", "bad_json")
    })?;
    if let Some((name, place)) = unknown(&value, "") {
        let params = vec![("name", Param::Text(name)), ("place", Param::Text(place))];
        return Err(Violation { params, ..Violation::new("template", "unknown_placeholder") });
    }
    Ok(value)
}

/// Returns the first unknown placeholder, with its position.
fn unknown(value: &Value, place: &str) -> Option<(String, String)> {
    match value {
        Value::String(text) => {
            let bad = pieces(text).into_iter().find_map(|piece| match piece {
                Piece::Placeholder(name) if !PLACEHOLDERS.contains(&name) => Some(name.to_owned()),
                Piece::Placeholder(_) | Piece::Text(_) => None,
            });
            bad.map(|name| (name, if place.is_empty() { "/".to_owned() } else { place.to_owned() }))
        }
        Value::Array(all) => all.iter().enumerate().find_map(|(at, one)| unknown(one, &format!("{place}/{at}"))),
        Value::Object(all) => all.iter().find_map(|(name, one)| {
            let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
            if name.contains("{{") { Some((name.clone(), inner)) } else { unknown(one, &inner) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Replaces the placeholders by values. Placeholders inside of values are not replaced.
#[must_use]
pub fn fill(template: &Value, value_of: &dyn Fn(&str) -> String) -> Value {
    match template {
        Value::String(text) => {
            let filled = pieces(text).into_iter().map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Placeholder(name) => value_of(name),
            });
            Value::String(filled.collect())
        }
        Value::Array(all) => all.iter().map(|one| fill(one, value_of)).collect(),
        Value::Object(all) => all.iter().map(|(name, one)| (name.clone(), fill(one, value_of))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_replaced_inside_strings_and_once() {
        let template = parse(r#"{"a":"{{number}}: {{ link }}{{", "b":[1,"{{text}}"], "number":"n"}"#).unwrap();
        let filled = fill(&template, &|name| format!("<{name} {{{{link}}}} \" \\>"));
        let expected = json!({
            "a": "<number {{link}} \" \\>: <link {{link}} \" \\>{{", "b": [1, "<text {{link}} \" \\>"], "number": "n"
        });
        assert_eq!(filled, expected);
    }

    #[test]
    fn the_default_names_everything() {
        let filled = fill(&parse(DEFAULT).unwrap(), &str::to_uppercase);
        let values: Vec<&str> = filled.as_object().unwrap().values().map(|value| value.as_str().unwrap()).collect();
        assert_eq!(values, ["TEXT", "DESK", "NUMBER", "DUE", "LINK", "LETTER"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let wrong = |text: &str| parse(text).unwrap_err();
        let text = |text: &str| Param::Text(text.to_owned());
        let bad = wrong("{\n  \"a\": {{text}}\n}");
        assert_eq!((bad.code, &bad.params[0]), ("bad_json", &("line", Param::Number(2))));
        let unknown = wrong(r#"{"a":[{"b/c":"{{title}}"}]}"#);
        assert_eq!((unknown.code, unknown.params), ("unknown_placeholder", vec![("name", text("title")), ("place", text("/a/0/b~1c"))]));
        assert_eq!(wrong(r#"{"{{text}}":1}"#).code, "unknown_placeholder");
        assert_eq!(wrong(&format!("\"{}\"", "字".repeat(4_000))).code, "too_long");
    }
}
