//! Anchors: statements about the ledger stored outside the database, with which it can be compared later.

use super::{Checkpoint, Flaw, Receipt, Verifier};

/// One statement stored outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A signed checkpoint, from a bulletin or an auditor's mail.
    Checkpoint(String),
    /// An author's receipt.
    Receipt(Box<Receipt>),
}

impl Anchor {
    /// Parses a file: one receipt as JSON, or one or several signed checkpoints below each other.
    ///
    /// # Errors
    /// `Flaw::Note` if it is neither.
    pub fn read(text: &str) -> Result<Vec<Self>, Flaw> {
        if text.trim_start().starts_with('{') {
            let receipt = serde_json::from_str(text).map_err(|_| Flaw::Note("it looks like a receipt, but can't be read"))?;
            return Ok(vec![Self::Receipt(Box::new(receipt))]);
        }
        let notes = notes(text);
        if notes.is_empty() {
            return Err(Flaw::Note("there is neither a checkpoint nor a receipt in it"));
        }
        Ok(notes.into_iter().map(Self::Checkpoint).collect())
    }

    /// Returns its checkpoint, after verifying the signature and, for a receipt, the proof. Returns `None` for a receipt that was not
    /// sealed yet.
    ///
    /// # Errors
    /// The first defect.
    pub fn checkpoint(&self, verifier: &Verifier) -> Result<Option<Checkpoint>, Flaw> {
        match self {
            Self::Checkpoint(note) => Checkpoint::open(note, verifier).map(Some),
            Self::Receipt(receipt) => match (receipt.verify(verifier), &receipt.checkpoint) {
                (Ok(_), Some(note)) => Checkpoint::open(note, verifier).map(Some),
                (Ok(_), None) | (Err(Flaw::Unsealed), _) => Ok(None),
                (Err(flaw), _) => Err(flaw),
            },
        }
    }
}

/// Splits consecutive signed notes: a note ends with its signature lines.
fn notes(text: &str) -> Vec<String> {
    let (mut notes, mut note, mut signed) = (Vec::new(), String::new(), false);
    for line in text.lines().map(str::trim_end) {
        let signature = line.starts_with("— ");
        if signed && !signature {
            notes.push(std::mem::take(&mut note));
            signed = false;
        }
        if note.is_empty() && line.is_empty() {
            continue;
        }
        signed |= signature;
        note.push_str(line);
        note.push('\n');
    }
    if signed {
        notes.push(note);
    }
    notes
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::domain::ledger::sign;

    #[test]
    fn several_checkpoints_in_one_file_are_cut_apart() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let verifier = Verifier { name: "a".into(), key: key.verifying_key() };
        let note = |size| sign(&Checkpoint { origin: "a/1".into(), size, root: [2; 32], previous: None }, "a", &key);
        let file = format!("\n{}\n{}\r\n\n", note(1), note(22).replace('\n', "\r\n"));
        let anchors = Anchor::read(&file).unwrap();
        let sizes: Vec<_> = anchors.iter().map(|anchor| anchor.checkpoint(&verifier).unwrap().unwrap().size).collect();
        assert_eq!(sizes, vec![1, 22]);
        assert!(Anchor::read("hello").is_err());
        assert!(Anchor::read("{}").is_err());
    }
}
