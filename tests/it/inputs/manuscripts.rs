//! The acts on manuscripts, assignments and endorsements.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Command, Comparison, nothing};
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    writing_is_refused_alike,
    decisions_are_refused_alike,
    what_leaders_and_dispatchers_do_is_refused_alike,
    what_departments_do_is_refused_alike,
    endings_are_refused_alike,
);

const LONG: usize = 30_000;

fn long() -> String {
    "长".repeat(LONG)
}

async fn version(cast: &Cast, login: &str, path: &str) -> i64 {
    let answer = cast.get(login, path).await;
    answer.body["version"].as_i64().unwrap_or_else(|| panic!("{login} {path}: {} {}", answer.status, answer.body))
}

async fn draft(cast: &Cast) -> String {
    let mut whole = complete();
    whole["submit"] = json!(false);
    cast.post("author", "/manuscripts", whole).await.body["id"].as_str().unwrap().to_owned()
}

async fn writing_is_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let id = draft(&cast).await;
    let whole = complete();
    let part = |name: &str| whole[name].clone();
    let good = json!({
        "title": part("title"), "category": part("category"), "situation": part("situation"), "causes": part("causes"),
        "suggestions": part("suggestions"), "declarations": part("declarations"),
    });
    let seen = version(&cast, "author", &format!("/manuscripts/{id}")).await;
    let change = Command::new("author", Method::PATCH, format!("/manuscripts/{id}"), format!("/manuscripts/{id}/edit"), good).seen(seen);
    both.refuse(change.wrong(&[
        json!({"title": long()}),
        json!({"category": "不存在的类别"}),
        json!({"situation": long(), "title": long()}),
        json!({"kind": "poem"}),
        json!({"declarations.classification": "rumour"}),
        json!({"title": "a\nb"}),
    ]))
    .await;
    let unfinished = cast.post("author", "/manuscripts", json!({"title": "只有标题"})).await.body;
    let path = format!("/manuscripts/{}/submission", unfinished["id"].as_str().unwrap());
    let api = cast.at(Method::POST, "author", &path, 1, nothing()).await;
    let page = cast.form("author", &path, &[("version", "1")]).await;
    assert_eq!((api.status.as_u16(), super::of_api(&api.body)), (page.status.as_u16(), super::of_page(&page)));
    let submit = Command::post("author", format!("/manuscripts/{id}/submission"), nothing());
    let seen = version(&cast, "author", &format!("/manuscripts/{id}")).await;
    both.refuse(submit.seen(seen)).await;
    let withdraw = Command::post("author", format!("/manuscripts/{id}/withdrawal"), nothing());
    let seen = version(&cast, "author", &format!("/manuscripts/{id}")).await;
    both.refuse(withdraw.seen(seen)).await;
    both.end();
}

