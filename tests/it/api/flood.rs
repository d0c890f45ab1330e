//! Guessing and floods at the sign-in: nobody is locked out by what others do, and nobody makes the server hold more than it should.

use chrono::Duration;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::json;

use crate::support::app::Answer;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::Engine;

crate::both_databases!(
    nobody_is_locked_out_by_others,
    a_known_device_waits_for_its_own_mistakes_alone,
    delays_grow_with_each_failure,
    a_flood_of_sign_ins_is_bounded,
    a_flood_of_readings_is_bounded,
);

/// A sign-in from an address, with a cookie if it is not empty.
async fn from(cast: &Cast, address: &str, cookie: &str, login: &str, password: &str) -> Answer {
    let mut request = cast.app.request(reqwest::Method::POST, "/api/v1/session", "").header("X-Forwarded-For", address);
    if !cookie.is_empty() {
        request = request.header("Cookie", cookie);
    }
    cast.app.send(request.json(&json!({"login": login, "password": password}))).await
}

/// The cookie of the device that an answer gives.
fn device(headers: &HeaderMap) -> String {
    let mut all = headers.get_all(SET_COOKIE).iter().map(|one| one.to_str().unwrap());
    let cookie = all.find(|one| one.starts_with("ztc-device-")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=7776000"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn nobody_is_locked_out_by_others(engine: Engine) {
    let cast = Cast::new(engine).await;
    for n in 0..12 {
        from(&cast, "203.0.113.9", "", "admin", &format!("wrong {n}")).await;
    }
    assert_eq!(from(&cast, "203.0.113.9", "", "admin", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let own = from(&cast, "198.51.100.7", "", "admin", PASSWORD).await;
    assert_eq!(own.status, StatusCode::CREATED, "from another address the right password counts: {}", own.body);
    // From everywhere at once an account waits half a minute at most.
    for n in 0..60 {
        from(&cast, &format!("192.0.2.{n}"), "", "admin", "wrong").await;
    }
    let waits = from(&cast, "198.51.100.8", "", "admin", PASSWORD).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = waits.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds <= 30, "{seconds}");
    cast.app.clock.advance(Duration::seconds(seconds));
    assert_eq!(from(&cast, "198.51.100.8", "", "admin", PASSWORD).await.status, StatusCode::CREATED);
    // Of an address that tries all sorts of names, the people behind it wait half a minute at most.
    for n in 0..150 {
        from(&cast, "198.51.100.9", "", &format!("nobody-{n}"), "wrong").await;
    }
    let waits = from(&cast, "198.51.100.9", "", "signer", PASSWORD).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = waits.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds <= 30, "{seconds}");
    cast.app.clock.advance(Duration::seconds(seconds));
    assert_eq!(from(&cast, "198.51.100.9", "", "signer", PASSWORD).await.status, StatusCode::CREATED);
}

async fn a_known_device_waits_for_its_own_mistakes_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let cookie = device(&from(&cast, "198.51.100.7", "", "admin", PASSWORD).await.headers);
    for n in 0..80 {
        from(&cast, if n % 2 == 0 { "198.51.100.7" } else { "203.0.113.9" }, "", "admin", "wrong").await;
    }
    assert_eq!(from(&cast, "198.51.100.7", "", "admin", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let own = from(&cast, "198.51.100.7", &cookie, "admin", PASSWORD).await;
    assert_eq!(own.status, StatusCode::CREATED, "{}", own.body);
    assert_eq!(
        from(&cast, "198.51.100.7", &cookie, "security", "wrong").await.status,
        StatusCode::UNAUTHORIZED,
        "it is no device of another account"
    );
    for _ in 0..5 {
        assert_eq!(from(&cast, "198.51.100.7", &cookie, "admin", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(from(&cast, "198.51.100.7", &cookie, "admin", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    cast.app.clock.advance(Duration::days(91));
    let forged = cookie.replacen('=', "=1", 1);
    for stale in [&cookie, &forged] {
        for _ in 0..6 {
            from(&cast, "192.0.2.1", stale, "signer", "wrong").await;
        }
        assert_eq!(from(&cast, "192.0.2.1", stale, "signer", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

async fn delays_grow_with_each_failure(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut waits = Vec::new();
    for _ in 0..9 {
        let wrong = from(&cast, "203.0.113.9", "", "reviewer", "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        let next = from(&cast, "203.0.113.9", "", "reviewer", "wrong").await;
        if next.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds: i64 = next.headers["retry-after"].to_str().unwrap().parse().unwrap();
            waits.push(seconds);
            // Going on meanwhile prolongs nothing.
            from(&cast, "203.0.113.9", "", "reviewer", "wrong").await;
            cast.app.clock.advance(Duration::seconds(seconds));
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64]);
    assert_eq!(from(&cast, "203.0.113.9", "", "reviewer", PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(from(&cast, "203.0.113.9", "", "reviewer", "wrong").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(from(&cast, "203.0.113.9", "", "reviewer", PASSWORD).await.status, StatusCode::CREATED, "it began anew");
}

/// Resident memory of this process, in MiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

async fn a_flood_of_sign_ins_is_bounded(engine: Engine) {
    let cast = Cast::with(engine, |settings| (settings.session.argon2_kib, settings.session.argon2_passes) = (19_456, 1)).await;
    let cookie = device(&from(&cast, "198.51.100.7", "", "admin", PASSWORD).await.headers);
    let mut grew = Vec::new();
    for round in 0..3 {
        let before = resident();
        let addresses: Vec<String> = (0..500).map(|n| format!("10.{round}.{}.{}", n / 250, n % 250)).collect();
        // Each address tries a name of its own, which nobody has.
        let flood = join_all(addresses.iter().map(|address| from(&cast, address, "", address, "wrong")));
        let (flood, right) = tokio::join!(flood, from(&cast, "198.51.100.7", &cookie, "admin", PASSWORD));
        assert_eq!(right.status, StatusCode::CREATED, "{}", right.body);
        for answer in &flood {
            match answer.status.as_u16() {
                401 => {}
                429 | 503 => assert!(answer.headers.contains_key("retry-after")),
                other => panic!("{other}: {}", answer.body),
            }
        }
        grew.push(resident().saturating_sub(before));
    }
    // The first one brings the connections of both sides and the memory of two hashes; none after it brings more.
    assert!(grew[0] < 400 && grew[1] + grew[2] < 48, "MiB: {grew:?}");
}

async fn a_flood_of_readings_is_bounded(engine: Engine) {
    let cast = Cast::with(engine, |settings| (settings.database.readers, settings.database.read_queue) = (1, 8)).await;
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let desk = cast.desk().clone();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let held = actix_web::rt::spawn(async move {
        let reading = move |_: &mut zhitongche::app::Tx<'_>| {
            begun.send(()).unwrap();
            let _ = wait.recv();
            Ok::<_, zhitongche::app::AppError>(())
        };
        desk.read(reading).await
    });
    begins.await.unwrap();
    let mut asked: FuturesUnordered<_> = (0..40).map(|_| cast.app.get("token-author", "/api/v1/session")).collect();
    // Whoever does not fit is answered while the reader is still held.
    for _ in 0..40 - 8 {
        let answer = asked.next().await.unwrap();
        assert_eq!((answer.status, &answer.body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy")));
        assert!(answer.headers.contains_key("retry-after"));
    }
    drop(release);
    held.await.unwrap().unwrap();
    while let Some(answer) = asked.next().await {
        assert_eq!(answer.status, StatusCode::OK);
    }
}
