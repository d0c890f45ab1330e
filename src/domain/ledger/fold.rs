//! The final state of each object by all entries: its state, its version, its texts and files.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Duration;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Entry, EntryPosition, Hash, hash_from_hex};
use crate::domain::clock::Moment;

/// The last stated values of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedValues {
    /// The last entry about it.
    pub place: EntryPosition,
    /// Its state after the last act that stated one.
    pub state: Option<String>,
    /// Its version after the last act that stated one.
    pub version: Option<i64>,
}

/// A file that an entry names as an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The entry that names it.
    pub place: EntryPosition,
    /// The manuscript's chain.
    pub chain: Uuid,
    /// The attachment's id.
    pub id: Uuid,
    /// The hash of its contents.
    pub sha256: Hash,
    /// Whether it was named when its author submitted the manuscript: the author may remove it again when the manuscript returns.
    pub handed_in: bool,
}

/// The statement of the last entry that names a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// That entry.
    pub place: EntryPosition,
    /// The digest of the row; `None` if the entry's act deleted it.
    pub digest: Option<Hash>,
    chain: Uuid,
    /// The statements of other chains' entries at the same time.
    rivals: Vec<Option<Hash>>,
}

impl NamedRow {
    /// Returns whether the row may have this digest.
    #[must_use]
    pub fn allows(&self, digest: Hash) -> bool {
        self.digest == Some(digest) || self.rivals.contains(&Some(digest))
    }

    /// Returns whether the row may be missing.
    #[must_use]
    pub fn may_be_gone(&self) -> bool {
        self.digest.is_none() || self.rivals.contains(&None)
    }
}

/// Entries of one chain are ordered. If entries of two chains are this close together, the times do not tell which was written last,
/// because a chain's time advances even if the clock does not.
const SAME_TIME: Duration = Duration::seconds(1);

/// A row's name, shortened: the entry contains the full name, and a ledger names many rows.
type RowKey = [u8; 16];

fn row_key(name: &str) -> RowKey {
    let mut key = RowKey::default();
    key.copy_from_slice(&Sha256::digest(name)[..16]);
    key
}

/// Returns the table, with the part, of a row's name.
fn table_of(name: &str) -> &str {
    name.split_once(':').map_or(name, |(table, _)| table)
}

/// The accumulated content of a channel's entries.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    rows: HashMap<String, HashMap<RowKey, NamedRow>>,
    /// The time at which an act first wrote an entry that names rows: after it, no existing rows remain to be named.
    begun: Option<Moment>,
    late: Vec<EntryPosition>,
    things: BTreeMap<String, HashMap<Uuid, StatedValues>>,
    digests: HashSet<(Uuid, Hash)>,
    files: HashMap<Uuid, Vec<NamedFile>>,
    latest: HashMap<(Uuid, String), Hash>,
    urgent: HashMap<Uuid, bool>,
}

/// Objects for which only the last entry's digest is valid, so that nobody can regain an old role by a changed row.
const AS_LAST_SAID: [&str; 3] = ["user", "bulletin", "stand_in"];
/// The tables whose rows have a state and a version, and the kinds of object in entries.
const STATED: [(&str, &str); 4] =
    [("manuscripts", "manuscript"), ("bulletins", "bulletin"), ("assignments", "assignment"), ("endorsements", "endorsement")];
/// The act that sets or clears a manuscript's urgent mark.
const MARK_URGENT: &str = "mark_urgent";

/// The act that named the rows from before format 2; it precedes every other entry that names rows.
pub const ADOPT: &str = "adopted_as_found";
/// The act by which a file that was added by mistake is removed.
pub const DETACH: &str = "detach";
/// The act by which an author submits; it names all of their attachments again.
const HAND_IN: &str = "submit";

impl Fold {
    /// Processes the next entry.
    pub fn take(&mut self, entry: &Entry, place: EntryPosition) {
        for digest in entry.digests.values() {
            if let Ok(digest) = hash_from_hex(digest) {
                self.digests.insert((entry.chain, digest));
            }
        }
        self.take_rows(entry, &place);
        self.take_files(entry, &place);
        self.take_latest(entry);
        self.forget_stated(entry);
        let things = self.things.entry(entry.object.kind.clone()).or_default();
        let said = things.entry(entry.object.id).or_insert_with(|| StatedValues { place: place.clone(), state: None, version: None });
        said.place = place;
        said.state = entry.to.clone().or(said.state.take());
        // An act that states a new state without a version has raised the version nevertheless.
        said.version = entry.version.or(said.version.filter(|_| entry.to.is_none()));
    }

