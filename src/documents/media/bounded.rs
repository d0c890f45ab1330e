//! A reader of a file with a limit of bytes, so that a container with false lengths costs no more than a valid one.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that are read of a container: its list of entries and a few small parts.
const BUDGET: u64 = 4 * 1024 * 1024;

/// The file, and how much of it may still be read.
pub(super) struct Bounded<'a> {
    file: &'a mut File,
    left: u64,
}

impl<'a> Bounded<'a> {
    pub(super) fn of(file: &'a mut File) -> Self {
        Self { file, left: BUDGET }
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::other("more of this file had to be read than is allowed"));
        }
        let read = self.file.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Seek for Bounded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
