//! The keys that have signed a ledger over time, and those among them that are trusted through one trusted key.

use ed25519_dalek::SigningKey;

use super::checkpoint::{note_of, signed_text};
use super::{Anchor, Checkpoint, Flaw, Verifier};

/// The first line of a statement, which distinguishes it from any other signed text.
const STATEMENT: &str = "zhitongche ledger key";

/// A stored public key: its number in the sequence of keys, and the signed statement by which it succeeds the previous one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Counted from 1.
    pub number: u64,
    /// The key.
    pub verifier: Verifier,
    /// The signed statement of succession; absent for the first key.
    pub statement: Option<String>,
}

/// Returns the text of a statement that key `number` succeeds another.
fn statement(number: u64, before: &Verifier, after: &Verifier) -> String {
    format!("{STATEMENT}\n{number}\n{before}\n{after}\n")
}

/// Signs the statement that a key succeeds another: by the new key, and by the previous one if it is available.
#[must_use]
pub fn sign_succession(number: u64, name: &str, before: (&Verifier, Option<&SigningKey>), after: &SigningKey) -> String {
    let new = Verifier { name: name.to_owned(), key: after.verifying_key() };
    let text = statement(number, before.0, &new);
    let old = before.1.map(|key| (before.0.name.as_str(), key));
    note_of(&text, old.into_iter().chain([(name, after)]))
}

/// The keys that are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    keys: Vec<Verifier>,
}

impl Keyring {
    /// Returns a keyring of one key.
    #[must_use]
    pub fn of(trusted: &Verifier) -> Self {
        Self { keys: vec![trusted.clone()] }
    }

    /// Returns the keys that are trusted through one key. A key establishes trust in earlier ones by the statements that it and they
    /// signed, and in a later one only by its own signature: a key that replaced a lost one is not trusted through the lost one.
    #[must_use]
    pub fn new(trusted: &Verifier, rows: &[KeyRow]) -> Self {
        let mut ring = Self::of(trusted);
        let Some(place) = rows.iter().position(|row| row.verifier.key == trusted.key) else { return ring };
        for at in (1..=place).rev() {
            if !follows(&rows[at - 1], &rows[at], &rows[at].verifier) {
                break;
            }
            ring.keys.push(rows[at - 1].verifier.clone());
        }
        for at in place + 1..rows.len() {
            let [before, after] = [&rows[at - 1], &rows[at]];
            if !follows(before, after, &before.verifier) || !follows(before, after, &after.verifier) {
                break;
            }
            ring.keys.push(after.verifier.clone());
        }
        ring
    }

    /// Parses a signed checkpoint with any trusted key, under the name in the note: trust applies to the key, and the installation's name
    /// may have changed.
    ///
    /// # Errors
    /// As [`Checkpoint::open`]; a missing signature is reported as that of the newest trusted key.
    pub fn open(&self, note: &str) -> Result<Checkpoint, Flaw> {
        let name = Checkpoint::signer(note)?;
        self.try_each(name, |key| Checkpoint::open(note, key))
    }

    /// Returns the checkpoint of an anchor, as [`Anchor::checkpoint`].
    ///
    /// # Errors
    /// The first defect.
    pub fn open_anchor(&self, anchor: &Anchor) -> Result<Option<Checkpoint>, Flaw> {
        let note = match anchor {
            Anchor::Checkpoint(note) => Some(note),
            Anchor::Receipt(receipt) => receipt.checkpoint.as_ref(),
        };
        let name = note.and_then(|note| Checkpoint::signer(note).ok()).unwrap_or(&self.keys[0].name);
        self.try_each(name, |key| anchor.checkpoint(key))
    }

    fn try_each<T>(&self, name: &str, open: impl Fn(&Verifier) -> Result<T, Flaw>) -> Result<T, Flaw> {
        let mut first = None;
        for key in &self.keys {
            match open(&Verifier { name: name.to_owned(), key: key.key }) {
                Err(flaw @ Flaw::Signature(_)) => first = first.or(Some(flaw)),
                opened => return opened,
            }
        }
        Err(first.unwrap_or_else(|| Flaw::Signature(name.to_owned())))
    }
}

/// Returns whether `by` signed that `after` succeeds `before`.
fn follows(before: &KeyRow, after: &KeyRow, by: &Verifier) -> bool {
    let expected = statement(after.number, &before.verifier, &after.verifier);
    after
        .statement
        .as_ref()
        .is_some_and(|note| signed_text(note, by).is_ok_and(|text| text == expected) && after.number == before.number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::sign;

    fn key(n: u8) -> (SigningKey, Verifier) {
        let key = SigningKey::from_bytes(&[n; 32]);
        let verifier = Verifier { name: "a".into(), key: key.verifying_key() };
        (key, verifier)
    }

    /// Returns three keys: the second succeeds by both signatures, the third without that of the second, which was lost.
    fn rows() -> Vec<KeyRow> {
        let [(one, first), (two, second), (three, third)] = [key(1), key(2), key(3)];
        let follows = sign_succession(2, "a", (&first, Some(&one)), &two);
        let replaces = sign_succession(3, "a", (&second, None), &three);
        vec![
            KeyRow { number: 1, verifier: first, statement: None },
            KeyRow { number: 2, verifier: second, statement: Some(follows) },
            KeyRow { number: 3, verifier: third, statement: Some(replaces) },
        ]
    }

    fn opens(ring: &Keyring, n: u8) -> bool {
        let checkpoint = Checkpoint { origin: "b/1".into(), size: 1, root: [0; 32], previous: None };
        ring.open(&sign(&checkpoint, "b", &key(n).0)).is_ok()
    }

    #[test]
    fn a_key_vouches_for_those_before_it_and_for_later_ones_by_its_own_signature_alone() {
        let trusted = |n: u8| Keyring::new(&key(n).1, &rows());
        let seen = |n: u8| [1, 2, 3, 4].map(|other| opens(&trusted(n), other));
        assert_eq!(seen(3), [true, true, true, false]);
        assert_eq!(seen(1), [true, true, false, false]);
        assert_eq!(seen(2), [true, true, false, false]);
        assert_eq!(seen(4), [false, false, false, true]);
    }

    #[test]
    fn a_statement_that_was_changed_or_moved_vouches_for_nobody() {
        let mut changed = rows();
        changed[1].verifier = key(9).1;
        assert!(!opens(&Keyring::new(&key(1).1, &changed), 9));
        let mut moved = rows();
        moved[1].statement = moved[2].statement.clone();
        assert!(!opens(&Keyring::new(&key(1).1, &moved), 2));
        let mut skipped = rows();
        skipped.remove(1);
        assert!(!opens(&Keyring::new(&key(3).1, &skipped), 1));
    }
}
