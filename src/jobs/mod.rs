//! What goes on without being asked: letters leave, reminders are written, the ledger is sealed ([`seal`]).
//! May import all rooms but `web`, `api`, `server` and `cli`.
//!
//! Nothing is queued in memory. A letter is a row that waits; a task looks at the database for what is due. So any node may
//! work, none is special, and a node that dies loses nothing: its leases run out and others go on. What only one node may do
//! at a time is held by a lease.

pub mod deliver_mail;
pub mod remind;
pub mod seal;
mod workers;

use std::sync::Arc;

use uuid::Uuid;

pub use workers::{Stop, Task, Workers};

use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::mail::{Sender, Transport};
use crate::store::Db;

/// What every job needs. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The settings.
    pub settings: Arc<Settings>,
    /// Who letters come from.
    pub sender: Arc<Sender>,
    /// How letters leave.
    pub transport: Transport,
    /// This node's name among those that share the database.
    pub node: Arc<str>,
}

impl Context {
    /// For the settings of this node.
    ///
    /// # Errors
    /// Says which of the mail settings can't be used.
    pub fn new(db: Db, clock: Clock, settings: Arc<Settings>) -> Result<Self, String> {
        let (sender, transport) = (Arc::new(Sender::from_settings(&settings)?), Transport::from_settings(&settings)?);
        let node = clock.id::<Uuid>().simple().to_string().into();
        Ok(Self { db, clock, settings, sender, transport, node })
    }
}

/// The tasks of this room, each with how often it is looked at.
#[must_use]
pub fn tasks() -> Vec<Task> {
    vec![remind::task()]
}
