//! Every proved and derived column, changed by the database's administrator; rows of every proved table, deleted and put in.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use zhitongche::app::calendars;
use zhitongche::config::MailTransport;
use zhitongche::domain::calendar::YearFile;
use zhitongche::store::AnyConn;
use zhitongche::store::proof::table::{Class, ClassifiedColumn, ColumnKind, ProvedTable};
use zhitongche::store::proof::{StoredRow, tables, visit};

use crate::support::cast::{Cast, findings};
use crate::support::database::Engine;

crate::both_databases!(
    every_field_that_is_changed_is_found,
    every_row_that_goes_or_comes_is_found,
    a_sealed_text_whose_seal_is_taken_off_is_found
);

/// A county in which every proved table has a row.
pub(super) struct Scene {
    pub(super) cast: Cast,
    pub(super) conn: AnyConn,
    pub(super) pg: bool,
}

/// Rows of one table that the entries name with all their columns.
pub(super) fn rows_of(conn: &mut AnyConn, table: &ProvedTable) -> Vec<StoredRow> {
    let mut all = Vec::new();
    let take = |_: &mut AnyConn, rows: Vec<StoredRow>| {
        all.extend(rows.into_iter().filter(|row| !row.without_entry && !row.is_open));
        Ok(())
    };
    visit(conn, table, None, take).unwrap();
    all
}

pub(super) fn proved() -> impl Iterator<Item = &'static ProvedTable> {
    tables::ALL.iter().copied().filter(|table| table.is_proved())
}

impl Scene {
    pub(super) async fn new(engine: Engine) -> Self {
        // So that the mail server can be set.
        let cast = Cast::with(engine, |settings| settings.mail.transport = MailTransport::File).await;
        act_everything(&cast).await;
        cast.seal().await;
        // Entries that wait for their position.
        cast.submitted_by("author").await;
        assert_eq!(findings(&cast.app), Vec::<String>::new());
        let mut conn = cast.app.db().connect().unwrap();
        let empty: Vec<&str> = proved().filter(|table| rows_of(&mut conn, table).is_empty()).map(|table| table.name).collect();
        assert!(empty.is_empty(), "no row in {empty:?}");
        let mut scene = Self { cast, conn, pg: engine == Engine::Postgres };
        scene.loosen();
        assert_eq!(findings(&scene.cast.app), Vec::<String>::new());
        scene
    }

    /// Makes every table anew without keys, checks and triggers, as who owns the database can.
    fn loosen(&mut self) {
        let cascade = if self.pg { "CASCADE" } else { "" };
        if !self.pg {
            // A table is renamed while triggers of others still name it.
            self.run("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;");
        }
        for table in tables::ALL {
            let name = table.name;
            self.run(&format!(
                "CREATE TABLE loose AS SELECT * FROM {name}; DROP TABLE {name} {cascade}; ALTER TABLE loose RENAME TO {name};"
            ));
        }
    }

    pub(super) fn run(&mut self, statements: &str) {
        self.conn.batch_execute(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// A value as this database writes it.
    pub(super) fn literal(&self, kind: ColumnKind, value: Option<&str>) -> String {
        let Some(value) = value else { return "NULL".to_owned() };
        match (kind, self.pg) {
            (ColumnKind::Text, _) => format!("'{}'", value.replace('\'', "''")),
            (ColumnKind::Uuid, true) => format!("'{value}'::uuid"),
            (ColumnKind::Uuid, false) => format!("X'{}'", value.replace('-', "")),
            (ColumnKind::Bytes, true) => format!("'\\x{value}'::bytea"),
            (ColumnKind::Bytes, false) => format!("X'{value}'"),
            (ColumnKind::Time, true) => format!("(timestamptz 'epoch' + {value} * interval '1 microsecond')"),
            (ColumnKind::Bool, true) => format!("({value} = 1)"),
            (ColumnKind::Bool | ColumnKind::Integer | ColumnKind::Time, _) => value.to_owned(),
        }
    }

    /// The condition that picks one row.
    pub(super) fn is(&self, table: &ProvedTable, row: &StoredRow) -> String {
        let part = |(name, value): (&&str, &String)| format!("{name} = {}", self.literal(kind_of(table, name), Some(value)));
        table.key.iter().zip(&row.key).map(part).collect::<Vec<_>>().join(" AND ")
    }

    fn set(&mut self, table: &ProvedTable, column: &ClassifiedColumn, to: Option<&str>, condition: &str) {
        let (name, to) = (column.name, self.literal(column.kind, to));
        self.run(&format!("UPDATE {} SET {name} = {to} WHERE {condition}", table.name));
    }

    pub(super) fn findings(&self) -> Vec<String> {
        findings(&self.cast.app)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.findings(), Vec::<String>::new(), "everything was put back");
        }
    }
}

