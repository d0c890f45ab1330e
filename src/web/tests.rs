//! Checks that the catalogues have every text that a page uses.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::deadline::Deadline;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::{Actor, Grant};
use crate::domain::recipients::audiences;
use crate::domain::vocabulary::Role;
use crate::mail::{LetterContext, LetterFacts, menu};
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
    for link in super::navigation::ALL {
        assert!(has(&format!("place-{}", link.key())), "{link:?}");
    }
}

/// A letter that names an entry of the menu names one that its recipients have.
#[test]
fn letters_name_entries_of_the_menu_that_their_recipients_have() {
    let organization = OrganizationId(uuid::Uuid::nil());
    let mut wrong = Vec::new();
    for (kind, deadline) in
        Letter::ALL.iter().flat_map(|kind| [None, Some(Deadline::Review), Some(Deadline::Receipt)].map(|due| (*kind, due)))
    {
        let facts = LetterFacts { deadline, ..LetterContext::sample(kind, Lang::Zh).facts };
        let Some(entry) = menu::entry(kind, &facts) else { continue };
        let place = super::navigation::ALL.iter().find(|place| place.key() == entry);
        let Some(place) = place else { panic!("{kind}: there is no place {entry}") };
        for audience in audiences(kind, deadline) {
            let roles = match audience {
                Audience::Authors => vec![Role::Submitter],
                // Letters to secretaries have a text of their own.
                Audience::Recipients => vec![Role::Leader],
                other => other.roles().to_vec(),
            };
            for role in roles {
                let grant = Grant { id: GrantId(uuid::Uuid::nil()), role, organization, serves: None, for_user: None };
                let actor = Actor { user: UserId(uuid::Uuid::nil()), channel: ChannelId(uuid::Uuid::nil()), grants: vec![grant] };
                if !super::navigation::of(&actor).contains(place) {
                    wrong.push(format!("{kind}: {role} does not find {entry}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
