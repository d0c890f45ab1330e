//! Acts that share a transaction (`docs/decisions/0038-acts-in-groups.md`): what one of them does, or what happens to it, is seen by no other.

use std::sync::mpsc;
use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::store::{AnyConn, Db};

use crate::support::app::Answer;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    a_refusal_in_a_group_hurts_nobody_else,
    a_fault_in_a_group_hurts_its_own_act_alone,
    of_two_decisions_on_one_manuscript_one_is_told,
    what_is_known_of_people_ends_with_their_change
);

/// Keeps everybody from writing until it is dropped, so that what is asked meanwhile comes into few groups.
struct WritersHeld {
    go: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl WritersHeld {
    fn new(engine: Engine, db: Db) -> Self {
        let (go, may_go) = mpsc::channel::<()>();
        let (ready, is_ready) = mpsc::channel();
        let hold = move |_: &mut AnyConn| {
            ready.send(()).unwrap();
            may_go.recv().ok();
            Ok::<(), zhitongche::app::AppError>(())
        };
        let thread = std::thread::spawn(move || match engine {
            Engine::Sqlite => db.write_now(hold).unwrap(),
            Engine::Postgres => {
                let mut conn = db.connect().unwrap();
                conn.batch_execute("BEGIN; LOCK TABLE channels IN ACCESS EXCLUSIVE MODE").unwrap();
                hold(&mut conn).unwrap();
                conn.batch_execute("COMMIT").unwrap();
            }
        });
        is_ready.recv().unwrap();
        Self { go: Some(go), thread: Some(thread) }
    }
}

impl Drop for WritersHeld {
    fn drop(&mut self) {
        self.go.take();
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// Sends all of these at once while nobody can write.
async fn together(engine: Engine, cast: &Cast, requests: Vec<reqwest::RequestBuilder>) -> Vec<Answer> {
    let held = WritersHeld::new(engine, cast.app.db());
    let all = futures_util::future::join_all(requests.into_iter().map(|request| cast.app.send(request)));
    let release = async move {
        // Nothing outside tells how many wait; those who come later only make the groups smaller.
        tokio::time::sleep(Duration::from_millis(300)).await;
        tokio::task::spawn_blocking(move || drop(held)).await.unwrap();
    };
    futures_util::future::join(all, release).await.0
}

fn submission(cast: &Cast, title: &str, change: impl FnOnce(&mut Value)) -> reqwest::RequestBuilder {
    let mut body = complete();
    body["title"] = json!(title);
    change(&mut body);
    cast.request(Method::POST, "author", "/manuscripts").json(&body)
}

fn numbers(answers: &[Answer]) -> Vec<String> {
    let mut numbers: Vec<String> =
        answers.iter().filter(|one| one.status == 201).map(|one| one.body["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

/// They follow each other without a gap.
#[track_caller]
fn assert_gapless(numbers: &[String], expected: usize) {
    let values: Vec<u32> = numbers.iter().map(|number| number.rsplit_once('-').unwrap().1.parse().unwrap()).collect();
    let wanted: Vec<u32> = (values[0]..).take(expected).collect();
    assert_eq!(values, wanted);
}

async fn a_refusal_in_a_group_hurts_nobody_else(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut requests: Vec<_> = (0..12).map(|n| submission(&cast, &format!("关于第{n}处路灯的建议"), |_| ())).collect();
    requests.insert(3, submission(&cast, "", |_| ()));
    requests.insert(7, submission(&cast, "没有建议", |body| body["suggestions"] = json!([])));
    requests.push(submission(&cast, "涉密", |body| body["declarations"]["classification"] = json!("secret")));
    let answers = together(engine, &cast, requests).await;
    let refused = answers.iter().filter(|one| !one.status.is_success());
    let refused: Vec<(u16, &Value)> = refused.map(|one| (one.status.as_u16(), &one.body["code"])).collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused.iter().all(|(status, _)| (400..500).contains(status)), "{refused:?}");
    assert_gapless(&numbers(&answers), 12);
    if engine == Engine::Postgres {
        let mut conn = cast.app.db().connect().unwrap();
        let transactions =
            diesel::sql_query("SELECT count(DISTINCT xmin::text) AS n FROM manuscripts").get_result::<Count>(&mut conn).unwrap().n;
        assert!(transactions < 12, "they came in {transactions} transactions");
    }
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

async fn a_fault_in_a_group_hurts_its_own_act_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let refuse = match engine {
        Engine::Sqlite => {
            "CREATE TRIGGER refuse BEFORE INSERT ON texts WHEN NEW.title = '坏的一篇' BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
        }
        Engine::Postgres => {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT ON texts FOR EACH ROW WHEN (NEW.title = '坏的一篇') EXECUTE FUNCTION refuse()"
        }
    };
    let mut conn = cast.app.db().connect().unwrap();
    conn.batch_execute(refuse).unwrap();
    let mut requests: Vec<_> = (0..10).map(|n| submission(&cast, &format!("关于第{n}处路灯的建议"), |_| ())).collect();
    requests.insert(4, submission(&cast, "坏的一篇", |_| ()));
    let mut answers = together(engine, &cast, requests).await;
    assert_eq!(answers[4].status.as_u16(), 500, "{}", answers[4].body);
    assert_gapless(&numbers(&answers), 10);
    let drop_it = if engine == Engine::Sqlite { "DROP TRIGGER refuse" } else { "DROP TRIGGER refuse ON texts" };
    conn.batch_execute(drop_it).unwrap();
    let next = cast.app.send(submission(&cast, "坏的一篇", |_| ())).await;
    answers.push(next);
    assert_gapless(&numbers(&answers), 11);
}

async fn of_two_decisions_on_one_manuscript_one_is_told(engine: Engine) {
    let cast = Cast::with_undo(engine, 30).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(cast.submitted_by("author").await);
    }
    let decide = |id: &String, opinion: &str| {
        let request = cast.request(Method::POST, "reviewer", &format!("/manuscripts/{id}/review")).header("If-Match", "\"2\"");
        request.json(&json!({"decision": "recommend", "opinion": opinion}))
    };
    let requests = ids.iter().flat_map(|id| [decide(id, "拟采用。"), decide(id, "建议采用。")]).collect();
    let answers = together(engine, &cast, requests).await;
    for pair in answers.chunks(2) {
        let mut statuses: Vec<u16> = pair.iter().map(|one| one.status.as_u16()).collect();
        statuses.sort_unstable();
        assert!(statuses[0] == 200 && [409, 412].contains(&statuses[1]), "{statuses:?}");
    }
    for id in &ids {
        let seen = cast.get("signer", &format!("/manuscripts/{id}")).await;
        assert_eq!(seen.body["stage"], "signing", "{}", seen.body);
    }
}

async fn what_is_known_of_people_ends_with_their_change(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert_eq!(cast.app.send(submission(&cast, "停用以前", |_| ())).await.status, 201);
    let change = |statement: &str| cast.app.db().connect().unwrap().batch_execute(statement).unwrap();
    change("UPDATE grants SET revoked_at = granted_at WHERE role = 'submitter'");
    assert_eq!(cast.app.send(submission(&cast, "没有角色", |_| ())).await.status, 403);
    change("UPDATE grants SET revoked_at = NULL WHERE role = 'submitter'");
    assert_eq!(cast.app.send(submission(&cast, "又有角色", |_| ())).await.status, 201);
    cast.tampers();
}
