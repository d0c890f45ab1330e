//! Checks that citations can be followed: documents, headings, sections and decision pages that a file names exist in the repository, and
//! so do the source paths that the documents name.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::house::{name, root};

/// Folders and files that are read; below them everything that is text.
const SCANNED: [&str; 13] = [
    "src",
    "tests",
    "docs",
    "migrations",
    "config",
    "packaging",
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
];
/// Folders below those that hold inputs and what was installed, and this file, whose samples are wrong on purpose.
const LEFT_OUT: [&str; 3] = ["tests/fuzz", "tests/browser/node_modules", "tests/it/citations.rs"];
/// A file that whoever runs the program may write.
const LOCAL: &str = "config/local.toml";
/// Where the package puts the documents.
const INSTALLED: &str = "/usr/share/doc/zhitongche/";

const NUMBER: &str = r"[0-9]+[a-z]?(?:\.[0-9]+)*";
const DOCUMENT: &str = r"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md";

fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace("NUMBERS", r"(NUMBER(?:(?:, | and | to )NUMBER)*)").replace("NUMBER", NUMBER).replace("DOCUMENT", DOCUMENT))
        .unwrap()
}

static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\[\]]*)\]\(([^()\s]+)\)"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(DOCUMENT)(?:$|[^A-Za-z0-9_])"));
static SECTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:(RFC [0-9]+|DOCUMENT)[`)]*,? )?[Ss]ections? NUMBERS(?: of `?(RFC [0-9]+|DOCUMENT))?"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(DOCUMENT)[`)]*, "([^"]+)""#));
static DECISION: LazyLock<Regex> = LazyLock::new(|| pattern(r"[Dd]ecisions?(?: pages?)? NUMBERS"));
static PAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[Pp]ages? NUMBERS"));
static SOURCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"`((?:src|tests|migrations|config|packaging)/[^`\s:]+)"));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\n[ \t]*(?://[/!]?|--|#|\*)?[ \t]*"));

/// Every text file that is read, with its path.
fn texts() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = SCANNED.iter().map(|one| root().join(one)).collect();
    while let Some(path) = open.pop() {
        if LEFT_OUT.iter().any(|one| path == root().join(one)) {
            continue;
        }
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    found.sort();
    found
}

fn is_markdown(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "md")
}

