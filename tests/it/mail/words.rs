//! What letters say to whom: marks, the way through the menu, how people are addressed.

use serde_json::{Value, json};
use zhitongche::config::MailTransport;
use zhitongche::domain::clock::Moment;
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::Letter;
use zhitongche::jobs::{self, JobContext, Stop};
use zhitongche::mail::letters::{LetterContext, Wording};
use zhitongche::mail::render;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    marks_are_for_those_whose_work_it_is,
    people_are_addressed_by_who_they_are,
    a_department_reads_every_date_that_it_has_to_keep,
    a_secretary_is_not_asked_to_endorse,
    a_letter_names_the_next_limit_the_lead_and_who_is_away,
    a_receipt_names_the_desk_that_comes_next,
);

#[test]
fn sentences_stand_where_what_they_speak_of_does() {
    let text = |kind, lang| render::render(&LetterContext::sample(kind, lang)).unwrap().text;
    for (lang, sentence, list, next) in [
        (Lang::Zh, "下列无人担任的岗位", "岗位：", "为这些岗位授予角色"),
        (Lang::En, "roles listed below", "Roles without a holder:", "grant these roles"),
    ] {
        let text = text(Letter::QueueUnstaffed, lang);
        let places = [sentence, list, next].map(|words| text.find(words).unwrap_or_else(|| panic!("{words}: {text}")));
        assert!(places.is_sorted(), "{text}");
    }
    let before_leader = text(Letter::ForYourReading, Lang::Zh);
    assert!(before_leader.contains("现呈上2026-0001《"), "{before_leader}");
    // The facts stand between the body and what to do next: what comes behind them is not below.
    for kind in Letter::ALL.iter().filter(|kind| !matches!(kind, Letter::AccountCreated | Letter::PasswordReset)) {
        let mut letter = LetterContext::sample(*kind, Lang::En);
        for wording in std::iter::once(None).chain(Wording::ALL.iter().copied().map(Some)) {
            letter.facts.wording = wording;
            let text = render::render(&letter).unwrap().text;
            let next = text.split("\n\n").find(|part| part.starts_with("Please ")).unwrap_or_default();
            assert!(!next.contains("below"), "{kind}: {next}");
        }
    }
}

async fn a_receipt_names_the_desk_that_comes_next(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.submitted_by("author").await;
    cast.submitted_by("coauthor").await;
    for (login, is_screened) in [("author", false), ("coauthor", true)] {
        for (lang, words) in [(Lang::Zh, "您所在单位初审"), (Lang::En, "Your organisation will screen it first")] {
            let facts = serde_json::from_value(cast.letters(cast.id(login), Letter::Submitted).pop().unwrap()).unwrap();
            let letter = LetterContext { facts, ..LetterContext::sample(Letter::Submitted, lang) };
            let text = render::render(&letter).unwrap().text;
            assert_eq!(text.contains(words), is_screened, "{login}: {text}");
        }
    }
}

/// With an undo window of so many minutes, and letters in files.
async fn with_files(engine: Engine, minutes: i64) -> Cast {
    Cast::with(engine, |settings| (settings.undo.minutes, settings.mail.transport) = (minutes, MailTransport::File)).await
}

/// The marks of the newest letter of this kind: urgent, endorsed.
fn marks(cast: &Cast, login: &str, kind: Letter) -> [bool; 2] {
    let told = cast.letters(cast.id(login), kind);
    let last = told.last().unwrap_or_else(|| panic!("{login} got no {kind}"));
    ["urgent", "endorsed"].map(|mark| last.get(mark) == Some(&json!(true)))
}

