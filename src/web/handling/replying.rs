//! The long acts: the answer suggestion by suggestion, the look at it, the reports.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::AppError;
use crate::app::handling::forms::{NewContribution, NewItem, NewReply, NewReport, ReplyReview, ReplyVerdict};
use crate::app::handling::{prospects, replying, reporting};
use crate::domain::assignment::Consultation;
use crate::domain::characters::is_blank;
use crate::domain::ids::AssignmentId;
use crate::domain::lang::Lang;
use crate::domain::violation::{Violation, Violations};
use crate::domain::vocabulary::Answer;
use crate::text::t;
use crate::web::dispatch::assignment::day;
use crate::web::errors::PageResult;
use crate::web::form::{Fields, PageForm};
use crate::web::handling::acts::{carry_out, chosen};
use crate::web::handling::page;
use crate::web::problems::{PageProblem, Problems};

type Path = web::Path<AssignmentId>;

pub(super) async fn reply(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "reply", move |tx, actor, seen, typed| {
        let numbers = prospects::horizon(tx, actor, id)?.numbers;
        replying::reply(tx, actor, id, seen, &parse(typed, &numbers)?)
    })
    .await
}

/// The whole answer. What is not there at all is named all at once, so that a long answer is not sent back fault by fault.
fn parse(typed: &Fields, numbers: &[u32]) -> Result<NewReply, AppError> {
    let mut wrong = Violations::default();
    let items = numbers.iter().enumerate().map(|(at, number)| item(typed, at, *number, &mut wrong)).collect();
    for name in ["words", "officer"] {
        if is_blank(typed.get(name)) {
            wrong.add(Violation::required(name));
        }
    }
    let result_code = typed.get("result_code").to_owned();
    if result_code.is_empty() {
        wrong.add(Violation::required("result_code"));
    }
    let consultation: Option<Consultation> = typed.read("consultation");
    if consultation.is_none() {
        wrong.add(Violation::required("consultation"));
    }
    let own = |name: &str| typed.get(name).to_owned();
    let consultation = consultation.unwrap_or(Consultation::Other);
    let (words, officer, officer_phone) = (own("words"), own("officer"), own("officer_phone"));
    Ok(wrong.or(NewReply { words, result_code, consultation, officer, officer_phone, items })?)
}

fn item(typed: &Fields, at: usize, number: u32, wrong: &mut Violations) -> NewItem {
    let name = |part: &str| format!("items[{at}].{part}");
    let answer: Option<Answer> = typed.read(&name("answer"));
    if answer.is_none() {
        wrong.add(Violation::required(name("answer")));
    }
    let answer = answer.unwrap_or(Answer::NotAdopted);
    let words = typed.get(&name("words")).to_owned();
    if is_blank(&words) {
        wrong.add(Violation::required(name("words")));
    }
    // A date that was written before another answer was chosen is not meant any more.
    let promised_on = if answer == Answer::Planned { wrong.take(day(typed, &name("promised_on"))) } else { None };
    if answer == Answer::Planned && promised_on.is_none() && is_blank(typed.get(&name("promised_on"))) {
        wrong.add(Violation::required(name("promised_on")));
    }
    NewItem { number, answer, words, promised_on }
}

pub(super) async fn contribute(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "contribution", move |tx, actor, seen, typed| {
        let own = |name: &str| typed.get(name).to_owned();
        let form = NewContribution { words: own("words"), officer: own("officer"), officer_phone: own("officer_phone") };
        replying::contribute(tx, actor, id, seen, &form)
    })
    .await
}

/// The dispatcher marks each answer; what they marked goes back to the department in their reason.
pub(super) async fn review(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let (lang, marked) = (form.visitor.lang, marked(&form.fields));
    if form.fields.get("decision") == "approve" && !marked.is_empty() {
        return contradicted(form, id, &marked).await;
    }
    carry_out(form, id, "reply-review", move |tx, actor, seen, typed| {
        let decision = match typed.get("decision") {
            "approve" => ReplyVerdict::Approve,
            "reject" => ReplyVerdict::Reject,
            _ => return Err(Violation::required("decision").into()),
        };
        let due_on = if decision == ReplyVerdict::Reject { day(typed, "due_on")? } else { None };
        let form = ReplyReview { decision, reason: reason(lang, typed.get("reason"), &marked), due_on };
        replying::review(tx, actor, id, seen, &form)
    })
    .await
}

/// Approved as a whole, yet marked in parts: one of both was a slip, and only they know which.
async fn contradicted(form: PageForm, id: AssignmentId, marked: &[(u32, String)]) -> PageResult {
    let PageForm { visitor, fields } = form;
    let problem = |(number, _): &(u32, String)| PageProblem {
        field: Some(format!("checks[{number}].mark")),
        message: t(visitor.lang, "handling-check-bad", &[("n", (*number).into())]),
    };
    let problems = Problems { list: marked.iter().map(problem).collect(), ..Problems::default() };
    page::page(&visitor, id, Some(("reply-review", fields)), problems, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// The suggestions whose answer is to be given again, and why.
fn marked(typed: &Fields) -> Vec<(u32, String)> {
    let all = typed.carried().filter(|(name, value)| name.starts_with("checks[") && name.ends_with("].mark") && value == "fix");
    let number = |name: &str| name.strip_prefix("checks[")?.strip_suffix("].mark")?.parse::<u32>().ok();
    all.filter_map(|(name, _)| number(name))
        .map(|number| (number, typed.get(&format!("checks[{number}].words")).trim().to_owned()))
        .collect()
}

fn reason(lang: Lang, whole: &str, marked: &[(u32, String)]) -> String {
    let line = |(number, words): &(u32, String)| {
        let key = if words.is_empty() { "handling-fix" } else { "handling-fix-words" };
        t(lang, key, &[("n", (*number).into()), ("words", words.into())])
    };
    let mut lines: Vec<String> = marked.iter().map(line).collect();
    if !is_blank(whole) {
        lines.push(whole.trim().to_owned());
    }
    lines.join("\n")
}

pub(super) async fn report(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "implementation-reports", move |tx, actor, _, typed| {
        let number = if typed.get("number").is_empty() { None } else { Some(chosen(typed, "number")?) };
        let form = NewReport { number, words: typed.get("words").to_owned(), implemented: typed.has("implemented") };
        reporting::report(tx, actor, id, &form)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_marked_goes_back_in_the_reason() {
        let typed = Fields::parse("checks[1].mark=pass&checks[3].mark=fix&checks[3].words=请写明期限&checks[4].mark=fix".as_bytes());
        let marked = marked(&typed);
        assert_eq!(marked, [(3, "请写明期限".to_owned()), (4, String::new())]);
        assert_eq!(reason(Lang::Zh, " 尽快。 ", &marked), "第 3 条：请写明期限\n第 4 条：请补正。\n尽快。");
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let typed = Fields::parse(b"items[0].answer=planned&items[0].words=x&officer=y");
        let Err(AppError::Invalid(wrong)) = parse(&typed, &[1, 2]) else { panic!("it is not complete") };
        let fields: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
        let missing = ["items[0].promised_on", "items[1].answer", "items[1].words", "words", "result_code", "consultation"];
        assert_eq!(fields, missing);
    }
}
