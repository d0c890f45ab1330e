//! Estimates the number of guesses that a text withstands: by the maintained estimator zxcvbn, and in addition by pinyin and well-known
//! lines.

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Match, zxcvbn};

use super::{JUDGED, recited, syllables};

/// The weight of one syllable in a row of pinyin, as a power of ten. There are about four hundred; those of names are far fewer.
const SYLLABLE: f64 = 1.5;

/// The smallest weight of a word in a phrase.
const WORD: f64 = 2.7;

/// The weight of a capital inside of a row of pinyin.
const CAPITAL: f64 = 0.3;

/// The weight of a part of a known line: which line, from where, how far.
const RECITED: f64 = 2.0;

/// The number of guesses as a power of ten, and the code of the violation that names the reason if they are too few.
struct Estimate {
    guesses: f64,
    code: &'static str,
}

/// Returns the reason why a text takes fewer than `least` guesses: as a whole, by its parts, with pinyin, or with known lines.
pub(super) fn why_below(least: f64, text: &str, words: &[&str]) -> Option<&'static str> {
    let below = |estimate: Estimate| (estimate.guesses < least).then_some(estimate.code);
    let judged = first(text);
    let of_words = below(whole(&judged, words)).or_else(|| below(by_parts(&judged, words)));
    let (rest, lines) = recited::without(text);
    let of_lines = || (lines > 0).then(|| spelled(&rest, lines, words)).flatten().and_then(below);
    of_words.or_else(of_lines).or_else(|| below(spelled(text, 0, words)?))
}

/// Estimates by rows of pinyin and by the number of known `lines`; returns `None` if the text contains neither.
fn spelled(text: &str, lines: usize, words: &[&str]) -> Option<Estimate> {
    let (rest, syllables, capitals) = syllables::without(text);
    if lines + syllables == 0 {
        return None;
    }
    let mut estimate = by_parts(&first(&rest), words);
    estimate.guesses += SYLLABLE * float(syllables) + CAPITAL * float(capitals) + RECITED * float(lines);
    if estimate.code != "personal_password" {
        estimate.code = if syllables > 2 * lines { "pinyin_password" } else { "too_common" };
    }
    Some(estimate)
}

fn first(text: &str) -> String {
    text.chars().take(JUDGED).collect()
}

/// Estimates the whole text with zxcvbn.
fn whole(text: &str, words: &[&str]) -> Estimate {
    let entropy = zxcvbn(text, words);
    let guesses = entropy.guesses_log10().max(phrase(entropy.sequence()).unwrap_or_default());
    Estimate { guesses, code: reason(entropy.sequence(), words) }
}

/// Estimates words, numbers and signs one by one. For a whole text, the estimator takes every further part as ten thousand times as hard,
/// as if nobody tried a word, a year and a sign together; here the parts are multiplied, in any order.
fn by_parts(text: &str, words: &[&str]) -> Estimate {
    let mut found: Vec<Match> = Vec::new();
    let mut guesses = 0.0;
    for part in parts(text) {
        let entropy = zxcvbn(part, words);
        let product: f64 = entropy.sequence().iter().map(power).sum();
        guesses += product.min(entropy.guesses_log10()).max(0.0);
        found.extend(entropy.sequence().iter().cloned());
    }
    let guesses = phrase(&found).unwrap_or(guesses + orders(found.len()));
    Estimate { guesses, code: reason(&found, words) }
}

/// Returns the weight of a text that consists of three or more words of the language: each was chosen among many, however common it is.
/// This does not apply to words in lists of passwords and of names.
fn phrase(found: &[Match]) -> Option<f64> {
    let is_word = |part: &Match| match &part.pattern {
        // The type of the name is not public.
        MatchPattern::Dictionary(found) => ["English", "UsTvAndFilm"].contains(&format!("{:?}", found.dictionary_name).as_str()),
        _ => false,
    };
    let are_words = found.len() >= 3 && found.iter().all(|part| is_word(part) && part.token.chars().count() >= 4);
    are_words.then(|| found.iter().map(|part| power(part).max(WORD)).sum::<f64>() + orders(found.len()))
}

/// Returns the number of orders of this many parts.
fn orders(parts: usize) -> f64 {
    (1..=parts).map(|n| float(n).log10()).sum()
}

/// Splits a text at the borders of letters, digits and signs.
fn parts(text: &str) -> Vec<&str> {
    let class = |c: char| if c.is_numeric() { 1 } else { 2 * i32::from(!c.is_alphabetic()) };
    let (mut parts, mut from, mut last) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| last != class(c)) {
            parts.push(&text[from..at]);
            from = at;
        }
        last = Some(class(c));
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Returns the reason for the refusal, by the kind of match that covers most of the text.
fn reason(found: &[Match], words: &[&str]) -> &'static str {
    let found: Vec<(&Match, &'static str)> = found.iter().map(|part| (part, of_pattern(part, words))).collect();
    if found.iter().any(|(_, code)| *code == "personal_password") {
        return "personal_password";
    }
    let known = found.into_iter().filter(|(_, code)| *code != "weak_password");
    known.max_by_key(|(part, _)| part.token.chars().count()).map_or("weak_password", |(_, code)| code)
}

fn of_pattern(part: &Match, words: &[&str]) -> &'static str {
    match &part.pattern {
        MatchPattern::Dictionary(found) if words.contains(&found.matched_word.as_str()) => "personal_password",
        MatchPattern::Dictionary(_) => "too_common",
        MatchPattern::Spatial(_) => "keyboard_password",
        MatchPattern::Repeat(found) => {
            let repeated = found.base_matches.iter().map(|part| of_pattern(part, words)).find(|code| *code != "weak_password");
            repeated.unwrap_or("repeated_password")
        }
        MatchPattern::Sequence(_) => "repeated_password",
        MatchPattern::Date(_) | MatchPattern::Regex(_) => "dated_password",
        MatchPattern::BruteForce => "weak_password",
    }
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[expect(clippy::cast_precision_loss, reason = "an order of magnitude is wanted")]
fn power(part: &Match) -> f64 {
    (part.guesses.unwrap_or(1) as f64).log10()
}
