//! The known keys, the line of a key in a file, and the known key that is most similar to a wrong one.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

/// The line of each `section.key` of a file, counted from one. Sections have entries as well.
pub(super) fn lines(text: &str) -> Result<BTreeMap<String, usize>, toml::de::Error> {
    let table = DeTable::parse(text)?;
    let mut found = BTreeMap::new();
    walk(table.get_ref(), "", text, &mut found);
    Ok(found)
}

fn walk(table: &DeTable<'_>, prefix: &str, text: &str, found: &mut BTreeMap<String, usize>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
        found.insert(key.clone(), line_of(text, name.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            walk(inner, &key, text, found);
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The known key that is most similar to `wrong`; a key with the same last part takes precedence over a similar one.
pub(super) fn nearest<'a>(known: &'a BTreeSet<String>, wrong: &str) -> Option<&'a str> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let score = |key: &str| strsim::jaro_winkler(key, wrong).max(0.98 * strsim::jaro_winkler(&last(key), &last(wrong)));
    known.iter().max_by(|a, b| score(a).total_cmp(&score(b))).map(String::as_str)
}
