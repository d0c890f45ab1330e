//! Well-known sequences: counting, stems and branches, the first lines of texts learned at school, slogans, names of the parties, paths
//! over the keys. They are in `recited.txt`, one a line.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// The number of bytes by which a position is found, and the smallest length of a part of a line that is typed as it is.
const FEWEST: usize = 4;
/// The smallest length of a part in pinyin: two long syllables.
const FEWEST_SPELLED: usize = 7;
/// The smallest length of a part in initials.
const FEWEST_INITIALS: usize = 5;

struct Line {
    letters: Vec<u8>,
    fewest: usize,
}

struct Lines {
    lines: Vec<Line>,
    /// The positions of each four letters: line and position.
    places: HashMap<[u8; FEWEST], Vec<(usize, usize)>>,
}

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let given = include_str!("recited.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<Line> = given.flat_map(line).collect();
    let mut places: HashMap<_, Vec<_>> = HashMap::new();
    for (number, line) in lines.iter().enumerate() {
        for (at, letters) in line.letters.windows(FEWEST).enumerate() {
            if let Ok(letters) = letters.try_into() {
                places.entry(letters).or_default().push((number, at));
            }
        }
    }
    Lines { lines, places }
});

/// Returns the ways of typing one line of the file: Chinese in pinyin and by its initials, letters and digits forward and backward.
fn line(given: &str) -> [Line; 2] {
    let of = |letters: String, fewest| Line { letters: letters.into_bytes(), fewest };
    if given.is_ascii() {
        return [of(given.to_owned(), FEWEST), of(given.chars().rev().collect(), FEWEST)];
    }
    let syllables: Vec<&str> = given.to_pinyin().flatten().map(|syllable| syllable.plain()).collect();
    let initials: String = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
    [of(syllables.concat(), FEWEST_SPELLED), of(initials, FEWEST_INITIALS)]
}

/// Removes parts of such lines from a text; returns the rest and the number of removed parts.
pub(super) fn without(text: &str) -> (String, usize) {
    let (mut rest, mut found, mut at) = (String::new(), 0, 0);
    while let Some(c) = text.get(at..).and_then(|text| text.chars().next()) {
        match longest(&text.as_bytes()[at..]) {
            Some(length) => {
                found += 1;
                at += length;
            }
            None => {
                rest.push(c);
                at += c.len_utf8();
            }
        }
    }
    (rest, found)
}

/// Returns the number of letters at the beginning that are part of a line.
fn longest(letters: &[u8]) -> Option<usize> {
    let lower = |at: usize| letters.get(at).map(u8::to_ascii_lowercase);
    let key = [lower(0)?, lower(1)?, lower(2)?, lower(3)?];
    let lengths = LINES.places.get(&key)?.iter().filter_map(|(number, place)| {
        let line = &LINES.lines[*number];
        let length = line.letters[*place..].iter().enumerate().take_while(|(at, letter)| lower(*at) == Some(**letter)).count();
        (length >= line.fewest).then_some(length)
    });
    lengths.max()
}