    fn take_rows(&mut self, entry: &Entry, place: &EntryPosition) {
        match (entry.format, entry.action.as_str()) {
            (..2, _) => {}
            // Entries of the same time have no order.
            (_, ADOPT) if self.begun.is_some_and(|begun| begun < place.at) => self.late.push(place.clone()),
            (_, ADOPT) => {}
            _ => self.begun = self.begun.or(Some(place.at)),
        }
        for (name, digest) in &entry.rows {
            let digest = digest.as_deref().and_then(|digest| hash_from_hex(digest).ok());
            let of_table = match self.rows.get_mut(table_of(name)) {
                Some(of_table) => of_table,
                None => self.rows.entry(table_of(name).to_owned()).or_default(),
            };
            let mut named = NamedRow { place: place.clone(), digest, chain: entry.chain, rivals: Vec::new() };
            let key = row_key(name);
            if let Some(before) = of_table.remove(&key)
                && named.place.at < before.place.at + SAME_TIME
            {
                named.rivals = before.rivals;
                if before.chain != named.chain {
                    named.rivals.push(before.digest);
                }
            }
            of_table.insert(key, named);
        }
    }

    /// Returns the last statement about a row, and marks it as matched.
    pub fn meet(&mut self, name: &str) -> Option<NamedRow> {
        self.rows.get_mut(table_of(name))?.remove(&row_key(name))
    }

    /// Returns the entries that name rows of a table which were not matched but should exist, each with a predicate for the name.
    pub fn unmet(&self, table: &str) -> impl Iterator<Item = (&EntryPosition, impl Fn(&str) -> bool)> {
        let left = self.rows.get(table).into_iter().flatten().filter(|(_, named)| !named.may_be_gone());
        left.map(|(key, named)| (&named.place, move |name: &str| row_key(name) == *key))
    }

    /// Returns the entries that named existing rows although earlier acts had named rows.
    #[must_use]
    pub fn late_adoptions(&self) -> &[EntryPosition] {
        &self.late
    }

    /// Discards the stated values of an object that was changed by an act on another object: its row's digest applies instead.
    fn forget_stated(&mut self, entry: &Entry) {
        for name in entry.rows.keys() {
            let Some((table, id)) = name.split_once(':') else { continue };
            let kind = STATED.iter().find(|(of, _)| *of == table).map(|(_, kind)| *kind);
            let id = id.parse().ok().filter(|id| *id != entry.object.id);
            if let (Some(kind), Some(id)) = (kind, id)
                && let Some(said) = self.things.get_mut(kind).and_then(|things| things.get_mut(&id))
            {
                (said.state, said.version) = (None, None);
            }
        }
    }

    fn take_latest(&mut self, entry: &Entry) {
        if AS_LAST_SAID.contains(&entry.object.kind.as_str()) {
            let named = entry.digests.iter().filter_map(|(name, digest)| Some((name, hash_from_hex(digest).ok()?)));
            self.latest.extend(named.map(|(name, digest)| ((entry.object.id, name.clone()), digest)));
        }
        if entry.action == MARK_URGENT
            && let Some(urgent) = entry.facts["urgent"].as_bool()
        {
            self.urgent.insert(entry.object.id, urgent);
        }
    }

    /// Returns the digest that the last entry about a person, a bulletin or a stand-in states under this name.
    #[must_use]
    pub fn latest(&self, id: Uuid, name: &str) -> Option<Hash> {
        self.latest.get(&(id, name.to_owned())).copied()
    }

    /// Returns whether a manuscript was last marked as urgent.
    #[must_use]
    pub fn is_urgent(&self, manuscript: Uuid) -> bool {
        self.urgent.get(&manuscript).copied().unwrap_or(false)
    }

    fn take_files(&mut self, entry: &Entry, place: &EntryPosition) {
        let handed_in = entry.action == HAND_IN;
        if handed_in && let Some(files) = self.files.get_mut(&entry.chain) {
            files.retain(|file| !file.handed_in);
        }
        if entry.action == DETACH
            && let Some(files) = self.files.get_mut(&entry.chain)
        {
            files.retain(|file| file.id != entry.object.id);
        }
        for (name, digest) in &entry.digests {
            let id = name.strip_prefix("attachment:").and_then(|id| id.parse().ok());
            if let (Some(id), Ok(sha256)) = (id, hash_from_hex(digest)) {
                let file = NamedFile { place: place.clone(), chain: entry.chain, id, sha256, handed_in };
                self.files.entry(entry.chain).or_default().push(file);
            }
        }
    }

    /// Returns the attachments that should exist: those of the last submission, and all that were added since and not removed.
    pub fn files(&self) -> impl Iterator<Item = &NamedFile> {
        self.files.values().flatten()
    }

    /// Returns the stated values of an object.
    #[must_use]
    pub fn get(&self, kind: &str, id: Uuid) -> Option<&StatedValues> {
        self.things.get(kind)?.get(&id)
    }

    /// Removes and returns the stated values of an object.
    pub fn remove(&mut self, kind: &str, id: Uuid) -> Option<StatedValues> {
        self.things.get_mut(kind)?.remove(&id)
    }

    /// Returns the remaining objects of a kind.
    pub fn left(&self, kind: &str) -> impl Iterator<Item = (Uuid, &StatedValues)> {
        self.things.get(kind).into_iter().flatten().map(|(id, said)| (*id, said))
    }

    /// Returns whether any entry of this chain states this digest.
    #[must_use]
    pub fn knows(&self, chain: Uuid, digest: Hash) -> bool {
        self.digests.contains(&(chain, digest))
    }
}
