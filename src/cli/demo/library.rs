//! The manuscripts of the demo county: read from the embedded files, with placeholders that are filled in for each use.

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::domain::vocabulary::Part;
use crate::domain::vocabulary::{Answer, DeclineReason, Kind};

const FILES: [&str; 7] = [
    include_str!("texts/society-1.toml"),
    include_str!("texts/economy.toml"),
    include_str!("texts/ecology.toml"),
    include_str!("texts/politics.toml"),
    include_str!("texts/society-2.toml"),
    include_str!("texts/culture.toml"),
    include_str!("texts/party.toml"),
];

/// One file of manuscripts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: Vec<LibraryText>,
}

/// A manuscript as it is in the file, with its placeholders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryText {
    percents: Vec<u32>,
    titles: Vec<String>,
    category: String,
    kind: Kind,
    keywords: Vec<String>,
    /// The departments to which it would be assigned, the leading one first.
    departments: Vec<String>,
    situation: String,
    causes: String,
    endorsement: String,
    review: String,
    return_reason: String,
    request: LibraryRequest,
    decline: Decline,
    suggestion: Vec<Suggestion>,
}

/// A change that a reviewer would request, and the passage to which it refers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryRequest {
    /// The part of the text.
    pub(super) part: Part,
    /// The passage.
    pub(super) passage: String,
    /// The request.
    pub(super) text: String,
}

/// The reason for declining the manuscript, if it is declined.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decline {
    /// The reason's code.
    pub(super) code: DeclineReason,
    /// The explanation for the author.
    pub(super) text: String,
}

/// A numbered suggestion and the department's answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suggestion {
    /// The text of the suggestion.
    pub(super) text: String,
    /// The answer's kind.
    pub(super) result: Answer,
    /// For a planned one: the number of months.
    pub(super) months: Option<u32>,
    /// The text of the answer.
    pub(super) reply: String,
}

/// Texts around the manuscripts, which are used in turn.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct More {
    situation: Vec<String>,
    causes: Vec<String>,
    /// The comments of authors who rate.
    pub(super) ratings: Vec<RatingWords>,
    /// The reasons of a signer who sends a manuscript back.
    pub(super) send_back: Vec<String>,
    /// The reason of a department that asks to be released.
    pub(super) return_request: String,
    /// The dispatcher's refusal of that.
    pub(super) return_refused: String,
    /// The reason of a department that asks for more time.
    pub(super) extension: String,
    /// The reason why a reply is rejected.
    pub(super) reply_rejected: String,
    /// The text of a reminder by the dispatcher.
    pub(super) urging: String,
    /// The contribution of an assisting department.
    pub(super) contribution: String,
    /// Reports on the implementation, from its beginning to its end.
    pub(super) implementation: Vec<String>,
    /// The result with which a manuscript is concluded.
    pub(super) conclusion: String,
    /// Endorsements of leaders that give guidance.
    pub(super) guidance: Vec<String>,
    /// Endorsements of leaders for reference.
    pub(super) reference: Vec<String>,
}

/// One author's rating.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatingWords {
    /// On the department's attitude.
    pub(super) attitude: crate::domain::outcome::Satisfaction,
    /// On the result.
    pub(super) result: crate::domain::outcome::Satisfaction,
    /// The comment.
    pub(super) text: String,
}

/// All texts of the demo.
pub(super) struct Library {
    texts: Vec<LibraryText>,
    places: Vec<String>,
    /// The texts around the manuscripts.
    pub(super) more: More,
}

/// A manuscript that is ready to be submitted.
#[derive(Debug, Clone)]
pub(super) struct LibraryManuscript {
    pub(super) title: String,
    pub(super) category: String,
    pub(super) kind: Kind,
    pub(super) situation: String,
    pub(super) causes: String,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) keywords: Vec<String>,
    pub(super) departments: Vec<String>,
    pub(super) endorsement: String,
    pub(super) review: String,
    pub(super) return_reason: String,
    pub(super) request: LibraryRequest,
    pub(super) decline: Decline,
}

/// The place, month and figures for which a text is filled in.
struct Scene<'a> {
    place: &'a str,
    neighbour: &'a str,
    month: u32,
    percent: u32,
    department: &'a str,
}

impl Library {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// When one of them does not match its type.
    pub(super) fn load(places: &[String]) -> anyhow::Result<Self> {
        let mut texts = Vec::new();
        for file in FILES {
            texts.extend(toml::from_str::<File>(file)?.text);
        }
        let more = toml::from_str(include_str!("texts/more.toml"))?;
        if places.len() < 2 {
            bail!("the demo county needs at least two places");
        }
        Ok(Self { texts, places: places.to_vec(), more })
    }

