//! Verification of a whole ledger: receives one channel's entries in order, and stops at the first one that cannot be right.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::finding::{EntryFault, EntryPosition, Finding};
use super::{Checkpoint, Complete, Entry, Frontier, Hash, leaf_hash};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId};

/// A stored entry: its bytes, and the columns beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its position in the tree; `None` while it waits for sealing.
    pub position: Option<u64>,
    /// Its id in the table.
    pub id: EntryId,
    /// Its ledger in the table.
    pub channel: ChannelId,
    /// Its chain in the table.
    pub chain: Uuid,
    /// Its time in the table.
    pub at: Moment,
    /// Its leaf in the table. After a manipulation this may be no hash at all.
    pub leaf: Vec<u8>,
    /// The leaf stored with its position, for a sealed entry.
    pub sealed_leaf: Option<Vec<u8>>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl From<&Stored> for EntryPosition {
    fn from(stored: &Stored) -> Self {
        Self { position: stored.position, id: stored.id, at: stored.at }
    }
}

/// The state of the verification of one channel.
#[derive(Debug)]
pub struct Audit {
    channel: ChannelId,
    frontier: Frontier,
    chains: HashMap<Uuid, (Hash, Moment)>,
    marks: BTreeMap<u64, Vec<(String, Hash)>>,
    proved: u64,
}

impl Audit {
    /// Begins the verification of a channel, against checkpoints with verified signatures; each with its name.
    #[must_use]
    pub fn new(channel: ChannelId, checkpoints: Vec<(String, Checkpoint)>) -> Self {
        let mut marks: BTreeMap<u64, Vec<(String, Hash)>> = BTreeMap::new();
        for (source, checkpoint) in checkpoints {
            marks.entry(checkpoint.size).or_default().push((source, checkpoint.root));
        }
        Self { channel, frontier: Frontier::default(), chains: HashMap::new(), marks, proved: 0 }
    }

    /// Verifies the next sealed entry, or, after all sealed ones, the next waiting one. Returns its content and the subtrees that it
    /// completes, whose stored hashes [`Audit::node`] compares.
    ///
    /// # Errors
    /// The first finding.
    pub fn take(&mut self, stored: &Stored) -> Result<(Entry, Vec<Complete>), Finding> {
        if let Some(position) = stored.position
            && position != self.frontier.size()
        {
            return Err(Finding::Missing { expected: self.frontier.size(), found: stored.into() });
        }
        let (entry, leaf) = self.read(stored).map_err(|wrong| Finding::Entry { place: stored.into(), wrong })?;
        let complete = if stored.position.is_some() { self.frontier.append(leaf) } else { Vec::new() };
        self.meet_marks()?;
        Ok((entry, complete))
    }

    /// Compares a subtree that the entry completed with the stored hash.
    ///
    /// # Errors
    /// The finding that names the entry, if they differ.
    pub fn node(stored: &Stored, complete: &Complete, kept: Option<&[u8]>) -> Result<(), Finding> {
        if kept == Some(&complete.hash[..]) {
            return Ok(());
        }
        Err(Finding::Entry { place: stored.into(), wrong: EntryFault::Node(complete.level, complete.index) })
    }

    /// Returns the finding about an entry that neither has a position nor waits for one.
    #[must_use]
    pub fn lost(stored: &Stored) -> Finding {
        Finding::Entry { place: stored.into(), wrong: EntryFault::Lost }
    }

    /// Compares a chain's head with the last verified entry of that chain.
    ///
    /// # Errors
    /// `Finding::Head` if they differ, or there is no head.
    pub fn head(&self, chain: Uuid, kept: Option<&[u8]>) -> Result<(), Finding> {
        match self.chains.get(&chain) {
            Some((last, _)) if kept == Some(&last[..]) => Ok(()),
            _ => Err(Finding::Head { chain }),
        }
    }

