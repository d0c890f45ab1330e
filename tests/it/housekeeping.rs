//! Nothing is kept for ever that nobody asks for again, and nothing goes that somebody may.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use diesel::prelude::*;
use serde_json::{Value, json};
use zhitongche::jobs::{JobContext, housekeeping};
use zhitongche::store::StoreError;
use zhitongche::store::schema::{idempotency_keys, tokens};

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(answers_are_kept_as_long_as_promised, files_that_nothing_names_go, sign_ins_that_ended_are_forgotten);

fn tidy_up(cast: &Cast) -> usize {
    housekeeping::run_once(&JobContext::new(cast.app.desk.clone()).unwrap()).unwrap()
}

async fn answers_are_kept_as_long_as_promised(engine: Engine) {
    let cast = Cast::new(engine).await;
    let submit = async || {
        let request = cast.app.request("POST".parse().unwrap(), "/api/v1/manuscripts", "token-author");
        cast.app.send(request.header("Idempotency-Key", "k-1").json(&complete())).await.body["id"].clone()
    };
    let kept = || cast.app.desk.db.read_now::<i64, StoreError>(|conn| Ok(idempotency_keys::table.count().get_result(conn)?)).unwrap();
    let first = submit().await;
    cast.app.clock.advance(chrono::Duration::days(6));
    assert_eq!((tidy_up(&cast), kept()), (0, 1));
    assert_eq!(submit().await, first, "a repeat gives the same answer for a week");
    cast.app.clock.advance(chrono::Duration::days(2));
    assert_eq!((tidy_up(&cast), kept()), (1, 0));
    assert_ne!(submit().await, first, "afterwards it is a new act");
}

async fn sign_ins_that_ended_are_forgotten(engine: Engine) {
    let cast = Cast::new(engine).await;
    let names = || {
        let load = |conn: &mut zhitongche::store::AnyConn| Ok(tokens::table.order(tokens::name).select(tokens::name).load(conn)?);
        cast.app.desk.db.read_now::<Vec<String>, StoreError>(load).unwrap()
    };
    let issue = async |name: &str, days: i64| {
        let made = cast.send("POST", "author", "/tokens", None, json!({"name": name, "expires_in_days": days})).await;
        assert_eq!(made.status, 201, "{}", made.body);
    };
    issue("短", 1).await;
    issue("长", 60).await;
    cast.app.clock.advance(chrono::Duration::days(30));
    assert_eq!(tidy_up(&cast), 0, "what has just ended can still be looked up");
    cast.app.clock.advance(chrono::Duration::days(2));
    assert!(tidy_up(&cast) >= 1);
    assert_eq!((names().contains(&"短".to_owned()), names().contains(&"长".to_owned())), (false, true));
}

/// Lets a file be as old as the test's clock says.
fn grow_old(cast: &Cast, file: &PathBuf, by: chrono::Duration) {
    let at = (cast.app.clock.now() - by).micros();
    let at = UNIX_EPOCH + Duration::from_micros(u64::try_from(at).unwrap());
    File::options().write(true).open(file).unwrap().set_modified(at).unwrap();
}

async fn files_that_nothing_names_go(engine: Engine) {
    let cast = Cast::new(engine).await;
    let draft = async || {
        let body = cast.send("POST", "author", "/manuscripts", None, json!({"title": "关于停车的建议"})).await.body;
        format!("/manuscripts/{}", body["id"].as_str().unwrap())
    };
    let upload = async |manuscript: &str, content: &[u8]| {
        let body = cast.upload("author", &format!("{manuscript}/attachments"), "a.pdf", content).await.body;
        cast.app.settings.attachments_dir().join(body["sha256"].as_str().unwrap())
    };
    let (kept, thrown_away) = (draft().await, draft().await);
    let (named, stray, shared) =
        (upload(&kept, b"%PDF-1.7 a").await, upload(&thrown_away, b"%PDF-1.7 b").await, upload(&thrown_away, b"%PDF-1.7 c").await);
    assert_eq!(upload(&kept, b"%PDF-1.7 c").await, shared, "the same file twice is one");
    let broken = cast.app.settings.attachments_dir().join(".incoming-x");
    fs::write(&broken, b"half").unwrap();
    assert_eq!(cast.send("DELETE", "author", &thrown_away, Some(1), Value::Null).await.status, 204);
    let files = [&named, &stray, &shared, &broken];
    let there = || files.map(|file| file.exists());
    files.iter().for_each(|file| grow_old(&cast, file, chrono::Duration::hours(47)));
    assert_eq!((tidy_up(&cast), there()), (0, [true; 4]), "an upload that is only slow is waited for");
    files.iter().for_each(|file| grow_old(&cast, file, chrono::Duration::hours(49)));
    assert_eq!((tidy_up(&cast), there()), (2, [true, false, true, false]));
}
