//! `docs/walkthrough.md` is true: its `sh` blocks are run, in order and in one shell, against the real program, and what
//! they print is held against the `text` block that follows each of them. There `…` stands for anything within a line.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::program::Program;

/// A block of commands and what it is to print.
#[derive(Debug)]
struct Block {
    line: usize,
    commands: String,
    expected: Option<String>,
}

/// What closes the output of one block.
const MARK: &str = "-- end of block --";

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/walkthrough.md")).unwrap()
}

/// The `sh` blocks of a Markdown text, each with the `text` block behind it.
fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        match language {
            "sh" => found.push(Block { line: at + 1, commands: inside.join("\n"), expected: None }),
            "text" => found.last_mut().expect("output without commands").expected = Some(inside.join("\n")),
            _ => {}
        }
    }
    found
}

/// Whether a line is as the document shows it, where `…` stands for anything.
fn matches(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The server of the walkthrough; it is told to stop when the test is over.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts `serve` on a port that the system gives, and reads from its output where it listens.
    fn start(program: &Program) -> Self {
        let mut child = program.command(&["serve", "--bind", "127.0.0.1:0"]).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.find_map(|line| {
            let at = line.find("http://127.0.0.1:")?;
            let rest = &line[at + "http://127.0.0.1:".len()..];
            Some(format!("http://127.0.0.1:{}", rest.chars().take_while(char::is_ascii_digit).collect::<String>()))
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.expect("serve says where it listens") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").arg(&pid).status();
        if told.is_err() {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

#[test]
fn the_walkthrough_does_what_it_says() {
    let blocks = blocks(&document());
    assert!(blocks.len() >= 7, "only {} blocks", blocks.len());
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path()).with("UNDO__MINUTES", "0").with("SERVER__BIND", "127.0.0.1:0");
    let server = Server::start(&program);
    let mut script = format!("set -euo pipefail\nexport ZTC={}\n", server.url);
    for block in &blocks {
        script.push_str(&format!("echo '# line {}' >&2\n{}\necho '{MARK}'\n", block.line, block.commands));
    }
    let bin = Path::new(env!("CARGO_BIN_EXE_zhitongche")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = program.bash(&script).env("PATH", path).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    for (block, printed) in blocks.iter().zip(printed.split(&format!("{MARK}\n"))) {
        let Some(expected) = &block.expected else { continue };
        let shown: Vec<&str> = expected.lines().collect();
        let got: Vec<&str> = printed.lines().collect();
        let same = shown.len() == got.len() && shown.iter().zip(&got).all(|(shown, got)| matches(shown, got));
        assert!(same, "docs/walkthrough.md, line {}: shown\n{expected}\nbut printed\n{printed}\n{complaints}", block.line);
    }
    assert!(output.status.success(), "the walkthrough stopped\n{printed}\n{complaints}");
    assert_eq!(printed.matches(MARK).count(), blocks.len(), "{complaints}");
}

#[test]
fn an_ellipsis_stands_for_anything_within_a_line() {
    assert!(matches("a … c", "a bb c") && matches("…", "") && matches("x…y…z", "x1y2z") && matches("same", "same"));
    assert!(!matches("a … c", "a bb d") && !matches("same", "same!") && !matches("x…y…z", "x1z"));
}

#[test]
fn blocks_are_taken_with_their_output() {
    let found = blocks("a\n```sh\none\n```\n```text\n1\n```\n```console\nnot run\n```\n```sh\ntwo\n```\n");
    let seen: Vec<_> = found.iter().map(|block| (block.line, block.commands.as_str(), block.expected.as_deref())).collect();
    assert_eq!(seen, [(2, "one", Some("1")), (11, "two", None)]);
}
