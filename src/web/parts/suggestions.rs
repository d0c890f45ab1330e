//! The numbered suggestions, each with what the departments answered to it.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;

use crate::desk::handling::views::{AssignmentView, ReplyView};
use crate::desk::reading::views::ManuscriptView;
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::words::Answer;
use crate::web::frame::Frame;

/// The suggestions with their answers, ready to be put into a page: `{{ suggestions }}`.
#[derive(Template)]
#[template(path = "parts/suggestions.html", config = "src/web/askama.toml")]
pub struct Suggestions<'f> {
    f: &'f Frame,
    rows: Vec<Row>,
    /// What departments wrote beside the single answers.
    others: Vec<Other>,
}

// Its template escapes what it shows.
impl HtmlSafe for Suggestions<'_> {}

/// A suggestion.
struct Row {
    number: usize,
    text: String,
    answers: Vec<Given>,
}

/// What a department answered to it.
struct Given {
    answer: Answer,
    words: String,
    promised_on: Option<NaiveDate>,
    organization: String,
    at: Moment,
    approved: Option<bool>,
}

/// A reply as a whole.
struct Other {
    organization: String,
    words: String,
    at: Moment,
    officer: String,
    phone: String,
}

impl<'f> Suggestions<'f> {
    /// Those of a manuscript: in the words in which it was used, with each department's last answer.
    #[must_use]
    pub fn of(f: &'f Frame, of: &ManuscriptView) -> Self {
        let texts = of.outgoing_edited().map_or(&of.suggestions, |text| &text.suggestions);
        Self::new(f, texts, &of.assignments)
    }

    /// These texts with the answers in these assignments.
    #[must_use]
    pub fn new(f: &'f Frame, texts: &[String], assignments: &[AssignmentView]) -> Self {
        Self::numbered(f, texts.iter().enumerate().map(|(at, text)| (at + 1, text.as_str())), assignments)
    }

    /// These texts under these numbers, with the answers in these assignments.
    #[must_use]
    pub fn numbered<'t>(f: &'f Frame, texts: impl Iterator<Item = (usize, &'t str)>, assignments: &[AssignmentView]) -> Self {
        let replies: Vec<(&AssignmentView, &ReplyView)> = assignments.iter().filter_map(|one| Some((one, standing(one)?))).collect();
        let rows = texts.map(|(number, text)| {
            let answers = replies.iter().flat_map(|(assignment, reply)| {
                let items = reply.items.iter().filter(move |item| usize::try_from(item.number) == Ok(number));
                items.map(|item| Given {
                    answer: item.answer,
                    words: item.words.clone(),
                    promised_on: item.promised_on.as_ref().and_then(|day| day.parse().ok()),
                    organization: assignment.organization.name.clone(),
                    at: reply.created_at,
                    approved: reply.approved,
                })
            });
            Row { number, text: text.to_owned(), answers: answers.collect() }
        });
        let others = replies.iter().filter(|(_, reply)| !is_blank(&reply.words)).map(|(assignment, reply)| Other {
            organization: assignment.organization.name.clone(),
            words: reply.words.clone(),
            at: reply.created_at,
            officer: reply.officer.clone(),
            phone: reply.officer_phone.clone(),
        });
        Self { f, rows: rows.collect(), others: others.collect() }
    }

    /// 4 条：采纳 1，不采纳 1; only how many there are while nothing is answered.
    #[must_use]
    pub fn summary(&self) -> String {
        let total = self.f.n("sug-count", "n", self.rows.len());
        let counts = Answer::ALL.iter().filter_map(|answer| {
            let given = self.rows.iter().filter(|row| row.answers.last().is_some_and(|one| one.answer == *answer)).count();
            (given > 0).then(|| format!("{} {given}", self.f.word(answer)))
        });
        let counts: Vec<String> = counts.collect();
        if counts.is_empty() { total } else { self.f.t2("sug-summary", "total", &total, "counts", counts.join(&self.f.t("sug-comma"))) }
    }
}

impl Given {
    fn said(&self, f: &Frame) -> String {
        answered(f, self.answer, self.promised_on)
    }
}

/// The reply that counts: the one that was approved, else the last one that was not rejected.
fn standing(of: &AssignmentView) -> Option<&ReplyView> {
    let last = |wanted: Option<bool>| of.replies.iter().rev().find(|reply| reply.approved == wanted);
    last(Some(true)).or_else(|| last(None))
}

/// The answer in words, with the day that was promised.
#[must_use]
pub fn answered(f: &Frame, answer: Answer, promised_on: Option<NaiveDate>) -> String {
    match promised_on {
        Some(day) => format!("{} {}", f.word(answer), f.t1("sug-promised", "date", f.day(&day))),
        None => f.word(answer),
    }
}

/// The state colour of an answer.
#[must_use]
pub const fn class(answer: &Answer) -> &'static str {
    match answer {
        Answer::Adopted | Answer::PartlyAdopted => "ok",
        Answer::Planned => "plan",
        Answer::NotAdopted => "no",
    }
}

/// The shape of an answer.
#[must_use]
pub const fn shape(answer: &Answer) -> &'static str {
    match answer {
        Answer::Adopted => "full",
        Answer::PartlyAdopted => "half",
        Answer::Planned => "plan",
        Answer::NotAdopted => "no",
    }
}