    /// Compares the number of sealed entries, after the last one, with that of the checkpoints and of the table of positions.
    ///
    /// # Errors
    /// `Finding::Truncated` if one of these is larger.
    pub fn end(&self, positions: u64) -> Result<(), Finding> {
        let here = self.frontier.size();
        let marks = self.marks.range(here + 1..).filter_map(|(known, sources)| Some((*known, sources.first()?.0.clone())));
        let mut more = marks.chain((positions > here).then(|| (positions, "the table of positions".to_owned())));
        more.next().map_or(Ok(()), |(known, source_of)| Err(Finding::Truncated { source_of, known, here }))
    }

    /// Returns the root over the sealed entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Returns the chains of the verified entries.
    #[must_use]
    pub fn chains(&self) -> Vec<Uuid> {
        self.chains.keys().copied().collect()
    }

    fn read(&mut self, stored: &Stored) -> Result<(Entry, Hash), EntryFault> {
        let leaf = leaf_hash(&stored.bytes);
        if leaf[..] != stored.leaf || stored.sealed_leaf.as_ref().is_some_and(|sealed| *sealed != leaf) {
            return Err(EntryFault::Leaf);
        }
        let entry = Entry::from_bytes(&stored.bytes).map_err(EntryFault::Bytes)?;
        let columns = [
            ("id", entry.id == stored.id),
            ("channel", entry.channel == self.channel && stored.channel == self.channel),
            ("chain", entry.chain == stored.chain),
            ("time", entry.at == stored.at),
        ];
        if let Some((name, _)) = columns.into_iter().find(|(_, equal)| !equal) {
            return Err(EntryFault::Columns(name));
        }
        let before = self.chains.get(&entry.chain);
        if entry.previous != before.map(|(leaf, _)| hex::encode(leaf)) {
            return Err(EntryFault::Chain);
        }
        if before.is_some_and(|(_, at)| *at >= entry.at) {
            return Err(EntryFault::Time);
        }
        self.chains.insert(entry.chain, (leaf, entry.at));
        Ok((entry, leaf))
    }

    fn meet_marks(&mut self) -> Result<(), Finding> {
        let size = self.frontier.size();
        let Some(marks) = self.marks.get(&size) else { return Ok(()) };
        let root = self.frontier.root();
        if let Some((source_of, _)) = marks.iter().find(|(_, claimed)| *claimed != root) {
            return Err(Finding::Root { source_of: source_of.clone(), from: self.proved, to: size });
        }
        self.proved = size;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ledger::{ALGORITHM, FORMAT, Object};

    const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(1));

    /// Returns a channel of `count` entries on three chains, and its checkpoints after every tenth.
    fn channel(count: u64) -> (Vec<Stored>, Vec<(String, Checkpoint)>) {
        let (mut all, mut checkpoints, mut frontier) = (Vec::new(), Vec::new(), Frontier::default());
        let mut heads: HashMap<Uuid, String> = HashMap::new();
        for n in 0..count {
            let chain = Uuid::from_u128(u128::from(100 + n % 3));
            let entry = Entry {
                format: FORMAT,
                alg: ALGORITHM.into(),
                id: EntryId(Uuid::from_u128(u128::from(1000 + n))),
                channel: CHANNEL,
                at: Moment::from_micros(i64::try_from(n).unwrap()),
                request: "r".into(),
                actor: None,
                person: None,
                grant: None,
                role: None,
                on_behalf_of: None,
                action: "edit".into(),
                object: Object { kind: "manuscript".into(), id: chain },
                chain,
                version: None,
                from: None,
                to: None,
                digests: BTreeMap::new(),
                rows: BTreeMap::new(),
                previous: heads.get(&chain).cloned(),
                undoes: None,
                facts: serde_json::Value::Null,
            };
            let bytes = entry.to_bytes().unwrap();
            let leaf = leaf_hash(&bytes);
            heads.insert(chain, hex::encode(leaf));
            frontier.append(leaf);
            let leaf = leaf.to_vec();
            all.push(Stored {
                position: Some(n),
                id: entry.id,
                channel: CHANNEL,
                chain,
                at: entry.at,
                sealed_leaf: Some(leaf.clone()),
                leaf,
                bytes,
            });
            if (n + 1) % 10 == 0 {
                let checkpoint = Checkpoint { origin: "x".into(), size: n + 1, root: frontier.root(), previous: None };
                checkpoints.push(("the checkpoint".to_owned(), checkpoint));
            }
        }
        (all, checkpoints)
    }

