//! Renders a letter: subject, plain text and HTML, in the recipient's language.

use askama::Template;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::letters::{LetterContext, LetterFacts};
use super::menu;
use crate::domain::{deadline::Deadline, lang::Lang, notice::Letter, queues::WorkQueue, salutation::Salutation};
use crate::text::{self, t};

/// A rendered letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The data of both templates.
struct Words {
    lang: Lang,
    subject: String,
    channel: String,
    greeting: String,
    body: String,
    rows: Vec<(String, String)>,
    separator: String,
    next: String,
    open: String,
    link: String,
    hint: String,
    /// The menu entry under which it is found; may be empty.
    menu: String,
    /// Contact, sender and date.
    signature: Vec<String>,
    footer: String,
}

macro_rules! template {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path, config = "src/mail/askama.toml")]
        struct $name<'a> {
            words: &'a Words,
        }
    };
}
impl Words {
    /// A value in the plain text: its further lines are indented, so that the next fact can be recognised. A checkpoint, which begins with
    /// empty lines, is not changed.
    fn plain(value: &str) -> String {
        if value.starts_with('\n') { value.to_owned() } else { value.replace('\n', "\n    ") }
    }
}

template!(Plain, "letter.txt");
template!(Html, "letter.html");

/// Renders a letter.
///
/// # Errors
/// Only if a template can't be rendered, which is a fault of the program.
pub fn render(letter: &LetterContext) -> Result<Rendered, askama::Error> {
    let words = words(letter);
    let text = Plain { words: &words }.render()?;
    let html = Html { words: &words }.render()?;
    Ok(Rendered { subject: words.subject, text, html })
}

/// A one-line notice for the inbox: the letter's subject.
#[must_use]
pub fn subject(kind: Letter, lang: Lang, channel: &str, zone: Tz, facts: &LetterFacts) -> String {
    marked(lang, facts, &say(kind, lang, &one_line(channel), zone, facts, "subject"))
}

/// Text after the marks of an urgent manuscript and of one that leaders have endorsed.
fn marked(lang: Lang, facts: &LetterFacts, words: &str) -> String {
    let mark = |is: bool, key: &str| if is { t(lang, key, &[]) } else { String::new() };
    format!("{}{}{words}", mark(facts.urgent, "letter-mark-urgent"), mark(facts.endorsed, "letter-mark-endorsed"))
}

/// The name of a kind of letter, without its subject.
#[must_use]
pub fn name(kind: Letter, lang: Lang) -> String {
    let nothing = [("what", "".into()), ("channel", "".into()), ("by", "".into())];
    let subject = t(lang, &format!("letter-{kind}-subject"), &nothing);
    subject.trim_matches(['【', '】', '[', ']', ' ', '：', ':']).to_owned()
}

/// A part of a letter, in the variant of its case where there is one.
fn say(kind: Letter, lang: Lang, channel: &str, zone: Tz, facts: &LetterFacts, part: &str) -> String {
    let (mut what, mut day) = (what(lang, facts), by(kind, lang, zone, facts));
    if let (Some(number), "subject") = (facts.number.as_deref().filter(|_| facts.bulletin.is_none() && !day.is_empty()), part) {
        // Behind the number: a title may be longer than a telephone shows.
        let number = format!("{number}{}", std::mem::take(&mut day));
        what = self::what(lang, &LetterFacts { number: Some(number), title: facts.title.clone(), ..LetterFacts::default() });
    }
    let args = [("what", what.into()), ("channel", channel.into()), ("by", day.into())];
    let own = facts.wording.map(|wording| format!("letter-{kind}-{wording}-{part}")).filter(|key| text::has(key));
    t(lang, &own.unwrap_or_else(|| format!("letter-{kind}-{part}")), &args)
}

/// The deadline that the date of a letter belongs to, if its recipient has to meet it. Other recipients get no date, which they would take
/// for their own.
#[must_use]
pub fn limit(kind: Letter, facts: &LetterFacts) -> Option<Deadline> {
    match kind {
        Letter::ArrivedScreening => Some(Deadline::Screening),
        Letter::ArrivedReview | Letter::SentBack => Some(Deadline::Review),
        Letter::ArrivedSigning => Some(Deadline::Signing),
        Letter::Assigned
        | Letter::ReplyRejected
        | Letter::ReturnRequested
        | Letter::ReturnDecided
        | Letter::ExtensionRequested
        | Letter::ExtensionDecided
        | Letter::SuggestionsAdded
        | Letter::SuggestionsEnded
        | Letter::Contributed
        | Letter::InstructionGiven
        | Letter::Urged => Some(Deadline::Reply),
        Letter::DueSoon | Letter::DueToday | Letter::Overdue | Letter::OverdueAbove | Letter::DueChanged => facts.deadline,
        _ => None,
    }
}

