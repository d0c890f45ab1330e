//! How far a backup has come, and whether it shall go on.

use std::cell::Cell;
use std::io::{self, Write};

/// How far a backup has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupStep {
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// What is counted: the end of a key of the catalogues.
    pub what: &'static str,
}

/// Hears each step; `false` ends the backup.
pub type Watch<'a> = dyn Fn(BackupStep) -> bool + 'a;

/// Bytes of a unit in which a database's way into the archive is counted.
const MEGABYTE: u64 = 1_000_000;

/// A watch that remembers whether it has ended the backup.
pub(super) struct Watched<'a> {
    watch: &'a Watch<'a>,
    is_ended: Cell<bool>,
}

impl<'a> Watched<'a> {
    pub(super) fn new(watch: &'a Watch<'a>) -> Self {
        Self { watch, is_ended: Cell::new(false) }
    }

    /// Tells a step.
    ///
    /// # Errors
    /// One that says that the backup shall end.
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

    /// Counts what is written through it, in megabytes.
    pub(super) fn over<W: Write>(&self, inner: W, what: &'static str) -> Counting<'_, W> {
        Counting { watched: self, inner, bytes: 0, what }
    }
}

/// Counts what is written through it.
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
