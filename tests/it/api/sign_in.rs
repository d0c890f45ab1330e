//! Signing in: who gets in, who has to wait, and when a sign-in ends.

use chrono::Duration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::Engine;

crate::both_databases!(
    the_right_password_opens_a_session_until_it_is_closed,
    a_wrong_name_is_answered_as_a_wrong_password,
    guessing_has_to_wait_for_the_window_to_pass,
    an_idle_session_ends_and_a_used_one_ends_after_its_time,
);

async fn sign_in(cast: &Cast, login: &str, password: &str) -> Answer {
    cast.post("", "/session", json!({ "login": login, "password": password })).await
}

async fn who_am_i(cast: &Cast, token: &str) -> Answer {
    cast.app.get(token, "/api/v1/session").await
}

async fn the_right_password_opens_a_session_until_it_is_closed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let opened = sign_in(&cast, " Ｒeviewer ", PASSWORD).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    assert_eq!(opened.body["user"]["name"], "姓名reviewer");
    assert_eq!(opened.body["user"]["roles"][0]["role"], "reviewer");
    let token = opened.body["token"].as_str().unwrap();
    let me = who_am_i(&cast, token).await;
    assert_eq!((me.status, &me.body["channel"]["code"]), (StatusCode::OK, &json!("chengjiang")));
    assert_eq!(me.headers["cache-control"], "no-store");
    let closed = cast.app.send(cast.app.request(Method::DELETE, "/api/v1/session", token)).await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT);
    assert_eq!(who_am_i(&cast, token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(who_am_i(&cast, "token-reviewer").await.status, StatusCode::OK, "another token lives on");
}

async fn a_wrong_name_is_answered_as_a_wrong_password(engine: Engine) {
    let cast = Cast::new(engine).await;
    let same = |mut answer: Answer| {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        answer.body["request_id"] = Value::Null;
        answer.body
    };
    let known = same(sign_in(&cast, "reviewer", "not the password").await);
    assert_eq!(known, same(sign_in(&cast, "nobody", "not the password").await));
    assert_eq!(known["code"], "unauthenticated");
    assert_eq!(known["title"], "请先登录");
}

async fn guessing_has_to_wait_for_the_window_to_pass(engine: Engine) {
    let cast = Cast::new(engine).await;
    for _ in 0..5 {
        assert_eq!(sign_in(&cast, "reviewer", "a wrong password").await.status, StatusCode::UNAUTHORIZED);
    }
    let refused = sign_in(&cast, "reviewer", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&wait), "{wait}");
    assert_eq!(sign_in(&cast, "signer", PASSWORD).await.status, StatusCode::CREATED, "another name need not wait");
    cast.app.clock.advance(Duration::seconds(wait));
    assert_eq!(sign_in(&cast, "reviewer", PASSWORD).await.status, StatusCode::CREATED);
}

async fn an_idle_session_ends_and_a_used_one_ends_after_its_time(engine: Engine) {
    let cast = Cast::new(engine).await;
    let idle = sign_in(&cast, "reviewer", PASSWORD).await.body["token"].as_str().unwrap().to_owned();
    let used = sign_in(&cast, "reviewer", PASSWORD).await.body["token"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        cast.app.clock.advance(Duration::minutes(40));
        assert_eq!(who_am_i(&cast, &used).await.status, StatusCode::OK);
        seen_now(&cast, &used).await;
    }
    assert_eq!(who_am_i(&cast, &idle).await.status, StatusCode::UNAUTHORIZED, "80 minutes without a request");
    for _ in 0..15 {
        cast.app.clock.advance(Duration::minutes(40));
        assert_eq!(who_am_i(&cast, &used).await.status, StatusCode::OK);
        seen_now(&cast, &used).await;
    }
    cast.app.clock.advance(Duration::minutes(40));
    assert_eq!(who_am_i(&cast, &used).await.status, StatusCode::UNAUTHORIZED, "12 hours are over");
}

/// Waits until the last use is noted, which happens beside the request.
async fn seen_now(cast: &Cast, token: &str) {
    let token = token.to_owned();
    for _ in 0..10_000 {
        let token = token.clone();
        let known = cast.desk().read(move |tx| zhitongche::app::sign_in::authenticate(tx, &token)).await.unwrap();
        if known.seen_before {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the use of the token was never noted");
}
