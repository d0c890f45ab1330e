//! The real binary, as an administrator runs it: a folder of its own, and only the settings that a test gives.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// A place to run commands in.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    dir: &'a Path,
    settings: Vec<(String, String)>,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; -1 after a signal.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) says: String,
    /// Standard error.
    pub(crate) complains: String,
}

impl<'a> Program<'a> {
    /// Runs in `dir`, where also its data goes.
    pub(crate) fn new(dir: &'a Path) -> Self {
        Self { dir, settings: Vec::new() }
    }

    /// Adds a setting, for example `("DATABASE__URL", "sqlite://…")`.
    pub(crate) fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.settings.push((format!("ZHITONGCHE__{key}"), value.into()));
        self
    }

    /// Adds an environment variable that is no setting of ours.
    pub(crate) fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// The command, ready to start.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhitongche"));
        command.args(arguments);
        self.settle(command)
    }

    /// A shell with this script, in the same folder and with the same settings.
    pub(crate) fn bash(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", script]);
        self.settle(command)
    }

    fn settle(&self, mut command: Command) -> Command {
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("ZHITONGCHE_")) {
            command.env_remove(key);
        }
        command.current_dir(self.dir).envs(self.settings.iter().map(|(key, value)| (key, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, "")
    }

    /// Runs a command that reads `input`.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            says: String::from_utf8(output.stdout).unwrap(),
            complains: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts `serve` on a free port and waits until it listens.
    pub(crate) fn serve(&self) -> Serving {
        let mut child = self.command(&["serve", "--bind", "127.0.0.1:0"]).spawn().unwrap();
        let log = drain(child.stderr.take().unwrap());
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut says = Vec::new();
        let url = loop {
            let mut line = String::new();
            if output.read_line(&mut line).unwrap() == 0 {
                panic!("serve ended before it listened: {says:?} {}", log.join().unwrap());
            }
            says.push(line.trim_end().to_owned());
            if let Some(url) = line.trim_end().strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        drain(output);
        Serving { url, says, child, log: Some(log) }
    }
}

/// Reads to the end in the background, so that the program never waits for a reader.
fn drain(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        drop(from.read_to_string(&mut text));
        text
    })
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Serving {
    /// Where it listens.
    pub(crate) url: String,
    /// What it printed until then.
    pub(crate) says: Vec<String>,
    child: Child,
    log: Option<JoinHandle<String>>,
}

impl Serving {
    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as an administrator's service manager does.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: exit code, and what it logged.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
