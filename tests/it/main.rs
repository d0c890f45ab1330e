//! All integration tests, one binary so that it links once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop at once")]

mod access;
mod accounts;
mod api;
mod attachments;
mod bulletins;
mod calendars;
mod commands;
mod database_errors;
mod demo;
mod description;
mod endorsement_undo;
mod endorsements;
mod faults;
mod four_eyes;
mod four_eyes_rounds;
mod handling;
mod house;
mod housekeeping;
mod jobs;
mod kill;
mod ledger;
mod letters;
mod mail;
mod merging;
mod migrations;
mod operations;
mod outgoing;
mod races;
mod repeats;
mod review;
mod schema;
mod staffing;
mod support;
mod typing;
mod unannounced;
mod walkthrough;
mod web_admin;
mod web_frame;
mod web_handling;
mod web_manuscript;
mod web_operations;
mod web_review;
mod web_settings;
mod web_writing;
