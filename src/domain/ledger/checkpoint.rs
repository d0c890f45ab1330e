//! A checkpoint: the size and root of a channel's tree, signed. The text is a C2SP tlog-checkpoint in a C2SP signed note.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::Flaw;
use super::merkle::Hash;
use crate::domain::ids::ChannelId;

/// The signature type of Ed25519 in a signed note.
const ED25519: u8 = 1;

/// The prefix of the extension line that names the previous checkpoint.
const PREVIOUS: &str = "previous ";

/// The size and root of a tree, as one checkpoint names another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeMark {
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// The state of one channel's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The identity of the tree, on a line of its own: `<name of the installation>/<channel id>`.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The previously signed checkpoint of this tree, so that none can be removed in between; size 0 for the first. Those of older versions
    /// of the program name none.
    pub previous: Option<TreeMark>,
}

impl Checkpoint {
    /// Returns the signed text: origin, size, root and, as an extension line, the previous checkpoint; a line each.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root));
        if let Some(TreeMark { size, root }) = self.previous {
            text.push_str(&format!("{PREVIOUS}{size} {}\n", BASE64.encode(root)));
        }
        text
    }

    /// Returns its ledger, or `None` if its origin names none.
    #[must_use]
    pub fn ledger(&self) -> Option<ChannelId> {
        self.origin.rsplit('/').next()?.parse().ok().map(ChannelId)
    }

    /// Returns its size and root.
    #[must_use]
    pub fn mark(&self) -> TreeMark {
        TreeMark { size: self.size, root: self.root }
    }

    /// Parses a signed checkpoint without verifying its signatures.
    ///
    /// # Errors
    /// `Flaw::Note` if the text has another form.
    pub fn parse(note: &str) -> Result<Self, Flaw> {
        let (text, _) = halves(note)?;
        let mut lines = text.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(Flaw::Note("no origin"))?;
        let size = lines.next().ok_or(Flaw::Note("no size")).and_then(number)?;
        let root = lines.next().and_then(hash).ok_or(Flaw::Note("no root"))?;
        let previous = lines.find_map(|line| line.strip_prefix(PREVIOUS)).map(mark).transpose()?;
        Ok(Self { origin: origin.to_owned(), size, root, previous })
    }

    /// Parses a signed checkpoint and verifies the signature of `verifier`.
    ///
    /// # Errors
    /// `Flaw::Note` for another form, `Flaw::Signature` if that key's signature is missing or wrong.
    pub fn open(note: &str, verifier: &Verifier) -> Result<Self, Flaw> {
        let checkpoint = Self::parse(note)?;
        signed_text(note, verifier)?;
        Ok(checkpoint)
    }

    /// Returns the name of the first signature's key, as stated in the note.
    ///
    /// # Errors
    /// `Flaw::Note` if there is no signature line.
    pub fn signer(note: &str) -> Result<&str, Flaw> {
        let (_, signatures) = halves(note)?;
        let line = signatures.lines().next().and_then(|line| line.strip_prefix("— ")?.split_once(' '));
        line.map(|(name, _)| name).ok_or(Flaw::Note("no signature"))
    }
}

/// Returns the signed note of a checkpoint: its text, an empty line, and the signature of `key` under `name`.
#[must_use]
pub fn sign(checkpoint: &Checkpoint, name: &str, key: &SigningKey) -> String {
    note_of(&checkpoint.text(), [(name, key)])
}

/// Returns the signed note of a text, with a signature line of each key.
pub(super) fn note_of<'a>(text: &str, signers: impl IntoIterator<Item = (&'a str, &'a SigningKey)>) -> String {
    let mut note = format!("{text}\n");
    for (name, key) in signers {
        let mut blob = key_id(name, &key.verifying_key()).to_vec();
        blob.extend(key.sign(text.as_bytes()).to_bytes());
        note.push_str(&format!("— {name} {}\n", BASE64.encode(blob)));
    }
    note
}

/// Returns the text of a note that `verifier` signed.
///
/// # Errors
/// `Flaw::Note` for another form, `Flaw::Signature` if that key's signature is missing or wrong.
pub(super) fn signed_text<'a>(note: &'a str, verifier: &Verifier) -> Result<&'a str, Flaw> {
    let (text, signatures) = halves(note)?;
    let refused = || Flaw::Signature(verifier.to_string());
    let good = signatures
        .lines()
        .filter_map(|line| line.strip_prefix("— ")?.split_once(' '))
        .filter(|(name, _)| *name == verifier.name)
        .filter_map(|(_, blob)| BASE64.decode(blob).ok())
        .find_map(|blob| blob.strip_prefix(&verifier.key_id()).map(<[u8]>::to_vec))
        .ok_or_else(refused)?;
    let signature = Signature::from_slice(&good).map_err(|_| refused())?;
    verifier.key.verify_strict(text.as_bytes(), &signature).map_err(|_| refused())?;
    Ok(text)
}

/// Parses a size, in digits without leading zeros.
fn number(text: &str) -> Result<u64, Flaw> {
    if text.is_empty() || (text.len() > 1 && text.starts_with('0')) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Flaw::Note("the size is no number"));
    }
    text.parse().map_err(|_| Flaw::Note("the size is too large"))
}

fn hash(text: &str) -> Option<Hash> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Parses the line of the previous checkpoint.
fn mark(text: &str) -> Result<TreeMark, Flaw> {
    let (size, root) = text.split_once(' ').ok_or(Flaw::Note("the checkpoint before it has no root"))?;
    Ok(TreeMark { size: number(size)?, root: hash(root).ok_or(Flaw::Note("the checkpoint before it has no root"))? })
}