async fn marks_are_for_those_whose_work_it_is(engine: Engine) {
    let cast = with_files(engine, 10).await;
    let later = || cast.app.clock.advance(chrono::Duration::minutes(11));
    let id = cast.submitted_by("author").await;
    let seen = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].as_i64().unwrap();
    let urgent = cast.form("reviewer", &format!("/review/{id}/urgency"), &[("version", &seen.to_string()), ("urgent", "true")]).await;
    assert_eq!(urgent.status, 303, "{}", urgent.html);
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    assert_eq!(marks(&cast, "signer", Letter::ArrivedSigning), [true, false]);
    later();
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    later();
    cast.act("signer", &id, "forwarding", json!({"recipients": [cast.user("leader").await, cast.user("leader2").await]})).await;
    assert_eq!(marks(&cast, "leader", Letter::ForYourReading), [true, false]);
    let words = json!({"kind": "instruction", "words": "请住建局办理。"});
    assert_eq!(cast.post("leader", &format!("/manuscripts/{id}/endorsements"), words).await.status, 201);
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
    cast.act("dispatcher", &id, "assignments", form.clone()).await;
    assert_eq!(marks(&cast, "handler", Letter::Assigned), [true, false], "the leader can still take it back");
    cast.act("dispatcher", &id, "undo", Value::Null).await;
    later();
    cast.act("dispatcher", &id, "assignments", form).await;
    assert_eq!(marks(&cast, "handler", Letter::Assigned), [true, true]);
    for kind in [Letter::Submitted, Letter::Accepted, Letter::Forwarded, Letter::HandlingBegan] {
        assert_eq!(marks(&cast, "author", kind), [false, false], "authors are told of it by letters of their own: {kind}");
    }
    // In the subject, the inbox and the first line.
    later();
    let inbox = cast.page("handler", "/inbox").await.html;
    assert!(inbox.contains("【急件】【批示件】【请签收、办理】2026-0001"), "{inbox}");
    let letter = sent(&cast, "handler", "交由贵单位主办");
    assert!(letter.contains("\n【急件】【批示件】有 1 篇稿件交由贵单位主办。"), "{letter}");
}

/// The plain text of the newest letter to this person with these words in its text, as it left.
fn sent(cast: &Cast, login: &str, words: &str) -> String {
    let context = JobContext::new(cast.desk().clone()).unwrap();
    while jobs::deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {}
    let folder = cast.app.settings.mail_dir();
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    found.sort();
    let texts = found.iter().filter_map(|path| readable(&std::fs::read_to_string(path).unwrap()));
    let to = format!("{login}@");
    let mut texts: Vec<String> = texts.filter(|text| text.contains(&to) && text.contains(words)).collect();
    texts.pop().unwrap_or_else(|| panic!("no letter to {login} says {words}"))
}

/// Headers and plain text of a letter.
fn readable(letter: &str) -> Option<String> {
    use base64::Engine;
    let (head, _) = letter.split_once("\r\n\r\n")?;
    let (_, plain) = letter.split_once("Content-Type: text/plain")?;
    let (_, body) = plain.split_once("\r\n\r\n")?;
    let encoded: String = body.split("\r\n--").next()?.split_whitespace().collect();
    let text = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    Some(format!("{head}\n\n{}", String::from_utf8(text).ok()?.replace("\r\n", "\n")))
}

async fn people_are_addressed_by_who_they_are(engine: Engine) {
    let cast = with_files(engine, 0).await;
    cast.charged().await;
    for (login, words, greeting) in [
        ("author", "您的稿件已提交", "姓名author：您好！"),
        ("handler", "交由贵单位主办", "姓名handler同志：您好！"),
        ("leader", "请阅示", "姓名leader同志：您好！"),
    ] {
        let letter = sent(&cast, login, words);
        assert!(letter.contains(&format!("\n{greeting}\n")), "{login}: {letter}");
    }
    let letter = sent(&cast, "handler", "交由贵单位主办");
    assert!(letter.contains("登录后看“待办”。"), "{letter}");
    assert!(sent(&cast, "author", "您的稿件已提交").contains("登录后看“稿件”。"));
}

async fn a_department_reads_every_date_that_it_has_to_keep(engine: Engine) {
    let cast = with_files(engine, 0).await;
    cast.charged().await;
    let told = cast.letters(cast.user("handler").await, Letter::Assigned);
    assert!(["due", "receive_by", "return_until"].iter().all(|date| told[0].get(*date).is_some()), "{told:?}");
    let letter = sent(&cast, "handler", "交由贵单位主办");
    let at = |words: &str| letter.find(words).unwrap_or_else(|| panic!("{words}: {letter}"));
    assert!(["事项：", "办复时限：", "签收时限：", "申请退办时限："].map(at).is_sorted(), "{letter}");
}

