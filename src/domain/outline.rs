//! Takes a whole text, as it comes out of a word processor or a chat, apart into what a manuscript has: title, situation, causes,
//! suggestions. No word is lost or changed; only blanks around lines, headings that name a part, and the numbers of suggestions go.

/// The parts that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The first line, when it can be a title.
    pub title: String,
    /// What stands before causes and suggestions.
    pub situation: String,
    /// What stands under a heading about causes.
    pub causes: String,
    /// One each.
    pub suggestions: Vec<String>,
}

/// A heading is no longer than this, in characters; one that does not open what follows with a colon is shorter.
const HEADING: usize = 24;
const SHORT: usize = 12;
const SITUATIONS: [&str; 20] = [
    "情况问题",
    "情况和问题",
    "情况与问题",
    "情况及问题",
    "现状",
    "情况",
    "背景",
    "问题",
    "困难",
    "基本情况",
    "基本现状",
    "情况说明",
    "调研情况",
    "调研背景",
    "主要问题",
    "存在问题",
    "存在的问题",
    "存在的主要问题",
    "现状和问题",
    "现状与问题",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Situation,
    Causes,
    Suggestions,
}

/// How a line is numbered: items of one list are numbered alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// 一、
    Han,
    /// （一）
    HanInBrackets,
    /// 1. 1、 １．
    Digit,
    /// （1） 1）
    DigitInBrackets,
    /// ①
    Circle,
    /// 一是
    One,
    /// 第一，
    Ordinal,
}

const HAN: &str = "一二三四五六七八九十百";
const CIRCLES: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

/// Takes a text apart. A title has at most `title_chars` characters.
#[must_use]
pub fn outline(text: &str, title_chars: usize) -> Outline {
    let mut lines = lines(text);
    let mut found = Outline::default();
    if lines.first().is_some_and(|line| is_title(line, title_chars)) {
        found.title = label_off(lines.remove(0), &["标题", "题目"]).to_owned();
    }
    let (mut situation, mut causes, mut items) = (Vec::new(), Vec::new(), Vec::new());
    let headed = lines.iter().any(|line| heading(line) == Some(Section::Suggestions));
    let mut section = Section::Situation;
    // Without a heading the list itself is what is suggested.
    let list = if headed { None } else { numbered_list(&lines) };
    for (at, line) in lines.iter().enumerate() {
        // Suggestions come last: what looks like a heading among them is one of them.
        if let (true, Some(next)) = (section != Section::Suggestions, heading(line)) {
            section = next;
            continue;
        }
        if list == Some(at) {
            section = Section::Suggestions;
        }
        match section {
            Section::Situation => situation.push(*line),
            Section::Causes => causes.push(*line),
            Section::Suggestions => items.push(*line),
        }
    }
    if situation.is_empty() {
        std::mem::swap(&mut situation, &mut causes);
    }
    found.situation = situation.join("\n");
    found.causes = causes.join("\n");
    found.suggestions = suggestions(&items);
    found
}

/// The lines in which something stands, without the blanks around them, among them those of Chinese indents and of chats.
fn lines(text: &str) -> Vec<&str> {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'])
        .map(|line| line.trim_matches(is_blank))
        .filter(|line| !line.is_empty())
        .collect()
}

fn is_title(line: &str, most: usize) -> bool {
    let ends = ['。', '；', '，', '：', '.', ';', ',', ':', '！', '？'];
    label_off(line, &["标题", "题目"]).chars().count() <= most
        && !line.ends_with(ends)
        && numbered(line).is_none()
        && heading(line).is_none()
}

/// A line without the word before its colon, when that is one of these.
fn label_off<'a>(line: &'a str, labels: &[&str]) -> &'a str {
    let rest = labels.iter().find_map(|label| line.strip_prefix(label)?.trim_start().strip_prefix(['：', ':']));
    rest.map_or(line, str::trim)
}

/// The part that a line announces. What is not surely a heading is none: it would be lost.
fn heading(line: &str) -> Option<Section> {
    let words = numbered(line).map_or(line, |(_, rest)| rest);
    let words = words.trim_matches(['【', '】', '：', ':', '。', '#', '*', ' ']);
    let length = words.chars().count();
    if length == 0 || length > HEADING || words.starts_with("关于") || words.contains(['。', '；', ';', '！', '？']) {
        return None;
    }
    let ends = |some: &[&str]| some.iter().any(|word| words.ends_with(word));
    if (length <= SHORT && ends(&["建议", "对策", "建议如下", "对策如下", "建议措施", "对策措施"]))
        || (line.ends_with(['：', ':']) && (words.contains("建议") || words.contains("对策")))
    {
        Some(Section::Suggestions)
    } else if length <= SHORT && ends(&["原因", "成因", "原因分析", "成因分析"]) {
        Some(Section::Causes)
    } else if SITUATIONS.contains(&words) {
        Some(Section::Situation)
    } else {
        None
    }
}

