//! An author's receipt: the entry of the act, its leaf, and, once it is sealed, the proof up to a signed checkpoint.

use serde::{Deserialize, Serialize};

use super::{Checkpoint, Entry, Flaw, Verifier, hash_from_hex, leaf_hash, verify_inclusion};
use crate::domain::ids::EntryId;

/// A receipt. It can be verified without the server, with only the server's public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The entry's id.
    pub entry_id: EntryId,
    /// The entry's bytes exactly as they were hashed, as text.
    pub entry: String,
    /// SHA-256(0x00 ‖ bytes) in hexadecimal digits.
    pub leaf: String,
    /// The entry's position in the channel's tree, from 0; assigned within a second or so.
    pub position: Option<u64>,
    /// The inclusion proof for the checkpoint's root, from the leaf up, in hexadecimal digits.
    pub proof: Vec<String>,
    /// The signed checkpoint that covers the entry; available within minutes.
    pub checkpoint: Option<String>,
}

impl Receipt {
    /// Verifies the receipt with the public key: the leaf against the bytes, the proof against the root, the root's signature.
    ///
    /// # Errors
    /// The first defect, or `Flaw::Unsealed` if there is nothing to verify against yet.
    pub fn verify(&self, verifier: &Verifier) -> Result<Entry, Flaw> {
        let entry = Entry::from_bytes(self.entry.as_bytes())?;
        let leaf = leaf_hash(self.entry.as_bytes());
        if leaf != hash_from_hex(&self.leaf)? || entry.id != self.entry_id {
            return Err(Flaw::Leaf);
        }
        let (Some(position), Some(note)) = (self.position, &self.checkpoint) else { return Err(Flaw::Unsealed) };
        let checkpoint = Checkpoint::open(note, verifier)?;
        if checkpoint.origin.rsplit('/').next() != Some(entry.channel.to_string().as_str()) {
            return Err(Flaw::Note("it is another channel's"));
        }
        let proof = self.proof.iter().map(|step| hash_from_hex(step)).collect::<Result<Vec<_>, _>>()?;
        verify_inclusion(&leaf, position, checkpoint.size, &proof, &checkpoint.root)?;
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::ledger::{Frontier, sign};

    fn sealed() -> (Receipt, Verifier) {
        let id = Uuid::from_u128(5);
        let value = json!({
            "format": 1, "alg": "sha-256", "id": id, "channel": Uuid::from_u128(6), "at": "2026-01-05T00:00:00Z", "request": "r",
            "action": "submit", "object": {"kind": "manuscript", "id": id}, "chain": id,
        });
        let bytes = serde_json::from_value::<Entry>(value).unwrap().to_bytes().unwrap();
        let (before, leaf) = ([1; 32], leaf_hash(&bytes));
        let mut frontier = Frontier::default();
        frontier.append(before);
        frontier.append(leaf);
        let key = SigningKey::from_bytes(&[3; 32]);
        let checkpoint = Checkpoint { origin: format!("x/{}", Uuid::from_u128(6)), size: 2, root: frontier.root(), previous: None };
        let receipt = Receipt {
            entry_id: EntryId(id),
            entry: String::from_utf8(bytes).unwrap(),
            leaf: hex::encode(leaf),
            position: Some(1),
            proof: vec![hex::encode(before)],
            checkpoint: Some(sign(&checkpoint, "x", &key)),
        };
        (receipt, Verifier { name: "x".into(), key: key.verifying_key() })
    }

    #[test]
    fn a_sealed_receipt_verifies_and_names_the_act() {
        let (receipt, verifier) = sealed();
        assert_eq!(receipt.verify(&verifier).map(|entry| entry.action), Ok("submit".into()));
    }

    #[test]
    fn every_change_is_found() {
        let (receipt, verifier) = sealed();
        let changed = Receipt { entry: receipt.entry.replace("submit", "return"), ..receipt.clone() };
        assert_eq!(changed.verify(&verifier), Err(Flaw::Leaf));
        let moved = Receipt { position: Some(0), ..receipt.clone() };
        assert_eq!(moved.verify(&verifier), Err(Flaw::Proof));
        let bare = Receipt { proof: vec![], ..receipt.clone() };
        assert_eq!(bare.verify(&verifier), Err(Flaw::Proof));
        let early = Receipt { checkpoint: None, ..receipt.clone() };
        assert_eq!(early.verify(&verifier), Err(Flaw::Unsealed));
        let stranger = Verifier { key: SigningKey::from_bytes(&[4; 32]).verifying_key(), ..verifier };
        assert_eq!(receipt.verify(&stranger), Err(Flaw::Signature(stranger.to_string())));
    }
}