pub(super) fn kind_of(table: &ProvedTable, name: &str) -> ColumnKind {
    table.columns.iter().find(|column| column.name == name).unwrap().kind
}

/// Another value of the same type.
pub(super) fn other(kind: ColumnKind, value: Option<&str>) -> String {
    match (kind, value) {
        (ColumnKind::Text, value) => format!("{}x", value.unwrap_or_default()),
        (ColumnKind::Integer | ColumnKind::Time, value) => (value.map_or(0, |value| value.parse::<i64>().unwrap()) + 1_000_000).to_string(),
        (ColumnKind::Bool, value) => if value == Some("1") { "0" } else { "1" }.to_owned(),
        (ColumnKind::Uuid, _) => "019a0000-0000-7000-8000-00000000abcd".to_owned(),
        // Of the same length, as a hash has it.
        (ColumnKind::Bytes, Some(value)) if value.ends_with("ab") => format!("{}cd", &value[..value.len() - 2]),
        (ColumnKind::Bytes, value) => format!("{}ab", value.map_or("", |value| &value[..value.len().saturating_sub(2)])),
    }
}

/// Whether a finding names the row, or a part of it.
pub(super) fn is_named(found: &[String], table: &ProvedTable, row: &StoredRow) -> bool {
    let names = row.parts(table).into_iter().map(|(name, _)| name);
    // Of a state, what acts say of it tells more than the row.
    let stated = |finding: &String| finding.contains("says that") && finding.contains(&row.key[0]);
    names.into_iter().any(|name| found.iter().any(|finding| finding.contains(&name))) || found.iter().any(stated)
}

/// One column after the other of one row of each table at once: the n-th of each.
async fn every_field_that_is_changed_is_found(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let chosen: Vec<(&ProvedTable, StoredRow)> = proved().map(|table| (table, rows_of(&mut scene.conn, table).remove(0))).collect();
    let columns = |table: &ProvedTable| -> Vec<ClassifiedColumn> {
        table.columns.iter().filter(|column| matches!(column.class, Class::Proved { .. })).copied().collect()
    };
    let most = chosen.iter().map(|(table, _)| columns(table).len()).max().unwrap();
    let mut changed = 0;
    let mut missed = Vec::new();
    for at in 0..most {
        let round: Vec<_> = chosen.iter().filter_map(|(table, row)| Some((*table, row, *columns(table).get(at)?))).collect();
        let mut back = Vec::new();
        for (table, row, column) in &round {
            let (value, condition) = (row.value(column.name), scene.is(table, row));
            let new = other(column.kind, value);
            scene.set(table, column, Some(&new), &condition);
            let now = if table.key.contains(&column.name) {
                let old = format!("{} = {}", column.name, scene.literal(column.kind, value));
                condition.replace(&old, &format!("{} = {}", column.name, scene.literal(column.kind, Some(&new))))
            } else {
                condition
            };
            back.push((now, value));
        }
        let found = scene.findings();
        for ((table, row, column), (now, value)) in round.iter().zip(back) {
            changed += 1;
            if !is_named(&found, table, row) {
                missed.push(format!("{}.{}", table.name, column.name));
            }
            scene.set(table, column, value, &now);
        }
    }
    assert!(missed.is_empty(), "nobody found the change of {missed:?}");
    let derived = every_derived_field(&mut scene);
    println!("changed and found: {changed} proved columns of {} tables, {derived} derived ones", chosen.len());
}

