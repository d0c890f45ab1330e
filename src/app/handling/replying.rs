//! A department's answer to each suggestion, and the dispatcher's decision on it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

use crate::app::handling::assignment_form::{count_suggestions, unanswered};
use crate::app::handling::charge::{self, AssignmentCase, AssignmentStep, digest, enact};
use crate::app::handling::dates::Timing;
use crate::app::handling::forms::{NewContribution, NewItem, NewReply, ReplyReview, ReplyVerdict};
use crate::app::transition::words;
use crate::app::{AppError, Tx};
use crate::domain::assignment::AssignmentAction;
use crate::domain::channel::ResultCategory;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, AssignmentId, EntryId, ReplyId};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, Violations, line, prose, required_line, required_prose};
use crate::domain::vocabulary::{Answer, Role};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::ledger::contents;
use crate::store::people;
use crate::store::replies::{self, ReplyItemRow, ReplyRow};

/// The longest name and telephone number of an officer, in characters.
const OFFICER: usize = 50;
/// A promise further ahead than this many years is considered a mistake.
const PROMISE_YEARS: u32 = 30;

/// 协办意见: stores an assisting department's opinion for the lead.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn contribute(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &NewContribution) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let judged = charge.judge(actor, AssignmentAction::Contribute, Some(seen));
    let decision = or_repeat(tx, &charge, judged, &form.words, &[])?;
    let mut wrong = Violations::default();
    let said = wrong.take(required_prose("words", &form.words, tx.settings.limits.text_hard_chars));
    let officer = wrong.take(required_line("officer", &form.officer, OFFICER));
    let officer_phone = wrong.take(line("officer_phone", &form.officer_phone, OFFICER));
    wrong.or(())?;
    let entry: EntryId = tx.id();
    let reply = ReplyRow { words: said, officer, officer_phone, ..blank(tx, actor, &charge, entry, 1) };
    let lead = charge.row.lead_id.and_then(|lead| charge.loaded.assignments.iter().find(|one| one.id == lead));
    let named = match lead {
        Some(lead) => people::holders(tx.conn, lead.channel_id, Role::Handler, Some(lead.organization_id))?,
        None => Vec::new(),
    };
    let letter = LetterFacts { due: lead.map(|lead| lead.due_at), ..LetterFacts::default() };
    let act = AssignmentStep {
        entry: Some(entry),
        digests: digest("reply", contents::reply(&reply, &[])),
        letter,
        named: &named,
        ..AssignmentStep::default()
    };
    enact(tx, actor, &mut charge, &decision, act)?;
    replies::insert(tx.conn, &reply, &[])?;
    Ok(())
}

/// 办复: stores the lead department's answer.
///
/// # Errors
/// [`AppError::Stale`]; violations, among them the suggestions without an answer; refusals.
pub fn reply(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &NewReply) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let judged = charge.judge(actor, AssignmentAction::Reply, Some(seen));
    let decision = or_repeat(tx, &charge, judged, &form.words, &form.items)?;
    let entry: EntryId = tx.id();
    let round = replies::last(tx.conn, charge.row.id)?.map_or(1, |last| last.round + 1);
    let blank = blank(tx, actor, &charge, entry, round);
    let reply = parse(tx, &charge, form, blank)?;
    let items = form.items.iter().filter_map(|item| Some(kept(&reply, item, item.answer?))).collect::<Vec<_>>();
    charge.row.replied_at = Some(tx.now);
    let act = AssignmentStep {
        entry: Some(entry),
        facts: json!({ "round": round, "result": reply.result_code, "answers": form.items.iter().map(fact).collect::<Vec<_>>() }),
        digests: digest("reply", contents::reply(&reply, &items)),
        letter: LetterFacts { due: Some(charge.row.due_at), result: result_of(&reply), ..LetterFacts::default() },
        ..AssignmentStep::default()
    };
    enact(tx, actor, &mut charge, &decision, act)?;
    replies::insert(tx.conn, &reply, &items)?;
    Ok(())
}

