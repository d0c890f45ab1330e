//! A text in lines, in which the passages with requests are marked.

use crate::app::edited_text::Proposal;
use crate::app::reading::views::{ManuscriptView, TextView};
use crate::domain::vocabulary::Part;

/// The four parts in the form in which they are shown.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownParts {
    pub(super) title: String,
    pub(super) situation: String,
    pub(super) causes: String,
    pub(super) suggestions: Vec<String>,
}

impl From<&ManuscriptView> for ShownParts {
    fn from(of: &ManuscriptView) -> Self {
        let (title, situation, causes) = (of.title.clone(), of.situation.clone(), of.causes.clone());
        Self { title, situation, causes, suggestions: of.suggestions.clone() }
    }
}

impl From<&TextView> for ShownParts {
    fn from(of: &TextView) -> Self {
        let (title, situation, causes) = (of.title.clone(), of.situation.clone(), of.causes.clone());
        Self { title, situation, causes, suggestions: of.suggestions.clone() }
    }
}

impl From<&Proposal> for ShownParts {
    fn from(of: &Proposal) -> Self {
        let (title, situation, causes) = (of.title.clone(), of.situation.clone(), of.causes.clone());
        Self { title, situation, causes, suggestions: of.suggestions.clone() }
    }
}

impl ShownParts {
    /// The part to which requests refer: the suggestions are joined by line breaks.
    pub(super) fn part(&self, part: Part) -> String {
        match part {
            Part::Title => self.title.clone(),
            Part::Situation => self.situation.clone(),
            Part::Causes => self.causes.clone(),
            Part::Suggestions => self.suggestions.join("\n"),
        }
    }
}

/// The key of a part's heading.
pub(super) const fn heading(part: &Part) -> &'static str {
    match part {
        Part::Title => "review-part-title",
        Part::Situation => "review-part-situation",
        Part::Causes => "review-part-causes",
        Part::Suggestions => "review-part-suggestions",
    }
}

/// A passage to which a request refers.
#[derive(Debug, Clone, Copy)]
pub(super) struct PassageMark {
    pub(super) part: Part,
    pub(super) from: usize,
    pub(super) to: usize,
    /// The number of the request.
    pub(super) number: usize,
}

/// A piece of a line, marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) text: String,
    pub(super) marked: bool,
    /// The requests whose passage ends here.
    pub(super) ends: Vec<usize>,
}

/// A line.
#[derive(Debug, Clone)]
pub(super) struct PassageLine {
    /// `1. ` before a suggestion; not part of the text.
    pub(super) label: String,
    /// Its start within its part, in characters.
    pub(super) from: usize,
    pub(super) segments: Vec<Segment>,
    /// The requests that are shown beside it.
    pub(super) notes: Vec<usize>,
}

/// A part.
#[derive(Debug, Clone)]
pub(super) struct PassageSection {
    pub(super) part: Part,
    pub(super) lines: Vec<PassageLine>,
}

/// The parts in order; empty ones are left out.
pub(super) fn sections(of: &ShownParts, marks: &[PassageMark]) -> Vec<PassageSection> {
    let sections = Part::ALL.iter().map(|part| PassageSection { part: *part, lines: lines(of, *part, marks) });
    sections.filter(|section| !section.lines.is_empty()).collect()
}

fn lines(of: &ShownParts, part: Part, marks: &[PassageMark]) -> Vec<PassageLine> {
    let marks: Vec<PassageMark> = marks.iter().copied().filter(|mark| mark.part == part).collect();
    let blocks: Vec<(String, &str)> = match part {
        Part::Title => vec![(String::new(), &of.title)],
        Part::Situation => vec![(String::new(), &of.situation)],
        Part::Causes => vec![(String::new(), &of.causes)],
        Part::Suggestions => of.suggestions.iter().enumerate().map(|(at, text)| (format!("{}. ", at + 1), text.as_str())).collect(),
    };
    let (mut found, mut from): (Vec<PassageLine>, usize) = (Vec::new(), 0);
    for (label, text) in blocks {
        for (at, line) in text.split('\n').enumerate() {
            let length = line.chars().count();
            if !line.trim().is_empty() {
                let label = if at == 0 { label.clone() } else { String::new() };
                found.push(PassageLine { label, from, segments: segments(line, from, &marks), notes: Vec::new() });
            }
            from += length + 1;
        }
    }
    for mark in &marks {
        // A request is shown beside the line in which its passage ends.
        let end = mark.to.saturating_sub(1).max(mark.from);
        let place = found.iter().rposition(|line| line.from <= end).unwrap_or(0);
        if let Some(line) = found.get_mut(place) {
            line.notes.push(mark.number);
        }
    }
    found
}

fn segments(line: &str, from: usize, marks: &[PassageMark]) -> Vec<Segment> {
    let letters: Vec<char> = line.chars().collect();
    let to = from + letters.len();
    let mut cuts: Vec<usize> = marks.iter().flat_map(|mark| [mark.from, mark.to]).filter(|cut| (from..to).contains(cut)).collect();
    cuts.extend([from, to]);
    cuts.sort_unstable();
    cuts.dedup();
    let piece = |start: usize, end: usize| Segment {
        text: letters[start - from..end - from].iter().collect(),
        marked: marks.iter().any(|mark| mark.from <= start && end <= mark.to),
        ends: marks.iter().filter(|mark| mark.to == end && mark.from < end).map(|mark| mark.number).collect(),
    };
    cuts.windows(2).filter_map(|cut| Some(piece(*cut.first()?, *cut.get(1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_marked_by_characters_and_stand_beside_their_line() {
        let of = ShownParts {
            title: "题".into(),
            situation: "一二三\n四五六".into(),
            causes: String::new(),
            suggestions: vec!["甲乙".into(), "丙丁".into()],
        };
        let mark = |part, from, to, number| PassageMark { part, from, to, number };
        let found = sections(&of, &[mark(Part::Situation, 4, 6, 1), mark(Part::Suggestions, 3, 5, 2)]);
        assert_eq!(found.iter().map(|section| section.part).collect::<Vec<_>>(), [Part::Title, Part::Situation, Part::Suggestions]);
        let second = &found[1].lines[1];
        let texts: Vec<(&str, bool)> = second.segments.iter().map(|one| (one.text.as_str(), one.marked)).collect();
        assert_eq!((second.from, texts, &second.notes[..]), (4, vec![("四五", true), ("六", false)], &[1][..]));
        assert_eq!(second.segments[0].ends, [1]);
        let last = &found[2].lines[1];
        assert_eq!((last.label.as_str(), last.from, last.segments[0].marked, &last.notes[..]), ("2. ", 3, true, &[2][..]));
    }
}
