//! The command line from outside: exit codes, what is printed where, and that errors say what to do next.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::program::Program;

#[test]
fn wrong_use_is_two_and_names_the_similar_command() {
    let dir = tempfile::tempdir().unwrap();
    let ran = Program::new(dir.path()).run(&["chekc"]);
    assert_eq!((ran.code, ran.says.as_str()), (2, ""));
    assert!(ran.complains.contains("'check'"), "{}", ran.complains);
}

#[test]
fn settings_that_cannot_be_used_stop_every_command_with_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let ran = Program::new(dir.path()).with("MAIL__TRANSPRT", "smtp").run(&["check"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.complains,
        "error: environment: there is no setting ZHITONGCHE__MAIL__TRANSPRT; did you mean ZHITONGCHE__MAIL__TRANSPORT?\n"
    );
    std::fs::write(dir.path().join("my.toml"), "[server]\nbind = \"127.0.0.1:0\"\nbnid = 1\n").unwrap();
    let ran = Program::new(dir.path()).run(&["--config", "my.toml", "check"]);
    assert_eq!(
        (ran.code, ran.complains.as_str()),
        (1, "error: my.toml, line 3: there is no setting server.bnid; did you mean server.bind?\n")
    );
    let ran = Program::new(dir.path()).run(&["--config", "none.toml", "check"]);
    assert!(ran.complains.contains("none.toml can't be read"), "{}", ran.complains);
}

#[test]
fn settings_that_cannot_be_used_are_told_before_anything_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (settings, key) in [
        (&[("MAIL__TRANSPORT", "smtp"), ("MAIL__SMTP_URL", "smtp://")][..], "MAIL__SMTP_URL can't be used"),
        (&[("MAIL__TRANSPORT", "smtp"), ("MAIL__SMTP_URL", "smtp://mail.example.cn?tls=perhaps")], "MAIL__SMTP_URL can't be used"),
        (&[("MAIL__TRANSPORT", "smtp"), ("MAIL__SMTP_URL", "smtp://a:99999")], "MAIL__SMTP_URL can't be used"),
        (&[("MAIL__FROM", "no address")], "MAIL__FROM can't be used"),
        (&[("MAIL__REPLY_TO", "a@")], "MAIL__REPLY_TO can't be used"),
        (&[("LOG__LEVEL", "a=b=c")], "log.level"),
        (&[("SERVER__BIND", "127.0.0.1:0"), ("METRICS__BIND", &taken)], "metrics.bind"),
        (&[("SERVER__BIND", &taken)], "server.bind"),
        (&[("DATABASE__URL", "postgres://nobody@127.0.0.1:1/none?wrong=1")], "database"),
        (&[("BACKUP__AT", "25:00")], "BACKUP__AT"),
        (&[("WEBHOOKS__ALLOWED_NETWORKS", "10.0.0.0/99")], "WEBHOOKS__ALLOWED_NETWORKS"),
    ] {
        for command in [&["serve"][..], &["work"], &["migrate"], &["user", "list"]] {
            if key.ends_with(".bind") && command != ["serve"] {
                continue;
            }
            let dir = tempfile::tempdir().unwrap();
            let program = settings
                .iter()
                .fold(Program::new(dir.path()).with("SERVER__BIND", "127.0.0.1:0"), |program, (key, value)| program.with(key, *value));
            let ran = program.run(command);
            assert_eq!(ran.code, 1, "{settings:?} {command:?}: {}", ran.says);
            assert!(ran.complains.contains(key) || command == ["user", "list"], "{settings:?} {command:?}: {}", ran.complains);
            let made: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(made.is_empty(), "{settings:?} {command:?} made {made:?}");
        }
    }
}

#[test]
fn check_finds_a_fresh_folder_usable() {
    let dir = tempfile::tempdir().unwrap();
    let ran = Program::new(dir.path()).run(&["check", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.says, ran.complains);
    let findings: Vec<serde_json::Value> = serde_json::from_str(&ran.says).unwrap();
    let states: Vec<_> = findings.iter().map(|one| (one["what"].as_str().unwrap(), one["state"].as_str().unwrap())).collect();
    assert!(states.contains(&("configuration", "good")) && states.contains(&("mail", "warning")), "{states:?}");
}

#[test]
fn check_fails_when_the_mail_server_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::new(dir.path()).with("MAIL__TRANSPORT", "smtp").with("MAIL__SMTP_URL", format!("smtp://{free}"));
    let ran = program.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.says.contains("the mail server does not answer"), "{}", ran.says);
    assert!(ran.complains.starts_with("error: 1 of "), "{}", ran.complains);
}

