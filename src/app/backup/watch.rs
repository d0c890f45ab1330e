//! Progress and cancellation of a backup.

use std::cell::Cell;
use std::io::{self, Write};

/// The progress of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupStep {
    /// The number of units done.
    pub done: u64,
    /// The total number of units, where it is known.
    pub total: Option<u64>,
    /// The unit: the end of a key of the catalogues.
    pub what: &'static str,
}

/// Called for each step; returning `false` cancels the backup.
pub type Watch<'a> = dyn Fn(BackupStep) -> bool + 'a;

/// The number of bytes of a unit in which the copying of the database is counted.
const MEGABYTE: u64 = 1_000_000;

/// An observer that records whether it has cancelled the backup.
pub(super) struct Watched<'a> {
    watch: &'a Watch<'a>,
    is_ended: Cell<bool>,
}

impl<'a> Watched<'a> {
    pub(super) fn new(watch: &'a Watch<'a>) -> Self {
        Self { watch, is_ended: Cell::new(false) }
    }

    /// Reports a step.
    ///
    /// # Errors
    /// An error which states that the backup is cancelled.
    pub(super) fn at(&self, step: BackupStep) -> io::Result<()> {
        if (self.watch)(step) {
            return Ok(());
        }
        self.is_ended.set(true);
        Err(io::Error::other("ended"))
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended.get()
    }

    /// Returns a writer that counts the written megabytes.
    pub(super) fn over<W: Write>(&self, inner: W, what: &'static str) -> Counting<'_, W> {
        Counting { watched: self, inner, bytes: 0, what }
    }
}

/// A writer that counts the written megabytes.
pub(super) struct Counting<'a, W> {
    watched: &'a Watched<'a>,
    inner: W,
    bytes: u64,
    what: &'static str,
}

impl<W: Write> Write for Counting<'_, W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.watched.at(BackupStep { done: self.bytes / MEGABYTE, total: None, what: self.what })?;
        let written = self.inner.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
