//! Tests of valid and invalid backups: every byte is checked.

use std::fs;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::documents::private;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn manifest() -> Manifest {
    let ledger = LedgerMark { ledger: "0".to_owned(), entries: 1, root: "00".to_owned() };
    Manifest {
        format: FORMAT,
        program: "1".to_owned(),
        schema: "0001".to_owned(),
        engine: Engine::Sqlite,
        at: "2026-11-20T02:32:00Z".to_owned(),
        ledgers: vec![ledger],
        parts: Vec::new(),
        missing: Vec::new(),
    }
}

fn written(folder: &Path) -> PathBuf {
    let mut writer = ArchiveWriter::begin(folder).unwrap();
    for (name, contents) in [(SQLITE, "a database"), (&format!("{ATTACHMENTS}{HASH}"), "test")] {
        writer.add::<io::Error>(name, |out| out.write_all(contents.as_bytes())).unwrap();
    }
    let path = folder.join("a.tar");
    writer.finish(manifest()).unwrap().persist(&path).unwrap();
    path
}

/// Opens an archive and verifies every part.
fn verdict(path: &Path) -> Result<(), String> {
    Archive::open(path).and_then(|archive| archive.verify()).map_err(|error| error.to_string())
}

#[test]
fn what_was_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    assert_eq!(verdict(&path), Ok(()));
    let archive = Archive::open(&path).unwrap();
    let mut text = String::new();
    archive.contents(SQLITE).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), archive.manifest().parts.len()), ("a database", 2));
    assert_eq!(private::open_mode(&path).unwrap(), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn a_change_of_any_byte_and_a_cut_anywhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (written(folder.path()), folder.path().join("b.tar"));
    let whole = fs::read(&path).unwrap();
    fs::write(&other, &whole).unwrap();
    // Byte by byte in place: to write the whole file each time would wait for the disk some thousand times.
    let file = fs::File::options().write(true).open(&other).unwrap();
    for (at, byte) in whole.iter().enumerate() {
        file.write_all_at(&[byte ^ 0x01], at as u64).unwrap();
        assert!(verdict(&other).is_err(), "byte {at} of {}", whole.len());
        file.write_all_at(&[*byte], at as u64).unwrap();
    }
    assert!(verdict(&other).is_ok(), "it is whole again");
    for length in (0..whole.len()).step_by(97) {
        fs::write(&other, &whole[..length]).unwrap();
        assert!(verdict(&other).is_err(), "cut at {length}");
    }
    fs::write(&other, [whole.as_slice(), b"\0"].concat()).unwrap();
    assert!(verdict(&other).is_err(), "a byte behind the end");
}

/// An archive with a manifest of these parts and, before it, whatever `add` adds.
fn forged(path: &Path, add: impl FnOnce(&mut tar::Builder<fs::File>)) {
    let mut builder = tar::Builder::new(fs::File::create(path).unwrap());
    add(&mut builder);
    let text = serde_json::to_vec(&manifest()).unwrap();
    let hash = hex::encode(sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), &text)));
    for (name, contents) in [(MANIFEST, text.as_slice()), (MANIFEST_HASH, hash.as_bytes())] {
        let mut header = tar::Header::new_gnu();
        header.set_size(contents.len() as u64);
        builder.append_data(&mut header, name, contents).unwrap();
    }
    builder.into_inner().unwrap();
}

/// A header with a name that the library would not write.
fn header(name: &[u8], kind: tar::EntryType, bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(bytes);
    header.set_cksum();
    header
}

#[test]
fn strange_names_and_links_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.tar");
    for name in ["../outside", "/etc/passwd", "attachments/../../x", "attachments/ABC", "secrets/tokens.key", "attachments/"] {
        forged(&path, |tar| tar.append(&header(name.as_bytes(), tar::EntryType::Regular, 1), &b"x"[..]).unwrap());
        let says = verdict(&path).unwrap_err();
        assert!(says.contains(&format!("{name:?}, which is no part of a backup")), "{says}");
    }
    for kind in
        [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Directory, tar::EntryType::XHeader, tar::EntryType::GNULongName]
    {
        forged(&path, |tar| tar.append(&header(SQLITE.as_bytes(), kind, 0), &b""[..]).unwrap());
        let says = verdict(&path).unwrap_err();
        assert!(says.contains(SQLITE) && says.contains("no regular file"), "{says}");
    }
}

#[test]
fn parts_that_the_manifest_does_not_list_and_twins_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.tar");
    forged(&path, |tar| tar.append(&header(SQLITE.as_bytes(), tar::EntryType::Regular, 1), &b"x"[..]).unwrap());
    assert_eq!(verdict(&path).unwrap_err(), format!("{SQLITE} is there, and the manifest does not list it: the backup was changed"));
    forged(&path, |tar| {
        for _ in 0..2 {
            tar.append(&header(SQLITE.as_bytes(), tar::EntryType::Regular, 1), &b"x"[..]).unwrap();
        }
    });
    assert_eq!(verdict(&path).unwrap_err(), format!("{SQLITE} is there twice: the backup was changed"));
    forged(&path, |_| {});
    assert_eq!(verdict(&path).unwrap_err(), format!("{SQLITE} is missing: the backup was changed"));
}

#[test]
fn what_a_killed_process_left_is_removed_and_what_is_under_way_stays() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(format!("{PREFIX}left")), "half").unwrap();
    let one = ArchiveWriter::begin(folder.path()).unwrap();
    let two = ArchiveWriter::begin(folder.path()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "both that are being written, and not what was left");
    drop((one, two));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
