//! Splits a whole text, as copied from a word processor or a chat, into the parts of a manuscript: title, situation, causes, suggestions,
//! and the signature below it. No word is lost, changed or moved: only white space around lines, headings that name a part, and the marks
//! of the list of suggestions are removed. Text that is not recognised stays in place; the author reviews the result.

mod headings;
mod items;
mod marks;
mod signature;

use headings::{HeadingLine, HeadingSection, announces_problems, inline, read};
use marks::{Style, mark};

/// The parts that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The first line, if it can be a title.
    pub title: String,
    /// The text before causes and suggestions.
    pub situation: String,
    /// The text below a heading about causes.
    pub causes: String,
    /// The suggestions.
    pub suggestions: Vec<String>,
    /// Names and date below the text, for the author to include or to drop.
    pub signature: String,
}

/// Splits a text into parts. A title has at most `title_chars` characters.
#[must_use]
pub fn outline(text: &str, title_chars: usize) -> Outline {
    let text = crate::domain::characters::clean(text);
    let mut lines = lines(&text);
    let mut found = Outline { signature: signature::take(&mut lines).join("\n"), ..Outline::default() };
    if lines.first().is_some_and(|line| is_title(bare(line), title_chars)) {
        found.title = label_off(bare(lines.remove(0))).to_owned();
    }
    let (mut situation, mut causes, mut items) = (Vec::new(), Vec::new(), Vec::new());
    // Without any heading, the list itself is the suggestions.
    let list = if lines.iter().all(|line| read(line) == HeadingLine::Plain && begins_list(bare(line)).is_none()) {
        numbered_list(&lines)
    } else {
        None
    };
    let mut section = HeadingSection::Situation;
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.into_iter().enumerate() {
        // A heading without a following text is treated as text.
        let kind = if at == last { HeadingLine::Plain } else { read(line) };
        let mut line = bare(line);
        match kind {
            // Parts come in order: a line that looks like the heading of an earlier part is text, and so is everything within the
            // suggestions.
            HeadingLine::Heading(next) if next > section || (next == section && is_first(next, &situation, &causes, &items)) => {
                section = next;
                continue;
            }
            // An introduction of the causes becomes their beginning; an introduction of the suggestions is not one of them.
            HeadingLine::LeadIn(next) if next > section => {
                let own = if next == HeadingSection::Causes { next } else { section };
                push(own, line, &mut situation, &mut causes, &mut items);
                section = next;
                continue;
            }
            _ => {}
        }
        if section < HeadingSection::Suggestions {
            if let Some(length) = begins_list(line) {
                line = line[length..].trim_start();
                section = HeadingSection::Suggestions;
            } else if list == Some(at) {
                section = HeadingSection::Suggestions;
            }
        }
        push(section, line, &mut situation, &mut causes, &mut items);
    }
    found.situation = situation.join("\n");
    found.causes = causes.join("\n");
    found.suggestions = items::items(&items);
    found
}

fn push<'a>(section: HeadingSection, line: &'a str, situation: &mut Vec<&'a str>, causes: &mut Vec<&'a str>, items: &mut Vec<&'a str>) {
    match section {
        HeadingSection::Situation => situation.push(line),
        HeadingSection::Causes => causes.push(line),
        HeadingSection::Suggestions => items.push(line),
    }
}

/// Returns whether this part is still empty: two headings of it may follow each other.
fn is_first(section: HeadingSection, situation: &[&str], causes: &[&str], items: &[&str]) -> bool {
    match section {
        HeadingSection::Situation => situation.is_empty(),
        HeadingSection::Causes => causes.is_empty(),
        HeadingSection::Suggestions => items.is_empty(),
    }
}

/// Returns the lines that are not blank, without the white space around them.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Returns a line without the marks of a Markdown heading (CommonMark, 4.2), which may precede any line of a text from a chat.
fn bare(line: &str) -> &str {
    let rest = line.trim_start_matches('#');
    let is_heading = (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(char::is_whitespace);
    if is_heading { rest.trim_start() } else { line }
}

fn is_title(line: &str, most: usize) -> bool {
    let ends = ['。', '；', '，', '：', '.', ';', ',', ':', '！', '？'];
    label_off(line).chars().count() <= most && !line.ends_with(ends) && mark(line).is_none() && read(line) == HeadingLine::Plain
}

/// Returns a title without a label before its colon that marks it as a title.
fn label_off(line: &str) -> &str {
    let line = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).unwrap_or(line);
    let labels = ["标题", "题目", "標題", "題目"];
    let rest = labels.iter().find_map(|label| line.strip_prefix(label)?.trim_start().strip_prefix(['：', ':']));
    rest.map_or(line, str::trim).trim()
}

/// Returns the length of a heading that is on one line with its list: 建议：1.划线；2.收摊。
fn begins_list(line: &str) -> Option<usize> {
    let length = inline(line)?;
    (items::items(&[line[length..].trim_start()]).len() > 1).then_some(length)
}

/// Returns where a list of at least two lines in one numbering begins. 一是 and 第一 occur in any text, so they do not count.
fn numbered_list(lines: &[&str]) -> Option<usize> {
    let list = |line: &str| mark(bare(line)).map(|mark| mark.style).filter(|style| !matches!(style, Style::One | Style::Ordinal));
    let (first, style) = lines.iter().enumerate().find_map(|(at, line)| Some((at, list(line)?)))?;
    let alike: Vec<u32> =
        lines.iter().filter_map(|line| mark(bare(line)).filter(|mark| mark.style == style)).map(|mark| mark.value).collect();
    let is_of_problems = first.checked_sub(1).is_some_and(|above| announces_problems(lines[above]));
    (alike.len() >= 2 && items::are_numbers_of_lists(&alike) && !is_of_problems).then_some(first)
}

#[cfg(test)]
mod tests;
