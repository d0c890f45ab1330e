//! No two files of the program import each other, directly or through others: what a file does can be read from it downwards.
//!
//! A name that a module passes on (`pub use`) is an import of the file that declares it. A file may import from a module around it what that
//! module itself declares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::house::{code_of, files, root};

/// The code of each file of `src` by its module: `store::ledger` is the file `src/store/ledger/mod.rs`, the empty one `lib.rs`.
type Sources = BTreeMap<String, String>;

/// From a file to another one, with the names that it imports from there.
type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

static TESTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^#\[cfg\(test\)\]\s+mod \w+ \{").unwrap());
static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap());
static RESTRICTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"pub\(in [^)]*\)").unwrap());
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z_]\w*(?:::\w+)+").unwrap());

/// What a `use` brings in: a path from the crate's root, and the name that it has here.
struct Used {
    path: Vec<String>,
    name: String,
    is_passed_on: bool,
}

fn sources() -> Sources {
    let source = |file: &std::path::PathBuf| {
        let inner = file.strip_prefix(root().join("src")).unwrap().with_extension("").display().to_string();
        let module = inner.replace('/', "::");
        let module = module.strip_suffix("::mod").unwrap_or(&module);
        (if module == "lib" { String::new() } else { module.to_owned() }, code_of(file))
    };
    files("src", "rs").iter().map(source).collect()
}

/// The code before the tests in it.
fn without_tests(code: &str) -> &str {
    TESTS.find(code).map_or(code, |found| &code[..found.start()])
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The paths of a use tree, each with the name under which it is known here: `a::{b, c::{self, d as e}}` has three.
fn paths(tree: &str) -> Vec<(String, Option<String>)> {
    let tree = tree.trim();
    let Some((before, group)) = tree.split_once('{') else {
        return match tree.split_once(" as ") {
            Some((path, name)) => vec![(path.to_owned(), Some(name.trim().to_owned()))],
            None => vec![(tree.to_owned(), None)],
        };
    };
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut depth, mut parts) = (0_i32, vec![String::new()]);
    for c in group.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(part)).map(|(path, name)| (format!("{before}{path}"), name)).collect()
}

/// A path from the crate's root; none for what belongs to another crate.
fn from_root(sources: &Sources, module: &str, path: &str) -> Option<Vec<String>> {
    let (path, mut around) = (segments(path), segments(module));
    let first = path.first()?;
    let rest = match first.as_str() {
        "crate" | "zhitongche" => {
            around.clear();
            &path[1..]
        }
        "self" => &path[1..],
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            around.truncate(around.len().saturating_sub(ups));
            &path[ups..]
        }
        child if sources.contains_key(&[&around[..], &[child.to_owned()]].concat().join("::")) => &path[..],
        _ => return None,
    };
    around.extend(rest.iter().filter(|part| *part != "self").cloned());
    Some(around)
}

fn uses(sources: &Sources, module: &str, code: &str) -> Vec<Used> {
    let mut found = Vec::new();
    for statement in USE.captures_iter(code) {
        for (path, name) in paths(&statement[2]) {
            let Some(path) = from_root(sources, module, &path) else { continue };
            let Some(name) = name.or_else(|| path.last().cloned()) else { continue };
            found.push(Used { path, is_passed_on: statement.get(1).is_some() && name != "*", name });
        }
    }
    found
}

/// The file that declares what a path names, and its name there, behind all that passes it on.
fn declared(passed_on: &BTreeMap<String, Vec<Used>>, path: &[String]) -> Option<(String, String)> {
    let mut path = path.to_vec();
    for _ in 0..8 {
        let length = (1..=path.len()).rev().find(|length| passed_on.contains_key(&path[..*length].join("::")))?;
        let (module, rest) = (path[..length].join("::"), &path[length..]);
        let behind = rest.first().and_then(|name| passed_on[&module].iter().find(|used| used.name == *name));
        match behind {
            Some(used) => path = [&used.path[..], &rest[1..]].concat(),
            None => return Some((module, rest.join("::"))),
        }
    }
    None
}

