//! What is done to people, roles, organisations and settings.

use reqwest::Method;
use serde_json::json;

use super::{Command, Comparison};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(accounts_are_refused_alike, settings_are_refused_alike);

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

async fn seen(cast: &Cast, login: &str, path: &str) -> i64 {
    cast.get(login, path).await.body["version"].as_i64().unwrap()
}

async fn accounts_are_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let office = cast.organization("县委统战部").await.to_string();
    let person = json!({
        "login": "li.ming", "name": "李明", "post": "干部", "email": "li.ming@example.org", "mobile": "13800138000", "language": "zh-CN",
        "organization_id": office, "roles": [{"role": "dispatcher"}],
    });
    let add = Command::new("admin", Method::POST, "/users", "/people/new", person);
    both.refuse(add.wrong(&[
        json!({"login": ""}),
        json!({"login": "李"}),
        json!({"login": "author"}),
        json!({"name": "", "email": "no-address"}),
        json!({"mobile": "123"}),
        json!({"organization_id": null}),
        json!({"organization_id": "x", "roles[0].role": "king"}),
        json!({"organization_id": NOBODY}),
        json!({"language": "fr"}),
    ]))
    .await;
    let author = cast.id("author");
    let change = Command::new(
        "admin",
        Method::PATCH,
        format!("/users/{author}"),
        format!("/people/{author}/edit"),
        json!({"name": "张明", "post": "主委"}),
    );
    let version = seen(&cast, "admin", &format!("/users/{author}")).await;
    both.refuse(change.seen(version).wrong(&[
        json!({"name": ""}),
        json!({"email": "x"}),
        json!({"mobile": "12"}),
        json!({"language": "xx"}),
        json!({"organization_id": "x"}),
        json!({"name": "长".repeat(200), "email": "x"}),
    ]))
    .await;
    let reviewer = cast.id("reviewer");
    let gift = json!({"user_id": reviewer, "role": "dispatcher"});
    let give = Command::new("admin", Method::POST, "/roles", format!("/people/{reviewer}/roles"), gift);
    both.refuse(give.wrong(&[json!({"role": null}), json!({"role": "king"}), json!({"role": "auditor"}), json!({"role": "secretary"})]))
        .await;
    let organization = json!({"name": "县水务局", "kind": "department", "screening": false});
    let add = Command::new("admin", Method::POST, "/organizations", "/organizations/new", organization);
    both.refuse(add.wrong(&[json!({"name": ""}), json!({"kind": null}), json!({"kind": "club", "name": ""}), json!({"name": "县委"})]))
        .await;
    let housing = cast.organization("县住建局").await;
    let path = format!("/organizations/{housing}");
    let version = seen(&cast, "admin", &path).await;
    let change = json!({"name": "县住房城乡建设局", "kind": "department", "screening": false, "closed": false});
    let change = Command::new("admin", Method::PATCH, &path, &path, change).seen(version);
    both.refuse(change.wrong(&[json!({"name": ""}), json!({"kind": "club"}), json!({"name": "县委"})])).await;
    let token = Command::new("admin", Method::POST, "/tokens", "/account/tokens", json!({"name": "统计脚本", "expires_in_days": 30}));
    let wrong = [json!({"name": ""}), json!({"expires_in_days": 0}), json!({"expires_in_days": 9000}), json!({"expires_in_days": "x"})];
    for changes in &wrong {
        both.wrong(&token, changes).await;
    }
    let handover = Command::new(
        "admin",
        Method::POST,
        format!("/users/{reviewer}/handover"),
        format!("/people/{reviewer}/handover"),
        json!({"to_id": cast.id("reviewer2")}),
    );
    both.refuse(handover.wrong(&[json!({"to_id": null}), json!({"to_id": "x"}), json!({"to_id": NOBODY}), json!({"to_id": reviewer})]))
        .await;
    both.end();
}

async fn settings_are_refused_alike(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut both = Comparison::new(&cast);
    let webhook = json!({
        "label": "审核组群", "role": "reviewer", "format": "wecom", "language": "zh-CN", "on": true,
        "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222-3333-4444-555555555555",
    });
    let add = Command::new("admin", Method::POST, "/webhooks", "/outbox/webhooks/new", webhook);
    both.refuse(add.wrong(&[
        json!({"label": ""}),
        json!({"role": null, "format": null}),
        json!({"role": "leader"}),
        json!({"format": "pigeon"}),
        json!({"url": "ftp://x"}),
        json!({"organization_id": "x"}),
    ]))
    .await;
    let mail = json!({
        "transport": "smtp", "host": "smtp.example.org", "port": 465, "security": "tls", "login": "", "from_name": "直通车",
        "from_address": "ztc@example.org",
    });
    let change = Command::new("admin", Method::PUT, "/mail-settings", "/outbox/settings", mail);
    let wrong = [
        json!({"host": ""}),
        json!({"port": 0}),
        json!({"port": 70000}),
        json!({"port": "x"}),
        json!({"transport": null, "security": null}),
        json!({"from_address": "x"}),
    ];
    // The mail server of a test stands in its configuration, which is stronger, so that nothing is accepted.
    let change = change.seen(0);
    for changes in &wrong {
        both.wrong(&change, changes).await;
    }
    both.end();
}
