//! One person, one account, memberships of several channels: one sign-in, a change of channel, and who may change what.

use diesel::connection::SimpleConnection;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use zhitongche::app::accounts::members::{self, NewMember};
use zhitongche::app::accounts::{By, suspension};
use zhitongche::domain::ids::{ChannelId, UserId};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;

use crate::support::cast::{Cast, PASSWORD, findings};
use crate::support::database::Engine;

crate::both_databases!(
    an_administrator_adds_who_has_an_account,
    one_sign_in_leads_to_all_channels,
    the_account_of_a_member_of_several_channels_is_not_one_channels_to_change,
    a_suspended_membership_ends_alone_and_a_suspended_account_ends_all,
    the_ledger_of_the_installation_has_the_acts_on_accounts,
    rows_of_accounts_are_proved,
    the_page_changes_the_channel,
);

/// A second channel, of which the reviewer is to be a member.
struct Two {
    cast: Cast,
    other: ChannelId,
}

impl Two {
    async fn new(engine: Engine) -> Self {
        let cast = Cast::new(engine).await;
        let other = cast.other_channel().await;
        Self { cast, other }
    }

    /// An organisation of the other channel.
    async fn place(&self) -> String {
        let read = self.cast.get("other-admin", "/organizations").await.body;
        read["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Makes the reviewer a member there, by an administrator of that channel.
    async fn join(&self) -> UserId {
        let body = json!({"login": "reviewer", "name": "姓名reviewer", "organization_id": self.place().await,
            "post": "特邀审核员", "roles": [{"role": "reviewer"}]});
        let made = self.cast.post("other-admin", "/memberships", body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.body["id"].as_str().unwrap().parse().unwrap()
    }

    async fn sign_in(&self) -> Value {
        self.cast.post("", "/session", json!({"login": "reviewer", "password": PASSWORD})).await.body
    }

    /// What the bearer of a session reads or is refused.
    async fn get(&self, token: &Value, path: &str) -> (u16, Value) {
        let answer = self.cast.app.get(token.as_str().unwrap(), &format!("/api/v1{path}")).await;
        (answer.status.as_u16(), answer.body)
    }

    async fn switch(&self, token: &Value, to: &Value) -> (u16, Value) {
        let request = self.cast.app.request(Method::POST, "/api/v1/session/membership", token.as_str().unwrap());
        let answer = self.cast.app.send(request.json(&json!({"membership_id": to}))).await;
        (answer.status.as_u16(), answer.body)
    }
}

async fn an_administrator_adds_who_has_an_account(engine: Engine) {
    let two = Two::new(engine).await;
    let place = two.place().await;
    let add = async |login: &str, name: &str| {
        let body = json!({"login": login, "name": name, "organization_id": place});
        two.cast.post("other-admin", "/memberships", body).await
    };
    let (wrong, nobody) = (add("reviewer", "许敏").await, add("nobody.at.all", "许敏").await);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.body["errors"], nobody.body["errors"], "another's name tells no more than a login that nobody has");
    let id = two.join().await;
    let seen = two.cast.get("other-admin", &format!("/users/{id}")).await.body;
    assert_eq!((&seen["login"], &seen["name"], &seen["post"]), (&json!("reviewer"), &json!("姓名reviewer"), &json!("特邀审核员")));
    assert_eq!(seen["email"], "reviewer@example.cn");
    let again = add("reviewer", "姓名reviewer").await;
    assert_eq!(again.body["errors"][0]["code"], "already_member", "{}", again.body);
    assert_eq!(two.cast.get("admin", &format!("/users/{id}")).await.status, StatusCode::NOT_FOUND, "of another channel nothing exists");
    assert_eq!(two.cast.acts(id.0), ["join"]);
    assert_eq!(findings(&two.cast.app), Vec::<String>::new());
}

async fn one_sign_in_leads_to_all_channels(engine: Engine) {
    let two = Two::new(engine).await;
    let id = two.join().await;
    let first = two.sign_in().await;
    let memberships = first["memberships"].as_array().unwrap();
    assert_eq!(memberships.len(), 2, "{first}");
    assert_eq!(first["user"]["id"], json!(two.cast.id("reviewer")), "the oldest one, where no session was before");
    let (status, second) = two.switch(&first["token"], &json!(id)).await;
    assert_eq!(status, 201, "{second}");
    assert_eq!(second["user"]["channel"]["id"], json!(two.other));
    assert_eq!(second["expires_at"], first["expires_at"], "a change makes no session longer");
    assert_eq!(two.get(&first["token"], "/session").await.0, 401, "the session before has ended");
    let (_, read) = two.get(&second["token"], "/session").await;
    let current: Vec<&Value> = read["memberships"].as_array().unwrap().iter().filter(|one| one["is_current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["id"], json!(id));
    assert_eq!(two.get(&second["token"], &format!("/users/{}", two.cast.id("reviewer"))).await.0, 404);
    assert_eq!(two.sign_in().await["user"]["id"], json!(id), "a sign-in goes on where the last one was");
    assert_eq!(two.switch(&second["token"], &json!(two.cast.id("signer"))).await.0, 404, "nobody becomes another person");
    assert_eq!(two.get(&second["token"], "/session").await.0, 200, "and the session stays");
    let (status, refused) = two.switch(&json!("token-reviewer"), &json!(id)).await;
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("not_allowed_here")), "a program's token belongs to one membership");
}

async fn the_account_of_a_member_of_several_channels_is_not_one_channels_to_change(engine: Engine) {
    let two = Two::new(engine).await;
    let first = two.cast.id("reviewer");
    let (path, link) = (format!("/users/{first}"), format!("/users/{first}/one-time-link"));
    let version = async |login: &str, path: &str| two.cast.get(login, path).await.body["version"].as_i64().unwrap();
    let before = version("admin", &path).await;
    assert_eq!(two.cast.at(Method::PATCH, "admin", &path, before, json!({"email": "one@example.cn"})).await.status, StatusCode::OK);
    let id = two.join().await;
    let there = format!("/users/{id}");
    for (login, path) in [("admin", &path), ("other-admin", &there)] {
        let seen = version(login, path).await;
        let refused = two.cast.at(Method::PATCH, login, path, seen, json!({"email": "thief@example.cn"})).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("account_elsewhere")));
        let post = json!({"post": "副部长", "email": "one@example.cn"});
        let changed = two.cast.at(Method::PATCH, login, path, seen, post).await;
        assert_eq!(changed.status, StatusCode::OK, "the post is the channel's: {}", changed.body);
    }
    assert_eq!(two.cast.post("admin", &link, Value::Null).await.body["code"], "account_elsewhere");
    assert!(two.cast.letters(first, Letter::PasswordReset).is_empty());
    // What the person changes holds in both channels.
    let seen = version("reviewer", &path).await;
    let own = two.cast.at(Method::PATCH, "reviewer", &path, seen, json!({"mobile": "13900139000"})).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.body);
    assert_eq!(two.cast.get("other-admin", &there).await.body["mobile"], "13900139000");
    assert_eq!(two.cast.acts(id.0).last().map(String::as_str), Some("change"));
    let body = json!({"password": PASSWORD, "new_password": "a much better sentence"});
    assert_eq!(two.cast.send("PUT", "reviewer", "/password", None, body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(two.cast.get("reviewer", "/session").await.status, StatusCode::UNAUTHORIZED, "tokens of all channels are dead");
    assert_eq!(findings(&two.cast.app), Vec::<String>::new());
}

async fn a_suspended_membership_ends_alone_and_a_suspended_account_ends_all(engine: Engine) {
    let two = Two::new(engine).await;
    let id = two.join().await;
    let (first, suspension) = (two.cast.id("reviewer"), format!("/users/{id}/suspension"));
    let session = two.sign_in().await;
    assert_eq!(two.cast.post("other-admin", &suspension, Value::Null).await.status, StatusCode::OK);
    assert_eq!(two.get(&session["token"], "/session").await.0, 200);
    assert_eq!(two.switch(&session["token"], &json!(id)).await.0, 404);
    two.cast.app.clock.advance(chrono::Duration::minutes(1));
    let desk = two.cast.desk();
    let person = desk.read_now(|tx| zhitongche::app::accounts::directory::person_of(tx, "reviewer")).unwrap();
    desk.write_now("test", move |tx| suspension::suspend_account(tx, person)).unwrap();
    assert_eq!(two.get(&session["token"], "/session").await.0, 401);
    let closed = two.cast.post("", "/session", json!({"login": "reviewer", "password": PASSWORD})).await;
    assert_eq!(closed.status, StatusCode::UNAUTHORIZED);
    let refused = two.cast.send("DELETE", "admin", &format!("/users/{first}/suspension"), None, Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("account_suspended")));
    desk.write_now("test", move |tx| suspension::resume_account(tx, person)).unwrap();
    let session = two.sign_in().await;
    assert_eq!(session["memberships"].as_array().unwrap().len(), 1, "what the channel had suspended stays so: {session}");
    assert_eq!(two.cast.send("DELETE", "other-admin", &suspension, None, Value::Null).await.status, StatusCode::OK);
    assert_eq!(two.sign_in().await["memberships"].as_array().unwrap().len(), 2);
    assert_eq!(findings(&two.cast.app), Vec::<String>::new());
}

