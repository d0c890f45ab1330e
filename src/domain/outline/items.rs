//! The list of suggestions: finds where each of them begins, in lines of their own or within one paragraph.

use super::marks::{OutlineMark, Style, mark};

/// A mark, and its position in the text.
#[derive(Debug, Clone, Copy)]
struct MarkPosition {
    at: usize,
    mark: OutlineMark,
}

/// Returns the suggestions in these lines, each with its lines. Only the marks of the list are removed.
pub(super) fn items(lines: &[&str]) -> Vec<String> {
    let text = lines.join("\n");
    let places = list(lines, &text);
    let Some(first) = places.first() else {
        // Without a list, each paragraph is a suggestion.
        return lines.iter().map(|line| (*line).to_owned()).collect();
    };
    let ends = places.iter().skip(1).map(|place| place.at).chain([text.len()]);
    let mut found: Vec<String> =
        places.iter().zip(ends).map(|(place, end)| text[place.at + place.mark.length..end].trim().to_owned()).collect();
    let lead = text[..first.at].trim();
    match (lead.is_empty(), found.first_mut()) {
        (false, Some(item)) if lead.ends_with(['：', ':', '，', ',']) || !text[..first.at].ends_with('\n') => {
            // An introduction stays with the first suggestion.
            let between = if text[..first.at].ends_with('\n') { "\n" } else { "" };
            *item = format!("{lead}{between}{item}");
        }
        (false, _) => {
            let mut before: Vec<String> = lead.split('\n').map(str::to_owned).collect();
            before.append(&mut found);
            found = before;
        }
        _ => {}
    }
    found.retain(|item| !item.is_empty());
    found
}

/// Returns the positions at which the items begin.
fn list(lines: &[&str], text: &str) -> Vec<MarkPosition> {
    let mut at = 0;
    let starts: Vec<(usize, Option<OutlineMark>)> = lines
        .iter()
        .map(|line| {
            let start = (at, mark(line));
            at += line.len() + 1;
            start
        })
        .collect();
    let Some(style) = starts.iter().find_map(|(_, mark)| mark.map(|mark| mark.style)) else { return within(lines, text) };
    let by_line: Vec<MarkPosition> =
        starts.iter().filter_map(|(at, mark)| Some(MarkPosition { at: *at, mark: mark.filter(|mark| mark.style == style)? })).collect();
    if by_line.len() > 1 && is_sequence(&by_line) && have_words(text, &by_line) {
        return by_line;
    }
    // Numbers are missing at the beginnings of lines; they may be within the lines.
    let is_better =
        |found: &Vec<MarkPosition>| found.len() > by_line.len() && by_line.iter().all(|place| found.iter().any(|one| one.at == place.at));
    let better = boundaries(style).iter().map(|boundary| in_sequence(text, style, *boundary)).find(is_better);
    // 一是一 and ① are words of a sentence if no list continues with them.
    better.unwrap_or(if is_word(style) || is_circle(style) { Vec::new() } else { as_numbered(by_line) })
}

/// Makes each line an item. Numbers that are not those of a list are preserved as text, because they may be words of the sentence.
fn as_numbered(mut lines: Vec<MarkPosition>) -> Vec<MarkPosition> {
    let values: Vec<u32> = lines.iter().map(|place| place.mark.value).collect();
    if !are_numbers_of_lists(&values) {
        for line in &mut lines {
            line.mark.length = 0;
        }
    }
    lines
}

/// Returns whether these are the numbers of one list, or of several each of which starts again.
pub(super) fn are_numbers_of_lists(values: &[u32]) -> bool {
    values.chunk_by(|_, next| *next != 1).all(is_numbering)
}

/// Returns whether these numbers count from 1, with at most one error.
fn is_numbering(values: &[u32]) -> bool {
    let wrong: Vec<u32> = values.windows(2).filter_map(|two| two[1].checked_sub(two[0]).filter(|step| *step != 1)).collect();
    let forwards = values.windows(2).all(|two| two[0] <= two[1]);
    values.first() == Some(&1) && forwards && (wrong.is_empty() || values.len() > 2 && matches!(wrong[..], [0 | 2]))
}

/// Finds a list within the last paragraph, if no line begins with a mark; the paragraphs before it introduce the list.
fn within(lines: &[&str], text: &str) -> Vec<MarkPosition> {
    let Some((last, before)) = lines.split_last() else { return Vec::new() };
    if !before.iter().all(|line| line.ends_with(['：', ':'])) {
        return Vec::new();
    }
    let begin = text.len() - last.len();
    let may_begin = |at: usize, style| {
        let boundary = if is_word(style) { Boundary::Sentence } else { Boundary::Clause };
        is_boundary(&last[..at], style, boundary) || last[..at].ends_with(['：', ':'])
    };
    let beginnings = last
        .char_indices()
        .filter_map(|(at, _)| Some((at, mark(&last[at..]).filter(|found| found.value == 1 && may_begin(at, found.style))?)))
        .take(BEGINNINGS);
    let mut lists = beginnings.filter_map(|(at, found)| {
        let mut lists = boundaries(found.style).iter().map(|boundary| in_sequence(&last[at..], found.style, *boundary));
        Some((at, lists.find(|places| places.len() > 1)?))
    });
    lists
        .next()
        .map_or(Vec::new(), |(at, places)| places.into_iter().map(|place| MarkPosition { at: begin + at + place.at, ..place }).collect())
}

