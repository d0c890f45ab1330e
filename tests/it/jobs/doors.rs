//! Page and API: who sees the queue, another try, giving up, many at once; and the figures.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhitongche::domain::ids::JobId;
use zhitongche::domain::job::JobState;
use zhitongche::store::StoreError;
use zhitongche::store::jobs as rows;
use zhitongche::store::jobs::queue::{self, Progress};
use zhitongche::store::schema::jobs;

use super::dead_job;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    the_page_shows_why_and_runs_it_again,
    many_are_retried_at_once,
    a_running_job_shows_how_far_it_is,
    a_dead_row_gives_way_to_its_successor,
    only_administrators_of_the_channel_see_a_job,
    letters_are_sent_again_at_once,
    health_and_figures_tell_of_dead_jobs,
);

fn state(cast: &Cast, id: JobId) -> JobState {
    cast.desk().db.read_now(move |conn| rows::find(conn, id)).unwrap().state
}

async fn the_page_shows_why_and_runs_it_again(engine: Engine) {
    let cast = Cast::new(engine).await;
    let [retried, discarded] = [dead_job(cast.desk()), dead_job(cast.desk())];
    for login in ["author", "reviewer", "security", "auditor"] {
        assert_eq!(cast.page(login, "/jobs").await.status, 403, "{login}");
        assert_eq!(cast.form(login, &format!("/jobs/{retried}/retry"), &[]).await.status, 403, "{login}");
    }
    let dead = cast.page("admin", "/jobs?state=dead").await.html;
    assert_eq!(dead.matches(">核对操作留痕</a>").count(), 2, "{dead}");
    assert!(dead.contains("运行出错（the disk is full）") && dead.contains("试过 10 次") && dead.contains("确认放弃"), "{dead}");
    let again = cast.form("admin", &format!("/jobs/{retried}/retry"), &[("state", "dead")]).await;
    assert_eq!((again.status.as_u16(), again.location.as_str()), (303, "/jobs?state=dead&done=job-retried"));
    let gone = cast.form("admin", &format!("/jobs/{discarded}/discard"), &[("state", "dead")]).await;
    assert_eq!((gone.status.as_u16(), gone.location.as_str()), (303, "/jobs?state=dead&done=job-discarded"));
    assert_eq!((state(&cast, retried), state(&cast, discarded)), (JobState::Waiting, JobState::Discarded));
    let twice = cast.form("admin", &format!("/jobs/{discarded}/discard"), &[]).await;
    assert_eq!(twice.status, 409, "{}", twice.html);
    cast.form("admin", "/language", &[("language", "en"), ("back", "/jobs")]).await;
    let english = cast.page("admin", "/jobs").await.html;
    assert!(
        english.contains("Checking the ledger") && english.contains("it failed (the disk is full)") && english.contains("Discarded"),
        "{english}"
    );
    cast.seal().await;
    let ledger = cast.page("auditor", "/ledger?act=job").await.html;
    assert!(ledger.contains("再试任务") && ledger.contains("放弃任务"), "{ledger}");
}

async fn many_are_retried_at_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let ids: Vec<JobId> = (0..4).map(|_| dead_job(cast.desk())).collect();
    let chosen = [("job", ids[0].to_string()), ("job", ids[1].to_string())];
    let chosen: Vec<(&str, &str)> = chosen.iter().map(|(name, id)| (*name, id.as_str())).collect();
    assert_eq!(cast.form("admin", "/jobs/retry", &chosen).await.location, "/jobs?done=job-retried");
    let states = || ids.iter().map(|id| state(&cast, *id)).collect::<Vec<_>>();
    assert_eq!(states(), [JobState::Waiting, JobState::Waiting, JobState::Dead, JobState::Dead]);
    assert_eq!(cast.form("admin", "/jobs/retry", &[]).await.location, "/jobs?done=job-none-retried");
    let none = cast.post("admin", "/jobs/retry", json!({"kind": "remind"})).await;
    assert_eq!((none.status.as_u16(), &none.body), (200, &json!({"retried": 0})));
    let rest = cast.post("admin", "/jobs/retry", json!({"kind": "check_ledger"})).await;
    assert_eq!((rest.status.as_u16(), &rest.body), (200, &json!({"retried": 2})));
    assert_eq!(states(), [JobState::Waiting; 4]);
    let bad = cast.post("admin", "/jobs/retry", json!({"kind": "nonsense"})).await;
    assert_eq!((bad.status.as_u16(), &bad.body["errors"][0]["field"]), (422, &json!("kind")), "{}", bad.body);
}

async fn a_running_job_shows_how_far_it_is(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert_eq!(cast.form("auditor", "/ledger/checks", &[]).await.status, 303);
    let waits = cast.get("admin", "/jobs?state=waiting").await.body;
    assert_eq!((waits["items"][0]["kind"].as_str(), waits["items"][0]["attempts"].as_i64()), (Some("check_ledger"), Some(0)), "{waits}");
    let (id, now): (JobId, _) = (waits["items"][0]["id"].as_str().unwrap().parse().unwrap(), cast.app.clock.now());
    let until = now + chrono::Duration::seconds(120);
    let run = move |conn: &mut zhitongche::store::AnyConn| {
        queue::claim(conn, &[id], "a node", now, until)?;
        queue::save_progress(conn, id, "a node", Progress { done: 30, total: Some(120), step: "entries" })
    };
    assert!(cast.desk().db.write_now(run).unwrap());
    let page = cast.page("admin", "/jobs?state=running").await.html;
    assert!(page.contains("已核对 30 / 120") && page.contains("运行中") && page.contains("刚刚（11月20日 10:32）开始"), "{page}");
    assert!(!page.contains(&format!("/jobs/{id}/retry")), "what runs is not retried");
    let seen = cast.get("admin", "/jobs?state=running").await.body;
    assert_eq!(seen["items"][0]["progress"], json!({"done": 30, "total": 120, "step": "entries"}));
    assert_eq!(cast.post("admin", &format!("/jobs/{id}/discard"), Value::Null).await.status, 409);
}

