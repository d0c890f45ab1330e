//! How hard a password is to guess, judged by what is known of guessing: the maintained estimator zxcvbn (Wheeler, USENIX Security 2016)
//! with the words of the account, beside it pinyin and known lines, which its dictionaries do not know, and all of it on the password
//! without the habits that make a weak one look strong.

mod account;
mod estimate;
mod forms;
mod recited;
mod syllables;

use unicode_normalization::UnicodeNormalization;

pub use account::AccountWords;

/// Guesses that a password must withstand, as a power of ten: zxcvbn's highest score.
const LEAST: f64 = 10.0;

/// Characters of a password that are judged; estimating takes more than linear time. What follows can only make it harder to guess.
const JUDGED: usize = 40;

/// Why a password can be guessed: the code of the violation.
///
/// The cost is bounded by [`JUDGED`]: some milliseconds, some tens where many signs may stand for letters; it belongs on a thread for blocking work nevertheless.
pub(super) fn why_weak(password: &str, account: &AccountWords) -> Option<&'static str> {
    let judged: String = password.nfkc().take(JUDGED).collect();
    let words = account.all();
    let judge = |form: forms::Form| estimate::why_below(LEAST - form.paid, &form.text, &words);
    forms::all(&judged).into_iter().find_map(judge)
}

#[cfg(test)]
mod tests;
