//! Letters: from an act to a mail server's inbox, with every fault that mail servers have; and reminders.

mod anchors;
mod api;
mod delivery;
mod faults;
mod order;
mod pages;
mod recipients;
mod reminders;
mod server;
mod settings;
mod settings_guarded;
mod stages;
mod words;
mod world;