/// A public key with the name under which it signs; written `name+keyid+base64` as in the signed-note specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    /// The name of the installation; no spaces, no plus sign.
    pub name: String,
    /// Its Ed25519 public key.
    pub key: VerifyingKey,
}

impl Verifier {
    /// Returns the first four bytes, which distinguish the keys of one name.
    #[must_use]
    pub fn key_id(&self) -> [u8; 4] {
        key_id(&self.name, &self.key)
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut public = vec![ED25519];
        public.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.key_id()), BASE64.encode(public))
    }
}

impl std::str::FromStr for Verifier {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(public)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Flaw::Key("it must read name+keyid+base64"));
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(Flaw::Key("the name is empty or has a space"));
        }
        let public = BASE64.decode(public).map_err(|_| Flaw::Key("the key is not base64"))?;
        let [ED25519, key @ ..] = public.as_slice() else { return Err(Flaw::Key("it is not an Ed25519 key")) };
        let key = key.try_into().ok().and_then(|key| VerifyingKey::from_bytes(key).ok());
        let verifier = Self { name: name.to_owned(), key: key.ok_or(Flaw::Key("it is not an Ed25519 key"))? };
        if hex::encode(verifier.key_id()) == id { Ok(verifier) } else { Err(Flaw::Key("the key id does not belong to the key")) }
    }
}

/// Computes SHA-256(name ‖ 0x0A ‖ type ‖ public key), truncated to four bytes.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.as_bytes()).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Splits a note into the signed text with its last line end, and the signature lines.
fn halves(note: &str) -> Result<(&str, &str), Flaw> {
    let at = note.rfind("\n\n").ok_or(Flaw::Note("no empty line before the signatures"))?;
    let (text, signatures) = (&note[..=at], &note[at + 2..]);
    if signatures.is_empty() || !signatures.ends_with('\n') || note.bytes().any(|b| b < b' ' && b != b'\n') {
        return Err(Flaw::Note("no signatures, or a control character"));
    }
    Ok((text, signatures))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> (Checkpoint, SigningKey, Verifier) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let verifier = Verifier { name: "qinghe.example".into(), key: key.verifying_key() };
        (Checkpoint { origin: "qinghe.example/1".into(), size: 42, root: [9; 32], previous: None }, key, verifier)
    }

    #[test]
    fn a_checkpoint_names_the_one_before_and_one_without_stays_as_it_was() {
        let (older, key, verifier) = checkpoint();
        assert_eq!(older.text().lines().count(), 3, "notes of older versions stay good byte for byte");
        let newer = Checkpoint { size: 50, previous: Some(older.mark()), ..older.clone() };
        let note = sign(&newer, "qinghe.example", &key);
        assert_eq!(Checkpoint::open(&note, &verifier), Ok(newer));
        let cut = note.lines().filter(|line| !line.starts_with("previous")).map(|line| format!("{line}\n")).collect::<String>();
        assert!(matches!(Checkpoint::open(&cut, &verifier), Err(Flaw::Signature(_))));
        let broken = note.replace("previous 42 ", "previous x ");
        assert!(matches!(Checkpoint::parse(&broken), Err(Flaw::Note(_))));
    }

    #[test]
    fn a_signed_checkpoint_opens_and_a_changed_one_does_not() {
        let (checkpoint, key, verifier) = checkpoint();
        let note = sign(&checkpoint, "qinghe.example", &key);
        assert_eq!(Checkpoint::open(&note, &verifier), Ok(checkpoint));
        assert_eq!(Checkpoint::signer(&note), Ok("qinghe.example"));
        let forged = note.replace("\n42\n", "\n41\n");
        assert_eq!(Checkpoint::open(&forged, &verifier), Err(Flaw::Signature(verifier.to_string())));
        let other = Verifier { key: SigningKey::from_bytes(&[8; 32]).verifying_key(), ..verifier };
        assert_eq!(Checkpoint::open(&note, &other), Err(Flaw::Signature(other.to_string())));
    }

    #[test]
    fn other_texts_are_refused() {
        let (checkpoint, key, verifier) = checkpoint();
        let note = sign(&checkpoint, "qinghe.example", &key);
        for bad in ["", "\n\n", "a\n1\n\n", &note.replace("\n42\n", "\n042\n"), &note.replace("\n42\n", "\n-1\n"), note.trim_end()] {
            assert!(matches!(Checkpoint::open(bad, &verifier), Err(Flaw::Note(_))), "{bad:?}");
        }
    }

    #[test]
    fn verifier_keys_read_back() {
        let (_, _, verifier) = checkpoint();
        assert_eq!(verifier.to_string().parse(), Ok(verifier.clone()));
        assert!(verifier.to_string().replacen("qinghe", "qinghu", 1).parse::<Verifier>().is_err());
        assert!("a+b".parse::<Verifier>().is_err());
    }

    /// The key and the note of the documentation of Go's golang.org/x/mod/sumdb/note: another implementation's bytes.
    #[test]
    fn agrees_with_the_reference_implementation() {
        let verifier: Verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let blob = BASE64.decode(line).unwrap();
        assert_eq!(blob[..4], verifier.key_id());
        let signature = Signature::from_slice(&blob[4..]).unwrap();
        assert!(verifier.key.verify_strict(text.as_bytes(), &signature).is_ok());
    }
}