    fn audit(all: &[Stored], checkpoints: Vec<(String, Checkpoint)>) -> Result<u64, Finding> {
        let mut audit = Audit::new(CHANNEL, checkpoints);
        for stored in all {
            audit.take(stored)?;
        }
        audit.end(0).map(|()| audit.frontier.size())
    }

    fn at(finding: &Finding) -> Option<u64> {
        match finding {
            Finding::Entry { place, .. } | Finding::Missing { found: place, .. } => place.position,
            _ => None,
        }
    }

    /// Simulates an attacker who knows the format: changes an entry, and repairs leaf and chain after it.
    fn mend(all: &mut [Stored]) {
        let mut heads: HashMap<Uuid, String> = HashMap::new();
        for stored in all {
            let mut entry = Entry::from_bytes(&stored.bytes).unwrap();
            entry.previous = heads.get(&stored.chain).cloned();
            stored.bytes = entry.to_bytes().unwrap();
            stored.leaf = leaf_hash(&stored.bytes).to_vec();
            stored.sealed_leaf = Some(stored.leaf.clone());
            heads.insert(stored.chain, hex::encode(&stored.leaf));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_done_to_one_entry_is_found_there(count in 20_u64..60, spot in any::<u64>()) {
            let (good, checkpoints) = channel(count);
            prop_assert_eq!(audit(&good, checkpoints.clone()), Ok(count));
            let spot = spot % count;
            let i = usize::try_from(spot).unwrap();

            let mut edited = good.clone();
            edited[i].bytes = String::from_utf8(good[i].bytes.clone()).unwrap().replace("edit", "sign").into_bytes();
            prop_assert_eq!(at(&audit(&edited, checkpoints.clone()).unwrap_err()), Some(spot));

            for short in [Vec::new(), vec![0; 31], vec![0; 33]] {
                let mut cut = good.clone();
                cut[i].leaf.clone_from(&short);
                prop_assert_eq!(at(&audit(&cut, checkpoints.clone()).unwrap_err()), Some(spot), "a leaf that is no hash");
                let mut cut = good.clone();
                cut[i].sealed_leaf = Some(short);
                prop_assert_eq!(at(&audit(&cut, checkpoints.clone()).unwrap_err()), Some(spot), "a sealed leaf that is no hash");
            }

            let mut removed = good.clone();
            removed.remove(i);
            let found = audit(&removed, checkpoints.clone());
            let unseen = spot + 1 == count && count % 10 != 0;
            prop_assert_eq!(found.is_ok(), unseen, "only the newest entry, after the last checkpoint, can vanish unseen");

            let mut mended = edited;
            mend(&mut mended);
            let covered = count - count % 10;
            let found = audit(&mended, checkpoints);
            let (from, to) = (spot - spot % 10, spot - spot % 10 + 10);
            let root = Finding::Root { source_of: "the checkpoint".into(), from, to };
            prop_assert_eq!(found, if spot < covered { Err(root) } else { Ok(count) });
        }
    }

    #[test]
    fn a_cut_end_shows_against_an_anchor() {
        let (mut all, checkpoints) = channel(30);
        let anchor = checkpoints[2].clone();
        all.truncate(25);
        let cut = Finding::Truncated { source_of: "the checkpoint".into(), known: 30, here: 25 };
        assert_eq!(audit(&all, vec![anchor]), Err(cut));
        assert_eq!(audit(&all, checkpoints[..2].to_vec()), Ok(25));
    }

    #[test]
    fn swapped_entries_are_found_at_the_first() {
        let (mut all, checkpoints) = channel(20);
        all.swap(4, 7);
        all[4].position = Some(4);
        all[7].position = Some(7);
        assert_eq!(at(&audit(&all, checkpoints).unwrap_err()), Some(4));
    }
}
