//! Reading an archive. Nothing is unpacked before the names, kinds, lengths and hashes of all parts were found right.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::{ArchiveError, ArchivePart, FORMAT, MANIFEST, MANIFEST_HASH, Manifest, is_known};

/// Bytes of a tar's block.
const BLOCK: u64 = 512;
/// Most bytes of a manifest: room for a million attachments.
const MOST_MANIFEST: u64 = 512 * 1024 * 1024;

/// The position of a part's contents in the file.
#[derive(Debug, Clone, Copy)]
struct ByteSpan {
    at: u64,
    bytes: u64,
}

/// An archive whose structure is valid; [`Archive::verify`] checks the contents of the parts.
#[derive(Debug)]
pub struct Archive {
    file: File,
    spans: BTreeMap<String, ByteSpan>,
    manifest: Manifest,
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`ArchiveError`], which names the fault.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = File::open(path).map_err(|cause| ArchiveError::Unreadable { path: path.to_owned(), cause })?;
        let spans = index(path, &file)?;
        let manifest = read_manifest(&file, &spans)?;
        compare(&spans, &manifest)?;
        Ok(Self { file, spans, manifest })
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A part's line in the manifest.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&ArchivePart> {
        self.manifest.parts.iter().find(|part| part.name == name)
    }

    /// A part's contents, no more and no less than the manifest says.
    ///
    /// # Errors
    /// [`ArchiveError::Parts`] when there is no such part; the disk's.
    pub fn contents(&self, name: &str) -> Result<impl Read + use<>, ArchiveError> {
        let span = self.spans.get(name).ok_or_else(|| ArchiveError::Parts { name: name.to_owned(), why: "is missing" })?;
        Ok(slice(&self.file, *span)?)
    }

    /// Holds every part against its hash.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] names the first that has another one; the disk's.
    pub fn verify(&self) -> Result<(), ArchiveError> {
        self.verify_each(|_, _| Ok(()))
    }

    /// Like [`Archive::verify`]; before each part `at` is called with the number of finished parts and their total.
    ///
    /// # Errors
    /// As [`Archive::verify`], and those of `at`.
    pub fn verify_each(&self, mut at: impl FnMut(u64, u64) -> io::Result<()>) -> Result<(), ArchiveError> {
        for (done, part) in self.manifest.parts.iter().enumerate() {
            at(done as u64, self.manifest.parts.len() as u64)?;
            if hash(self.contents(&part.name)?)? != part.sha256 {
                return Err(ArchiveError::Damaged { name: part.name.clone() });
            }
        }
        Ok(())
    }
}

/// The uncompressed contents of a part, cut at the length in the manifest.
#[must_use]
pub fn unpacked(part: &ArchivePart, contents: impl Read) -> impl Read {
    // One byte more than in the manifest is read, to detect a longer part.
    GzDecoder::new(contents).take(part.unpacked.unwrap_or(part.bytes).saturating_add(1))
}

fn slice(file: &File, span: ByteSpan) -> io::Result<io::Take<File>> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(span.at))?;
    Ok(file.take(span.bytes))
}

