//! Every route × person × object × stage, held against "Who sees what" as a table of its own. Of what a person may not see the answer is
//! 404: in readings, in acts, in lists, and nothing of it happens.

mod objects;
pub(crate) mod routes;

use std::collections::BTreeSet;

use diesel::prelude::*;
use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_json::{Value, json};
use zhitongche::api::document::document;
use zhitongche::domain::ids::ManuscriptId;
use zhitongche::domain::vocabulary::Stage;
use zhitongche::store::schema::manuscripts;
use zhitongche::store::{AnyConn, StoreError};

use crate::support::cast::Cast;
use crate::support::database::Engine;
use objects::{Object, Objects, PEOPLE, STRANGERS};
use routes::{On, Route, all};

crate::both_databases!(
    every_route_shows_everybody_what_he_may_see_and_no_more,
    lists_hold_what_the_reader_sees_and_nothing_else,
    what_is_new_is_made_by_whom_it_may_be
);

/// Requests under way at a time.
const AT_ONCE: usize = 16;

#[test]
fn every_route_is_known() {
    let known: BTreeSet<String> =
        all().iter().map(|route| format!("{} {}", route.method, route.path.split('?').next().unwrap_or_default())).collect();
    let mut unknown = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let line = format!("{} {}", method.to_uppercase(), path.trim_start_matches("/api/v1"));
            if !known.contains(&line) {
                unknown.push(line);
            }
        }
    }
    assert!(unknown.is_empty(), "say in tests/it/access/routes.rs who may see what these show:\n{}", unknown.join("\n"));
}

async fn cast(engine: Engine) -> Cast {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    cast
}

fn of(objects: &Objects, on: On) -> &[Object] {
    match on {
        On::Manuscript => &objects.manuscripts,
        On::Assignment => &objects.assignments,
        On::Endorsement => &objects.endorsements,
        On::Attachment => &objects.attachments,
        On::Bulletin => &objects.bulletins,
        On::Person => &objects.persons,
        On::Grant => &objects.grants,
        On::Organization => &objects.organizations,
        On::Channel => &objects.channels,
        On::List | On::New(_) | On::Roles(_) | On::Installation | On::Own => &[],
    }
}

async fn every_route_shows_everybody_what_he_may_see_and_no_more(engine: Engine) {
    let cast = cast(engine).await;
    let objects = objects::make(&cast).await;
    let before = standing(&cast).await;
    let routes = all();
    let documented = |route: &&Route| !document()["paths"][format!("/api/v1{}", route.path.split('?').next().unwrap())].is_null();
    let mut tries = Vec::new();
    for route in routes.iter().filter(documented) {
        let hangs_on = if matches!(route.on, On::Roles(_) | On::Installation) { &objects.manuscripts[..1] } else { of(&objects, route.on) };
        // Administrators may change accounts, and each person something of their own: that is what their own tests are for.
        let may = |login: &str| (route.on.is_account() || route.on == On::Roles(&[])) && ["security", "admin", "handler2"].contains(&login);
        for object in hangs_on {
            let people = PEOPLE.iter().chain(&STRANGERS).filter(|login| route.method == "GET" || !may(login.trim_start_matches("other-")));
            // To take a file away needs neither a version nor a body: who may would do it.
            let removes = route.on == On::Attachment && route.method == "DELETE";
            let people = people.filter(|login| !(removes && object.is_seen_by(login)));
            tries.extend(people.map(|login| (route, object, *login)));
        }
    }
    let wrong: Vec<String> = iter(&tries)
        .map(|(route, object, login)| attempt(&cast, route, object, login))
        .buffer_unordered(AT_ONCE)
        .filter_map(|found| async move { found })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), tries.len(), wrong.join("\n"));
    assert!(tries.len() > 10_000, "only {}", tries.len());
    assert_eq!(standing(&cast).await, before, "something has happened");
}

