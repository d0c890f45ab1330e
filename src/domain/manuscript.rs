//! Text and form of a manuscript, and how input is parsed into them (`domain.md`, section 3). A draft may be incomplete;
//! [`Draft::complete`] returns what is missing for a submission.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domain::characters::is_blank;
use crate::domain::violation::{Violation, Violations, line, prose, required_line, required_prose};
use crate::domain::vocabulary::{Classification, Kind, Part};

/// The categories of a channel that has not set its own.
pub const DEFAULT_CATEGORIES: &[&str] = &["经济建设", "政治建设", "文化建设", "社会建设", "生态文明建设", "党的建设", "其他"];

/// Limits of a text. All lengths are counted in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// The title.
    pub title: usize,
    /// All parts together, title included, above which the author is warned.
    pub soft: usize,
    /// All parts together, title included, above which the text is refused.
    pub hard: usize,
    /// Number of suggestions.
    pub suggestions: usize,
    /// Number of keywords.
    pub keywords: usize,
    /// One keyword.
    pub keyword: usize,
    /// A remark on a passage, or the place where it was submitted elsewhere.
    pub remark: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { title: 50, soft: 1_500, hard: 20_000, suggestions: 100, keywords: 10, keyword: 30, remark: 1_000 }
    }
}

/// 案由: one line, trimmed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    /// Parses a title of at most `max` characters; a draft's may still be empty.
    ///
    /// # Errors
    /// A violation of the field `title`.
    pub fn parse(text: &str, max: usize) -> Result<Self, Violation> {
        line("title", text, max).map(Self)
    }

    /// Returns the title as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text: the title and the three parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// 案由
    pub title: Title,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目, each of which the department answers separately.
    pub suggestions: Vec<String>,
}

impl Text {
    /// Parses a text that may still be incomplete.
    ///
    /// # Errors
    /// All violations.
    pub fn parse(title: &str, situation: &str, causes: &str, suggestions: &[String], limits: &TextLimits) -> Result<Self, Vec<Violation>> {
        let mut wrong = Violations::default();
        // The hard limit applies to all parts together, below; a single part has no limit of its own.
        let text = Self {
            title: wrong.take(Title::parse(title, limits.title)),
            situation: wrong.take(prose("situation", situation, usize::MAX)),
            causes: wrong.take(prose("causes", causes, usize::MAX)),
            suggestions: suggestions
                .iter()
                .enumerate()
                .map(|(at, text)| wrong.take(prose(&format!("suggestions[{at}]"), text, usize::MAX)))
                .collect(),
        };
        if text.suggestions.len() > limits.suggestions {
            wrong.add(Violation::beyond("suggestions", "too_many", text.suggestions.len(), limits.suggestions));
        }
        if text.length() > limits.hard {
            wrong.add(Violation::beyond("text", "too_long", text.length(), limits.hard));
        }
        wrong.or(text)
    }

    /// Returns the length of all parts together, in characters.
    #[must_use]
    pub fn length(&self) -> usize {
        let parts = [self.title.as_str(), &self.situation, &self.causes].into_iter().chain(self.suggestions.iter().map(String::as_str));
        parts.map(|part| part.chars().count()).sum()
    }

    /// Returns one part, to which the positions of requested changes refer; suggestions are joined by line feeds.
    #[must_use]
    pub fn part(&self, part: Part) -> String {
        match part {
            Part::Title => self.title.as_str().to_owned(),
            Part::Situation => self.situation.clone(),
            Part::Causes => self.causes.clone(),
            Part::Suggestions => self.suggestions.join("\n"),
        }
    }

    /// Returns the violations for what is missing for a submission.
    #[must_use]
    pub fn missing(&self) -> Vec<Violation> {
        let mut missing = Vec::new();
        for (field, text) in [("title", self.title.as_str()), ("situation", &self.situation)] {
            if is_blank(text) {
                missing.push(Violation::required(field));
            }
        }
        if self.suggestions.is_empty() {
            missing.push(Violation::required("suggestions"));
        }
        let blank = self.suggestions.iter().enumerate().filter(|(_, text)| is_blank(text));
        missing.extend(blank.map(|(at, _)| Violation::required(format!("suggestions[{at}]"))));
        missing
    }

    /// Returns warnings that do not prevent a submission: the text is longer than the soft limit.
    #[must_use]
    pub fn warnings(&self, limits: &TextLimits) -> Vec<Violation> {
        let long = (self.length() > limits.soft).then(|| Violation::beyond("text", "long", self.length(), limits.soft));
        long.into_iter().collect()
    }

    /// Returns the SHA-256 of [`Text::canonical_bytes`], by which the ledger names the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_bytes()).into()
    }

    /// Returns the bytes whose digest the ledger stores: JSON (RFC 8259) of the four parts in this order, without spaces, UTF-8.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let form = json!({
            "title": self.title.as_str(),
            "situation": self.situation,
            "causes": self.causes,
            "suggestions": self.suggestions,
        });
        form.to_string().into_bytes()
    }
}