/// Names the first answer in the refusal of an act if the same answer was sent before.
fn or_repeat<T>(
    tx: &mut Tx<'_>,
    charge: &AssignmentCase,
    judged: Result<T, AppError>,
    said: &str,
    items: &[NewItem],
) -> Result<T, AppError> {
    let late = match &judged {
        Err(AppError::Stale { .. }) => true,
        Err(AppError::Refused(refusal)) => !refusal.is_forbidden(),
        _ => false,
    };
    let Some(first) = replies::last(tx.conn, charge.row.id)?.filter(|first| late && first.approved != Some(false)) else { return judged };
    let given = |number: i64, answer: Option<Answer>, words: &str| (number, answer, words.trim().to_owned());
    let mut sent: Vec<_> = items.iter().map(|item| given(i64::from(item.number), item.answer, &item.words)).collect();
    let mut there: Vec<_> =
        replies::items(tx.conn, &[first.id])?.iter().map(|item| given(item.number, Some(item.answer), &item.words)).collect();
    sent.sort_unstable();
    there.sort_unstable();
    if first.words.trim() == said.trim() && sent == there { Err(Refusal::Repeated { first: AnyId(first.id.0) }.into()) } else { judged }
}

fn fact(item: &NewItem) -> serde_json::Value {
    json!({ "number": item.number, "answer": item.answer, "promised_on": item.promised_on })
}

fn kept(reply: &ReplyRow, item: &NewItem, answer: Answer) -> ReplyItemRow {
    ReplyItemRow {
        reply_id: reply.id,
        number: i64::from(item.number),
        answer,
        words: item.words.replace("\r\n", "\n"),
        promised_on: item.promised_on.map(|day| day.0.to_string()),
    }
}

/// Returns the result in one line, for letters.
fn result_of(reply: &ReplyRow) -> Option<String> {
    Some(format!("{} {}", reply.result_code.as_deref()?, reply.result_definition.as_deref()?))
}

fn blank(tx: &Tx<'_>, actor: &Actor, charge: &AssignmentCase, entry: EntryId, round: i64) -> ReplyRow {
    let id: ReplyId = tx.id();
    ReplyRow {
        id,
        assignment_id: charge.row.id,
        manuscript_id: charge.row.manuscript_id,
        entry_id: entry,
        round,
        words: String::new(),
        result_code: None,
        result_definition: None,
        consultation: None,
        officer: String::new(),
        officer_phone: String::new(),
        created_by: actor.user,
        created_at: tx.now,
        decided_by: None,
        decided_at: None,
        approved: None,
        reason: None,
    }
}

/// Validates everything at once, so that all violations of a long answer are reported together.
fn parse(tx: &mut Tx<'_>, charge: &AssignmentCase, form: &NewReply, blank: ReplyRow) -> Result<ReplyRow, AppError> {
    let most = tx.settings.limits.text_hard_chars;
    let categories = tx.channel_settings(charge.row.channel_id)?.result_categories.clone();
    let mut wrong = Violations::default();
    let said = wrong.take(required_prose("words", &form.words, most));
    let officer = wrong.take(required_line("officer", &form.officer, OFFICER));
    let officer_phone = wrong.take(line("officer_phone", &form.officer_phone, OFFICER));
    let category = wrong.take(category(&categories, &form.result_code).map(Some));
    if form.consultation.is_none() {
        wrong.add(Violation::required("consultation"));
    }
    items(tx, charge, &form.items, &mut wrong)?;
    let length = form.words.chars().count() + form.items.iter().map(|item| item.words.chars().count()).sum::<usize>();
    if length > most {
        wrong.add(Violation::beyond("text", "too_long", length, most));
    }
    wrong.or(())?;
    let (result_code, result_definition) = category.map(|one| (one.code, one.meaning)).unzip();
    let consultation = form.consultation;
    Ok(ReplyRow { words: said, officer, officer_phone, result_code, result_definition, consultation, ..blank })
}

fn category(known: &[ResultCategory], code: &str) -> Result<ResultCategory, Violation> {
    if code.is_empty() {
        return Err(Violation::required("result_code"));
    }
    known.iter().find(|one| one.code == code).cloned().ok_or_else(|| Violation::new("result_code", "unknown_category"))
}

