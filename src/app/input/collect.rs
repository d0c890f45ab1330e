//! Finds all faults of an input. serde stops at the first one; in order to report all of them together, each fault is replaced by an
//! acceptable value, so that the next pass gets beyond it. The result of these passes is discarded.

use crate::domain::violation::Violation;

/// The largest number of passes over one input.
const MOST_READINGS: usize = 80;

/// Acceptable values for the types of an input, tried in this order: a text, a number, a box, a list, an object, a day, an id.
pub(super) const STAND_INS: [&str; 7] = ["\"\"", "1", "false", "[]", "{}", "\"2000-01-01\"", "\"00000000-0000-0000-0000-000000000000\""];

/// A fault that ended a pass.
#[derive(Debug)]
pub(super) struct InputFault {
    /// The violation that is reported.
    pub violation: Violation,
    /// The message of serde, which lists the words of a vocabulary.
    pub says: String,
}

/// Returns all faults of an input whose first pass ended with `first`. `read` reads it with the values of these fields in place of those
/// sent; they are written as JSON, and an empty one removes the field.
pub(super) fn collect(first: InputFault, mut read: impl FnMut(&[(String, String)]) -> Result<(), InputFault>) -> Vec<Violation> {
    let mut found: Vec<Violation> = Vec::new();
    let mut replaced: Vec<(String, String)> = Vec::new();
    let (mut fault, mut tried) = (first, 0);
    for _ in 0..MOST_READINGS {
        let field = fault.violation.field.clone();
        if found.last().is_none_or(|last| last.field != field) {
            if found.iter().any(|one| one.field == field) {
                break;
            }
            found.push(fault.violation);
            replaced.push((field, String::new()));
            tried = 0;
        }
        if fault.says.starts_with("duplicate field") {
            // The replaced document contains the field once.
            replaced.pop();
        }
        let known = first_word(&fault.says).map(|word| format!("\"{word}\""));
        let stand_in = match (known.filter(|_| tried > 0), STAND_INS.get(tried)) {
            _ if fault.says.starts_with("unknown field") => String::new(),
            (Some(word), _) => word,
            (None, Some(value)) => (*value).to_owned(),
            (None, None) => break,
        };
        tried += 1;
        if let Some(last) = replaced.last_mut() {
            last.1 = stand_in;
        }
        match read(&replaced) {
            Ok(()) => break,
            Err(next) => fault = next,
        }
    }
    found
}

/// Returns the first word of the vocabulary in a message of serde: "unknown variant `x`, expected one of `a`, `b`".
fn first_word(says: &str) -> Option<&str> {
    let (_, expected) = says.strip_prefix("unknown variant")?.split_once("expected ")?;
    expected.split('`').nth(1)
}
