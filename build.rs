//! Builds the style sheet of the pages from its parts, so that a browser loads it with one request.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, io};

/// The folder of the parts.
const FOLDER: &str = "src/web/assets/style";

/// The parts in the order in which they stand in the style sheet. The order counts: of two rules with the same specificity the later one holds.
const PARTS: [&str; 24] = [
    "tokens",
    "base",
    "navigation",
    "layout",
    "components",
    "forms",
    "reading",
    "actions",
    "tables",
    "writing",
    "review",
    "leaders",
    "dispatch",
    "statistics",
    "bulletin_sheets",
    "decisions",
    "bulletin_editor",
    "print",
    "sign_in",
    "handling",
    "manuscripts",
    "operations",
    "submission",
    "screen_widths",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={FOLDER}");
    let listed: BTreeSet<String> = PARTS.iter().map(|part| format!("{part}.css")).collect();
    let present = fs::read_dir(FOLDER)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let present: BTreeSet<String> = present.collect::<io::Result<_>>()?;
    if let Some(name) = present.symmetric_difference(&listed).next() {
        return Err(io::Error::other(format!("{FOLDER}/{name} has to stand both in that folder and in PARTS of build.rs")));
    }
    let parts: Vec<String> = PARTS.iter().map(|part| fs::read_to_string(format!("{FOLDER}/{part}.css"))).collect::<io::Result<_>>()?;
    let target = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&target).join("style.css"), parts.join("\n"))
}