async fn a_secretary_is_not_asked_to_endorse(engine: Engine) {
    let cast = with_files(engine, 0).await;
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let wording = |login: &str| cast.letters(cast.id(login), Letter::ForYourReading)[0].get("wording").cloned();
    assert_eq!((wording("leader"), wording("secretary")), (None, Some(json!("secretary"))));
    let letter = sent(&cast, "secretary", "请呈阅");
    assert!(letter.contains("登录后看“批示代录”。") && !letter.contains("可圈阅"), "{letter}");
}

async fn a_letter_names_the_next_limit_the_lead_and_who_is_away(engine: Engine) {
    let cast = with_files(engine, 0).await;
    let (from, other) = (cast.app.clock.now(), cast.user("reviewer2").await);
    let period = json!({"stand_in_id": other, "role": "signer", "from": from, "to": from + chrono::Duration::days(3)});
    assert_eq!(cast.post("signer", "/stand-ins", period).await.status, 201);
    let waits = cast.submitted_by("author").await;
    cast.act("reviewer", &waits, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    assert!(sent(&cast, "reviewer2", "等待您签发").contains("\n您代为办理：姓名signer\n"), "{}", sent(&cast, "reviewer2", "等待您签发"));
    let letter = sent(&cast, "signer", "等待您签发");
    assert!(!letter.contains("您代为办理") && letter.contains("前，还有 "), "{letter}");
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let (housing, schools) = (cast.organization("县住建局").await, cast.organization("县教育局").await);
    let departments = json!([{"organization_id": housing, "part": "lead"}, {"organization_id": schools, "part": "assisting"}]);
    cast.act("dispatcher", &id, "assignments", json!({"form": "joint", "departments": departments})).await;
    let told = |login: &str| cast.letters(cast.id(login), Letter::Assigned).pop().unwrap();
    let (lead, assisting) = (told("handler"), told("handler2"));
    let subject = |facts: &Value| {
        let facts = serde_json::from_value(facts.clone()).unwrap();
        render::subject(Letter::Assigned, Lang::Zh, "直通车", chrono_tz::Asia::Shanghai, &facts)
    };
    let day = |facts: &Value, date: &str| {
        let at: Moment = serde_json::from_value(facts[date].clone()).unwrap();
        at.utc().with_timezone(&chrono_tz::Asia::Shanghai).format("%-m月%-d日").to_string()
    };
    for facts in [&lead, &assisting] {
        let number = facts["number"].as_str().unwrap();
        assert!(subject(facts).contains(&format!("{number} {}前《", day(facts, "receive_by"))), "{}", subject(facts));
        assert!(facts["return_until"].as_str().unwrap() <= facts["due"].as_str().unwrap(), "{facts}");
    }
    assert_eq!((&lead["suggestions"], lead.get("lead")), (&json!([1, 2]), None));
    assert_eq!((assisting.get("suggestions"), &assisting["lead"]), (None, &json!("县住建局")));
    let letter = sent(&cast, "handler2", "请贵单位协办");
    assert!(letter.contains("\n协办意见时限：") && letter.contains("\n主办单位：县住建局\n"), "{letter}");
    assert!(!letter.contains("办复时限"), "{letter}");
}

#[test]
fn words_without_their_facts_still_read() {
    for kind in Letter::ALL {
        let mut letter = zhitongche::mail::LetterContext::sample(*kind, zhitongche::domain::lang::Lang::Zh);
        letter.facts = zhitongche::mail::LetterFacts { urgent: true, ..zhitongche::mail::LetterFacts::default() };
        let rendered = render::render(&letter).unwrap();
        assert!(rendered.subject.starts_with("【急件】") && !rendered.text.contains("{$"), "{kind}: {}", rendered.text);
    }
}