/// The numbering of a line, and what stands behind it.
fn numbered(line: &str) -> Option<(Style, &str)> {
    let behind = |rest: &'_ str| -> usize { line.len() - rest.len() };
    let take = |from: &str, of: fn(char) -> bool| from.find(|c: char| !of(c)).filter(|end| *end > 0);
    let is_han = |c: char| HAN.contains(c);
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let text = |from: usize| line[from..].trim_start();
    if let Some(rest) = line.strip_prefix(|c| CIRCLES.contains(c)) {
        return Some((Style::Circle, text(behind(rest))));
    }
    if let Some(inner) = line.strip_prefix(['（', '(']) {
        for (of, style) in [(is_han as fn(char) -> bool, Style::HanInBrackets), (is_digit, Style::DigitInBrackets)] {
            let inner = inner.trim_start();
            let rest = take(inner, of).and_then(|end| inner[end..].trim_start().strip_prefix(['）', ')']));
            if let Some(rest) = rest {
                return Some((style, rest.trim_start_matches(['、', '.', '．', ' ', '\u{a0}', '\u{3000}'])));
            }
        }
        return None;
    }
    if let Some(rest) = line.strip_prefix('第').and_then(|inner| inner[take(inner, is_han)?..].strip_prefix(['，', '、', ',', '：', '.']))
    {
        return Some((Style::Ordinal, rest.trim_start()));
    }
    if let Some(end) = take(line, is_han) {
        let rest = &line[end..];
        return match rest.chars().next()? {
            '、' | '.' | '．' => Some((Style::Han, rest.trim_start_matches(['、', '.', '．']).trim_start())),
            '是' => Some((Style::One, rest.trim_start_matches('是').trim_start_matches(['，', '：']))),
            _ => None,
        };
    }
    let end = take(line, is_digit)?;
    let rest = &line[end..];
    let style = match rest.chars().next()? {
        '、' | '．' => Style::Digit,
        // 3.5 is a figure.
        '.' if !rest[1..].starts_with(is_digit) => Style::Digit,
        '）' | ')' => Style::DigitInBrackets,
        _ => return None,
    };
    Some((style, rest.trim_start_matches(['、', '．', '.', '）', ')']).trim_start()))
}

/// Where a list of at least two lines of one numbering begins, none of them a heading.
fn numbered_list(lines: &[&str]) -> Option<usize> {
    let plain = |line: &&str| heading(line).is_none();
    let (first, (style, _)) = lines.iter().enumerate().find_map(|(at, line)| Some((at, numbered(line).filter(|_| plain(line))?)))?;
    let alike = lines.iter().filter(|line| plain(line) && numbered(line).is_some_and(|(one, _)| one == style)).count();
    (alike >= 2).then_some(first)
}

/// Items of a list, each with the lines that belong to it.
fn suggestions(lines: &[&str]) -> Vec<String> {
    let style = lines.iter().find_map(|line| numbered(line)).map(|(style, _)| style);
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match (numbered(line), items.last_mut()) {
            (Some((one, rest)), _) if Some(one) == style => items.push(rest.to_owned()),
            // Without any numbers each paragraph is a suggestion.
            (_, Some(_)) | (_, None) if style.is_none() => items.push((*line).to_owned()),
            (_, Some(item)) => {
                item.push('\n');
                item.push_str(line);
            }
            (_, None) => items.push((*line).to_owned()),
        }
    }
    match items.as_slice() {
        [one] => in_a_row(one).unwrap_or(items),
        _ => items,
    }
}

/// 一是…二是…三是… within one paragraph.
fn in_a_row(text: &str) -> Option<Vec<String>> {
    let mut cuts = Vec::new();
    let mut from = 0;
    for number in HAN.chars() {
        let mark = format!("{number}是");
        let Some(at) = text[from..].find(&mark).map(|at| at + from) else { break };
        cuts.push((at, at + mark.len()));
        from = at + mark.len();
    }
    if cuts.len() < 2 {
        return None;
    }
    let ends = cuts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let mut items: Vec<String> =
        cuts.iter().zip(ends).map(|((_, start), end)| text[*start..end].trim_matches(['，', '：', '\n', ' ']).to_owned()).collect();
    // What leads in stays with the first.
    let lead = text[..cuts[0].0].trim();
    if let (false, Some(first)) = (lead.is_empty(), items.first_mut()) {
        *first = format!("{lead}{first}");
    }
    Some(items)
}

#[cfg(test)]
#[path = "outline_tests.rs"]
mod tests;
