//! What all entries together say of each thing: where it stands, in which version, with which texts and files.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Duration;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Entry, EntryPosition, Hash, hash_from_hex};
use crate::domain::clock::Moment;

/// What the entries say of one thing, the last word of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedValues {
    /// The last entry about it.
    pub place: EntryPosition,
    /// Its state after the last act that led to one.
    pub state: Option<String>,
    /// Its version after the last act that gave one.
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
    /// Named when its author handed the manuscript in: they may take it out again when it comes back to them.
    pub handed_in: bool,
}

/// What the last entry that names a row says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// That entry.
    pub place: EntryPosition,
    /// The digest of the row; none when the entry's act deleted it.
    pub digest: Option<Hash>,
    chain: Uuid,
    /// What entries of other chains said of it at the same time.
    rivals: Vec<Option<Hash>>,
}

impl NamedRow {
    /// Whether the row may stand there with this digest.
    #[must_use]
    pub fn allows(&self, digest: Hash) -> bool {
        self.digest == Some(digest) || self.rivals.contains(&Some(digest))
    }

    /// Whether the row may be missing.
    #[must_use]
    pub fn may_be_gone(&self) -> bool {
        self.digest.is_none() || self.rivals.contains(&None)
    }
}

/// Entries of one chain have an order. Of two chains whose entries lie so close together, the times don't say which was written last:
/// a chain's time goes on when the clock stands still.
const SAME_TIME: Duration = Duration::seconds(1);

/// A row's name, shortened: an entry that names it has the whole, and a ledger names many.
type RowKey = [u8; 16];

fn row_key(name: &str) -> RowKey {
    let mut key = RowKey::default();
    key.copy_from_slice(&Sha256::digest(name)[..16]);
    key
}

/// The table, with the part, of a row's name.
fn table_of(name: &str) -> &str {
    name.split_once(':').map_or(name, |(table, _)| table)
}

/// The sum of a channel's entries.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    rows: HashMap<String, HashMap<RowKey, NamedRow>>,
    /// When an act first wrote an entry that names rows: after it nothing is left to be taken up as found.
    begun: Option<Moment>,
    late: Vec<EntryPosition>,
    things: BTreeMap<String, HashMap<Uuid, StatedValues>>,
    digests: HashSet<(Uuid, Hash)>,
    files: HashMap<Uuid, Vec<NamedFile>>,
    latest: HashMap<(Uuid, String), Hash>,
    urgent: HashMap<Uuid, bool>,
}

/// Things of which the last entry's digest counts, and not any earlier one: nobody shall get an old role back by a changed row.
const AS_LAST_SAID: [&str; 3] = ["user", "bulletin", "stand_in"];
/// The tables whose rows are things with a state and a version, and what an entry calls them.
const STATED: [(&str, &str); 4] =
    [("manuscripts", "manuscript"), ("bulletins", "bulletin"), ("assignments", "assignment"), ("endorsements", "endorsement")];
/// The act that marks a manuscript as urgent, or not any more.
const MARK_URGENT: &str = "mark_urgent";

/// The act by which the rows from before format 2 were taken up; it comes before every other entry that names rows.
pub const ADOPT: &str = "adopted_as_found";
/// The act by which a file that was added by mistake is taken out again.
pub const DETACH: &str = "detach";
/// The act by which an author hands in; it names the whole of their attachments anew.
const HAND_IN: &str = "submit";

impl Fold {
    /// Takes the next entry.
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
        // An act that leads somewhere and names no version has raised it all the same.
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

    /// What was said last of a row, which counts as met from now on.
    pub fn meet(&mut self, name: &str) -> Option<NamedRow> {
        self.rows.get_mut(table_of(name))?.remove(&row_key(name))
    }

    /// The entries that name rows of a table which were not met and should be there, each with the test for the name.
    pub fn unmet(&self, table: &str) -> impl Iterator<Item = (&EntryPosition, impl Fn(&str) -> bool)> {
        let left = self.rows.get(table).into_iter().flatten().filter(|(_, named)| !named.may_be_gone());
        left.map(|(key, named)| (&named.place, move |name: &str| row_key(name) == *key))
    }

    /// The entries that took rows up as found although acts had named rows before.
    #[must_use]
    pub fn late_adoptions(&self) -> &[EntryPosition] {
        &self.late
    }

    /// A thing that was changed by an act on another one stands as its row's digest has it, and no more as an earlier act on it said.
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

    /// The digest that the last entry about a person, a bulletin or a stand-in names under this name.
    #[must_use]
    pub fn latest(&self, id: Uuid, name: &str) -> Option<Hash> {
        self.latest.get(&(id, name.to_owned())).copied()
    }

    /// Whether a manuscript was last marked as urgent.
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

    /// The attachments that should be there: those of the last handing in, and all that were added since and not taken out.
    pub fn files(&self) -> impl Iterator<Item = &NamedFile> {
        self.files.values().flatten()
    }

    /// What was said of a thing.
    #[must_use]
    pub fn get(&self, kind: &str, id: Uuid) -> Option<&StatedValues> {
        self.things.get(kind)?.get(&id)
    }

    /// Takes out what was said of a thing.
    pub fn remove(&mut self, kind: &str, id: Uuid) -> Option<StatedValues> {
        self.things.get_mut(kind)?.remove(&id)
    }

    /// What is left of a kind.
    pub fn left(&self, kind: &str) -> impl Iterator<Item = (Uuid, &StatedValues)> {
        self.things.get(kind).into_iter().flatten().map(|(id, said)| (*id, said))
    }

    /// Whether any entry of this chain names this digest.
    #[must_use]
    pub fn knows(&self, chain: Uuid, digest: Hash) -> bool {
        self.digests.contains(&(chain, digest))
    }
}