fn is_around(module: &str, inner: &str) -> bool {
    module.is_empty() || module == inner || inner.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// What each file imports from others: by `use`, by a path in its code, and through a module that it imports.
fn imports(sources: &Sources) -> Imports {
    let (mut passed_on, mut used) = (BTreeMap::new(), BTreeMap::new());
    for (module, code) in sources {
        let (on, own): (Vec<_>, Vec<_>) = uses(sources, module, without_tests(code)).into_iter().partition(|used| used.is_passed_on);
        passed_on.insert(module.clone(), on);
        used.insert(module, own);
    }
    let mut imports = Imports::new();
    for (module, code) in sources {
        let code = USE.replace_all(without_tests(code), "");
        let code = RESTRICTED.replace_all(&code, "pub");
        let named: BTreeSet<&str> = PATH.find_iter(&code).map(|found| found.as_str()).collect();
        let mut all: Vec<Vec<String>> = named.iter().filter_map(|path| from_root(sources, module, path)).collect();
        for used in &used[module] {
            let through = format!("{}::", used.name);
            let is_module = sources.contains_key(&used.path.join("::"));
            let inner = named.iter().filter_map(|path| path.strip_prefix(&through)).filter(|_| is_module);
            let inner: Vec<Vec<String>> = inner.map(|path| [&used.path[..], &segments(path)].concat()).collect();
            all.extend(if inner.is_empty() { vec![used.path.clone()] } else { inner });
        }
        let own = imports.entry(module.clone()).or_default();
        for (other, name) in all.iter().filter_map(|path| declared(&passed_on, path)) {
            if !is_around(&other, module) {
                own.entry(other).or_default().insert(if name.is_empty() { "the module".to_owned() } else { name });
            }
        }
    }
    imports
}

/// The files that lead back to themselves, in groups, each with the imports that tie it.
fn circles(sources: &Sources) -> Vec<String> {
    let imports = imports(sources);
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for module in imports.keys() {
        let (mut seen, mut open) = (BTreeSet::new(), vec![module.as_str()]);
        while let Some(next) = open.pop() {
            open.extend(imports[next].keys().map(String::as_str).filter(|other| seen.insert(*other)));
        }
        reached.insert(module, seen);
    }
    let tied = |one: &str, other: &str| reached[one].contains(other) && reached[other].contains(one);
    let mut circles = BTreeSet::new();
    for module in reached.keys().filter(|module| tied(module, module)) {
        let group: BTreeSet<&str> = reached.keys().copied().filter(|other| tied(module, other)).collect();
        let mut lines = vec![format!("{} files:", group.len())];
        for one in &group {
            let within = imports[*one].iter().filter(|(other, _)| group.contains(other.as_str()));
            let names = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            lines.extend(within.map(|(other, imported)| format!("  {one} imports {} from {other}", names(imported))));
        }
        circles.insert(lines.join("\n"));
    }
    circles.into_iter().collect()
}

#[test]
fn no_files_import_each_other() {
    let sources = sources();
    let count: usize = imports(&sources).values().map(BTreeMap::len).sum();
    assert!(count > 3000, "the imports are not read: {count}");
    let circles = circles(&sources);
    assert!(circles.is_empty(), "untie them: let what both need lie in the lower file, or in one below both\n{}", circles.join("\n"));
}

fn made_up(files: &[(&str, &str)]) -> Vec<String> {
    circles(&files.iter().map(|(module, code)| ((*module).to_owned(), (*code).to_owned())).collect())
}

#[test]
fn a_circle_is_found_however_its_imports_are_written() {
    let group =
        [("a::x", "use crate::{a::{y::{self, One as Uno}}, b};\ny::two();"), ("a::y", "use super::x::Three;"), ("a", ""), ("b", "")];
    assert_eq!(made_up(&group), ["2 files:\n  a::x imports One, two from a::y\n  a::y imports Three from a::x"]);
    let in_code = [("a", "fn f() { crate::b::g(); }"), ("b", "mod c;\nfn g() { c::h() }"), ("b::c", "fn h() { crate::a::f() }")];
    assert_eq!(made_up(&in_code).len(), 1);
    let passed_on = [("a", "use crate::b::Passed;"), ("b", "mod c;\npub use c::Passed;"), ("b::c", "use crate::a::Own;")];
    assert_eq!(made_up(&passed_on), ["2 files:\n  a imports Passed from b::c\n  b::c imports Own from a"]);
}

#[test]
fn what_a_module_declares_is_for_the_files_in_it() {
    let inner = [("a", "mod b;\nuse b::Made;\npub struct Around;\n"), ("a::b", "use super::Around;\npub struct Made(Around);")];
    assert!(made_up(&inner).is_empty());
    let tests = [("a", "use crate::b::B;"), ("b", "pub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}")];
    assert!(made_up(&tests).is_empty());
    let siblings = [("a", "mod b;\nmod c;\npub use c::C;"), ("a::b", "use super::C;"), ("a::c", "use super::b::B;")];
    assert_eq!(made_up(&siblings).len(), 1);
}