/// Validates that every suggestion of this department is answered once, and no other one.
fn items(tx: &mut Tx<'_>, charge: &AssignmentCase, items: &[NewItem], wrong: &mut Violations) -> Result<(), AppError> {
    let today = Timing::of(tx, charge.row.channel_id)?.today();
    let last = today.checked_add_months(chrono::Months::new(PROMISE_YEARS * 12)).unwrap_or(today);
    let all = match charge.row.numbers()? {
        Some(numbers) => numbers.into_iter().collect::<BTreeSet<_>>(),
        None => (1..=count_suggestions(tx, &charge.loaded)?).collect(),
    };
    let mut left = all.clone();
    for (at, item) in items.iter().enumerate() {
        if !left.remove(&item.number) {
            let code = if all.contains(&item.number) { "duplicate" } else { "unknown" };
            wrong.add(Violation::new(format!("items[{at}].number"), code));
        }
        wrong.take(required_prose(&format!("items[{at}].words"), &item.words, tx.settings.limits.text_hard_chars));
        let field = format!("items[{at}].promised_on");
        match (item.answer, item.promised_on) {
            (None, _) => wrong.add(Violation::required(format!("items[{at}].answer"))),
            (Some(Answer::Planned), None) => wrong.add(Violation::required(field)),
            (Some(Answer::Planned), Some(day)) if day.0 <= today => wrong.add(Violation::new(field, "date_passed")),
            (Some(Answer::Planned), Some(day)) if day.0 > last => wrong.add(Violation::new(field, "bad_date")),
            (Some(Answer::Planned), Some(_)) | (_, None) => {}
            (Some(_), Some(_)) => wrong.add(Violation::new(field, "only_planned")),
        }
    }
    if !left.is_empty() {
        wrong.add(unanswered("items", &left));
    }
    Ok(())
}

/// Approves the reply, or has it revised by a new date.
///
/// # Errors
/// [`Refusal::SecondPerson`] for its writer; [`AppError::Stale`]; violations; refusals.
pub fn review(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &ReplyReview) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let approved = form.decision == ReplyVerdict::Approve;
    let action = if approved { AssignmentAction::Approve } else { AssignmentAction::Reject };
    let decision = charge.judge(actor, action, Some(seen))?;
    let Some(mut reply) = replies::last(tx.conn, charge.row.id)? else { return Err(charge.wrong_state()) };
    if reply.created_by == actor.user {
        return Err(Refusal::SecondPerson.into());
    }
    let reason =
        if approved { prose("reason", &form.reason, tx.settings.limits.reason_chars)? } else { words(tx, "reason", &form.reason)? };
    let due = if approved { None } else { Some(next_due(tx, &charge, form)?) };
    charge.row.due_at = due.unwrap_or(charge.row.due_at);
    (reply.decided_by, reply.decided_at, reply.approved) = (Some(actor.user), Some(tx.now), Some(approved));
    reply.reason = (!reason.is_empty()).then_some(reason);
    replies::save(tx.conn, &reply)?;
    let result = if approved { result_of(&reply) } else { None };
    // The dispatcher's internal note on an approved reply is not for authors.
    let promises = if approved { promises(tx, &reply)? } else { Vec::new() };
    let wording = (!promises.is_empty()).then_some(Wording::Promised);
    let letter =
        LetterFacts { reason: reply.reason.clone().filter(|_| !approved), due, result, promises, wording, ..LetterFacts::default() };
    let facts = json!({ "round": reply.round, "due": due });
    enact(tx, actor, &mut charge, &decision, AssignmentStep { facts, letter, ..AssignmentStep::default() })?;
    Ok(())
}

/// Returns the promises of a reply: suggestions and days.
fn promises(tx: &mut Tx<'_>, reply: &ReplyRow) -> Result<Vec<(u32, NaiveDate)>, AppError> {
    let items = replies::items(tx.conn, &[reply.id])?;
    let promise = |item: &ReplyItemRow| Some((u32::try_from(item.number).ok()?, item.promised_on.as_deref()?.parse().ok()?));
    let mut promises: Vec<(u32, NaiveDate)> = items.iter().filter_map(promise).collect();
    promises.sort_unstable();
    Ok(promises)
}

/// Returns the new due date after a rejection: the dispatcher's, within the limits of an assignment, or by the channel's limit.
fn next_due(tx: &mut Tx<'_>, charge: &AssignmentCase, form: &ReplyReview) -> Result<Moment, AppError> {
    let timing = Timing::of(tx, charge.row.channel_id)?;
    match form.due_on {
        Some(day) => Ok(timing.named("due_on", day.0, timing.latest(tx.now, None))?),
        None => Ok(timing.second_reply()),
    }
}
