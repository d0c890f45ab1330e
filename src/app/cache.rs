//! Caches a channel's settings and calendar by the versions of its row, and within one act the rows that it has read. The person's right to
//! act is verified once more before the ledger entry is written ([`Tx::rely_on`]).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use crate::app::prefetch::Prefetched;
use crate::app::{AppError, Tx};
use crate::domain::calendar::Calendar;
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::permission::Permit;
use crate::domain::recipients::Holder;
use crate::domain::refusal::Refusal;
use crate::domain::stand_in::may_act_for;
use crate::domain::vocabulary::Role;
use crate::store::people::{self, GrantRow, User};
use crate::store::rows::Versions;
use crate::store::webhooks::{self, DeskWebhook};
use crate::store::{StoreError, calendars, channels, stand_ins};

/// Settings with the version of the row from which they were parsed.
type Versioned = (i64, Arc<ChannelSettings>);

/// The channels' settings as this node last parsed them. Cheap to clone; all clones share the same data.
#[derive(Clone, Default)]
pub(crate) struct KnownSettings(Arc<RwLock<HashMap<ChannelId, Versioned>>>);

impl KnownSettings {
    fn get(&self, id: ChannelId, version: i64) -> Option<Arc<ChannelSettings>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|(seen, _)| *seen == version).map(|(_, settings)| Arc::clone(settings))
    }

    /// Returns the settings of the version that was read last.
    pub(super) fn last(&self, id: ChannelId) -> Option<Arc<ChannelSettings>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).map(|(_, settings)| Arc::clone(settings))
    }

    fn put(&self, id: ChannelId, version: i64, settings: &Arc<ChannelSettings>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(settings)));
    }
}

/// A calendar with the version of the row from which it was built.
type VersionedCalendar = (i64, Arc<Calendar>);

/// The channels' calendars as this node last built them. Cheap to clone; all clones share the same data.
#[derive(Clone, Default)]
pub(crate) struct KnownCalendars(Arc<RwLock<HashMap<ChannelId, VersionedCalendar>>>);

impl KnownCalendars {
    fn get(&self, id: ChannelId, version: i64) -> Option<Arc<Calendar>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|(seen, _)| *seen == version).map(|(_, calendar)| Arc::clone(calendar))
    }

    fn put(&self, id: ChannelId, version: i64, calendar: &Arc<Calendar>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(calendar)));
    }

    /// Removes all calendars, after the calendar on which they are based has changed.
    pub(crate) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The enabled webhooks of a channel, with the version that counts their changes.
type VersionedWebhooks = (i64, Arc<Vec<DeskWebhook>>);

/// The channels' webhooks as this node last read them. Cheap to clone; all clones share the same data.
#[derive(Clone, Default)]
pub(crate) struct KnownWebhooks(Arc<RwLock<HashMap<ChannelId, VersionedWebhooks>>>);

impl KnownWebhooks {
    fn get(&self, id: ChannelId, version: i64) -> Option<Arc<Vec<DeskWebhook>>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|(seen, _)| *seen == version).map(|(_, all)| Arc::clone(all))
    }

    fn put(&self, id: ChannelId, version: i64, all: &Arc<Vec<DeskWebhook>>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(all)));
    }
}

/// The holders of a role in a channel, or in one of its organisations.
type Holders = ((ChannelId, Role, Option<OrganizationId>), Vec<Holder>);

/// Rows that the current act has read and does not change.
#[derive(Default)]
pub(crate) struct RequestCache {
    versions: Option<(ChannelId, Versions)>,
    settings: Option<(ChannelId, Arc<ChannelSettings>)>,
    calendar: Option<(ChannelId, Arc<Calendar>)>,
    /// Rights that were verified under a lock.
    relied_on: Vec<(UserId, Option<GrantId>)>,
    /// Grants that this act itself revokes.
    parted_with: Vec<GrantId>,
    pub(super) people: BTreeMap<UserId, Arc<User>>,
    holders: Vec<Holders>,
    pub(super) prefetched: Prefetched,
}