async fn decisions_are_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let screened = cast.submitted_by("screened").await;
    let seen = version(&cast, "screener", &format!("/manuscripts/{screened}")).await;
    let screening = Command::new(
        "screener",
        Method::POST,
        format!("/manuscripts/{screened}/screening"),
        format!("/screening/{screened}"),
        json!({"decision": "return", "reason": "请补充数据。"}),
    );
    both.refuse(screening.seen(seen).wrong(&[json!({"reason": ""}), json!({"reason": long()}), json!({"decision": null})])).await;

    let id = cast.submitted_by("author").await;
    let seen = version(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let text = json!({"title": "定稿", "situation": "情况。", "causes": "", "suggestions": ["一条。"]});
    let edit = Command::new("reviewer", Method::PUT, format!("/manuscripts/{id}/edited-text"), format!("/review/{id}/edit"), text);
    let wrong = [json!({"title": ""}), json!({"title": long()}), json!({"suggestions": []}), json!({"situation": long(), "title": "a\nb"})];
    both.refuse(edit.seen(seen).wrong(&wrong)).await;
    let (api, page) = (format!("/manuscripts/{id}/review"), format!("/review/{id}"));
    let seen = version(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let decline = json!({"decision": "decline", "reason": "纯学术。", "reason_code": "academic"});
    let decline = Command::new("reviewer", Method::POST, &api, &page, decline).seen(seen);
    let wrong = [
        json!({"reason_code": null}),
        json!({"reason_code": "no_such_reason"}),
        json!({"reason": ""}),
        json!({"reason": "\u{200b}"}),
        json!({"reason": long()}),
    ];
    both.refuse(decline.wrong(&wrong)).await;
    let seen = version(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let refer = Command::new(
        "reviewer",
        Method::POST,
        format!("/manuscripts/{id}/referral"),
        format!("/review/{id}/referral"),
        json!({"addressee": "县信访局", "note": "属信访事项。"}),
    );
    both.refuse(refer.seen(seen).wrong(&[json!({"addressee": ""}), json!({"addressee": long()}), json!({"note": long()})])).await;
    let seen = version(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let again = Command::new(
        "reviewer",
        Method::POST,
        format!("/manuscripts/{id}/reconsideration"),
        format!("/review/{id}/reconsideration"),
        json!({"reason": "情况有变。"}),
    );
    both.refuse(again.seen(seen).wrong(&[json!({"reason": ""}), json!({"reason": long()})])).await;
    let seen = version(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let recommend = Command::new("reviewer", Method::POST, &api, &page, json!({"decision": "recommend", "opinion": "拟采用。"}));
    both.refuse(recommend.seen(seen).wrong(&[json!({"opinion": long()})])).await;
    let seen = version(&cast, "signer", &format!("/manuscripts/{id}")).await;
    let back = json!({"decision": "send_back", "reason": "再核实。"});
    let back = Command::new("signer", Method::POST, format!("/manuscripts/{id}/signature"), format!("/signing/{id}"), back);
    both.refuse(back.seen(seen).wrong(&[json!({"reason": ""}), json!({"reason": long()})])).await;
    both.end();
}

async fn what_leaders_and_dispatchers_do_is_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let endorse = Command::new(
        "leader",
        Method::POST,
        format!("/manuscripts/{id}/endorsements"),
        format!("/reading/{id}/endorsements"),
        json!({"kind": "instruction", "words": "请研究。"}),
    );
    both.refuse(endorse.wrong(&[
        json!({"kind": null}),
        json!({"kind": "applause"}),
        json!({"words": ""}),
        json!({"words": long()}),
        json!({"due_on": "soon"}),
        json!({"due_on": "2020-01-01"}),
        json!({"due_on": "2031-01-01"}),
        json!({"kind": null, "due_on": "soon"}),
    ]))
    .await;
    let housing = cast.organization("县住建局").await.to_string();
    let assign = Command::new(
        "dispatcher",
        Method::POST,
        format!("/manuscripts/{id}/assignments"),
        format!("/manuscripts/{id}/assignment"),
        json!({"form": "single", "departments": [{"organization_id": housing}]}),
    );
    let seen = version(&cast, "dispatcher", &format!("/manuscripts/{id}")).await;
    both.refuse(assign.seen(seen).wrong(&[
        json!({"form": null}),
        json!({"departments": []}),
        json!({"due_on": "2020-01-01"}),
        json!({"due_on": "31.12.2026"}),
        json!({"note": long()}),
        json!({"departments[0].organization_id": "00000000-0000-7000-8000-000000000000"}),
        json!({"departments[0].organization_id": "no-id"}),
        json!({"form": "guess", "due_on": "x"}),
    ]))
    .await;
    both.end();
}

async fn what_departments_do_is_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let (id, one) = cast.charged().await;
    let path = |act: &str| format!("/assignments/{one}/{act}");
    let seen = |login: &'static str| {
        let (cast, path) = (&cast, format!("/assignments/{one}"));
        async move { version(cast, login, &path).await }
    };
    both.refuse(Command::post("dispatcher", path("urging"), json!({"words": "请尽快。"})).wrong(&[json!({"words": long()})])).await;
    both.refuse(Command::post("handler", path("receipt"), nothing()).seen(seen("handler").await)).await;
    let extension = json!({"reason": "需要论证。", "progress": "已勘察。", "due_on": "2027-03-31"});
    let wrong = [
        json!({"reason": ""}),
        json!({"reason": long(), "progress": ""}),
        json!({"due_on": null}),
        json!({"due_on": ""}),
        json!({"due_on": "2027-02-30"}),
        json!({"due_on": "2020-01-01"}),
        json!({"due_on": "2040-01-01"}),
    ];
    // An empty field is a missing one in a form; in JSON it is a text that is no day.
    let wrong = wrong.into_iter().filter(|one| one["due_on"] != "").collect::<Vec<_>>();
    let ask = Command::post("handler", path("extension-request"), extension).seen(seen("handler").await);
    both.refuse(ask.wrong(&wrong)).await;
    let decide = Command::post("dispatcher", path("extension-decision"), json!({"decision": "refuse", "reason": "照原时限。"}));
    let wrong = [json!({"decision": null}), json!({"decision": "perhaps"}), json!({"reason": ""}), json!({"due_on": "soon"})];
    both.refuse(decide.seen(seen("dispatcher").await).wrong(&wrong)).await;
    let reply = json!({
        "words": "已会同有关单位研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏",
        "items": [
            {"number": 1, "answer": "planned", "words": "列入明年计划。", "promised_on": "2027-06-30"},
            {"number": 2, "answer": "adopted", "words": "已划定。"},
        ],
    });
    let reply = Command::post("handler", path("reply"), reply).seen(seen("handler").await);
    both.refuse(reply.wrong(&[
        json!({"words": ""}),
        json!({"words": long()}),
        json!({"consultation": null}),
        json!({"consultation": "dream"}),
        json!({"result_code": "Z"}),
        json!({"officer": ""}),
        json!({"officer": "名".repeat(60)}),
        json!({"items[0].answer": null, "items[1].answer": "maybe", "consultation": null}),
        json!({"items[0].words": "", "items[1].words": ""}),
        json!({"items[0].promised_on": null}),
        json!({"items[0].promised_on": "2020-01-01"}),
        json!({"items[0].promised_on": "x", "items[1].answer": null}),
    ]))
    .await;
    let review = Command::post("dispatcher", path("reply-review"), json!({"decision": "approve"}));
    let wrong = [json!({"decision": null}), json!({"decision": "reject"}), json!({"decision": "reject", "reason": long()})];
    both.refuse(review.seen(seen("dispatcher").await).wrong(&wrong)).await;
    let report = Command::post("handler", path("implementation-reports"), json!({"number": 1, "words": "已建成。", "implemented": true}));
    let wrong = [json!({"words": ""}), json!({"words": long()}), json!({"number": 9}), json!({"number": "x"})];
    both.refuse(report.wrong(&wrong)).await;
    let conclude = Command::post("dispatcher", format!("/manuscripts/{id}/conclusion"), json!({"result": "已落实。"}));
    let version = version(&cast, "dispatcher", &format!("/manuscripts/{id}")).await;
    both.refuse(conclude.seen(version).wrong(&[json!({"result": ""}), json!({"result": long()})])).await;
    both.end();
}

async fn endings_are_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let id = cast.concluded().await;
    let rate = Command::new(
        "author",
        Method::POST,
        format!("/manuscripts/{id}/ratings"),
        format!("/manuscripts/{id}/rating"),
        json!({"attitude": "satisfied", "result": "mostly_satisfied", "words": "希望早日建成。"}),
    );
    let wrong: Vec<Value> = vec![
        json!({"attitude": null}),
        json!({"attitude": null, "result": null}),
        json!({"attitude": "fine", "result": null}),
        json!({"words": long()}),
    ];
    both.refuse(rate.wrong(&wrong)).await;
    let adopt = json!({"level": "city", "body": "市委统战部", "form": "single", "adopted_on": "2026-11-02", "evidence": "第8期"});
    let wrong = [
        json!({"level": null, "form": null}),
        json!({"adopted_on": null}),
        json!({"adopted_on": "2026-13-01"}),
        json!({"adopted_on": "2030-01-01"}),
        json!({"body": ""}),
        json!({"body": long()}),
        json!({"level": "moon", "adopted_on": "x"}),
    ];
    both.refuse(Command::post("reviewer", format!("/manuscripts/{id}/adoptions"), adopt).wrong(&wrong)).await;
    let seen = version(&cast, "dispatcher", &format!("/manuscripts/{id}")).await;
    let reopen = Command::post("dispatcher", format!("/manuscripts/{id}/reopening"), json!({"reason": "还没有落实。"}));
    both.refuse(reopen.seen(seen).wrong(&[json!({"reason": ""}), json!({"reason": long()})])).await;
    both.end();
}