/// The largest number of possible beginnings of a list that are tried within one paragraph.
const BEGINNINGS: usize = 32;

/// The text that must precede a mark for an item to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    /// The end of a sentence or of an item.
    Sentence,
    /// White space or a sign within a sentence.
    Clause,
    /// Any text: 划线②收摊.
    Nothing,
}

/// Returns the boundaries that the items of a style may have; the first one that results in a list is used.
fn boundaries(style: Style) -> &'static [Boundary] {
    match style {
        Style::One | Style::Ordinal => &[Boundary::Sentence],
        // 附件② and 方案① are names.
        Style::Circle | Style::BlackCircle => &[Boundary::Sentence, Boundary::Clause, Boundary::Nothing],
        _ => &[Boundary::Clause],
    }
}

fn is_word(style: Style) -> bool {
    matches!(style, Style::One | Style::Ordinal)
}

fn is_circle(style: Style) -> bool {
    matches!(style, Style::Circle | Style::BlackCircle)
}

/// Returns the consecutive marks of a style from the first one on, each followed by text.
fn in_sequence(text: &str, style: Style, boundary: Boundary) -> Vec<MarkPosition> {
    let mut places: Vec<MarkPosition> = Vec::new();
    let mut from = 0;
    let begins_with = (is_word(style) || is_circle(style)).then_some(1);
    while let Some((at, mark)) = next(text, from, style, places.last().map(|place| place.mark.value + 1).or(begins_with), boundary) {
        let is_empty = places.last().is_some_and(|last| text[last.at + last.mark.length..at].trim().is_empty());
        if is_empty {
            break;
        }
        places.push(MarkPosition { at, mark });
        from = at + mark.length;
    }
    if text[from..].trim().is_empty() {
        // No text follows the last one, so it was no mark.
        places.pop();
    }
    let is_list = have_words(text, &places) && (boundary != Boundary::Nothing || is_row(text, &places));
    if is_list { places } else { Vec::new() }
}

fn next(text: &str, from: usize, style: Style, value: Option<u32>, boundary: Boundary) -> Option<(usize, OutlineMark)> {
    text[from..].char_indices().map(|(at, _)| from + at).find_map(|at| {
        let found = mark(&text[at..])?;
        let fits = found.style == style && value.is_none_or(|value| value == found.value) && is_boundary(&text[..at], style, boundary);
        fits.then_some((at, found))
    })
}

fn is_sequence(places: &[MarkPosition]) -> bool {
    places.windows(2).all(|two| matches!(two, [one, next] if next.mark.value == one.mark.value + 1))
}

/// Returns the text of each item.
fn words<'a>(text: &'a str, places: &'a [MarkPosition]) -> impl Iterator<Item = &'a str> {
    let ends = places.iter().skip(1).map(|place| place.at).chain([text.len()]);
    places.iter().zip(ends).map(|(place, end)| text[place.at + place.mark.length..end].trim())
}

/// Returns whether each item has text: in 一是一；二是二 the marks are the text.
fn have_words(text: &str, places: &[MarkPosition]) -> bool {
    let says = |words: &str| words.chars().filter(|c| c.is_alphanumeric()).count() > 1;
    places.first().is_none_or(|first| !is_word(first.mark.style)) || words(text, places).all(says)
}

/// Returns whether these are short items in a row, without any sign between them, none of which ends with a word that takes a number.
fn is_row(text: &str, places: &[MarkPosition]) -> bool {
    let of_number = ["附件", "附表", "方案", "图", "表", "条", "项", "款", "第", "见", "按", "照", "和", "或", "与", "及", "至", "到"];
    let is_item = |words: &str| {
        let words = words.trim_end_matches(['。', '；', ';']);
        words.chars().count() > 1 && words.chars().all(char::is_alphanumeric) && !of_number.iter().any(|end| words.ends_with(end))
    };
    places.len() > 2 && words(text, places).all(is_item)
}

/// Returns whether a mark may begin behind this text: 统一是 and 难点之二是 contain none, and a figure is not split.
fn is_boundary(before: &str, style: Style, boundary: Boundary) -> bool {
    match before.chars().next_back() {
        None | Some('\n') => true,
        Some(c) if "。；;！!？?".contains(c) => true,
        Some(_) if boundary == Boundary::Sentence => false,
        Some(c) if c.is_whitespace() || "：:".contains(c) => true,
        Some(c) => is_circle(style) && (boundary == Boundary::Nothing || "，,、”）)".contains(c)),
    }
}
