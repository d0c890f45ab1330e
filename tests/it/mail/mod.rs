//! Letters: from an act to a mail server's inbox, with every fault that mail servers have; and reminders.

mod delivery;
mod faults;
mod reminders;
mod server;
mod world;