    /// The number of different texts.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The manuscript number `index`, counted over all rounds through the texts, as submitted in the month after `month`.
    ///
    /// # Errors
    /// When the text has no title.
    pub(super) fn write(&self, index: usize, month: u32) -> anyhow::Result<LibraryManuscript> {
        let text = &self.texts[index % self.texts.len()];
        let round = index / self.texts.len();
        let at = index % self.texts.len() + round * 5;
        let scene = Scene {
            place: &self.places[at % self.places.len()],
            neighbour: &self.places[(at + 3) % self.places.len()],
            month,
            percent: text.percents.get(round % text.percents.len().max(1)).copied().unwrap_or(100),
            department: text.departments.first().context("a text without a department")?,
        };
        let mut request = text.request.clone();
        request.passage = scene.fill(&request.passage);
        Ok(LibraryManuscript {
            title: scene.fill(text.title(round).context("a text without a title")?),
            category: text.category.clone(),
            kind: text.kind,
            situation: scene.fill(&format!("{}\n{}", text.situation.trim(), pick(&self.more.situation, at))),
            causes: scene.fill(&format!("{}\n{}", text.causes.trim(), pick(&self.more.causes, at))),
            suggestions: text.suggestion.iter().map(|one| scene.suggestion(one)).collect(),
            keywords: text.keywords.clone(),
            departments: text.departments.clone(),
            endorsement: text.endorsement.clone(),
            review: scene.fill(&text.review),
            return_reason: scene.fill(&text.return_reason),
            request,
            decline: text.decline.clone(),
        })
    }
}

impl LibraryText {
    /// The first title once, as a statement on the whole county is not repeated; then the titles that name a place.
    fn title(&self, round: usize) -> Option<&String> {
        let named: Vec<&String> = self.titles.iter().filter(|title| title.contains("{镇}")).collect();
        if round == 0 { self.titles.first() } else { named.get(round % named.len().max(1)).copied() }
    }
}

/// Selects one of several texts, in turn.
pub(super) fn pick(words: &[String], turn: usize) -> &str {
    words.get(turn % words.len().max(1)).map_or("", String::as_str)
}

impl Scene<'_> {
    fn suggestion(&self, one: &Suggestion) -> Suggestion {
        Suggestion { text: self.fill(&one.text), result: one.result, months: one.months, reply: self.fill(&one.reply) }
    }

    /// Replaces the placeholders: places, month, department, and figures in braces.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((mark, tail)) = after.split_once('}') else { break };
            filled.push_str(&self.mark(mark));
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }

    fn mark(&self, mark: &str) -> String {
        match mark {
            "镇" => self.place.to_owned(),
            "邻镇" => self.neighbour.to_owned(),
            "月" => self.month.to_string(),
            "部门" => self.department.to_owned(),
            figure => self.scaled(figure),
        }
    }

    /// A figure, whole or with one decimal, scaled by the scene's percentage; whole figures remain whole.
    fn scaled(&self, figure: &str) -> String {
        let tenths = |text: &str| -> Option<u32> {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            Some(whole.parse::<u32>().ok()? * 10 + part.parse::<u32>().ok()?)
        };
        let Some(value) = tenths(figure) else { return figure.to_owned() };
        if figure.contains('.') {
            let scaled = (value * self.percent + 50) / 100;
            format!("{}.{}", scaled / 10, scaled % 10)
        } else {
            ((value / 10 * self.percent + 50) / 100).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn places() -> Vec<String> {
        [
            "城关街道",
            "临江街道",
            "东湖街道",
            "白沙镇",
            "石桥镇",
            "云溪镇",
            "双河镇",
            "南渡镇",
            "沙坪镇",
            "柳林镇",
            "龙泉镇",
            "竹溪乡",
            "高岭乡",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    #[test]
    fn every_text_can_be_handed_in_ten_times_without_repeating_a_title() {
        let library = Library::load(&places()).unwrap();
        assert!(library.len() >= 30, "{} texts", library.len());
        let mut titles = HashSet::new();
        for index in 0..library.len() * 10 {
            let one = library.write(index, 10).unwrap();
            assert!(one.title.chars().count() <= 50, "{}", one.title);
            assert!((300..=700).contains(&one.situation.chars().count()), "{} {}", one.title, one.situation.chars().count());
            assert!((130..=300).contains(&one.causes.chars().count()), "{} {}", one.title, one.causes.chars().count());
            assert!((3..=5).contains(&one.suggestions.len()), "{}", one.title);
            let all = format!("{}{}{}{:?}", one.title, one.situation, one.causes, one.suggestions);
            assert!(!all.replace("Suggestion {", "").contains('{'), "a mark is left in {all}");
            assert!(one.situation.contains(&one.request.passage), "{} not in {}", one.request.passage, one.title);
            assert!(titles.insert(one.title.clone()), "twice: {}", one.title);
        }
    }

    #[test]
    fn a_planned_answer_has_its_months_and_no_other_does() {
        let library = Library::load(&places()).unwrap();
        for text in &library.texts {
            for one in &text.suggestion {
                assert_eq!(one.months.is_some(), one.result == Answer::Planned, "{}", one.text);
            }
        }
    }

    #[test]
    fn figures_of_a_text_change_together() {
        let scene = Scene { place: "白沙镇", neighbour: "石桥镇", month: 9, percent: 110, department: "县水利局" };
        assert_eq!(scene.fill("{镇}有{120}家，占{1.9}万家，{月}月"), "白沙镇有132家，占2.1万家，9月");
    }
}
