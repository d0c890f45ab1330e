//! The key that signs the ledger: generated once, compared with existing signatures, and replaced only by an explicit
//! act, never silently.

use std::path::Path;

use diesel::Connection;

use crate::app::ledger::strays::NamedAnchor;
use crate::config::Settings;
use crate::documents::ledger_key::{KeyError, LedgerKey};
use crate::documents::remembered::Remembered;
use crate::domain::clock::Moment;
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Anchor, Checkpoint, Finding, KeyRow, Keyring, REMEMBERED, SigningFault, Verifier, check_extension};
use crate::store::ledger::{keys, reading, sealing};
use crate::store::{AnyConn, StoreError};

/// The reason why the signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The key file.
    #[error("{0}")]
    File(#[from] KeyError),
    /// The store.
    #[error("the ledger's keys can't be looked at: {0}")]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for SigningKeyError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Returns the signing key of this node. If nothing was ever signed, it is generated, and recorded in the database before its file is used;
/// otherwise the file must hold the key that the database names, or, after an upgrade, the one that signed the newest checkpoints. `true`
/// means that it was generated.
///
/// # Errors
/// Fails if the key is missing, differs, or cannot be read or generated; the message says what to do.
pub fn signing_key(conn: &mut AnyConn, settings: &Settings, now: Moment) -> Result<(LedgerKey, bool), SigningKeyError> {
    let (path, name) = (settings.ledger_key_file(), settings.ledger_origin());
    // Another node may be generating the key at this moment: the slower one finds its row, and the file if the folder is shared.
    for _ in 0..2 {
        let named = keys::newest(conn)?;
        let found = if path.exists() { Some(LedgerKey::load(&path, &name)?) } else { None };
        match (named, found) {
            (Some(row), Some(key)) if row.verifier.key == key.verifier().key => return Ok((key, false)),
            (Some(row), _) => match finish_rotation(&path, &name, &row.verifier)? {
                Some(key) => return Ok((key, false)),
                None if path.exists() => return Err(KeyError::Other { path, named: row.verifier.to_string() }.into()),
                None => return Err(KeyError::Missing { path }.into()),
            },
            (None, found) => {
                if let Some(key) = adopt(conn, settings, &path, found, now)? {
                    return Ok(key);
                }
            }
        }
    }
    Err(KeyError::Missing { path }.into())
}

/// If no row names a key: adopts the one that signed the newest checkpoints, or generates one if there are none. Returns `None` if another
/// node was faster.
fn adopt(
    conn: &mut AnyConn,
    settings: &Settings,
    path: &Path,
    found: Option<LedgerKey>,
    now: Moment,
) -> Result<Option<(LedgerKey, bool)>, SigningKeyError> {
    let mut signed = remembered(settings).is_any();
    for ledger in sealing::channels(conn)? {
        // Sealed entries exist only if a key exists.
        signed |= sealing::size(conn, ledger)? > 0;
        let Some(newest) = reading::newest_checkpoint(conn, ledger)? else { continue };
        signed = true;
        if let Some(key) = &found
            && Keyring::of(&key.verifier()).open(&newest.note).is_err()
        {
            return Err(KeyError::Foreign { path: path.to_owned() }.into());
        }
    }
    if signed && found.is_none() {
        return Err(KeyError::Missing { path: path.to_owned() }.into());
    }
    let name = settings.ledger_origin();
    let fresh = found.is_none();
    let key = found.unwrap_or_else(|| LedgerKey::generate(&name));
    let named = conn.transaction(|conn| {
        let row = KeyRow { number: 1, verifier: key.verifier(), statement: None };
        // The write takes the lock first.
        if !keys::add(conn, &row, now)? {
            return Ok(false);
        }
        if fresh && !key.create(path)? {
            return Err(SigningKeyError::File(KeyError::Foreign { path: path.to_owned() }));
        }
        Ok(true)
    })?;
    Ok(named.then_some((key, fresh)))
}

/// Installs the key of a rotation that was committed but not finished; returns `None` if there is no such key.
fn finish_rotation(path: &Path, name: &str, named: &Verifier) -> Result<Option<LedgerKey>, SigningKeyError> {
    let next = LedgerKey::next_path(path);
    if !next.exists() {
        return Ok(None);
    }
    let key = LedgerKey::load(&next, name)?;
    if key.verifier().key != named.key {
        return Ok(None);
    }
    LedgerKey::put_in_place(path)?;
    Ok(Some(key))
}

/// Returns this node's record of its own signatures.
#[must_use]
pub fn remembered(settings: &Settings) -> Remembered {
    Remembered::new(settings.ledger_signed_dir())
}

/// Returns this node's record of its own signatures as anchors, which are outside the database.
///
/// # Errors
/// Fails if a note cannot be read.
pub fn remembered_anchors(settings: &Settings) -> Result<Vec<NamedAnchor>, StoreError> {
    let of = remembered(settings).all().map_err(|error| StoreError::unreadable("what was signed", &error))?;
    Ok(of.into_iter().map(|note| (REMEMBERED.to_owned(), Anchor::Checkpoint(note))).collect())
}

/// Returns the keys of this database that are trusted through one trusted key.
///
/// # Errors
/// [`StoreError::Unreadable`] if the first key claims to follow another one; errors of the database.
pub fn keyring(conn: &mut AnyConn, trusted: &Verifier) -> Result<Keyring, StoreError> {
    let rows = keys::all(conn)?;
    if rows.first().is_some_and(|first| first.statement.is_some()) {
        return Err(StoreError::unreadable("ledger_keys.statement", &"the first key follows no other"));
    }
    Ok(Keyring::new(trusted, &rows))
}

/// Returns a finding if the trusted key has no row among the ledger's keys. Before any entry was `signed` by a program that writes such a
/// row, none is needed.
///
/// # Errors
/// Fails if a database operation fails.
pub(super) fn unlisted(conn: &mut AnyConn, trusted: &Verifier, signed: bool) -> Result<Option<Finding>, StoreError> {
    let rows = keys::all(conn)?;
    let wrong = (signed || !rows.is_empty()) && rows.iter().all(|row| row.verifier.key != trusted.key);
    Ok(wrong.then(|| Finding::Derived { row: format!("ledger_keys:{}", rows.len()), from: "the key that signs" }))
}

/// Checks whether a ledger may be signed: the tree that is recorded outside the database must still exist and be a prefix of the current
/// one.
///
/// # Errors
/// Fails if a database operation fails.
pub fn standing(
    conn: &mut AnyConn,
    settings: &Settings,
    ring: &Keyring,
    ledger: ChannelId,
) -> Result<Result<(), SigningFault>, StoreError> {
    let (here, mut last) = (sealing::size(conn, ledger)?, Vec::new());
    if let Some(newest) = reading::newest_checkpoint(conn, ledger)? {
        match ring.open(&newest.note) {
            Ok(checkpoint) => last.push(checkpoint.mark()),
            Err(_) => return Ok(Err(SigningFault::Foreign { size: newest.size })),
        }
    }
    // A new node, or one from before signatures were recorded, starts with the state of the table.
    match remembered(settings).load(ledger).map(|note| note.map(|note| Checkpoint::parse(&note))) {
        Ok(Some(Ok(checkpoint))) => last.push(checkpoint.mark()),
        Ok(Some(Err(flaw))) => return Ok(Err(SigningFault::Unreadable(flaw.to_string()))),
        Ok(None) => {}
        Err(error) => return Ok(Err(SigningFault::Unreadable(error.to_string()))),
    }
    for mark in last.into_iter().rev() {
        let root_there = if here < mark.size { None } else { reading::root(conn, ledger, mark.size).ok() };
        let in_table = reading::checkpoint_of(conn, ledger, mark.size)?;
        if let Err(fault) = check_extension(mark, here, root_there, in_table) {
            return Ok(Err(fault));
        }
    }
    Ok(Ok(()))
}

/// Returns the number of ledgers with sealed entries of which this node has recorded no signed checkpoint.
///
/// # Errors
/// Fails if a database operation fails.
pub fn not_remembered(conn: &mut AnyConn, settings: &Settings) -> Result<usize, StoreError> {
    let signed = remembered(settings).ledgers();
    let mut count = 0;
    for ledger in sealing::channels(conn)?.into_iter().filter(|ledger| !signed.contains(ledger)) {
        count += usize::from(sealing::size(conn, ledger)? > 0);
    }
    Ok(count)
}

/// Returns the faults that prevent signing, for each ledger: for the health page, the figures and `check`. Empty while nothing was ever
/// signed.
///
/// # Errors
/// Fails if a database operation fails.
pub fn faults(conn: &mut AnyConn, settings: &Settings) -> Result<Vec<(ChannelId, SigningFault)>, StoreError> {
    let named = keys::newest(conn)?;
    let Ok(key) = LedgerKey::load(&settings.ledger_key_file(), &settings.ledger_origin()) else {
        let signed = named.is_some() || remembered(settings).is_any();
        return Ok(signed.then_some((ChannelId::INSTALLATION, SigningFault::KeyMissing)).into_iter().collect());
    };
    if named.is_some_and(|row| row.verifier.key != key.verifier().key) {
        return Ok(vec![(ChannelId::INSTALLATION, SigningFault::KeyChanged)]);
    }
    let ring = keyring(conn, &key.verifier())?;
    let mut found = Vec::new();
    let mut ledgers = sealing::channels(conn)?;
    // A ledger that was removed completely is still in this record.
    let signed = remembered(settings).ledgers();
    let gone: Vec<ChannelId> = signed.into_iter().filter(|ledger| !ledgers.contains(ledger)).collect();
    ledgers.extend(gone);
    for ledger in ledgers {
        if let Err(fault) = standing(conn, settings, &ring, ledger)? {
            found.push((ledger, fault));
        }
    }
    Ok(found)
}
