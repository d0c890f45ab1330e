//! What all entries together say of each thing: where it stands, in which version, with which texts and files.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::{Entry, Hash, Place, hash_from_hex};

/// What the entries say of one thing, the last word of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The last entry about it.
    pub place: Place,
    /// Its state after the last act that led to one.
    pub state: Option<String>,
    /// Its version after the last act that gave one.
    pub version: Option<i64>,
}

/// The sum of a channel's entries.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    things: BTreeMap<String, HashMap<Uuid, Said>>,
    digests: HashSet<(Uuid, Hash)>,
}

impl Fold {
    /// Takes the next entry.
    pub fn take(&mut self, entry: &Entry, place: Place) {
        for digest in entry.digests.values() {
            if let Ok(digest) = hash_from_hex(digest) {
                self.digests.insert((entry.chain, digest));
            }
        }
        let things = self.things.entry(entry.object.kind.clone()).or_default();
        let said = things.entry(entry.object.id).or_insert_with(|| Said { place: place.clone(), state: None, version: None });
        said.place = place;
        said.state = entry.to.clone().or(said.state.take());
        said.version = entry.version.or(said.version);
    }

    /// Takes out what was said of a thing.
    pub fn remove(&mut self, kind: &str, id: Uuid) -> Option<Said> {
        self.things.get_mut(kind)?.remove(&id)
    }

    /// What is left of a kind.
    pub fn left(&self, kind: &str) -> impl Iterator<Item = (Uuid, &Said)> {
        self.things.get(kind).into_iter().flatten().map(|(id, said)| (*id, said))
    }

    /// Whether any entry of this chain names this digest.
    #[must_use]
    pub fn knows(&self, chain: Uuid, digest: Hash) -> bool {
        self.digests.contains(&(chain, digest))
    }
}
