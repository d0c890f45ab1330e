//! Finds all faults of an input. serde stops at the first one; in order to report all of them together, each fault is replaced by an
//! acceptable value, so that the next pass gets beyond it. The result of these passes is discarded.

use crate::domain::violation::Violation;

/// The largest number of passes over one input.
const MOST_PASSES: usize = 80;
/// The largest number of bytes that all passes over one input read together, so that a large body costs its sender and not the server.
const MOST_BYTES: usize = 4_000_000;

/// Acceptable values for the types of an input, tried in this order: a text, a number, a box, a list, an object, a day, an id.
const ACCEPTABLE: [&str; 7] = ["\"\"", "1", "false", "[]", "{}", "\"2000-01-01\"", "\"00000000-0000-0000-0000-000000000000\""];

/// A fault that ended a pass.
#[derive(Debug)]
pub(super) struct InputFault {
    /// The violation that is reported.
    pub violation: Violation,
    /// The message of serde, which lists the words of a vocabulary.
    pub says: String,
}

/// Returns the faults of an input of `bytes` bytes whose first pass ended with `first`. `read` reads it with the values of these fields in
/// place of those sent; they are written as JSON, and an empty one removes the field.
pub(super) fn collect(
    bytes: usize,
    first: InputFault,
    mut read: impl FnMut(&[(String, String)]) -> Result<(), InputFault>,
) -> Vec<Violation> {
    let mut found: Vec<Violation> = Vec::new();
    let mut replaced: Vec<(String, String)> = Vec::new();
    let (mut fault, mut tried) = (first, 0);
    for _ in 0..(MOST_BYTES / bytes.max(1)).clamp(1, MOST_PASSES) {
        let InputFault { violation, says } = fault;
        let field = violation.field.clone();
        if found.last().is_none_or(|last| last.field != field) {
            if found.iter().any(|one| one.field == field) {
                break;
            }
            found.push(violation);
            tried = 0;
        }
        // A document that is read again contains a duplicate field once.
        if !says.starts_with("duplicate field") {
            let Some(value) = acceptable(&says, tried) else { break };
            tried += 1;
            match replaced.iter_mut().find(|(name, _)| *name == field) {
                Some((_, replaced)) => *replaced = value,
                None => replaced.push((field, value)),
            }
        }
        match read(&replaced) {
            Ok(()) => break,
            Err(next) => fault = next,
        }
    }
    found
}

/// Returns a value to try in place of one that serde refused with this message, after so many others.
fn acceptable(says: &str, tried: usize) -> Option<String> {
    if says.starts_with("unknown field") {
        return Some(String::new());
    }
    match first_word(says) {
        Some(word) if tried > 0 => Some(format!("\"{word}\"")),
        _ => ACCEPTABLE.get(tried).map(|value| (*value).to_owned()),
    }
}

/// Returns the first word of the vocabulary in a message of serde: "unknown variant `x`, expected one of `a`, `b`".
fn first_word(says: &str) -> Option<&str> {
    let (_, expected) = says.strip_prefix("unknown variant")?.split_once("expected ")?;
    expected.split('`').nth(1)
}
