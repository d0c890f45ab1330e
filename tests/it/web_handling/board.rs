//! What waits for the dispatcher and the departments, and how departments are charged.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::came_back;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(the_board_holds_what_waits_and_each_pile_has_a_page, departments_are_charged_with_a_form,);

const TITLE: &str = "关于缓解实验小学周边停车难的建议";

fn micros(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<DateTime<Utc>>().unwrap().timestamp_micros()
}

async fn the_board_holds_what_waits_and_each_pile_has_a_page(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (first, second) = (cast.forwarded().await, cast.forwarded().await);
    let (settled, cancelled) = cast.charged().await;
    assert_eq!(cast.press("dispatcher", &cancelled, "cancellation", &[("reason", "重复交办。")]).await.status, 303);
    cast.app.clock.advance(chrono::Duration::minutes(5));
    let (_, one) = cast.charged().await;
    let board = cast.page("dispatcher", "/dispatch").await.html;
    for there in [
        "没有逾期的",
        &format!("/manuscripts/{first}/assignment"),
        &format!("/manuscripts/{second}/assignment"),
        &format!("/assignments/{one}"),
        &format!("/manuscripts/{settled}/conclusion"),
    ] {
        assert!(board.contains(there), "{there}: {board}");
    }
    let pile = async |login: &str, path: &str| cast.page(login, path).await.html;
    for (path, there) in [("assign", &first), ("assign", &second), ("settled", &settled), ("receive", &one)] {
        assert!(pile("dispatcher", &format!("/dispatch/{path}")).await.contains(there.as_str()), "{path}");
    }
    assert!(pile("handler", "/handling/receive").await.contains(&one) && pile("handler", "/handling").await.contains(&one));
    assert!(!pile("handler2", "/handling").await.contains(TITLE));

    // A page goes on behind the line that the address names.
    let since = micros(&cast.get("dispatcher", &format!("/manuscripts/{first}")).await.body["where_is_it"]["since"]);
    let rest = pile("dispatcher", &format!("/dispatch/assign?after=0.{since}.{first}")).await;
    assert!(rest.contains(&second) && !rest.contains(&format!("{first}/assignment")), "{rest}");
    let by = micros(&cast.assignment("dispatcher", &one).await["internal"]["receive_by"]);
    let rest = pile("dispatcher", &format!("/dispatch/receive?after={by}.{one}")).await;
    assert!(rest.contains("现在没有。"), "{rest}");

    cast.app.clock.advance(chrono::Duration::days(10));
    let late = pile("dispatcher", "/dispatch").await;
    assert!(late.contains("逾期 1 件") && late.contains("还没有签收") && late.contains("3 个工作日"), "{late}");
    let urged = cast.form("dispatcher", &format!("/assignments/{one}/urging"), &[("back", "/dispatch")]).await;
    assert_eq!((urged.status.as_u16(), urged.location.as_str()), (303, "/dispatch?done=assignment-urging"));
    assert!(pile("dispatcher", "/dispatch").await.contains("第 2 次催办"), "the next one is the second");
    assert_eq!(cast.told("urged").await, ["handler"]);
    for (login, path) in [("handler", "/dispatch"), ("author", "/dispatch"), ("author", "/handling"), ("dispatcher", "/handling/work")] {
        assert_eq!(cast.page(login, path).await.status, 404, "{login} {path}");
    }
    assert_eq!(cast.page("dispatcher", "/dispatch/nothing").await.status, 404);
}

async fn departments_are_charged_with_a_form(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.forwarded().await;
    let path = format!("/manuscripts/{id}/assignment");
    let page = cast.page("dispatcher", &path).await.html;
    for there in ["县住建局", "县教育局", "由县住建局在学校东侧空地建设临时停车场。", "信在 10 分钟后发出"]
    {
        assert!(page.contains(there), "{there}: {page}");
    }
    assert!(!page.contains("县纪委</option>"), "who has no officer can't be charged");
    let (housing, schools) = (cast.organization("县住建局").await.to_string(), cast.organization("县教育局").await.to_string());
    let seen = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body["version"].to_string();
    let send = async |more: &[(&str, &str)]| {
        let all = [("version", seen.as_str()), ("note", "请两家一并研究。")].into_iter().chain(more.iter().copied());
        cast.form("dispatcher", &path, &all.collect::<Vec<_>>()).await
    };
    let kept = "请两家一并研究。</textarea>";
    came_back(&send(&[]).await, &[kept, "请填写这一项。"]);
    let (one, two) = ("departments[0].organization_id", "departments[2].organization_id");
    let chosen = format!("value=\"{housing}\" selected");
    came_back(&send(&[("form", "joint"), (one, &housing)]).await, &[kept, &chosen, "id=\"f-departments\"", "value=\"joint\" checked"]);
    let twice = send(&[("form", "split"), (one, &housing), (two, &housing)]).await;
    came_back(&twice, &["id=\"w-departments[2].organization_id\"", kept]);
    let unanswered =
        [("form", "split"), (one, &housing), (two, &schools), ("departments[0].suggestions", "1"), ("departments[2].suggestions", "1")];
    came_back(&send(&unanswered).await, &["name=\"departments[2].suggestions\" value=\"1\" checked", &chosen]);
    came_back(
        &send(&[("form", "single"), (one, &housing), ("due_on", "2026-11-19")]).await,
        &["id=\"w-due_on\"", "value=\"2026-11-19\"", kept],
    );
    let more = send(&[("form", "split"), (one, &housing), ("more", "1")]).await;
    assert!(more.status == 200 && more.html.contains(&chosen) && more.html.contains("departments[5].organization_id"), "{}", more.html);
    assert_eq!(cast.stage("dispatcher", &id).await, "forwarded", "nothing of it has happened");

    let done = send(&[
        ("form", "split"),
        (one, &housing),
        (two, &schools),
        ("departments[0].suggestions", "1"),
        ("departments[2].suggestions", "2"),
    ])
    .await;
    assert_eq!((done.status.as_u16(), done.location), (303, format!("/manuscripts/{id}?done=assigned")));
    let view = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body;
    let parts: Vec<String> = view["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["organization"]["name"], one["suggestions"]))
        .collect();
    assert_eq!((view["stage"].as_str(), parts.len()), (Some("handling"), 2));
    assert!(parts.contains(&"\"县住建局\" [1]".to_owned()) && parts.contains(&"\"县教育局\" [2]".to_owned()), "{parts:?}");

    let joint = cast.forwarded().await;
    let seen = cast.get("dispatcher", &format!("/manuscripts/{joint}")).await.body["version"].to_string();
    let fields = [("version", seen.as_str()), ("form", "joint"), (one, &housing), (two, &schools), ("departments[0].suggestions", "1")];
    assert_eq!(cast.form("dispatcher", &format!("/manuscripts/{joint}/assignment"), &fields).await.status, 303);
    let view = cast.get("dispatcher", &format!("/manuscripts/{joint}")).await.body;
    let parts: Vec<&str> = view["assignments"].as_array().unwrap().iter().map(|one| one["part"].as_str().unwrap()).collect();
    assert!(parts.len() == 2 && parts.contains(&"lead") && parts.contains(&"assisting"), "{parts:?}");
    for login in ["author", "handler", "reviewer"] {
        assert!([403, 404].contains(&cast.page(login, &path).await.status.as_u16()), "{login}");
    }
}
