//! The real binary, as an administrator runs it: a folder of its own, and only the settings that a test gives.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

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

    /// The command, ready to start.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhitongche"));
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("ZHITONGCHE_")) {
            command.env_remove(key);
        }
        command.current_dir(self.dir).args(arguments).envs(self.settings.iter().map(|(key, value)| (key, value)));
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
}