/// The author's declarations on submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declarations {
    /// The place where it was also submitted; absent if nowhere else.
    #[serde(default)]
    pub submitted_elsewhere: Option<String>,
    /// Whether it may be published.
    #[serde(default)]
    pub may_publish: bool,
    /// Whether the author may be quoted by name.
    #[serde(default)]
    pub may_quote_name: bool,
    /// Its security classification: anything but `none` prevents the submission.
    pub classification: Classification,
}

/// Unvalidated input of a draft.
#[derive(Debug, Clone, Default)]
pub struct DraftForm {
    /// 案由
    pub title: String,
    /// 类别: a word of the channel's list.
    pub category: String,
    /// 建言, 监督意见 or 调研报告; 建言 if absent.
    pub kind: Option<Kind>,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目
    pub suggestions: Vec<String>,
    /// 关键词
    pub keywords: Vec<String>,
    /// The declarations, once they are made.
    pub declarations: Option<Declarations>,
}

/// A manuscript's form: every value is valid for storing, but some may still be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: Text,
    /// Its category, a word of the channel's list; empty if not chosen yet.
    pub category: String,
    /// The kind of text.
    pub kind: Kind,
    /// Keywords, each once, in the order written.
    pub keywords: Vec<String>,
    /// The declarations; absent until they are made.
    pub declarations: Option<Declarations>,
}

impl Draft {
    /// Parses a form. `categories` is the channel's list ([`DEFAULT_CATEGORIES`] if it has none of its own).
    ///
    /// # Errors
    /// All violations, at once.
    pub fn parse<C: AsRef<str>>(form: &DraftForm, limits: &TextLimits, categories: &[C]) -> Result<Self, Vec<Violation>> {
        let mut wrong = Violations::default();
        let text = Text::parse(&form.title, &form.situation, &form.causes, &form.suggestions, limits).unwrap_or_else(|violations| {
            violations.into_iter().for_each(|violation| wrong.add(violation));
            Text::default()
        });
        let category = form.category.trim();
        if !category.is_empty() && !categories.iter().any(|known| known.as_ref() == category) {
            wrong.add(Violation::new("category", "unknown_category"));
        }
        let keywords = keywords(&form.keywords, limits, &mut wrong);
        let declarations = form.declarations.clone().map(|declared| Declarations {
            submitted_elsewhere: declared
                .submitted_elsewhere
                .map(|place| wrong.take(required_line("declarations.submitted_elsewhere", &place, limits.remark))),
            ..declared
        });
        let kind = form.kind.unwrap_or(Kind::Suggestion);
        wrong.or(Self { text, category: category.to_owned(), kind, keywords, declarations })
    }

    /// Checks whether it can be submitted.
    ///
    /// # Errors
    /// Violations for everything that is missing, and `classified` if it is marked as a state secret, which must not enter this system.
    pub fn complete(&self) -> Result<(), Vec<Violation>> {
        let mut missing = self.text.missing();
        if self.category.is_empty() {
            missing.push(Violation::required("category"));
        }
        match &self.declarations {
            None => missing.push(Violation::required("declarations")),
            Some(declared) if declared.classification != Classification::None => {
                missing.push(Violation::new("declarations.classification", "classified"));
            }
            Some(_) => {}
        }
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }
}

fn keywords(words: &[String], limits: &TextLimits, wrong: &mut Violations) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let word = wrong.take(line(&format!("keywords[{at}]"), word, limits.keyword));
        if !word.is_empty() && !kept.contains(&word) {
            kept.push(word);
        }
    }
    if kept.len() > limits.keywords {
        wrong.add(Violation::beyond("keywords", "too_many", kept.len(), limits.keywords));
    }
    kept
}

/// A change requested from the author, anchored to a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedChange {
    /// The part that contains the passage.
    pub part: Part,
    /// The passage's first character, counted from 0 in [`Text::part`].
    pub from: u32,
    /// The position after the passage's last character.
    pub to: u32,
    /// The request.
    pub text: String,
}

impl RequestedChange {
    /// Validates a request against the text to which it refers; `field` is its name, for example `requests[0]`.
    ///
    /// # Errors
    /// All violations.
    pub fn parse(field: &str, part: Part, from: u32, to: u32, text: &str, of: &Text, limits: &TextLimits) -> Result<Self, Vec<Violation>> {
        let mut wrong = Violations::default();
        let length = of.part(part).chars().count();
        let [start, end] = [from, to].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        for (name, is, max) in [("from", start, end), ("to", end, length)] {
            if is > max {
                wrong.add(Violation::beyond(format!("{field}.{name}"), "out_of_range", is, max));
            }
        }
        let text = wrong.take(required_prose(&format!("{field}.text"), text, limits.remark));
        wrong.or(Self { part, from, to, text })
    }
}