/// Columns that follow from others, one at a time.
fn every_derived_field(scene: &mut Scene) -> usize {
    let mut changed = 0;
    for table in tables::ALL {
        let follows = |column: &&ClassifiedColumn| matches!(column.class, Class::Derived(_) | Class::InTree(_));
        for column in table.columns.iter().filter(follows) {
            let Some(row) = rows_of(&mut scene.conn, table).pop() else { continue };
            let (value, condition) = (row.value(column.name), scene.is(table, &row));
            let new = other(column.kind, value);
            scene.set(table, column, Some(&new), &condition);
            let found = scene.findings();
            assert!(!found.is_empty(), "nobody found the change of {}.{}", table.name, column.name);
            let old = format!("{} = {}", column.name, scene.literal(column.kind, value));
            let now = condition.replace(&old, &format!("{} = {}", column.name, scene.literal(column.kind, Some(&new))));
            scene.set(table, column, value, if table.key.contains(&column.name) { &now } else { &condition });
            changed += 1;
        }
    }
    changed
}

async fn every_row_that_goes_or_comes_is_found(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    for table in proved() {
        let row = rows_of(&mut scene.conn, table).remove(0);
        let condition = scene.is(table, &row);
        let name = row.parts(table).remove(0).0;
        scene.run(&format!(
            "CREATE TABLE kept AS SELECT * FROM {} WHERE {condition}; DELETE FROM {} WHERE {condition};",
            table.name, table.name
        ));
        let found = scene.findings();
        assert!(found.iter().any(|finding| finding.contains(&name) && finding.contains("gone")), "{name} has gone: {found:?}");
        scene.run(&format!("INSERT INTO {} SELECT * FROM kept;", table.name));

        let last = table.key.last().unwrap();
        let column = table.columns.iter().find(|column| column.name == *last).unwrap();
        let forged = scene.literal(column.kind, Some(&other(column.kind, row.value(last))));
        scene.run(&format!("UPDATE kept SET {last} = {forged}; INSERT INTO {} SELECT * FROM kept;", table.name));
        let found = scene.findings();
        let key = other(column.kind, row.value(last));
        let put_in = |finding: &String| {
            finding.contains(&format!("{}:", table.name)) && finding.contains(&key) && finding.contains("no entry wrote it")
        };
        // A channel put in by hand has a ledger of its own, which is empty.
        assert!(found.iter().any(put_in), "{name} was copied: {found:?}");
        scene.run(&format!("DELETE FROM {} WHERE {last} = {forged}; DROP TABLE kept;", table.name));
    }
    let names: BTreeSet<&str> = proved().map(|table| table.name).collect();
    println!("deleted, put in and found: a row of each of {} tables", names.len());
}

async fn a_sealed_text_whose_seal_is_taken_off_is_found(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let row = rows_of(&mut scene.conn, &tables::TEXTS).remove(0);
    let condition = scene.is(&tables::TEXTS, &row);
    scene.run(&format!(
        "CREATE TABLE kept AS SELECT * FROM texts WHERE {condition}; \
         UPDATE texts SET sealed_at = NULL, digest = NULL, situation = 'another' WHERE {condition};"
    ));
    let found = scene.findings();
    let name = row.parts(&tables::TEXTS).remove(0).0;
    assert!(found.iter().any(|finding| finding.contains(&format!("{name}, which was changed since"))), "{found:?}");
    scene.run(&format!("DELETE FROM texts WHERE {condition}; INSERT INTO texts SELECT * FROM kept; DROP TABLE kept;"));
}

