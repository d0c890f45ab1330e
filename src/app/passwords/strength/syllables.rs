//! Rows of pinyin, which the dictionaries of the estimator lack.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// The number of syllables from which a row of letters is considered pinyin; a single one occurs in most words of other languages.
const SYLLABLES: usize = 2;

/// All syllables of pinyin with two or more letters, without tones.
static PINYIN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let syllables = ('\u{4e00}'..='\u{9fa5}').filter_map(|c| c.to_pinyin()).map(|syllable| syllable.plain());
    syllables.filter(|syllable| syllable.len() > 1 && syllable.bytes().all(|c| c.is_ascii_lowercase())).collect()
});

/// Removes rows of pinyin from a text; returns the rest, the number of their syllables, and the number of capitals in unusual positions.
pub(super) fn without(text: &str) -> (String, usize, usize) {
    let letters: Vec<char> = text.chars().collect();
    let lower: Vec<char> = letters.iter().map(char::to_ascii_lowercase).collect();
    let (mut rest, mut syllables, mut capitals, mut at) = (String::new(), 0, 0, 0);
    while at < lower.len() {
        match row(&lower[at..]) {
            Some((length, count)) => {
                syllables += count;
                capitals += unexpected(&letters[at..at + length]);
                at += length;
            }
            None => {
                rest.extend(letters.get(at));
                at += 1;
            }
        }
    }
    (rest, syllables, capitals)
}

/// Returns the number of capitals of a row after its first letter, unless it is written in capitals only.
fn unexpected(row: &[char]) -> usize {
    let capitals = row.iter().skip(1).filter(|c| c.is_ascii_uppercase()).count();
    if capitals + 1 < row.len() { capitals } else { 0 }
}

/// Returns the longest row of syllables at the beginning: its letters, and the smallest number of syllables as which they can be read.
fn row(letters: &[char]) -> Option<(usize, usize)> {
    // The longest syllable, `zhuang`, has six letters.
    let letters: String = letters.iter().take_while(|c| c.is_ascii_lowercase()).collect();
    let mut fewest: Vec<Option<usize>> = vec![None; letters.len() + 1];
    fewest[0] = Some(0);
    for from in 0..letters.len() {
        let Some(count) = fewest[from] else { continue };
        for to in from + 2..=letters.len().min(from + 6) {
            if PINYIN.contains(&letters[from..to]) {
                fewest[to] = Some(fewest[to].map_or(count + 1, |other| other.min(count + 1)));
            }
        }
    }
    let (length, count) = fewest.into_iter().enumerate().filter_map(|(length, count)| Some((length, count?))).next_back()?;
    (count >= SYLLABLES).then_some((length, count))
}