fn hash(mut from: impl Read) -> io::Result<String> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Walks over the headers: one regular file behind the other, zeros between them, and nothing behind the end.
fn index(path: &Path, file: &File) -> Result<BTreeMap<String, ByteSpan>, ArchiveError> {
    let not_a_backup = |why| ArchiveError::NotABackup { path: path.to_owned(), why };
    let metadata = file.metadata()?;
    let length = metadata.len();
    if metadata.is_dir() || length == 0 {
        return Err(not_a_backup(if length == 0 { "it is empty" } else { "it is a folder" }));
    }
    let mut start = file.try_clone()?;
    start.seek(SeekFrom::Start(0))?;
    let (mut tar, mut spans, mut end) = (tar::Archive::new(start), BTreeMap::new(), 0);
    let mut found = Vec::new();
    for entry in tar.entries_with_seek()?.raw(true) {
        // The cause is dropped, because it would quote the bytes.
        let entry = entry.map_err(|_| match spans.len() {
            0 => not_a_backup("it does not begin as an archive"),
            parts => ArchiveError::NotWhole(format!("what follows its first {parts} parts can't be read")),
        })?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind != tar::EntryType::Regular {
            return Err(ArchiveError::NotAFile { name, kind: format!("{kind:?}") });
        }
        if !is_known(&name) {
            return Err(ArchiveError::BadName { name });
        }
        let span = ByteSpan { at: entry.raw_file_position(), bytes: entry.size() };
        if entry.raw_header_position() != end {
            return Err(ArchiveError::NotWhole(format!("there is something before {name}")));
        }
        end = span.at.saturating_add(span.bytes.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX));
        if end > length {
            return Err(ArchiveError::NotWhole(format!("{name} ends beyond the file's end")));
        }
        found.push(ByteSpan { at: span.at + span.bytes, bytes: end - span.at - span.bytes });
        if spans.insert(name.clone(), span).is_some() {
            return Err(ArchiveError::Parts { name, why: "is there twice" });
        }
    }
    if spans.is_empty() {
        return Err(not_a_backup("it does not begin as an archive"));
    }
    if end.checked_add(2 * BLOCK) != Some(length) {
        return Err(ArchiveError::NotWhole("it does not end where an archive ends".to_owned()));
    }
    found.push(ByteSpan { at: end, bytes: 2 * BLOCK });
    for span in found {
        let mut bytes = Vec::new();
        slice(file, span)?.read_to_end(&mut bytes)?;
        if bytes.iter().any(|byte| *byte != 0) {
            return Err(ArchiveError::NotWhole("there is something between its parts".to_owned()));
        }
    }
    Ok(spans)
}

fn read_manifest(file: &File, spans: &BTreeMap<String, ByteSpan>) -> Result<Manifest, ArchiveError> {
    let read = |name: &str, most: u64| {
        let span = spans.get(name).filter(|span| span.bytes <= most);
        let span = span.ok_or_else(|| ArchiveError::NotWhole("it has no manifest at its end".to_owned()))?;
        let mut bytes = Vec::new();
        slice(file, *span)?.read_to_end(&mut bytes)?;
        Ok::<_, ArchiveError>(bytes)
    };
    let (text, seal) = (read(MANIFEST, MOST_MANIFEST)?, read(MANIFEST_HASH, BLOCK)?);
    if hex::encode(Sha256::digest(&text)).as_bytes() != seal {
        return Err(ArchiveError::Damaged { name: MANIFEST.to_owned() });
    }
    let wrong = |error: serde_json::Error| ArchiveError::NotWhole(format!("its manifest can't be read: {error}"));
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(wrong)?;
    let found = value["format"].as_u64().unwrap_or_default();
    if found > u64::from(FORMAT) {
        return Err(ArchiveError::NewerFormat { found, program: value["program"].as_str().unwrap_or_default().to_owned() });
    }
    serde_json::from_value(value).map_err(wrong)
}

/// Whether the tar has the parts that the manifest lists, with their lengths, and no others.
fn compare(spans: &BTreeMap<String, ByteSpan>, manifest: &Manifest) -> Result<(), ArchiveError> {
    let wrong = |name: &str, why| Err(ArchiveError::Parts { name: name.to_owned(), why });
    let mut listed = BTreeMap::new();
    for part in &manifest.parts {
        match spans.get(&part.name) {
            None => return wrong(&part.name, "is missing"),
            Some(span) if span.bytes != part.bytes => return wrong(&part.name, "has not the length that the manifest names"),
            Some(_) if listed.insert(part.name.as_str(), part.bytes).is_some() => return wrong(&part.name, "is listed twice"),
            Some(_) => {}
        }
    }
    let extra = spans.keys().find(|name| ![MANIFEST, MANIFEST_HASH].contains(&name.as_str()) && !listed.contains_key(name.as_str()));
    if let Some(extra) = extra {
        return wrong(extra, "is there, and the manifest does not list it");
    }
    if !listed.contains_key(manifest.engine.part()) {
        return wrong(manifest.engine.part(), "is missing");
    }
    Ok(())
}
