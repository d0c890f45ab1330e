//! Every text that a page asks for is in the catalogues.

use std::fs;
use std::path::{Path, PathBuf};

use crate::text::has;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.extension().is_some_and(|kind| kind == "html" || kind == "rs") {
            found.push(entry);
        }
    }
}

/// The literal keys in `t("…")`, `t1("…"`, `n("…"` and the like, and in `t(lang, "…"`.
fn keys(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["t(\"", "t1(\"", "t2(\"", "n(\"", "args(\"", "t(lang, \"", "t(self.lang, \""] {
        for (at, _) in text.match_indices(call) {
            let whole_word = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if whole_word {
                found.extend(text[at + call.len()..].split('"').next().map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_text_of_the_pages_is_there_in_both_languages() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut all);
    let mut missing = Vec::new();
    for file in all.iter().filter(|file| !file.ends_with("web/tests.rs")) {
        let text = fs::read_to_string(file).unwrap();
        missing.extend(keys(&text).into_iter().filter(|key| !key.contains('{') && !has(key)).map(|key| (file.clone(), key)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_place_has_its_name() {
    for link in super::places::ALL {
        assert!(has(&format!("place-{}", link.key())), "{link:?}");
    }
}
