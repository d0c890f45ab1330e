//! Whom an act names was chosen earlier: at the act they are looked at again.

use serde_json::{Value, json};

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(a_bulletin_is_not_issued_to_who_has_gone, nothing_is_forwarded_to_who_has_gone);

async fn suspend(cast: &Cast, login: &str) {
    let user = cast.user(login).await;
    let done = cast.send("POST", "admin", &format!("/users/{user}/suspension"), None, Value::Null).await;
    assert!(done.status.is_success(), "{}", done.body);
}

async fn a_bulletin_is_not_issued_to_who_has_gone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    let to = json!([{"user_id": cast.user("leader").await}, {"user_id": cast.user("leader2").await}]);
    let made = cast.send("POST", "reviewer", "/bulletins", None, json!({"manuscripts": [id], "recipients": to})).await;
    let path = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    cast.send("POST", "reviewer", &format!("{path}/submission"), Some(1), Value::Null).await;
    suspend(&cast, "leader2").await;
    let read = cast.get("signer", &path).await.body;
    let active: Vec<(&Value, &Value)> = read["recipients"].as_array().unwrap().iter().map(|one| (&one["name"], &one["active"])).collect();
    assert!(active.contains(&(&json!("姓名leader2"), &json!(false))) && active.contains(&(&json!("姓名leader"), &json!(true))), "{read}");
    let refused = cast.send("POST", "signer", &format!("{path}/issuance"), Some(2), Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("recipient_gone")), "{}", refused.body);
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().contains("姓名leader2"), "{}", refused.body);
    assert_eq!(cast.told("forwarded").await, [] as [String; 0]);
    assert_eq!(cast.stage("author", &id).await, "accepted");
    cast.send("POST", "signer", &format!("{path}/send-back"), Some(2), json!({"reason": "有一位领导已调离。"})).await;
    let again = cast.send("POST", "reviewer", &format!("{path}/submission"), Some(3), Value::Null).await;
    assert_eq!(again.body["errors"][0]["code"], "recipient_gone", "{}", again.body);
    let only = json!({"recipients": [{"user_id": cast.user("leader").await}]});
    cast.send("PATCH", "reviewer", &path, Some(3), only).await;
    cast.send("POST", "reviewer", &format!("{path}/submission"), Some(4), Value::Null).await;
    let out = cast.send("POST", "signer", &format!("{path}/issuance"), Some(5), Value::Null).await;
    assert_eq!(out.body["state"], "issued", "{}", out.body);
}

async fn nothing_is_forwarded_to_who_has_gone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    suspend(&cast, "leader").await;
    let to = json!({"recipients": [cast.user("leader").await]});
    let refused = super::send(&cast, "POST", "signer", &id, "/forwarding", to).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("recipient_gone")), "{}", refused.body);
}