#[test]
fn a_server_answers_and_stops_when_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path()).with("METRICS__TOKEN", "figures").with("LOG__FORMAT", "json");
    let server = program.serve();
    assert_eq!(server.says.last().unwrap(), &format!("listening on {}", server.url));
    let client = reqwest::blocking::Client::new();
    let alive = client.get(format!("{}/healthz", server.url)).send().unwrap();
    assert_eq!((alive.status().as_u16(), alive.headers().contains_key("x-request-id")), (200, true));
    let figures = client.get(format!("{}/metrics", server.url)).bearer_auth("figures").send().unwrap().text().unwrap();
    assert!(figures.contains(r#"http_requests_total{method="GET",route="/healthz",status="200"} 1"#), "{figures}");
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, 0, "{log}");
    let last: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(last["message"], "stopped");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Program::new(dir.path()).run(&["serve", "--bind", &address]);
    assert_eq!(ran.code, 1);
    assert!(ran.complains.contains(&format!("server.bind = {address} can't be listened on")), "{}", ran.complains);
    let ran = Program::new(dir.path()).run(&["serve", "--bind", "0.0.0.0:0"]);
    assert!(ran.complains.starts_with("error: --bind: server.public_url can't be used: it must be set"), "{}", ran.complains);
}

#[test]
fn the_ledgers_key_outlives_a_killed_server_and_is_refused_when_open_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
    program.serve().kill();
    let key = dir.path().join("data/secrets/ledger.key");
    let made = std::fs::read(&key).unwrap();
    program.serve().kill();
    assert_eq!(std::fs::read(&key).unwrap(), made);
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let ran = program.run(&["work"]);
    assert_eq!(ran.code, 1);
    assert!(ran.complains.contains("chmod 600"), "{}", ran.complains);
}

#[test]
fn a_request_that_was_accepted_is_answered_while_the_server_stops() {
    let dir = tempfile::tempdir().unwrap();
    // With one worker, connections are taken in the order in which they came.
    let server = Program::new(dir.path()).with("SERVER__WORKERS", "1").serve();
    let address = server.url.strip_prefix("http://").unwrap();
    let body = r#"{"login":"nobody","password":"a long enough password"}"#;
    let (first, second) = body.split_at(20);
    let mut line = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    line.write_all(format!("{head}{first}").as_bytes()).unwrap();
    // An answer to another request shows that the server has taken this one as well.
    assert_eq!(reqwest::blocking::get(format!("{}/healthz", server.url)).unwrap().status().as_u16(), 200);
    server.terminate();
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    line.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    let (code, log) = server.ended();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn the_service_manager_is_told_when_it_answers_and_when_it_stops() {
    let dir = tempfile::tempdir().unwrap();
    let socket = std::os::unix::net::UnixDatagram::bind(dir.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    let told = || {
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let program = Program::new(dir.path()).with_variable("NOTIFY_SOCKET", dir.path().join("notify").display().to_string());
    let server = program.serve();
    assert_eq!(told(), "READY=1\n");
    let alive = reqwest::blocking::get(format!("{}/healthz", server.url)).unwrap();
    assert_eq!(alive.status().as_u16(), 200, "it answers by then");
    server.terminate();
    assert_eq!(told(), "STOPPING=1\n");
    assert_eq!(server.ended().0, 0);
}

#[test]
fn man_pages_and_completions_name_the_commands() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
    for what in ["man", "completions"] {
        let ran = program.run(&["generate", what, what]);
        assert_eq!((ran.code, ran.complains.as_str()), (0, ""), "{what}");
    }
    let read = |path: &str| std::fs::read_to_string(dir.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(read("man/zhitongche.1").contains("zhitongche\\-backup(1)") && read("man/zhitongche-backup.1").contains("passphrase"));
    assert!(!dir.path().join("man/zhitongche-generate.1").exists(), "what is for packages alone is not shown");
    for path in ["completions/zhitongche.bash", "completions/_zhitongche", "completions/zhitongche.fish"] {
        assert!(read(path).contains("restore"), "{path}");
    }
}
