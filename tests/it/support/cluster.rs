//! The PostgreSQL server of a test run: `TEST_DATABASE_URL`, or a temporary cluster that lives as long as this process.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// A cluster of our own. `tests/cluster` removes it when the pipe to its standard input closes, so however this process ends.
struct Cluster {
    url: String,
    _guard: Option<(Child, ChildStdin)>,
}

/// URL of a database on which others may be created.
pub(crate) fn url() -> &'static str {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    &CLUSTER.get_or_init(find_or_start).url
}

fn find_or_start() -> Cluster {
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => Cluster { url, _guard: None },
        _ => start(),
    }
}

fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster");
    let mut child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests/cluster starts");
    let pipe = child.stdin.take().expect("it has a standard input");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("it has a standard output")).read_line(&mut url).expect("it prints its URL");
    let url = url.trim().to_owned();
    assert!(!url.is_empty(), "no PostgreSQL: install it, set TEST_DATABASE_URL, or leave it out with ZTC_TEST_DATABASES=sqlite");
    Cluster { url, _guard: Some((child, pipe)) }
}
