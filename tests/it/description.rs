//! The API against its own description: schemathesis (PyPI) reads `/api/openapi.json` and makes requests from it, right and wrong
//! ones, as people of several roles and with ids of things that are there. Nothing may answer 5xx, nothing otherwise than described.
//! `ZTC_API_SECONDS` is the time for each of the databases; `tests/run` gives more than the default.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;
use crate::support::tools;

crate::both_databases!(answers_are_as_described);

/// Whose requests; one of each desk, and the administrators.
const LOGINS: [&str; 8] = ["author", "reviewer", "signer", "dispatcher", "handler", "leader", "admin", "security"];

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

async fn answers_are_as_described(engine: Engine) {
    let Some(python) = tools::python() else { return };
    let cast = Cast::with(engine, |settings| {
        settings.limits.requests_per_minute_account = 0;
        settings.limits.requests_per_minute_address = 0;
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let ids = things_that_are_there(&cast).await;
    std::fs::write(folder.path().join("schemathesis.toml"), configuration(&ids)).unwrap();
    let seconds: usize = std::env::var("ZTC_API_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(16);
    let each = seconds.div_ceil(LOGINS.len()).max(2);
    let mut wrong = String::new();
    for login in LOGINS {
        let (program, url) = (python.with_file_name("schemathesis"), cast.app.url("/api/openapi.json"));
        let folder = folder.path().to_path_buf();
        // The server answers on threads of its own; this one waits.
        let said = actix_web::rt::task::spawn_blocking(move || ask(&program, &folder, &url, login, each)).await.unwrap();
        if let Err(said) = said {
            writeln!(wrong, "as {login}:\n{said}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Somebody who came afterwards: an administrator may have suspended anybody who was there.
    cast.other_channel().await;
    let answer = cast.send("POST", "other-author", "/manuscripts", None, complete()).await;
    assert_eq!(answer.status, 201, "the server is well afterwards: {}", answer.body);
}

/// Ids of manuscripts in several stages, and of a person and an organisation.
async fn things_that_are_there(cast: &Cast) -> Vec<String> {
    let mut draft = complete();
    draft["submit"] = json!(false);
    let draft = cast.send("POST", "author", "/manuscripts", None, draft).await.body["id"].as_str().unwrap().to_owned();
    let person = cast.user("author").await.to_string();
    vec![draft, cast.submitted_by("author").await, cast.accepted().await, person]
}

fn configuration(ids: &[String]) -> String {
    let versions: Vec<String> = (1..=4).map(|version| format!("\"{version}\"")).collect();
    // Signing out would end the run: everything afterwards would be 401. Events never end.
    format!(
        "[dictionaries]\nids.values = {}\nversions.values = {}\n\n[parameters]\n\
         \"path.id\" = {{ dictionary = \"ids\", probability = 0.6 }}\n\
         \"header.If-Match\" = {{ dictionary = \"versions\", probability = 0.7 }}\n\n\
         [[operations]]\ninclude-name = \"DELETE /api/v1/session\"\nenabled = false\n\n\
         [[operations]]\ninclude-name = \"GET /api/v1/events\"\nenabled = false\n",
        Value::from(ids.to_vec()),
        Value::from(versions),
    )
}

fn ask(program: &Path, folder: &Path, url: &str, login: &str, seconds: usize) -> Result<(), String> {
    let output = Command::new(program)
        .current_dir(folder)
        .args(["run", url, "--header", &format!("Authorization: Bearer token-{login}"), "--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing", "--max-time", &seconds.to_string(), "--max-examples", "30"])
        .args(["--continue-on-failure", "--request-timeout", "30", "--generation-database", "none", "--seed", "20261120"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"])
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(said) }
}