/// The deadline that the date of a letter belongs to, if its recipient reads it but does not have to meet it.
fn others_limit(kind: Letter, facts: &LetterFacts) -> Option<Deadline> {
    (kind == Letter::DepartmentDueChanged).then(|| facts.deadline.unwrap_or(Deadline::Reply))
}

/// In a subject: by when something is to be done.
fn by(kind: Letter, lang: Lang, zone: Tz, facts: &LetterFacts) -> String {
    let passed =
        matches!(kind, Letter::DueToday | Letter::Overdue | Letter::OverdueAbove | Letter::ReturnRequested | Letter::ExtensionRequested);
    let receipt = facts.receive_by.filter(|_| matches!(kind, Letter::Assigned | Letter::Urged));
    let next = receipt.map(|at| (at, facts.receive_by_is_provisional)).or(facts.due.map(|at| (at, facts.provisional)));
    let Some((due, provisional)) = next.filter(|_| !passed && limit(kind, facts).is_some()) else { return String::new() };
    let day = text::month_and_day(lang, due, zone);
    let day = if provisional { t(lang, "due-provisional", &[("date", day.into())]) } else { day };
    t(lang, "letter-by", &[("day", day.into())])
}

fn words(letter: &LetterContext) -> Words {
    let LetterContext { kind, lang, facts, .. } = letter;
    let lang = *lang;
    let (name, channel) = (one_line(&letter.name), one_line(&letter.channel));
    let say = |part: &str| say(*kind, lang, &channel, letter.zone, facts, part);
    let greeting = match (name.as_str(), &letter.salutation) {
        ("", _) => t(lang, "letter-greeting-unknown", &[]),
        (name, Salutation::Name) => t(lang, "letter-greeting", &[("name", name.into())]),
        (name, Salutation::Comrade) => t(lang, "letter-greeting-comrade", &[("name", name.into())]),
        // A title is a Chinese one.
        (_, Salutation::Title(title)) if lang == Lang::Zh => t(lang, "letter-greeting-title", &[("title", one_line(title).into())]),
        (name, Salutation::Title(_)) => t(lang, "letter-greeting", &[("name", name.into())]),
    };
    let menu = menu::entry(*kind, facts).map(|entry| t(lang, &format!("place-{entry}"), &[]));
    let menu = menu.map(|menu| t(lang, "letter-where", &[("site", letter.site.as_str().into()), ("menu", menu.into())]));
    let open = match kind {
        Letter::AccountCreated | Letter::PasswordReset => "letter-open-once",
        _ => "letter-open",
    };
    Words {
        lang,
        subject: marked(lang, facts, &say("subject")),
        greeting,
        body: marked(lang, facts, &say("body")),
        rows: rows(letter),
        separator: t(lang, "letter-separator", &[]),
        next: say("next"),
        open: t(lang, open, &[]),
        link: letter.link.clone(),
        hint: t(lang, "letter-link-hint", &[]),
        menu: menu.unwrap_or_default(),
        signature: signature(letter, &channel),
        footer: t(lang, "letter-footer", &[("channel", (&channel).into())]),
        channel,
    }
}

/// The end of a letter: contact, channel, date.
fn signature(letter: &LetterContext, channel: &str) -> Vec<String> {
    let contact = one_line(&letter.contact);
    let contact = (!contact.is_empty()).then(|| t(letter.lang, "letter-contact", &[("contact", contact.into())]));
    let day = letter.written_at.utc().with_timezone(&letter.zone).date_naive();
    contact.into_iter().chain([channel.to_owned(), text::date(letter.lang, day)]).collect()
}

/// The manuscript or bulletin that a letter is about, as people call it.
fn what(lang: Lang, facts: &LetterFacts) -> String {
    let line = |text: &Option<String>| text.as_deref().map(one_line).filter(|line| !line.is_empty());
    match (line(&facts.bulletin), line(&facts.title), line(&facts.number)) {
        (Some(bulletin), ..) => bulletin,
        (None, Some(title), Some(number)) => t(lang, "letter-what-numbered", &[("title", title.into()), ("number", number.into())]),
        (None, Some(title), None) => t(lang, "letter-what-manuscript", &[("title", title.into())]),
        (None, None, Some(number)) => t(lang, "letter-what-number", &[("number", number.into())]),
        (None, None, None) => t(lang, "letter-what-unknown", &[]),
    }
}

