//! Migrations that landed are never edited: installations have applied them as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The checksums of all files of migrations, as `sha256sum` writes them.
const LIST: &str = "checksums";

/// Path and SHA-256 of each file of a migration.
fn found(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for engine in ["postgres", "sqlite"] {
        for migration in fs::read_dir(folder.join(engine)).unwrap().map(|entry| entry.unwrap().path()) {
            for file in fs::read_dir(migration).unwrap().map(|entry| entry.unwrap().path()) {
                let name = file.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, hex::encode(Sha256::digest(fs::read(&file).unwrap())));
            }
        }
    }
    found
}

fn listed(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(LIST)).unwrap();
    let lines = text.lines().map(|line| line.split_once("  ").expect("HASH, two blanks, name"));
    let listed: BTreeMap<String, String> = lines.map(|(hash, name)| (name.to_owned(), hash.to_owned())).collect();
    assert_eq!(listed.len(), text.lines().count(), "a file is listed twice");
    listed
}

#[test]
fn migrations_that_landed_stay_as_they_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let (found, mut listed) = (found(&folder), listed(&folder));
    let mut new = Vec::new();
    for (name, hash) in &found {
        match listed.remove(name) {
            None => new.push(name.as_str()),
            Some(landed) => assert_eq!(
                &landed, hash,
                "{name} was edited after it had landed, and installations have applied it as it was: undo that, and write a new migration"
            ),
        }
    }
    assert!(listed.is_empty(), "migrations that had landed are gone: {:?}", listed.keys());
    assert!(new.is_empty(), "new migrations are listed before they land: (cd migrations && sha256sum {} >> {LIST})", new.join(" "));
}
