//! Administration without a browser.

use serde_json::Value;

use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

crate::both_databases!(an_installation_is_set_up_from_the_command_line, with_several_channels_a_command_asks_which);

async fn an_installation_is_set_up_from_the_command_line(engine: Engine) {
    let database = TestDatabase::new(engine);
    let program = Program::new(database.dir.path())
        .with("DATABASE__URL", database.url.clone())
        .with("SESSION__ARGON2_KIB", "64")
        .with("SESSION__ARGON2_PASSES", "1");
    let ok = |arguments: &[&str], input: &str| {
        let ran = program.run_with_input(arguments, input);
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.says, ran.complains);
        ran.says
    };
    ok(&["channel", "add", "--code", "yunxi", "--name", "云溪县建言献策直通车"], "");
    assert!(ok(&["channel", "list"], "").contains("yunxi"));
    let leader =
        ["user", "add", "--login", "leader", "--name", "沈远", "--email", "l@example.org", "--org", "云溪县委", "--role", "leader"];
    assert!(ok(&leader, "").contains("a letter with a one-time link is on its way"));
    let secretary = ["user", "add", "--login", "sec", "--name", "杨帆", "--email", "s@example.org", "--org", "云溪县委"];
    let secretary = [&secretary[..], &["--role", "secretary", "--serves", "leader", "--password-stdin"]].concat();
    ok(&secretary, "a much better sentence\n");
    let weak = program.run_with_input(&["user", "password", "sec", "--password-stdin"], "short\n");
    assert_eq!((weak.code, weak.complains.as_str()), (1, "error: password: This has 5 characters; at least 12 are needed.\n"));
    ok(&["user", "password", "sec", "--password-stdin"], "another fine sentence\n");
    ok(&["user", "roles", "sec", "--add", "reviewer"], "");
    let refused = program.run(&["user", "roles", "sec", "--add", "auditor"]);
    assert_eq!(refused.code, 1);
    assert!(refused.complains.contains("stand alone"), "{}", refused.complains);
    ok(&["user", "disable", "leader"], "");
    let people: Vec<Value> = serde_json::from_str(&ok(&["user", "list", "--json"], "")).unwrap();
    let of = |login: &str| people.iter().find(|one| one["login"] == login).unwrap();
    assert_ne!(of("leader")["suspended_at"], Value::Null);
    assert_eq!((&of("sec")["has_password"], of("sec")["roles"].as_array().unwrap().len()), (&Value::Bool(true), 2));
    let token = ok(&["token", "add", "--user", "sec", "--name", "script", "--expires", "7d"], "");
    let listed = ok(&["token", "list", "--user", "sec", "--json"], "");
    assert!(token.starts_with("ztc_") && !listed.contains(token.trim()), "{listed}");
    let server = program.serve();
    let client = reqwest::Client::new();
    let me = async || client.get(format!("{}/api/v1/session", server.url)).bearer_auth(token.trim()).send().await.unwrap();
    let body: Value = me().await.json().await.unwrap();
    assert_eq!(body["login"], "sec");
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    ok(&["token", "revoke", listed[0]["id"].as_str().unwrap()], "");
    assert_eq!(me().await.status().as_u16(), 401);
    let nobody = program.run(&["user", "disable", "nobody"]);
    assert_eq!(nobody.code, 1);
    assert!(nobody.complains.contains("`user list`"), "{}", nobody.complains);
}

async fn with_several_channels_a_command_asks_which(engine: Engine) {
    let database = TestDatabase::new(engine);
    let program = Program::new(database.dir.path()).with("DATABASE__URL", database.url.clone());
    let add =
        ["user", "add", "--login", "li.ming", "--name", "李明", "--email", "l@example.org", "--org", "民盟云溪县委", "--role", "submitter"];
    let early = program.run(&add);
    let none = "error: --channel: There is no channel yet. Open one with `zhitongche channel add`.\n";
    assert!(early.code == 1 && early.complains.ends_with(none), "{}", early.complains);
    for code in ["yunxi", "qinghe"] {
        assert_eq!(program.run(&["channel", "add", "--code", code, "--name", code]).code, 0);
    }
    let which = "error: --channel: Please say which channel: ";
    for (asked, codes) in [
        (&add[..], "yunxi, qinghe.\n"),
        (&["user", "list"], "yunxi, qinghe.\n"),
        (&["user", "list", "--channel", "yunx"], "yunxi, qinghe.\n"),
    ] {
        let ran = program.run(asked);
        assert_eq!(ran.code, 1, "{asked:?}");
        let named: std::collections::BTreeSet<&str> = ran.complains.trim_start_matches(which).trim_end_matches(".\n").split(", ").collect();
        assert_eq!(named, codes.trim_end_matches(".\n").split(", ").collect(), "{asked:?}: {}", ran.complains);
    }
    let ran = program.run(&["ledger", "checkpoint", "--channel", "yunx"]);
    assert!(ran.complains.contains("there is no channel yunx; there is") && ran.complains.contains("qinghe"), "{}", ran.complains);
    assert_eq!(program.run(&[&add[..], &["--channel", "yunxi"]].concat()).code, 0);
    assert!(program.run(&["user", "list", "--channel", "yunxi"]).says.contains("li.ming"));
    assert!(!program.run(&["user", "list", "--channel", "qinghe"]).says.contains("li.ming"));
}
