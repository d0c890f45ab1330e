//! The forms in which a password is estimated. An attacker does not try letters, but words with a habit applied to them: a sign between, an
//! exclamation mark at the end, everything twice, digits between the letters, Chinese in pinyin. Each form reverts one habit and records
//! the cost of trying it.

use std::collections::BTreeSet;

use pinyin::ToPinyin;

/// A password with reverted habits.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// The remaining text.
    pub text: String,
    /// The cost of trying the habits, as a power of ten.
    pub paid: f64,
}

/// The cost of a sign's first occurrence, like that of any letter; later occurrences cost next to nothing.
const FIRST_SIGN: f64 = 1.0;
const SAME_SIGN: f64 = 0.1;
/// The cost of repeating a part.
const ONCE_MORE: f64 = 0.5;
/// The cost of doubling a letter.
const DOUBLED: f64 = 0.1;
/// The cost of alternating letters and digits, for each change between them.
const TURN: f64 = 0.3;
/// The cost of holding shift over digits.
const SHIFT: f64 = 1.0;

/// The number of letters from which a second occurrence counts as a repetition rather than chance.
const REPEATED: usize = 3;

/// The units behind the numbers of a date.
const UNITS: [char; 7] = ['年', '月', '日', '号', '时', '点', '分'];

/// Signs that replace letters.
const LEET: [char; 4] = ['@', '$', '!', '|'];

/// The row of digits, with and without shift.
const SHIFTED: [(char, char); 10] =
    [('!', '1'), ('@', '2'), ('#', '3'), ('$', '4'), ('%', '5'), ('^', '6'), ('&', '7'), ('*', '8'), ('(', '9'), (')', '0')];

/// Returns every form of a password, the password itself first.
pub(super) fn all(password: &str) -> Vec<Form> {
    let whole = Form { text: password.to_owned(), paid: 0.0 };
    let bare = without_signs(&whole, |_, _, _| false);
    let leet = without_signs(&whole, |before, sign, after| LEET.contains(&sign) && before.is_alphabetic() && after.is_alphabetic());
    let mut folded = vec![whole.clone(), bare.clone(), leet, spelled(&bare)];
    folded.extend(unshifted(&whole));
    let mut forms = folded.clone();
    for form in &folded {
        let once = once(form);
        forms.push(single(&once));
        forms.push(gathered(&once));
        forms.push(once);
    }
    let mut seen = BTreeSet::new();
    forms.retain(|form| seen.insert(form.text.clone()));
    forms
}

/// Removes characters that are neither a letter nor a digit in any script, except those that `stays` accepts between two others, and the
/// units of dates.
fn without_signs(form: &Form, stays: impl Fn(char, char, char) -> bool) -> Form {
    let letters: Vec<char> = form.text.chars().collect();
    let (mut text, mut paid, mut seen) = (String::new(), form.paid, BTreeSet::new());
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        if UNITS.contains(&c) && (before.is_numeric() || numeral(before).is_some() || before == '十') {
            paid += SAME_SIGN;
        } else if c.is_alphanumeric() || stays(before, c, after) {
            text.push(c);
        } else {
            paid += if seen.insert(c) { FIRST_SIGN } else { SAME_SIGN };
        }
    }
    Form { text, paid }
}

/// Converts Chinese to pinyin, and rows of Chinese numerals to digits.
fn spelled(form: &Form) -> Form {
    let letters: Vec<char> = form.text.chars().collect();
    let digit = |at: usize| letters.get(at).and_then(|c| numeral(*c));
    let mut text = String::new();
    for (at, &c) in letters.iter().enumerate() {
        let is_in_row = digit(at + 1).is_some() || at.checked_sub(1).and_then(digit).is_some();
        match (digit(at).filter(|_| is_in_row), c.to_pinyin()) {
            (Some(digit), _) => text.push(digit),
            (None, Some(syllable)) => text.push_str(syllable.plain()),
            (None, None) => text.push(c),
        }
    }
    Form { text, paid: form.paid }
}

fn numeral(c: char) -> Option<char> {
    let value = "〇一二三四五六七八九".chars().position(|known| known == c);
    let value = value.or_else(|| "零壹贰叁肆伍陆柒捌玖".chars().position(|known| known == c));
    value.and_then(|value| char::from_digit(u32::try_from(value).ok()?, 10))
}

/// Converts the text as if typed without shift; only if at least two signs stand for digits.
fn unshifted(form: &Form) -> Option<Form> {
    let digit = |c: char| SHIFTED.iter().find(|(sign, _)| *sign == c).map(|(_, digit)| *digit);
    let signs = form.text.chars().filter(|c| digit(*c).is_some()).count();
    (signs >= 2).then(|| Form { text: form.text.chars().map(|c| digit(c).unwrap_or(c)).collect(), paid: form.paid + SHIFT })
}

/// Removes repeated parts, whatever is between them.
fn once(form: &Form) -> Form {
    let (mut letters, mut paid): (Vec<char>, f64) = (form.text.chars().collect(), form.paid);
    while let Some((at, length)) = longest_repetition(&letters) {
        letters.drain(at..at + length);
        paid += ONCE_MORE;
    }
    Form { text: letters.into_iter().collect(), paid }
}

/// Finds the position at which the longest earlier part is repeated, regardless of case.
fn longest_repetition(letters: &[char]) -> Option<(usize, usize)> {
    let same = |a: usize, b: usize| letters[a] == letters[b] || letters[a].to_lowercase().eq(letters[b].to_lowercase());
    let mut longest = None;
    for first in 0..letters.len() {
        for again in first + REPEATED..letters.len() {
            let most = (again - first).min(letters.len() - again);
            let length = (0..most).take_while(|n| same(first + n, again + n)).count();
            if length >= REPEATED && longest.is_none_or(|(_, most)| length > most) {
                longest = Some((again, length));
            }
        }
    }
    longest
}

/// Reduces each run of the same letter to one.
fn single(form: &Form) -> Form {
    let (mut text, mut paid, mut last) = (String::new(), form.paid, None);
    for c in form.text.chars() {
        if last == Some(c) {
            paid += DOUBLED;
        } else {
            text.push(c);
        }
        last = Some(c);
    }
    Form { text, paid }
}

/// Reorders the text: first the letters, then the digits, then the signs.
fn gathered(form: &Form) -> Form {
    let class = |c: char| if c.is_numeric() { 1 } else { 2 * i32::from(!c.is_alphabetic()) };
    let mut letters: Vec<char> = form.text.chars().collect();
    let turns = letters.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    letters.sort_by_key(|c| class(*c));
    Form { text: letters.into_iter().collect(), paid: form.paid + TURN * f64::from(u32::try_from(turns).unwrap_or(u32::MAX)) }
}