async fn the_ledger_of_the_installation_has_the_acts_on_accounts(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.id("coauthor");
    let before = cast.get("admin", &format!("/users/{id}")).await.body["version"].as_i64().unwrap();
    let path = format!("/users/{id}");
    assert_eq!(cast.at(Method::PATCH, "admin", &path, before, json!({"post": "主任"})).await.status, StatusCode::OK);
    let of_accounts = |cast: &Cast| cast.chains("account", ChannelId::INSTALLATION);
    let all = of_accounts(&cast);
    let acts = |cast: &Cast| -> Vec<String> { all.iter().flat_map(|account| cast.acts(*account)).filter(|act| act != "create").collect() };
    assert!(acts(&cast).is_empty(), "a post belongs to the channel");
    assert_eq!(cast.at(Method::PATCH, "admin", &path, before + 1, json!({"email": "new@example.cn"})).await.status, StatusCode::OK);
    assert_eq!(acts(&cast), ["change"]);
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}

/// Whoever changes a row of an account by hand is found, and a start does not take it up.
async fn rows_of_accounts_are_proved(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.tampers();
    let mut conn = cast.app.db().connect().unwrap();
    for (table, column) in [("persons", "name"), ("accounts", "email"), ("identities", "secret")] {
        conn.batch_execute(&format!("UPDATE {table} SET {column} = {column} || 'x'")).unwrap();
        let found = findings(&cast.app);
        assert!(found.iter().all(|one| one.contains(&format!("{table}:"))) && !found.is_empty(), "{found:?}");
        conn.batch_execute(&format!("DELETE FROM proof_sets WHERE name = '{table}'")).unwrap();
        drop(zhitongche::server::database::open(&cast.app.settings).unwrap());
        assert_eq!(findings(&cast.app), found, "a start behind which {table} seems new takes up nothing that was changed");
        conn.batch_execute(&format!("UPDATE {table} SET {column} = substr({column}, 1, length({column}) - 1)")).unwrap();
        assert_eq!(findings(&cast.app), Vec::<String>::new());
    }
}

