//! What need not be asked again: a channel's settings while its row has the same version, and within one act what it has read before.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use crate::desk::Tx;
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::words::Role;
use crate::store::people::User;
use crate::store::{StoreError, channels, people};

/// Settings with the version of the row from which they were parsed.
type Versioned = (i64, Arc<ChannelSettings>);

/// The channels' settings as this node parsed them last. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub(crate) struct KnownSettings(Arc<RwLock<HashMap<ChannelId, Versioned>>>);

impl KnownSettings {
    fn get(&self, id: ChannelId, version: i64) -> Option<Arc<ChannelSettings>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|(seen, _)| *seen == version).map(|(_, settings)| Arc::clone(settings))
    }

    fn put(&self, id: ChannelId, version: i64, settings: &Arc<ChannelSettings>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(settings)));
    }
}

/// Who holds a role in a channel, or in one of its organisations.
type Holders = ((ChannelId, Role, Option<OrganizationId>), Vec<UserId>);

/// What one act has read so far and does not change.
#[derive(Default)]
pub(crate) struct Memory {
    settings: Option<(ChannelId, Arc<ChannelSettings>)>,
    people: BTreeMap<UserId, Arc<User>>,
    holders: Vec<Holders>,
}

impl Tx<'_> {
    /// The channel's settings. Parsed once for each version of its row, which is looked up once in each act.
    ///
    /// # Errors
    /// The store's.
    pub fn channel_settings(&mut self, id: ChannelId) -> Result<Arc<ChannelSettings>, StoreError> {
        if let Some((_, settings)) = self.memory.settings.as_ref().filter(|(channel, _)| *channel == id) {
            return Ok(Arc::clone(settings));
        }
        let version = channels::version(self.conn, id)?;
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

    /// A person's row as it was when this act first asked for it; not for acts that change it.
    pub(crate) fn person(&mut self, id: UserId) -> Result<Arc<User>, StoreError> {
        if let Some(user) = self.memory.people.get(&id) {
            return Ok(Arc::clone(user));
        }
        let user = Arc::new(people::find(self.conn, id)?);
        self.memory.people.insert(id, Arc::clone(&user));
        Ok(user)
    }

    /// The active people who hold a role, as this act first read them; not for acts that change roles.
    pub(crate) fn holders(&mut self, channel: ChannelId, role: Role, of: Option<OrganizationId>) -> Result<Vec<UserId>, StoreError> {
        if let Some((_, known)) = self.memory.holders.iter().find(|(asked, _)| *asked == (channel, role, of)) {
            return Ok(known.clone());
        }
        let holders = people::holders(self.conn, channel, role, of)?;
        self.memory.holders.push(((channel, role, of), holders.clone()));
        Ok(holders)
    }
}
