//! How hard a password is to guess, judged by what is known of guessing: the maintained estimator zxcvbn (Wheeler, USENIX Security 2016)
//! with the words of the account, and beside it the syllables of pinyin, which its dictionaries do not know.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Match, zxcvbn};

/// Guesses that a password must withstand, as a power of ten: zxcvbn's highest score.
const LEAST: f64 = 10.0;

/// What one syllable in a row of pinyin is worth, as a power of ten. There are about four hundred; those of names are far fewer.
const SYLLABLE: f64 = 1.5;

/// From so many syllables on a row of letters is taken for pinyin; a single one stands in most words of other languages.
const SYLLABLES: usize = 2;

/// Characters of a password that are judged; estimating takes more than linear time. What follows can only make it harder to guess.
const JUDGED: usize = 64;

/// Words that everybody here tries first.
const OURS: [&str; 8] = ["zhitongche", "直通车", "ztc", "woaini", "tongzhan", "tongzhanbu", "统战部", "xinxiyuan"];

/// What is known of an account: words that those who know the person would try.
#[derive(Debug, Clone, Default)]
pub struct AccountWords(BTreeSet<String>);

impl AccountWords {
    /// Adds a word of the account: a name, a sign-in name, an address, a number. Chinese is added in pinyin as well, in full and by its
    /// initials; what signs divide is added in its parts, and the last digits of a number too.
    #[must_use]
    pub fn with(mut self, word: &str) -> Self {
        let word: String = word.nfkc().flat_map(char::to_lowercase).collect();
        self.put(&word);
        for part in word.split(|c: char| !c.is_alphanumeric()) {
            self.put(part);
        }
        let syllables: Vec<&str> = word.as_str().to_pinyin().flatten().map(|syllable| syllable.plain()).collect();
        if let Some((first, others)) = syllables.split_first() {
            let initials: String = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
            let others = others.concat();
            [&syllables.concat(), &format!("{others}{first}"), &others, &initials].into_iter().for_each(|word| self.put(word));
        }
        if word.len() >= 8 && word.bytes().all(|c| c.is_ascii_digit() || c == b'+') {
            [8, 6, 4].into_iter().filter_map(|last| word.get(word.len() - last..)).for_each(|tail| self.put(tail));
        }
        self
    }

    fn put(&mut self, word: &str) {
        if word.chars().count() >= 2 {
            self.0.insert(word.chars().take(JUDGED).collect());
        }
    }
}

/// Why a password can be guessed: the code of the violation.
///
/// The cost is bounded by [`JUDGED`] and a few milliseconds; it belongs on a thread for blocking work nevertheless.
pub(super) fn why_weak(password: &str, account: &AccountWords) -> Option<&'static str> {
    let judged: String = password.nfkc().take(JUDGED).collect();
    let words: Vec<&str> = account.0.iter().map(String::as_str).chain(OURS).collect();
    let whole = zxcvbn(&judged, &words);
    let (rest, syllables) = without_pinyin(&judged);
    let spelled = if rest.is_empty() { 0.0 } else { zxcvbn(&rest, &words).guesses_log10() };
    let spelled = spelled + SYLLABLE * f64::from(u32::try_from(syllables).unwrap_or(u32::MAX));
    if whole.guesses_log10() >= LEAST && spelled >= LEAST {
        return None;
    }
    let of_whole = reason(&whole, &words);
    Some(if whole.guesses_log10() >= LEAST && of_whole != "personal_password" { "pinyin_password" } else { of_whole })
}

/// What covers most of the password decides how the refusal is worded.
fn reason(entropy: &Entropy, words: &[&str]) -> &'static str {
    let found: Vec<(&Match, &'static str)> = entropy.sequence().iter().map(|part| (part, of_pattern(part, words))).collect();
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

/// Every syllable of pinyin of two letters and more, without tones.
static PINYIN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let syllables = ('\u{4e00}'..='\u{9fa5}').filter_map(|c| c.to_pinyin()).map(|syllable| syllable.plain());
    syllables.filter(|syllable| syllable.len() > 1 && syllable.bytes().all(|c| c.is_ascii_lowercase())).collect()
});

/// The password without its rows of pinyin, and how many syllables those have.
fn without_pinyin(password: &str) -> (String, usize) {
    let lower: Vec<char> = password.chars().map(|c| c.to_ascii_lowercase()).collect();
    let (mut rest, mut syllables, mut at) = (String::new(), 0, 0);
    while at < lower.len() {
        match row_of_pinyin(&lower[at..]) {
            Some((length, count)) => {
                syllables += count;
                at += length;
            }
            None => {
                rest.extend(lower.get(at));
                at += 1;
            }
        }
    }
    (rest, syllables)
}

/// The longest row of syllables at the beginning: letters, and the fewest syllables that they can be read as.
fn row_of_pinyin(letters: &[char]) -> Option<(usize, usize)> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account() -> AccountWords {
        let words = ["li.ming", "李明", "科员", "minglee@chengjiang.gov.cn", "13812345678", "民建澄江县支部", "澄江直通车"];
        words.into_iter().fold(AccountWords::default(), |account, word| account.with(word))
    }

    #[test]
    fn what_can_be_guessed_is_refused_and_why() {
        for (code, passwords) in [
            (
                "too_common",
                &[
                    "password12345",
                    "Password2026!",
                    "P@ssw0rd2026!",
                    "aa12345678!!",
                    "1qaz2wsx3edc",
                    "Admin@123456",
                    "iloveyou2026!",
                    "ｐａｓｓｗｏｒｄ１２３４５",
                ][..],
            ),
            (
                "personal_password",
                &[
                    "Zhitongche2026",
                    "li.mingli.ming",
                    "LiMing@2026!!",
                    "limingliming1",
                    "13812345678aa",
                    "mjcjxzb202611",
                    "李明李明李明李明李明李明",
                    "minglee123456",
                    "chengjiang2026",
                    "民建澄江县支部2026",
                    "gnimil2026!!!",
                ],
            ),
            ("keyboard_password", &["qwertyuiop[]", "asdfghjkl;'!"]),
            ("repeated_password", &["aaaaaaaaaaaaaaa", "abcabcabcabcabc", "abcdefghijklm", "xyxyxyxyxyxyxy"]),
            ("pinyin_password", &["Zhangwei19881107", "zhangguoqiang1"]),
        ] {
            for password in passwords {
                assert_eq!(why_weak(password, &account()), Some(code), "{password}");
            }
        }
        for weak in [
            "19881107198811",
            "20261128 2026",
            "Nanjing@2026!",
            "Abcd1234!@#$",
            "Aa123456789!",
            "123qwe!@#QWE",
            "Qwer1234!@#$",
            "woaini1314520",
            "88888888888a",
        ] {
            assert!(why_weak(weak, &account()).is_some(), "{weak} passes");
        }
    }

    #[test]
    fn what_is_hard_to_guess_passes_in_any_script() {
        for strong in [
            "correct horse battery",
            "山高水长日月同光春风化雨",
            "Mv7#kQ2p!xWz",
            "jintian zaoshang mai le san jin pingguo",
            "four kettles rang at noon",
            "晨雾里的三只白鹭飞过稻田",
            "uW3-tb9-Rk2-pe",
            "le café du coin ferme tard",
        ] {
            assert_eq!(why_weak(strong, &account()), None, "{strong}");
        }
    }

    proptest! {
        #[test]
        fn any_password_is_judged(password in any::<String>(), word in any::<String>()) {
            why_weak(&password, &AccountWords::default().with(&word));
        }
    }
}
