//! The long acts: the answer to each suggestion, the check of the answer, the reports.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::Tx;
use crate::app::handling::forms::{NewReply, ReplyReview, ReplyVerdict};
use crate::app::handling::{prospects, replying, reporting};
use crate::domain::characters::is_blank;
use crate::domain::ids::AssignmentId;
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Answer;
use crate::text::t;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::acts::carry_out;
use crate::web::handling::page;
use crate::web::problems::{PageProblem, Problems};

type Path = web::Path<AssignmentId>;

pub(super) async fn reply(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "reply", move |tx, actor, typed| {
        // The page lists the suggestions of this department in order, and identifies each by its position.
        let numbers = prospects::horizon(tx, actor, id)?.numbers;
        let numbered = |fields: Fields, (at, number): (usize, &u32)| fields.with(&format!("items[{at}].number"), number.to_string());
        let mut reply: NewReply = numbers.iter().enumerate().fold(typed.clone(), numbered).input()?;
        for item in reply.items.iter_mut().filter(|item| item.answer != Some(Answer::Planned)) {
            // The page hides the date for other answers; a date that was typed earlier no longer applies.
            item.promised_on = None;
        }
        replying::reply(tx, actor, id, typed.seen()?, &reply)
    })
    .await
}

pub(super) async fn contribute(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let act = move |tx: &mut Tx<'_>, actor: &Actor, typed: &Fields| replying::contribute(tx, actor, id, typed.seen()?, &typed.input()?);
    carry_out(form, id, "contribution", act).await
}

/// Checks a reply: the marks of the dispatcher on single answers go back to the department in the reason.
pub(super) async fn review(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let (lang, marked) = (form.visitor.lang, marked(&form.fields));
    if form.fields.get("decision") == "approve" && !marked.is_empty() {
        return contradicted(form, id, &marked).await;
    }
    carry_out(form, id, "reply-review", move |tx, actor, typed| {
        let mut decision: ReplyReview = typed.input()?;
        decision.reason = reason(lang, &decision.reason, &marked);
        // The page hides the date if the reply is approved.
        decision.due_on = decision.due_on.filter(|_| decision.decision == ReplyVerdict::Reject);
        replying::review(tx, actor, id, typed.seen()?, &decision)
    })
    .await
}

/// The reply was approved as a whole, yet single answers were marked: one of both is a mistake, and only the dispatcher knows which.
async fn contradicted(form: PageForm, id: AssignmentId, marked: &[(u32, String)]) -> PageResult {
    let PageForm { visitor, fields } = form;
    let problem = |(number, _): &(u32, String)| PageProblem {
        field: Some(format!("checks[{number}].mark")),
        code: "contradicts",
        message: t(visitor.lang, "handling-check-bad", &[("n", (*number).into())]),
    };
    let problems = Problems { list: marked.iter().map(problem).collect(), ..Problems::default() };
    page::page(&visitor, id, Some(("reply-review", fields)), problems, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// The suggestions that are to be answered again, and why.
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
    carry_out(form, id, "implementation-reports", move |tx, actor, typed| reporting::report(tx, actor, id, &typed.input()?)).await
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
}