/// One request; what is wrong with its answer.
///
/// Who may not see the object sends what would do, and finds nothing. Who may sends an outdated version or nothing useful, so that
/// nothing happens, and is told something else than "not found".
async fn attempt(cast: &Cast, route: &Route, object: &Object, login: &str) -> Option<String> {
    let path =
        route.path.replace("{year}", "2027").replace("{id}", &object.id).replace("{request_id}", &object.id).replace("{a}..{b}", "1..1");
    let reads = route.method == "GET";
    let sees = match route.on {
        // Who has the role in another channel reads that channel's own.
        On::Roles(roles) => roles.contains(&login.trim_start_matches("other-")),
        On::Installation => login == "admin",
        _ => object.is_seen_by(login),
    };
    let conditional = document()["paths"][format!("/api/v1{}", route.path)][route.method.to_lowercase()]["parameters"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one["name"] == "If-Match"));
    // Ids, numbers and acts are for auditors and administrators as well, once there are any; a title never is.
    let traces = route.path.ends_with("/history") && ["auditor", "security", "admin"].contains(&login);
    let traced = traces && !["draft", "invited"].contains(&object.name.as_str());
    let mut body = match (sees, reads) {
        (_, true) => Value::Null,
        (true, false) if conditional || route.on.is_account() => route.body.clone(),
        (true, false) => json!({"nothing": "useful"}),
        (false, false) => route.body.clone(),
    };
    if route.path.ends_with("/merge") && body.is_object() {
        body["into"] = json!(object.id);
    }
    let answer = cast.send(route.method, login, &path, (!reads).then_some(if sees { 9_999 } else { 1 }), body).await;
    let status = answer.status.as_u16();
    let right = match (route.on, sees) {
        // What is sent is of no use, so that nothing happens.
        (On::Roles(_), true) if !reads => status == 422,
        // Nothing is sealed here, so there is no checkpoint yet; and no webhook has the id of a manuscript.
        (On::Roles(_), true) => {
            status == 200 || ["/checkpoint", "/webhooks/{id}"].iter().any(|end| route.path.ends_with(end)) && status == 404
        }
        (On::Installation, true) if !reads => matches!(status, 412 | 422),
        (On::Installation, true) => status == 200,
        (On::Installation, false) => status == 403,
        (On::Roles(_), false) if reads => status == 403,
        (On::Roles(_), false) => matches!(status, 403 | 404),
        (on, _) if on.is_account() && !reads => matches!(status, 403 | 404),
        (_, false) if traced => status == 200 && !answer.body.to_string().contains("停车"),
        (_, false) => status == 404 && answer.body["errors"].is_null() && !answer.body.to_string().contains("停车"),
        // A draft has no receipt and no second text yet, and an unticked request is not this object's.
        (_, true) if route.path.contains("receipt") && reads || route.path.contains("{a}") || route.path.contains("{request_id}") => {
            status < 500
        }
        // Nothing here has an edited text; that is said to the office alone.
        (_, true) if route.path.ends_with("/comparison") => matches!(status, 403 | 409),
        (_, true) if reads => status == 200,
        (_, true) => (400..500).contains(&status) && status != 404 && status != 401,
    };
    (!right).then(|| format!("{} {} of {} by {login}: {status} {}", route.method, route.path, object.name, answer.body["code"]))
}

/// Where every manuscript stands, to see that nothing has happened.
async fn standing(cast: &Cast) -> Vec<(ManuscriptId, Stage, i64)> {
    let read = |conn: &mut AnyConn| {
        let rows = manuscripts::table.select((manuscripts::id, manuscripts::stage, manuscripts::version));
        rows.order(manuscripts::id).load(conn).map_err(StoreError::from)
    };
    cast.app.db().read(read).await.unwrap()
}

