//! The words of an account that somebody who knows the person would try first.

use std::collections::BTreeSet;

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

use super::JUDGED;

/// Words that are common among the users of this program.
const OURS: [&str; 8] = ["zhitongche", "直通车", "ztc", "woaini", "tongzhan", "tongzhanbu", "统战部", "xinxiyuan"];

/// The words of an account that somebody who knows the person would try.
#[derive(Debug, Clone, Default)]
pub struct AccountWords(BTreeSet<String>);

impl AccountWords {
    /// Adds a word of the account: a name, a sign-in name, an address, a number. Chinese is also added in pinyin, in full and by its
    /// initials; text with separators is also added in its parts and without them, and the last digits of a number too.
    #[must_use]
    pub fn with(mut self, word: &str) -> Self {
        let word: String = word.nfkc().flat_map(char::to_lowercase).collect();
        self.put(&word);
        for part in word.split(|c: char| !c.is_alphanumeric()) {
            self.put(part);
        }
        self.put(&word.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
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

    /// Returns the words of the account, and those common among all users.
    pub(super) fn all(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).chain(OURS).collect()
    }

    fn put(&mut self, word: &str) {
        if word.chars().count() >= 2 {
            self.0.insert(word.chars().take(JUDGED).collect());
        }
    }
}