/// The names of queues, one behind the other.
fn queues(lang: Lang, queues: &[WorkQueue]) -> String {
    let names: Vec<String> = queues.iter().map(|queue| t(lang, &format!("work-queue-{queue}"), &[])).collect();
    names.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// The numbers of suggestions as text: 第1、3条.
fn numbers(lang: Lang, numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let numbers = numbers.join(if lang == Lang::Zh { "、" } else { ", " });
    t(lang, "letter-suggestions", &[("numbers", numbers.into())])
}

/// Promises as text: 第2条 2027年6月30日（星期三）.
fn promises(lang: Lang, promises: &[(u32, NaiveDate)]) -> String {
    let one = |(number, day): &(u32, NaiveDate)| {
        t(lang, "letter-promise", &[("number", (*number).into()), ("day", text::day_of_week(lang, *day).into())])
    };
    promises.iter().map(one).collect::<Vec<_>>().join(if lang == Lang::Zh { "；" } else { "; " })
}

/// The facts that a letter lists under its sentence, each with its label.
fn rows(letter: &LetterContext) -> Vec<(String, String)> {
    let (lang, facts) = (letter.lang, &letter.facts);
    let what = what(lang, facts);
    let period = match (facts.from, facts.until) {
        (Some(from), Some(until)) => {
            Some(t(lang, "letter-period", &[("from", text::date(lang, from).into()), ("until", text::date(lang, until).into())]))
        }
        (Some(day), None) | (None, Some(day)) => Some(text::date(lang, day)),
        (None, None) => None,
    };
    let about = (facts.title.is_some() || facts.number.is_some() || facts.bulletin.is_some()).then_some(what);
    let due_of = limit(letter.kind, facts).or_else(|| others_limit(letter.kind, facts));
    let due_label = due_of.map_or_else(String::new, |deadline| format!("due-{deadline}"));
    let date = |at| text::limit(lang, at, letter.zone);
    let counted = |at, provisional: bool| match provisional {
        true => t(lang, "letter-provisional", &[("date", date(at).into())]),
        false => date(at),
    };
    let due = |due| {
        let date = counted(due, facts.provisional);
        match facts.days_left {
            _ if facts.provisional => date,
            Some(days) => t(lang, "letter-days-left", &[("date", date.into()), ("days", days.into())]),
            None => date,
        }
    };
    let listed = [
        ("about", about),
        (due_label.as_str(), facts.due.filter(|_| due_of.is_some()).map(due)),
        ("receive_by", facts.receive_by.map(|at| counted(at, facts.receive_by_is_provisional))),
        ("return_until", facts.return_until.map(|at| counted(at, facts.return_until_is_provisional))),
        ("was_due", facts.was_due.map(date)),
        ("asked", facts.asked.map(date)),
        ("login", facts.login.as_deref().map(one_line)),
        ("expires", facts.expires.map(date)),
        ("promises", (!facts.promises.is_empty()).then(|| promises(lang, &facts.promises))),
        ("merged", facts.merged.as_deref().map(one_line)),
        ("suggestions", (!facts.suggestions.is_empty()).then(|| numbers(lang, &facts.suggestions))),
        ("merged_into", facts.merged_into.as_deref().map(one_line)),
        ("result", facts.result.clone()),
        ("reason", facts.reason.clone()),
        ("queues", (!facts.queues.is_empty()).then(|| queues(lang, &facts.queues))),
        ("on_behalf_of", facts.on_behalf_of.as_deref().map(one_line)),
        ("lead", facts.lead.as_deref().map(one_line)),
        ("organization", facts.organization.as_deref().map(one_line)),
        ("person", facts.person.as_deref().map(one_line)),
        ("count", facts.count.map(|count| count.to_string())),
        ("period", period),
        ("server", facts.server.as_deref().map(one_line)),
        // On separate lines, to be copied unchanged.
        ("checkpoint", facts.checkpoint.as_ref().map(|note| format!("\n\n{note}"))),
    ];
    let labelled = |(label, value): (&str, Option<String>)| value.map(|value| (self::label(letter, label), value));
    listed.into_iter().filter_map(labelled).collect()
}

/// The label of a fact, in the variant of its letter and case where there is one.
fn label(letter: &LetterContext, label: &str) -> String {
    let kind = letter.kind;
    let of_case = letter.facts.wording.map(|wording| format!("letter-{kind}-{wording}-fact-{label}"));
    let own = of_case.into_iter().chain([format!("letter-{kind}-fact-{label}")]).find(|key| text::has(key));
    t(letter.lang, &own.unwrap_or_else(|| format!("letter-fact-{label}")), &[])
}

/// A name or title for a header or a line: without line breaks and other control characters, and without the invisible marks of writing
/// direction, with which a subject could be made to read as something else.
#[must_use]
pub fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String =
        text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