async fn lists_hold_what_the_reader_sees_and_nothing_else(engine: Engine) {
    let cast = cast(engine).await;
    let objects = objects::make(&cast).await;
    for login in PEOPLE.iter().chain(&STRANGERS) {
        let seen = |of: &[Object]| of.iter().filter(|one| one.is_seen_by(login)).map(|one| one.id.clone()).collect::<BTreeSet<_>>();
        // Who reads a merged one because of that into which it went finds it there, not in lists of their own.
        let is_elsewhere = |one: &&Object| one.name == "merged" && ["signer", "dispatcher"].contains(login);
        let elsewhere: BTreeSet<_> = objects.manuscripts.iter().filter(is_elsewhere).map(|one| one.id.clone()).collect();
        let own = &seen(&objects.manuscripts) - &elsewhere;
        assert_eq!(listed(&cast, login, "/manuscripts?limit=200").await, own, "manuscripts of {login}");
        let found = listed(&cast, login, "/bulletins?limit=200").await;
        assert_eq!(found, seen(&objects.bulletins), "bulletins of {login}");
        for path in ["/assignments?limit=200", "/endorsements?limit=200"] {
            let may = if path.starts_with("/a") { seen(&objects.assignments) } else { seen(&objects.endorsements) };
            let found = listed(&cast, login, path).await;
            assert!(found.is_subset(&may), "{path} shows {login} {:?}", found.difference(&may));
        }
        for stage in Stage::ALL {
            let found = listed(&cast, login, &format!("/manuscripts?stage={stage}")).await;
            assert!(found.is_subset(&seen(&objects.manuscripts)), "{stage} shows {login} more");
        }
        for path in ["/users", "/roles", "/organizations", "/tokens", "/stand-ins"] {
            let (found, ours) = (listed(&cast, login, path).await, listed(&cast, "admin", path).await);
            assert!(!login.starts_with("other-") || found.is_disjoint(&ours), "{path} shows {login} another channel's");
        }
        let titles = listed(&cast, login, "/manuscripts?q=停车").await;
        assert_eq!(titles, own, "a search shows {login} more, or less");
    }
}

/// The ids of a list; none where the person has no such list.
async fn listed(cast: &Cast, login: &str, path: &str) -> BTreeSet<String> {
    let answer = cast.get(login, path).await;
    assert!(matches!(answer.status.as_u16(), 200 | 403 | 404), "{login} {path}: {}", answer.body);
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Who may make something new makes it, for themself and in their own channel; nobody else does, whatever is named in it.
async fn what_is_new_is_made_by_whom_it_may_be(engine: Engine) {
    let cast = cast(engine).await;
    let hidden = cast.accepted().await;
    let (author, colleague) = (cast.user("author").await, cast.user("signer").await);
    let mut wrong = Vec::new();
    for route in all() {
        let On::New(makers) = route.on else { continue };
        for login in PEOPLE.iter().chain(&STRANGERS) {
            let (there, mut body) = (!login.starts_with("other-"), route.body.clone());
            let may = makers.contains(&login.trim_start_matches("other-"));
            if route.path == "/stand-ins" {
                body["stand_in_id"] = json!(colleague);
            }
            let answer = cast.send("POST", login, route.path, None, body).await;
            // Of a person of another channel nobody learns that there is one.
            let expected = match (may, there || route.path != "/stand-ins") {
                (true, true) => (201, Value::Null),
                (true, false) => (422, json!("invalid")),
                (false, _) => (403, json!("wrong_role")),
            };
            let got = (answer.status.as_u16(), answer.body["code"].clone());
            let own = cast.get(login, "/session").await.body["id"].clone();
            let whose = ["user_id", "absent_id"].iter().find_map(|field| answer.body.get(*field)).unwrap_or(&own);
            if got != expected || *whose != own {
                wrong.push(format!("{} by {login}: {got:?}", route.path));
            }
        }
    }
    // On an author's behalf: staff of their own channel.
    for (login, status) in
        [("reviewer", 201), ("screener", 201), ("coauthor", 403), ("dispatcher", 403), ("other-reviewer", 422), ("other-author", 403)]
    {
        let answer = cast.send("POST", login, "/manuscripts", None, json!({"title": "关于路灯的建议", "author": author})).await;
        if answer.status.as_u16() != status {
            wrong.push(format!("/manuscripts for another by {login}: {} {}", answer.status, answer.body));
        }
    }
    // A bulletin can't be made around a manuscript that is not one's own channel's; a title never shows in the answer.
    for (login, status) in [("reviewer", 201), ("other-reviewer", 422)] {
        let answer = cast.send("POST", login, "/bulletins", None, json!({"title": "另一期", "manuscripts": [hidden]})).await;
        if answer.status.as_u16() != status || login.starts_with("other-") && answer.body.to_string().contains("停车") {
            wrong.push(format!("/bulletins around it by {login}: {} {}", answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