/// The lines of a Markdown text that are not code, with an empty line for each that is.
fn without_code(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if is_code || is_fence { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The headings of a document, without their marks.
fn headings(document: &Path) -> Vec<String> {
    let text = without_code(&fs::read_to_string(document).unwrap());
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines.map(|line| line.trim_start_matches('#').trim().to_owned()).collect()
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The document that `name` means in `file`: beside it, below the root, or in `docs/`.
fn document(file: &Path, name: &str) -> Option<PathBuf> {
    let name = name.strip_prefix(INSTALLED).unwrap_or(name);
    let folders = [file.parent().unwrap().to_owned(), root().to_owned(), root().join("docs")];
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether the document has a section of this number: a heading that begins with it.
fn has_section(document: &Path, number: &str) -> bool {
    headings(document).iter().any(|heading| heading.split([' ', '.']).next() == Some(number))
}

fn has_heading(document: &Path, words: &str) -> bool {
    let numbered = format!(". {words}");
    headings(document).iter().any(|heading| heading == words || heading.ends_with(&numbered))
}

fn has_decision(number: &str) -> bool {
    let prefix = format!("{:0>4}-", number.trim_start_matches('0'));
    fs::read_dir(root().join("docs/decisions")).unwrap().any(|entry| entry.unwrap().file_name().to_str().unwrap().starts_with(&prefix))
}

fn each(numbers: &str) -> impl Iterator<Item = &str> {
    numbers.split(", ").flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" to "))
}

/// What a file names and the repository does not have.
fn faults(file: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let flat = COMMENT.replace_all(text, " ");
    found.extend(wrong_names(file, &flat));
    found.extend(wrong_sections(file, &flat));
    let is_page = file.starts_with(root().join("docs/decisions"));
    let patterns = [Some(&DECISION), is_page.then_some(&PAGE)];
    for cited in patterns.into_iter().flatten().flat_map(|pattern| pattern.captures_iter(&flat)) {
        found.extend(each(&cited[1]).filter(|number| !has_decision(number)).map(|number| format!("no page {number}: {}", &cited[0])));
    }
    if is_markdown(file) {
        found.extend(wrong_links(file, &without_code(text)));
    }
    if is_markdown(file) && !is_page && !file.ends_with("CHANGELOG.md") {
        let paths = SOURCE.captures_iter(&flat).map(|cited| cited[1].to_owned());
        found.extend(paths.filter(|path| !is_in_repository(path)).map(|path| format!("no such path: {path}")));
    }
    found
}

fn wrong_names(file: &Path, flat: &str) -> Vec<String> {
    let named = NAMED.captures_iter(flat).map(|cited| cited[1].to_owned());
    let named = named.filter(|cited| !cited.starts_with("//"));
    named.filter(|cited| document(file, cited).is_none()).map(|cited| format!("no such document: {cited}")).collect()
}

fn wrong_sections(file: &Path, flat: &str) -> Vec<String> {
    let mut found = Vec::new();
    for cited in SECTION.captures_iter(flat) {
        let of = match cited.get(1).or_else(|| cited.get(3)).map(|of| of.as_str()) {
            Some(standard) if standard.starts_with("RFC ") => continue,
            // A document that is missing is a fault of its own.
            Some(named) => document(file, named),
            None if is_markdown(file) => Some(file.to_owned()),
            None => {
                found.push(format!("a section of which document? {}", &cited[0]));
                continue;
            }
        };
        if let Some(of) = of {
            let missing = each(&cited[2]).filter(|number| !has_section(&of, number));
            found.extend(missing.map(|number| format!("no section {number} in {}: {}", name(&of), &cited[0])));
        }
    }
    let quoted = HEADING.captures_iter(flat).filter(|cited| document(file, &cited[1]).is_some_and(|of| !has_heading(&of, &cited[2])));
    found.extend(quoted.map(|cited| format!("no such heading: {}", &cited[0])));
    found
}

fn wrong_links(file: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for link in LINK.captures_iter(text) {
        let (label, target) = (&link[1], &link[2]);
        if target.contains("://") {
            continue;
        }
        let (path, wanted) = target.split_once('#').map_or((target, None), |(path, wanted)| (path, Some(wanted)));
        let path = if path.is_empty() { file.to_owned() } else { file.parent().unwrap().join(path) };
        if !path.exists() {
            found.push(format!("the link leads nowhere: {target}"));
        } else if wanted.is_some_and(|wanted| headings(&path).iter().all(|heading| anchor(heading) != wanted)) {
            found.push(format!("no such heading: {target}"));
        }
        let page = path.file_name().and_then(|name| name.to_str()?.split_once('-')?.0.parse::<u32>().ok());
        let said = label.split_whitespace().last().and_then(|word| word.parse::<u32>().ok());
        if page.is_some() && said.is_some() && page != said {
            found.push(format!("the label names another page: [{label}]({target})"));
        }
    }
    found
}

/// Whether there is such a file or folder; `*` stands for any part of a name.
fn is_in_repository(path: &str) -> bool {
    let Some((folder, _)) = path.split_once('*') else { return path == LOCAL || root().join(path).exists() };
    let wanted = Regex::new(&format!("^{}$", regex::escape(path).replace(r"\*", "[^/]*"))).unwrap();
    let mut open = vec![root().join(folder.rsplit_once('/').unwrap().0)];
    while let Some(entry) = open.pop() {
        if wanted.is_match(&name(&entry)) {
            return true;
        }
        open.extend(fs::read_dir(&entry).into_iter().flatten().map(|entry| entry.unwrap().path()));
    }
    false
}

#[test]
fn what_is_cited_is_in_the_repository() {
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        wrong.extend(faults(&file, &text).into_iter().map(|fault| format!("{}: {fault}", name(&file))));
    }
    assert!(wrong.is_empty(), "{} citations lead nowhere:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn wrong_citations_are_found() {
    let of = |file: &str, text: &str| faults(&root().join(file), text);
    for wrong in [
        "//! As `nowhere.md` says.",
        "/// A role (operations.md, section 99).",
        "/// A role, by section 3z of `operations.md`.",
        "/// A role (operations.md,\n    /// section 99).",
        "/// As in section 4.",
        "/// How long (operations.md, \"No such heading\").",
        "// By decision 999.",
        "// By decisions 1 and 999.",
        "// By decision page 0999.",
    ] {
        assert_eq!(of("src/lib.rs", wrong).len(), 1, "{wrong}: {:?}", of("src/lib.rs", wrong));
    }
    for wrong in [
        "[this](nowhere.html)",
        "[this](operations.md#no-such-heading)",
        "[this](#no-such-heading)",
        "See section 99.",
        "[decision 3](decisions/0001-one-row-for-notice-and-letter.md)",
        "`src/no/such/file.rs`",
        "`src/no*/such.rs`",
    ] {
        assert_eq!(of("docs/operations.md", wrong).len(), 1, "{wrong}: {:?}", of("docs/operations.md", wrong));
    }
    assert_eq!(of("docs/decisions/0003-undo-restores-the-row.md", "as page 999 says").len(), 1);
}

#[test]
fn right_citations_pass() {
    let of = |file: &str, text: &str| faults(&root().join(file), text);
    for right in [
        "/// Set as docs/operations.md says (operations.md, section 4a), by RFC 6962, section 2.1.2, and section 3 of RFC 9110.",
        "/// How long (`operations.md`, \"The database\"), by decisions 1, 2 and 12 and decision page 0017.",
        "// https://example.org/nowhere.md",
    ] {
        assert_eq!(of("src/lib.rs", right), [""; 0], "{right}");
    }
    for right in [
        "[2](decisions/0002-work-is-rows-not-a-queue.md), [the database](#4-the-database), section 4a, [all](decisions)",
        "```\n[this](nowhere.html)\n```",
        "`src/lib.rs`, `src/text/*/terms.ftl`, [README](../README.md)",
    ] {
        assert_eq!(of("docs/operations.md", right), [""; 0], "{right}");
    }
}
