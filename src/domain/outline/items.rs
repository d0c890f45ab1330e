//! The list of suggestions: where each of them begins, in lines of their own or within one paragraph.

use super::marks::{Mark, Style, mark};

/// A mark, and where in the text it begins.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: usize,
    mark: Mark,
}

/// The suggestions in these lines, each with the lines that belong to it. Marks of the list go, and nothing else does.
pub(super) fn items(lines: &[&str]) -> Vec<String> {
    let text = lines.join("\n");
    let places = list(lines, &text);
    let Some(first) = places.first() else {
        // Without a list each paragraph is a suggestion.
        return lines.iter().map(|line| (*line).to_owned()).collect();
    };
    let ends = places.iter().skip(1).map(|place| place.at).chain([text.len()]);
    let mut found: Vec<String> =
        places.iter().zip(ends).map(|(place, end)| text[place.at + place.mark.length..end].trim().to_owned()).collect();
    let lead = text[..first.at].trim();
    match (lead.is_empty(), found.first_mut()) {
        (false, Some(item)) if lead.ends_with(['：', ':', '，', ',']) || !text[..first.at].ends_with('\n') => {
            // What leads in stays with the first.
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

/// The places where the items begin.
fn list(lines: &[&str], text: &str) -> Vec<Place> {
    let mut at = 0;
    let starts: Vec<(usize, Option<Mark>)> = lines
        .iter()
        .map(|line| {
            let start = (at, mark(line));
            at += line.len() + 1;
            start
        })
        .collect();
    let Some(style) = starts.iter().find_map(|(_, mark)| mark.map(|mark| mark.style)) else { return within(lines, text) };
    let by_line: Vec<Place> =
        starts.iter().filter_map(|(at, mark)| Some(Place { at: *at, mark: mark.filter(|mark| mark.style == style)? })).collect();
    if by_line.len() > 1 && is_sequence(&by_line) {
        return by_line;
    }
    // Numbers are missing at the beginnings of lines: perhaps they stand within them.
    let everywhere = in_sequence(text, style);
    let holds_all = by_line.iter().all(|place| everywhere.iter().any(|one| one.at == place.at));
    if everywhere.len() > by_line.len() && holds_all { everywhere } else { by_line }
}

/// A list within the last paragraph, where no line begins with a mark; those before it lead in.
fn within(lines: &[&str], text: &str) -> Vec<Place> {
    let Some((last, before)) = lines.split_last() else { return Vec::new() };
    if !before.iter().all(|line| line.ends_with(['：', ':'])) {
        return Vec::new();
    }
    let begin = text.len() - last.len();
    let first = last.char_indices().find_map(|(at, _)| {
        let found = mark(&last[at..]).filter(|found| found.value == 1 && is_boundary(&last[..at], found.style))?;
        let places = in_sequence(&last[at..], found.style);
        (places.len() > 1).then_some((at, places))
    });
    first.map_or(Vec::new(), |(at, places)| places.into_iter().map(|place| Place { at: begin + at + place.at, ..place }).collect())
}

/// The marks of a style that count on from the first one, each with something behind it.
fn in_sequence(text: &str, style: Style) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut from = 0;
    while let Some((at, mark)) = next(text, from, style, places.last().map(|place| place.mark.value + 1)) {
        let is_empty = places.last().is_some_and(|last| text[last.at + last.mark.length..at].trim().is_empty());
        if is_empty {
            break;
        }
        places.push(Place { at, mark });
        from = at + mark.length;
    }
    if text[from..].trim().is_empty() {
        // Nothing stands behind the last one: it was no mark.
        places.pop();
    }
    places
}

fn next(text: &str, from: usize, style: Style, value: Option<u32>) -> Option<(usize, Mark)> {
    text[from..].char_indices().map(|(at, _)| from + at).find_map(|at| {
        let found = mark(&text[at..])?;
        let fits = found.style == style && value.is_none_or(|value| value == found.value) && is_boundary(&text[..at], style);
        fits.then_some((at, found))
    })
}

fn is_sequence(places: &[Place]) -> bool {
    places.windows(2).all(|two| matches!(two, [one, next] if next.mark.value == one.mark.value + 1))
}

/// Whether a mark may begin behind this text: 统一是 and 难点之二是 hold none, and a figure is not cut.
fn is_boundary(before: &str, style: Style) -> bool {
    match before.chars().next_back() {
        None => true,
        Some(c) if c.is_whitespace() => true,
        Some('，' | ',' | '、' | '”' | '）' | ')') => {
            matches!(style, Style::One | Style::Ordinal | Style::Circle | Style::BlackCircle)
        }
        Some(c) if "。；;：:！!？?".contains(c) => true,
        // A circle is a mark wherever it stands in a list that begins with one.
        Some(_) => matches!(style, Style::Circle | Style::BlackCircle) && mark(before).is_some_and(|first| first.style == style),
    }
}