async fn a_dead_row_gives_way_to_its_successor(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dead, open, now) = (dead_job(cast.desk()), cast.app.clock.id::<JobId>(), cast.app.clock.now());
    let later = now + chrono::Duration::minutes(50);
    let next = rows::NewJob::periodic(open, "housekeeping", String::new(), "{}".to_owned(), now).at(later);
    let spoil = move |conn: &mut zhitongche::store::AnyConn| {
        let set = (jobs::kind.eq("housekeeping"), jobs::unique_key.eq(""));
        diesel::update(jobs::table.filter(jobs::id.eq(dead))).set(set).execute(conn)?;
        rows::enqueue(conn, &next)
    };
    assert!(cast.desk().db.write_now(spoil).unwrap());
    assert_eq!(cast.post("admin", &format!("/jobs/{dead}/retry"), Value::Null).await.status, 204);
    let hastened = cast.desk().db.read_now(move |conn| rows::find(conn, open)).unwrap();
    assert_eq!((state(&cast, dead), hastened.state, hastened.run_at), (JobState::Discarded, JobState::Waiting, now));
    let periodic = cast.post("admin", &format!("/jobs/{open}/discard"), Value::Null).await;
    assert_eq!(periodic.status, 409, "periodic work goes on: {}", periodic.body);
}

async fn only_administrators_of_the_channel_see_a_job(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let (id, channel) = (dead_job(cast.desk()), cast.channel);
    let give = move |conn: &mut zhitongche::store::AnyConn| {
        Ok::<_, StoreError>(diesel::update(jobs::table.filter(jobs::id.eq(id))).set(jobs::channel_id.eq(channel)).execute(conn)?)
    };
    cast.desk().db.write_now(give).unwrap();
    let seen = async |login: &str| cast.get(login, "/jobs?state=dead").await.body["items"].as_array().map_or(0, Vec::len);
    assert_eq!((seen("admin").await, seen("other-admin").await), (1, 0));
    assert_eq!(cast.post("other-admin", &format!("/jobs/{id}/retry"), Value::Null).await.status, 404);
    assert_eq!(cast.post("other-admin", "/jobs/retry", json!({"ids": [id]})).await.body, json!({"retried": 0}));
    assert_eq!(cast.post("security", &format!("/jobs/{id}/retry"), Value::Null).await.status, 403);
    let one = cast.get("admin", "/jobs?state=dead").await.body["items"][0].clone();
    assert_eq!((&one["kind"], &one["fault"], &one["error"]), (&json!("check_ledger"), &json!("failed"), &json!("the disk is full")));
    assert!(one.get("payload").is_none(), "{one}");
    assert_eq!(cast.post("admin", &format!("/jobs/{id}/retry"), Value::Null).await.status, 204);
    let again = cast.post("admin", &format!("/jobs/{id}/retry"), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("wrong_state")), "{}", again.body);
    assert_eq!(cast.get("admin", "/jobs?state=nonsense").await.status, 422);
}

async fn letters_are_sent_again_at_once(engine: Engine) {
    use zhitongche::domain::notice::LetterState;
    use zhitongche::store::schema::letters;
    let cast = Cast::new(engine).await;
    cast.submitted_by("author").await;
    let give_up = || {
        let failed = (letters::state.eq(LetterState::Failed), letters::attempts.eq(12_i64));
        cast.desk().db.write_now(move |conn| Ok::<_, StoreError>(diesel::update(letters::table).set(failed).execute(conn)?)).unwrap()
    };
    let all = give_up();
    assert!(all >= 2);
    let page = cast.page("admin", "/outbox?state=failed").await.html;
    assert!(page.contains("再发全部没有送达的邮件") && page.matches("name=\"letter\"").count() == all, "{page}");
    assert_eq!(cast.form("auditor", "/outbox/retry", &[("all", "yes")]).await.status, 403);
    let sent = cast.form("admin", "/outbox/retry", &[("all", "yes"), ("state", "failed")]).await;
    assert_eq!(sent.location, "/outbox?state=failed&done=letter-retried");
    assert_eq!(cast.get("admin", "/outbox?state=failed").await.body["items"], json!([]));
    give_up();
    let first = cast.get("admin", "/outbox?state=failed").await.body["items"][0]["id"].clone();
    let one = cast.post("admin", "/outbox/retry", json!({"ids": [first]})).await;
    assert_eq!((one.status.as_u16(), &one.body), (200, &json!({"retried": 1})));
    assert_eq!(cast.get("admin", "/outbox?state=failed").await.body["items"].as_array().unwrap().len(), all - 1);
}

async fn health_and_figures_tell_of_dead_jobs(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.metrics.token = zhitongche::config::Secret::new("figures")).await;
    dead_job(cast.desk());
    let health = cast.page("admin", "/health").await.html;
    assert!(health.contains("href=\"/jobs?state=dead\""), "{health}");
    let figures = async || {
        let request = cast.app.request(reqwest::Method::GET, "/metrics", "figures");
        request.send().await.unwrap().text().await.unwrap()
    };
    let text = figures().await;
    assert!(text.contains("jobs_dead 1\n") && text.contains("jobs_oldest_waiting_seconds 0\n"), "{text}");
}
