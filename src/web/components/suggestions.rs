//! The numbered suggestions, each with the departments' answers; and for readers who handle a manuscript the suggestions of the manuscripts
//! that are merged into it, with the decisions on them.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;

use crate::app::handling::merged_views::{MergedSuggestionView, MergedView};
use crate::app::handling::views::{AssignmentView, ReplyView};
use crate::app::reading::course::Course;
use crate::app::reading::views::ManuscriptView;
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::vocabulary::Answer;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;

/// The suggestions with their answers, rendered in a page by `{{ suggestions }}`.
#[derive(Template)]
#[template(path = "parts/suggestions.html", config = "src/web/askama.toml")]
pub struct Suggestions<'f> {
    f: &'f Layout,
    rows: Vec<SuggestionRow>,
    /// The departments' replies as a whole, apart from the single answers.
    others: Vec<Other>,
}

// The template escapes its values.
impl HtmlSafe for Suggestions<'_> {}

/// A suggestion with the number that is shown, and the number under which it is answered.
struct ShownSuggestion {
    number: usize,
    text: String,
    asked: Option<usize>,
    note: Option<String>,
}

impl ShownSuggestion {
    fn own(number: usize, text: &str) -> Self {
        Self { number, text: text.to_owned(), asked: Some(number), note: None }
    }
}

/// A suggestion.
struct SuggestionRow {
    number: usize,
    text: String,
    /// Its source, or why no department answers it.
    note: Option<String>,
    answers: Vec<SuggestionReply>,
}

/// A department's answer to it.
struct SuggestionReply {
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
    /// The suggestions of a manuscript in the text that is used, with each department's last answer. Readers who handle it see those that
    /// were taken from merged manuscripts as well; authors of a merged manuscript see the answers to their own suggestions.
    #[must_use]
    pub fn of(f: &'f Layout, of: &ManuscriptView) -> Self {
        if let Some(course) = &of.course {
            return Self::of_merged(f, &of.suggestions, course);
        }
        let texts = of.outgoing_edited().map_or(&of.suggestions, |text| &text.suggestions);
        let own = texts.iter().enumerate().map(|(at, text)| ShownSuggestion::own(at + 1, text));
        let taken = of.merged.iter().flat_map(|merged| {
            let number = merged.number.clone().unwrap_or_default();
            merged.suggestions.iter().filter_map(move |one| {
                let asked = usize::try_from(one.number?).ok()?;
                let note = f.t2("sug-from-merged", "number", &number, "n", one.place.to_string());
                Some(ShownSuggestion { number: asked, text: one.words.clone(), asked: Some(asked), note: Some(note) })
            })
        });
        let mut all: Vec<ShownSuggestion> = own.chain(taken).collect();
        all.sort_by_key(|one| one.number);
        Self::asked(f, all, &of.assignments)
    }

    /// The suggestions of a merged manuscript, with the answers to those that were taken; the course shows the remaining text of the
    /// replies.
    fn of_merged(f: &'f Layout, texts: &[String], course: &Course) -> Self {
        let all = texts.iter().enumerate().map(|(at, text)| {
            let decided = course.yours.iter().find(|one| usize::try_from(one.suggestion) == Ok(at + 1));
            let note = decided.and_then(|one| one.reason.as_ref()).map(|reason| f.t1("merged-not-taken", "reason", reason));
            let asked = decided.and_then(|one| one.number).and_then(|number| usize::try_from(number).ok());
            ShownSuggestion { number: at + 1, text: text.clone(), asked, note }
        });
        Self { others: Vec::new(), ..Self::asked(f, all.collect(), &course.assignments) }
    }

    /// Lists these texts with the answers in these assignments.
    #[must_use]
    pub fn new(f: &'f Layout, texts: &[String], assignments: &[AssignmentView]) -> Self {
        Self::numbered(f, texts.iter().enumerate().map(|(at, text)| (at + 1, text.as_str())), assignments)
    }

    /// Lists these texts under these numbers, with the answers in these assignments.
    #[must_use]
    pub fn numbered<'t>(f: &'f Layout, texts: impl Iterator<Item = (usize, &'t str)>, assignments: &[AssignmentView]) -> Self {
        Self::asked(f, texts.map(|(number, text)| ShownSuggestion::own(number, text)).collect(), assignments)
    }

    fn asked(f: &'f Layout, all: Vec<ShownSuggestion>, assignments: &[AssignmentView]) -> Self {
        let replies: Vec<(&AssignmentView, &ReplyView)> = assignments.iter().filter_map(|one| Some((one, standing(one)?))).collect();
        let rows = all.into_iter().map(|ShownSuggestion { number, text, asked, note }| {
            let answers = replies.iter().flat_map(|(assignment, reply)| {
                let items = reply.items.iter().filter(move |item| asked.is_some_and(|asked| usize::try_from(item.number) == Ok(asked)));
                items.map(|item| SuggestionReply {
                    answer: item.answer,
                    words: item.words.clone(),
                    promised_on: item.promised_on.as_ref().and_then(|day| day.parse().ok()),
                    organization: assignment.organization.name.clone(),
                    at: reply.created_at,
                    approved: reply.approved,
                })
            });
            SuggestionRow { number, answers: answers.collect(), text, note }
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

    /// 4 条：采纳 1，不采纳 1; only the number of suggestions while none is answered.
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

impl SuggestionReply {
    fn said(&self, f: &Layout) -> String {
        answered(f, self.answer, self.promised_on)
    }
}

/// The valid reply: the approved one, otherwise the last one that was not rejected.
fn standing(of: &AssignmentView) -> Option<&ReplyView> {
    let last = |wanted: Option<bool>| of.replies.iter().rev().find(|reply| reply.approved == wanted);
    last(Some(true)).or_else(|| last(None))
}

/// The answer in words, with the promised day.
#[must_use]
pub fn answered(f: &Layout, answer: Answer, promised_on: Option<NaiveDate>) -> String {
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

/// The list, rendered in a page by `{{ merged }}`.
#[derive(Template)]
#[template(path = "parts/merged.html", config = "src/web/askama.toml")]
pub struct MergedList<'f> {
    f: &'f Layout,
    list: &'f [MergedView],
    /// Whether the reader can decide: a dispatcher, while the target is handled.
    decides: bool,
}

// The template escapes its values.
impl HtmlSafe for MergedList<'_> {}

impl<'f> MergedList<'f> {
    /// Lists the manuscripts that are merged into one; `handled` says that it is with leaders or departments.
    #[must_use]
    pub fn of(f: &'f Layout, list: &'f [MergedView], handled: bool) -> Self {
        let dispatches = f.nav.iter().any(|link| link.place == NavItem::Dispatch);
        Self { f, list, decides: handled && dispatches }
    }

    fn who(&self, one: &MergedView) -> String {
        let authors = one.authors.join(&self.f.t("sug-comma"));
        format!("{authors} · {}", one.organization)
    }

    /// Whether a decision is outstanding.
    fn is_open(&self, one: &MergedView) -> bool {
        self.decides && one.suggestions.iter().any(|suggestion| suggestion.number.is_none())
    }
}

/// Describes the decision on a suggestion.
#[must_use]
pub fn decided(f: &Layout, one: &MergedSuggestionView) -> String {
    match (one.number, &one.reason) {
        (Some(number), _) => f.n("merged-taken", "n", number),
        (None, Some(reason)) => f.t1("merged-not-taken", "reason", reason),
        (None, None) => f.t("merged-undecided"),
    }
}