/// Acts until every proved table has a row.
async fn act_everything(cast: &Cast) {
    let file = cast.upload("author", &format!("/manuscripts/{}/attachments", draft(cast).await), "地图.pdf", b"%PDF-1.7 map").await;
    assert!(file.status.is_success(), "{}", file.body);
    // Returned with a request for a change, so that its ticks are open; and one that went on.
    let asked = cast.submitted_by("author").await;
    let wanted = json!([{"part": "situation", "from": 0, "to": 2, "text": "请写明时段。"}]);
    cast.act("reviewer", &asked, "review", json!({"decision": "return", "reason": "请补充。", "requests": wanted})).await;
    cast.act("author", &asked, "submission", Value::Null).await;
    bulletin(cast).await;
    let (endorsed, assignment) = cast.charged().await;
    let path = format!("/manuscripts/{endorsed}/endorsements");
    let mark = cast.post("leader", &path, json!({"kind": "instruction", "words": "请住建局研究办理。"})).await;
    assert!(mark.status.is_success(), "{}", mark.body);
    let urged = cast.post("dispatcher", &format!("/assignments/{assignment}/urging"), json!({"words": "请抓紧。"})).await;
    assert!(urged.status.is_success(), "urging: {}", urged.body);
    let receipt = cast.send("POST", "handler", &format!("/assignments/{assignment}/receipt"), Some(1), Value::Null).await;
    assert!(receipt.status.is_success(), "{}", receipt.body);
    let scan = cast
        .upload(
            "handler",
            &format!("/manuscripts/{endorsed}/attachments?subject=assignment&assignment_id={assignment}"),
            "答复.pdf",
            b"%PDF-1.7 reply",
        )
        .await;
    assert!(scan.status.is_success(), "{}", scan.body);
    let merged = cast.submitted_by("author").await;
    cast.act("reviewer", &merged, "merge", json!({"into": endorsed})).await;
    cast.act("dispatcher", &merged, "merged-suggestions", json!({"suggestions": [1], "reason": "另一条一并答复。"})).await;
    let done = cast.concluded().await;
    outcomes(cast, &done).await;
    people(cast).await;
    cast.app.clock.advance(chrono::Duration::days(60));
    let context = zhitongche::jobs::JobContext::new(cast.desk().clone()).unwrap();
    zhitongche::jobs::remind::run_once(&context).unwrap();
}

async fn draft(cast: &Cast) -> String {
    let mut form = crate::support::cast::complete();
    form["submit"] = false.into();
    cast.post("author", "/manuscripts", form).await.body["id"].as_str().unwrap().to_owned()
}

async fn bulletin(cast: &Cast) {
    let (id, leader) = (cast.accepted().await, cast.user("leader").await);
    let body = json!({"title": "停车难专报", "manuscripts": [id], "recipients": [{"user_id": leader}]});
    let made = cast.post("reviewer", "/bulletins", body).await;
    let path = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    for (login, act, seen) in [("reviewer", "submission", 1), ("signer", "issuance", 2)] {
        let answer = cast.send("POST", login, &format!("{path}/{act}"), Some(seen), Value::Null).await;
        assert!(answer.status.is_success(), "{act}: {}", answer.body);
    }
}

async fn outcomes(cast: &Cast, done: &str) {
    let assignment =
        cast.get("dispatcher", &format!("/manuscripts/{done}")).await.body["assignments"][0]["id"].as_str().unwrap().to_owned();
    let acts = [
        ("author", format!("/manuscripts/{done}/ratings"), json!({"attitude": "satisfied", "result": "satisfied", "words": "办得好。"})),
        (
            "reviewer",
            format!("/manuscripts/{done}/adoptions"),
            json!({"level": "city", "body": "市委统战部", "form": "single", "adopted_on": "2026-11-02"}),
        ),
        ("handler", format!("/assignments/{assignment}/implementation-reports"), json!({"words": "已动工。", "number": 1})),
    ];
    for (login, path, body) in acts {
        let answer = cast.post(login, &path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }
}

async fn people(cast: &Cast) {
    let (from, other) = (cast.app.clock.now(), cast.user("reviewer2").await);
    let period = json!({"stand_in_id": other, "role": "reviewer", "from": from, "to": from + chrono::Duration::days(3)});
    let named = cast.post("reviewer", "/stand-ins", period).await;
    assert!(named.status.is_success(), "{}", named.body);
    let year = json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}]});
    let loaded = cast.send("PUT", "admin", "/calendar/2027", None, year).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    let mail = json!({
        "transport": "smtp", "host": "127.0.0.1", "port": 1, "security": "none", "login": "ztc", "password": "secret",
        "from_address": "ztc@example.gov.cn"
    });
    let set = cast.send("PUT", "admin", "/mail-settings", Some(0), mail).await;
    assert!(set.status.is_success(), "{}", set.body);
    let place = cast.organization("县住建局").await;
    let hook = json!({
        "label": "群", "role": "handler", "organization_id": place, "format": "feishu", "url": "https://open.feishu.cn/hook", "on": false
    });
    let set = cast.post("admin", "/webhooks", hook).await;
    assert!(set.status.is_success(), "{}", set.body);
    let default = YearFile::shipped().unwrap().pop().unwrap();
    cast.desk().write("command line", move |tx| calendars::load_for_all(tx, &default)).await.unwrap();
}
