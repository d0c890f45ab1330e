//! Estimates how hard a password is to guess: the maintained estimator zxcvbn (Wheeler, USENIX Security 2016) with the words of the
//! account, extended by pinyin and well-known lines, which its dictionaries lack; all of this is applied to the password without the habits
//! that make a weak one look strong.

mod account;
mod estimate;
mod forms;
mod recited;
mod syllables;

use unicode_normalization::UnicodeNormalization;

pub use account::AccountWords;

/// The number of guesses that a password must withstand, as a power of ten: zxcvbn's highest score.
const LEAST: f64 = 10.0;

/// The number of characters that are estimated, because estimating takes more than linear time. Further ones can only make guessing harder.
const JUDGED: usize = 40;

/// Returns the reason why a password is easy to guess, as the code of the violation.
///
/// The cost is bounded by [`JUDGED`]: some milliseconds, or some tens if many signs may stand for letters; it should run on a thread for
/// blocking work nevertheless.
pub(super) fn why_weak(password: &str, account: &AccountWords) -> Option<&'static str> {
    let judged: String = password.nfkc().take(JUDGED).collect();
    let words = account.all();
    let judge = |form: forms::Form| estimate::why_below(LEAST - form.paid, &form.text, &words);
    forms::all(&judged).into_iter().find_map(judge)
}

#[cfg(test)]
mod tests;
