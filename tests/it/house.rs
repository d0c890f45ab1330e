//! The rules of the house, held by reading the source itself: who may import whom, how long a file may be, what must not stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Lines that a file may have.
const FILE_LINES: usize = 350;
/// Lines that a function of the program may have.
const FUNCTION_LINES: usize = 70;

/// The rooms, each with how far it stands from the ground: a room imports only what stands below it.
const ROOMS: [(&str, u8); 16] = [
    ("domain", 0),
    ("config", 1),
    ("telemetry", 2),
    ("store", 3),
    ("text", 3),
    ("documents", 3),
    ("mail", 4),
    ("search", 4),
    ("webhooks", 5),
    ("app", 6),
    ("jobs", 7),
    ("http", 7),
    ("web", 8),
    ("api", 8),
    ("server", 9),
    ("cli", 10),
];

/// Rooms that ask the application and never the database, although it stands below them.
const ABOVE_THE_APPLICATION: [&str; 3] = ["http", "web", "api"];

/// What the pure room must not touch.
const IMPURE: [&str; 8] = ["diesel", "actix_web", "tokio::", "std::fs", "std::net", "std::env", "rand::", "lettre"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else if entry.extension().is_some_and(|found| found == extension) {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn name(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().display().to_string()
}

/// The room that a file of `src` belongs to; `main.rs` and `lib.rs` are the house itself.
fn room(file: &Path) -> String {
    let inner = file.strip_prefix(root().join("src")).unwrap();
    inner.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn height(room: &str) -> Option<u8> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, height)| *height)
}

pub(crate) fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The rooms named after `crate::`, also in a group such as `crate::{a, b::c}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        let names = rest.strip_prefix('{').map_or_else(|| vec![rest.to_owned()], top_level);
        for name in names {
            found.insert(name.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found
}

/// Splits `a, b::{c, d}} …` at the commas outside inner braces, up to the closing brace.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0_u8, vec![String::new()]);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ if depth == 0 => parts.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    parts
}

#[test]
fn rooms_import_only_what_stands_below_them() {
    let mut wrong = Vec::new();
    for file in files("src", "rs") {
        let own = room(&file);
        let Some(own_height) = height(&own) else {
            assert!(matches!(own.as_str(), "main" | "lib"), "{}: a room that the import rule does not know", name(&file));
            continue;
        };
        for other in imports(&code_of(&file)) {
            let below = other == own || height(&other).is_none_or(|other| other < own_height && (own_height != 0));
            let around = ABOVE_THE_APPLICATION.contains(&own.as_str()) && other == "store";
            if !below || around {
                wrong.push(format!("{}: {own} must not import {other}", name(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_rule_reads_groups() {
    let code = "use crate::{domain::{stage::Stage, ids}, store};\nuse crate::mail::letter;";
    assert_eq!(imports(code).into_iter().collect::<Vec<_>>(), ["domain", "mail", "store"]);
}

#[test]
fn the_domain_is_pure() {
    let mut wrong = Vec::new();
    for file in files("src/domain", "rs") {
        let code = code_of(&file);
        wrong.extend(IMPURE.iter().filter(|word| code.contains(*word)).map(|word| format!("{}: {word}", name(&file))));
    }
    assert!(wrong.is_empty(), "the domain touches the world:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_says_what_it_is_for() {
    let silent: Vec<_> =
        files("src", "rs").iter().filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!")).map(|file| name(file)).collect();
    assert!(silent.is_empty(), "files that do not begin with //!:\n{}", silent.join("\n"));
}

#[test]
fn files_stay_small_enough_to_read() {
    let mut long = Vec::new();
    for file in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > FILE_LINES {
            long.push(format!("{}: {lines} lines", name(&file)));
        }
    }
    assert!(long.is_empty(), "longer than {FILE_LINES} lines; find the room that is missing:\n{}", long.join("\n"));
}

/// Names that several files may use: the arguments and subcommands of each command, and a change as the API and the domain know it.
const SHARED_NAMES: [&str; 3] = ["Args", "Command", "RequestedChange"];

#[test]
fn types_have_names_of_their_own() {
    let declared = Regex::new(r"(?m)^ *(?:pub(?:\([a-z: ]+\))? )?(?:struct|enum|trait) ([A-Z][A-Za-z0-9]*)").unwrap();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files("src", "rs") {
        for found in declared.captures_iter(&fs::read_to_string(&file).unwrap()) {
            places.entry(found[1].to_owned()).or_default().push(name(&file));
        }
    }
    assert!(places.len() > 500, "the files are not read: {} types", places.len());
    let shared = places.iter().filter(|(name, of)| of.len() > 1 && !SHARED_NAMES.contains(&name.as_str()));
    let shared: Vec<_> = shared.map(|(name, of)| format!("{name}: {}", of.join(", "))).collect();
    assert!(shared.is_empty(), "several types share a name; let each say its room:\n{}", shared.join("\n"));
}

#[test]
fn functions_stay_small_enough_to_read() {
    let mut long = Vec::new();
    for file in files("src", "rs") {
        for (function, lines) in functions(&fs::read_to_string(&file).unwrap()) {
            if lines > FUNCTION_LINES {
                long.push(format!("{}: {function} has {lines} lines", name(&file)));
            }
        }
    }
    assert!(long.is_empty(), "longer than {FUNCTION_LINES} lines:\n{}", long.join("\n"));
}

/// Each function with its lines, from its first line to the brace that closes at the same indent (the code is formatted).
/// A line that only gives a word for a case (`Self::X => "x",`) is a row of a table and not counted.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let words = trimmed.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
        let Some(rest) = words.trim_start_matches("const ").trim_start_matches("async ").strip_prefix("fn ") else { continue };
        if line.ends_with(';') {
            continue;
        }
        let indent = line.len() - trimmed.len();
        let end = lines[at..].iter().position(|l| l.len() == indent + 1 && l.ends_with('}')).unwrap_or(0);
        let counted = lines[at..=at + end].iter().filter(|line| !line.contains(" => \"")).count();
        found.push((rest.split(['(', '<']).next().unwrap_or_default().to_owned(), counted));
    }
    found
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |engine: &str| -> Vec<String> {
        let mut found: Vec<_> = fs::read_dir(root().join("migrations").join(engine))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        found.sort();
        found
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn nothing_unfinished_stays() {
    let words = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let mut found = Vec::new();
    for folder in ["src", "tests", "docs", "config", "migrations"] {
        for extension in ["rs", "md", "toml", "sql", "py", "ftl"] {
            for file in files(folder, extension) {
                let text = fs::read_to_string(&file).unwrap();
                found.extend(words.iter().filter(|word| text.contains(*word)).map(|word| format!("{}: {word}", name(&file))));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// `trim` takes white space for the only thing that shows nothing; `domain::characters` knows the rest.
#[test]
fn emptiness_is_judged_in_one_place() {
    let mut wrong = Vec::new();
    for room in ["api", "web", "app"] {
        for file in files(&format!("src/{room}"), "rs") {
            let lines = code_of(&file).lines().filter(|line| line.contains("trim().is_empty()") && !line.contains("line.trim()")).count();
            wrong.extend((lines > 0).then(|| name(&file)));
        }
    }
    assert!(wrong.is_empty(), "ask characters::is_blank instead:\n{}", wrong.join("\n"));
}
