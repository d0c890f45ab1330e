//! Caches the people of a channel that acts and pages read, by the version that counts every change of them (`channels.people_version`).
//!
//! Only committed data is cached, and only by a transaction that sees one state of the database from the version to the rows: a reading,
//! which is one snapshot, and a group of acts, which locks the version until its commit. Any other act reads rows, because it may have
//! changed them itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::permission::{Grant, Permit};
use crate::domain::recipients::Holder;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Role;
use crate::store::channels::{self, OrganizationRow};
use crate::store::people::{self, User};
use crate::store::{StoreError, stand_ins, write_buffer};

/// The number of values of one kind that are cached for a channel; all are removed when there are more.
const MOST: usize = 4096;

/// The channels' people as this node last read them. Cheap to clone; all clones share the same data.
#[derive(Clone, Default)]
pub(crate) struct PeopleCache(Arc<RwLock<HashMap<ChannelId, Arc<ChannelPeople>>>>);

/// The cached data about a channel's people at one version.
pub(crate) struct ChannelPeople {
    channel: ChannelId,
    version: i64,
    /// Stand-ins begin and end by the clock, so the data is valid from the moment at which it was read to the next such moment.
    from: Moment,
    until: Option<Moment>,
    persons: Memo<UserId, Arc<User>>,
    organizations: Memo<OrganizationId, Arc<OrganizationRow>>,
    holders: Memo<(Role, Option<OrganizationId>), Vec<Holder>>,
    grants: Memo<UserId, Arc<[Grant]>>,
}

/// Values that are read once.
struct Memo<K, V>(RwLock<HashMap<K, V>>);

impl<K: Eq + Hash + Clone, V: Clone> Memo<K, V> {
    fn new() -> Self {
        Self(RwLock::default())
    }

    fn get(&self, key: &K) -> Option<V> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: K, value: V) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, value);
    }
}

impl ChannelPeople {
    fn is_valid(&self, version: i64, now: Moment) -> bool {
        self.version == version && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

impl PeopleCache {
    fn get(&self, channel: ChannelId) -> Option<Arc<ChannelPeople>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&channel).cloned()
    }

    fn put(&self, people: &Arc<ChannelPeople>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(people.channel, Arc::clone(people));
    }
}

impl Tx<'_> {
    /// Returns the channel's people at the version that this transaction sees, or `None` for an act that may change them.
    fn people_of(&mut self, channel: ChannelId) -> Result<Option<Arc<ChannelPeople>>, StoreError> {
        if !self.is_reading && !write_buffer::reads_committed() {
            return Ok(None);
        }
        let version = self.versions(channel)?.people;
        if let Some(known) = self.people_cache.get(channel).filter(|known| known.is_valid(version, self.now)) {
            return Ok(Some(known));
        }
        let until = stand_ins::next_change(self.conn, channel, self.now)?;
        let (from, persons, organizations) = (self.now, Memo::new(), Memo::new());
        let (holders, grants) = (Memo::new(), Memo::new());
        let people = Arc::new(ChannelPeople { channel, version, from, until, persons, organizations, holders, grants });
        self.people_cache.put(&people);
        Ok(Some(people))
    }

    /// Returns a person of this channel, as this transaction sees them.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(super) fn person_of(&mut self, channel: ChannelId, id: UserId) -> Result<Arc<User>, StoreError> {
        let Some(people) = self.people_of(channel)? else { return Ok(Arc::new(people::find(self.conn, id)?)) };
        if let Some(user) = people.persons.get(&id) {
            return Ok(user);
        }
        let user = Arc::new(people::find(self.conn, id)?);
        if user.channel_id == channel {
            people.persons.put(id, Arc::clone(&user));
        }
        Ok(user)
    }

    /// Returns an organisation of this channel.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(crate) fn organization(&mut self, channel: ChannelId, id: OrganizationId) -> Result<Arc<OrganizationRow>, StoreError> {
        let people = self.people_of(channel)?;
        if let Some(known) = people.as_ref().and_then(|people| people.organizations.get(&id)) {
            return Ok(known);
        }
        let row = Arc::new(channels::find_organization(self.conn, channel, id)?);
        if let Some(people) = people {
            people.organizations.put(id, Arc::clone(&row));
        }
        Ok(row)
    }

    /// Returns the active holders of a role, including stand-ins.
    pub(super) fn holders_of(&mut self, channel: ChannelId, role: Role, of: Option<OrganizationId>) -> Result<Vec<Holder>, StoreError> {
        let people = self.people_of(channel)?;
        if let Some(known) = people.as_ref().and_then(|people| people.holders.get(&(role, of))) {
            return Ok(known);
        }
        let holders = stand_ins::holders(self.conn, channel, role, of, self.now)?;
        if let Some(people) = people {
            people.holders.put((role, of), holders.clone());
        }
        Ok(holders)
    }

    /// Returns the person of an act in a group after verifying their right: the versions of the channel are locked, so the right is valid
    /// until the commit. Returns `None` if rows have to be locked to verify it.
    ///
    /// # Errors
    /// As [`Tx::rely_on`].
    pub(super) fn rely_on_version(&mut self, channel: ChannelId, id: UserId, permit: Permit) -> Result<Option<Arc<User>>, AppError> {
        if !write_buffer::reads_committed() {
            return Ok(None);
        }
        let user = self.person_of(channel, id)?;
        let Some(people) = self.people_of(channel)?.filter(|_| user.channel_id == channel) else { return Ok(None) };
        if user.suspended_at.is_some() {
            return Err(AppError::Unauthenticated);
        }
        if let (Some(grant), Some(role)) = (permit.grant, permit.role) {
            let grants = match people.grants.get(&id) {
                Some(grants) => grants,
                None => {
                    let grants: Arc<[Grant]> = stand_ins::acting_grants(self.conn, id, channel, self.now)?.into();
                    people.grants.put(id, Arc::clone(&grants));
                    grants
                }
            };
            if !grants.iter().any(|one| one.id == grant && one.role == role) {
                return Err(Refusal::WrongRole { needed: vec![role] }.into());
            }
        }
        Ok(Some(user))
    }
}