impl Tx<'_> {
    /// Returns the channel's settings. They are parsed once for each version of the row, which is read once in each act.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub fn channel_settings(&mut self, id: ChannelId) -> Result<Arc<ChannelSettings>, StoreError> {
        if let Some((_, settings)) = self.memory.settings.as_ref().filter(|(channel, _)| *channel == id) {
            return Ok(Arc::clone(settings));
        }
        let version = self.versions(id)?.settings;
        let settings = match self.known.get(id, version) {
            Some(settings) => settings,
            None => {
                let row = channels::find(self.conn, id)?;
                let settings = Arc::new(row.settings()?);
                self.known.put(id, row.version, &settings);
                settings
            }
        };
        self.memory.settings = Some((id, Arc::clone(&settings)));
        Ok(settings)
    }

    pub(super) fn versions(&mut self, id: ChannelId) -> Result<Versions, StoreError> {
        if let Some((_, versions)) = self.memory.versions.filter(|(channel, _)| *channel == id) {
            return Ok(versions);
        }
        let versions = channels::versions(self.conn, id)?;
        self.memory.versions = Some((id, versions));
        Ok(versions)
    }

    /// Returns the channel's working days. Each node builds them once for each version, which is read together with that of the settings.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub fn calendar(&mut self, id: ChannelId) -> Result<Arc<Calendar>, StoreError> {
        if let Some((_, calendar)) = self.memory.calendar.as_ref().filter(|(channel, _)| *channel == id) {
            return Ok(Arc::clone(calendar));
        }
        let version = self.versions(id)?.calendar;
        let calendar = match self.known_calendars.get(id, version) {
            Some(calendar) => calendar,
            None => {
                let calendar = Arc::new(calendars::of_channel(self.conn, &self.base, id)?);
                self.known_calendars.put(id, version, &calendar);
                calendar
            }
        };
        self.memory.calendar = Some((id, Arc::clone(&calendar)));
        Ok(calendar)
    }

    /// Returns the channel's enabled webhooks. A channel that never had one needs no query: its version, which is read with that of the
    /// settings, is 0.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(crate) fn webhooks(&mut self, id: ChannelId) -> Result<Arc<Vec<DeskWebhook>>, StoreError> {
        let version = self.versions(id)?.webhooks;
        if version == 0 {
            return Ok(Arc::default());
        }
        if let Some(known) = self.known_webhooks.get(id, version) {
            return Ok(known);
        }
        let all = Arc::new(webhooks::of_desks(self.conn, id)?);
        self.known_webhooks.put(id, version, &all);
        Ok(all)
    }

    /// Returns the person of an act after verifying that they may perform it until the transaction ends: the account is active and the
    /// grant is valid, and so is the grant of the person whom they stand in for. The caller was authenticated before the transaction began,
    /// and these rows may have changed since.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for a suspended account, [`Refusal::WrongRole`] for a grant that is gone; errors of the database.
    pub(crate) fn rely_on(&mut self, id: UserId, permit: Permit) -> Result<Arc<User>, AppError> {
        let right = (id, permit.grant);
        if self.memory.relied_on.contains(&right) {
            return Ok(self.person(id)?);
        }
        if let Some((channel, _)) = self.memory.versions
            && let Some(user) = self.rely_on_version(channel, id, permit)?
        {
            self.memory.people.insert(id, Arc::clone(&user));
            self.memory.relied_on.push(right);
            return Ok(user);
        }
        let mut ids = vec![id];
        ids.extend(permit.on_behalf_of.filter(|other| *other != id));
        let people = people::find_to_rely_on(self.conn, &ids)?;
        if let Some(grant) = permit.grant.filter(|grant| !self.memory.parted_with.contains(grant)) {
            let grant = people::grant_to_rely_on(self.conn, grant)?;
            let own = grant.user_id == id;
            let lent = !own && people::stands_in(self.conn, id, grant.user_id, grant.role, self.now)? && self.may_act_by(id, &grant)?;
            let absent_is_here = own || people.iter().any(|user| user.id == grant.user_id && user.suspended_at.is_none());
            if grant.revoked_at.is_some() || !(own || lent) || !absent_is_here {
                return Err(Refusal::WrongRole { needed: vec![grant.role] }.into());
            }
        }
        let user = people.into_iter().find(|user| user.id == id).filter(|user| user.suspended_at.is_none());
        let user = Arc::new(user.ok_or(AppError::Unauthenticated)?);
        self.memory.people.insert(id, Arc::clone(&user));
        self.memory.relied_on.push(right);
        Ok(user)
    }

    /// Returns whether this person may stand in for the holder of a grant. An act that changes this waits for the rows of both.
    fn may_act_by(&mut self, id: UserId, grant: &GrantRow) -> Result<bool, StoreError> {
        let candidate = stand_ins::candidates(self.conn, grant.channel_id, &[id])?.remove(&id);
        Ok(candidate.is_some_and(|one| may_act_for(grant.user_id, grant.role, grant.organization_id, &one).is_ok()))
    }

    /// Records that this act revokes a grant, so that the act may still rely on it.
    pub(crate) fn parts_with(&mut self, grant: GrantId) {
        self.memory.parted_with.push(grant);
    }

    /// Returns a person's row as it was when this act first read it; not for acts that change it.
    pub(crate) fn person(&mut self, id: UserId) -> Result<Arc<User>, StoreError> {
        if let Some(user) = self.memory.people.get(&id) {
            return Ok(Arc::clone(user));
        }
        let user = match self.memory.versions {
            Some((channel, _)) => self.person_of(channel, id)?,
            None => Arc::new(people::find(self.conn, id)?),
        };
        self.memory.people.insert(id, Arc::clone(&user));
        Ok(user)
    }

    /// Returns the active holders of a role, including stand-ins, as this act first read them; not for acts that change roles.
    pub(crate) fn holders(&mut self, channel: ChannelId, role: Role, of: Option<OrganizationId>) -> Result<Vec<Holder>, StoreError> {
        if let Some((_, known)) = self.memory.holders.iter().find(|(asked, _)| *asked == (channel, role, of)) {
            return Ok(known.clone());
        }
        let holders = self.holders_of(channel, role, of)?;
        self.memory.holders.push(((channel, role, of), holders.clone()));
        Ok(holders)
    }
}