async fn the_page_changes_the_channel(engine: Engine) {
    let two = Two::new(engine).await;
    assert!(!two.cast.page("reviewer", "/account").await.html.contains("我的渠道"));
    let (place, other) = (two.place().await, two.other);
    let of_place = place.parse().unwrap();
    let roles = vec![Role::Reviewer.into()];
    let new = NewMember { login: "reviewer".to_owned(), name: None, post: String::new(), roles };
    two.cast.desk().write_now("test", move |tx| members::add(tx, By::Program, of_place, other, new)).unwrap();
    let page = two.cast.page("reviewer", "/account").await.html;
    assert!(page.contains("我的渠道") && page.contains("切换到other 直通车"), "{page}");
    let refused = two
        .cast
        .form("other-admin", "/people/existing", &[("login", "signer"), ("name", "别人"), ("organization_id", place.as_str())])
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("没有登录名和姓名都相符的在用账号"), "{}", refused.html);
    let fields = [("login", "signer"), ("name", "姓名signer"), ("organization_id", place.as_str()), ("roles[0].role", "signer")];
    let added = two.cast.form("other-admin", "/people/existing", &fields).await;
    assert_eq!(added.status, 303, "{}", added.html);
    let person = two.cast.page("other-admin", added.location.split('?').next().unwrap()).await.html;
    assert!(person.contains("停用成员资格") && !person.contains("发一次性链接"), "{person}");
}
