//! `pg_dump` and `pg_restore`, PostgreSQL's own programs for a backup: finds them, reads their version, and runs them.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use percent_encoding::percent_decode_str;

/// The program that dumps a database.
pub const DUMP: &str = "pg_dump";
/// The program that puts a dump back.
pub const RESTORE: &str = "pg_restore";

/// The folders in which distributions install the programs of each version.
const HOMES: [&str; 3] = ["/usr/lib/postgresql", "/usr/lib64/postgresql", "/usr/local/pgsql"];

/// The reason why one of the programs could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The program is missing, or too old.
    #[error(
        "{name} of PostgreSQL {needed} is needed and {}{}: install the client programs of that version (Debian: postgresql-client-{needed}), or name their folder in backup.postgres_programs",
        found.as_deref().map_or_else(|| "was not found".to_owned(), |found| format!("only that of {found} was found")),
        within.as_deref().map_or_else(String::new, |folder| format!(" in {}", folder.display()))
    )]
    Missing {
        /// The program.
        name: &'static str,
        /// The server's major version.
        needed: u32,
        /// The version that was found.
        found: Option<String>,
        /// The only folder that was looked into.
        within: Option<PathBuf>,
    },
    /// It ended with an error.
    #[error("{name} failed: {says}")]
    Failed {
        /// The program.
        name: &'static str,
        /// Its last output.
        says: String,
    },
    /// It can't be run, or its output can't be read.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// A database's URL without its password, and the password, which must not stand among a process's arguments.
fn split_password(url: &str) -> (String, Option<String>) {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (mut found, mut host) = (None, authority.to_owned());
    if let Some((user, at)) = authority.rsplit_once('@')
        && let Some((user, password)) = user.split_once(':')
    {
        found = Some(decoded(password));
        host = format!("{user}@{at}");
    }
    let Some((path, query)) = tail.split_once('?') else { return (format!("{scheme}://{host}{tail}"), found) };
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("password", value)) => found = Some(decoded(value)),
            _ => kept.push(pair),
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{scheme}://{host}{path}{query}"), found)
}

/// The folders in which the programs are looked for.
fn folders(needed: u32) -> Vec<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    for home in HOMES.map(Path::new) {
        folders.push(home.join("bin"));
        folders.extend(fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.path().join("bin")));
    }
    folders.push(PathBuf::from(format!("/usr/pgsql-{needed}/bin")));
    folders
}

/// The program of this name for a server of this version: of the same version if there is one, else of a newer one. It is looked for in
/// `within`, or on `PATH` and where distributions put it.
///
/// # Errors
/// [`ToolError::Missing`].
pub fn find(name: &'static str, needed: u32, within: Option<&Path>) -> Result<PathBuf, ToolError> {
    let folders = within.map_or_else(|| folders(needed), |folder| vec![folder.to_owned()]);
    let all: Vec<(u32, PathBuf)> = folders.iter().map(|folder| folder.join(name)).filter_map(|path| Some((major(&path)?, path))).collect();
    let same = all.iter().find(|(version, _)| *version == needed);
    let newer = || all.iter().filter(|(version, _)| *version > needed).min_by_key(|(version, _)| *version);
    match same.or_else(newer) {
        Some((_, path)) => Ok(path.clone()),
        None => {
            let found = all.iter().map(|(version, _)| version).max().map(ToString::to_string);
            Err(ToolError::Missing { name, needed, found, within: within.map(Path::to_owned) })
        }
    }
}

/// The major version of a program; `None` where there is no such program.
fn major(path: &Path) -> Option<u32> {
    if !path.is_file() {
        return None;
    }
    let output = Command::new(path).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split(['.', 'b', 'r', 'd']).next()?.parse().ok())
}

fn command(program: &Path, url: &str, arguments: &[OsString]) -> Command {
    let (url, password) = split_password(url);
    let mut command = Command::new(program);
    command.args(arguments).args(["--no-password", "--no-owner", "--no-privileges", "--dbname"]).arg(url);
    command.env("LC_ALL", "C").env("PGAPPNAME", "zhitongche backup").stderr(Stdio::piped());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Dumps the state of an exported snapshot into `out`, by a [`DUMP`] that was found.
///
/// # Errors
/// [`ToolError`] says what to do.
pub fn dump(program: &Path, url: &str, snapshot: &str, out: &mut dyn Write) -> Result<(), ToolError> {
    let arguments = [OsString::from("--format=custom"), "--compress=1".into(), format!("--snapshot={snapshot}").into()];
    let mut child = command(program, url, &arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let taken = child.stdout.take().map_or(Ok(0), |mut from| copy(&mut from, out));
    finish(DUMP, child, taken)
}

/// Restores what [`dump`] wrote into an empty database, by a [`RESTORE`] that was found: all of it or nothing.
///
/// # Errors
/// [`ToolError`] says what to do.
pub fn restore(program: &Path, url: &str, from: &mut dyn Read) -> Result<(), ToolError> {
    let arguments = [OsString::from("--exit-on-error"), "--single-transaction".into()];
    let mut child = command(program, url, &arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let given = child.stdin.take().map_or(Ok(0), |mut to| copy(from, &mut to));
    finish(RESTORE, child, given)
}

fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<u64> {
    let (mut buffer, mut all) = (vec![0; 256 * 1024], 0);
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(all),
            read => {
                to.write_all(&buffer[..read])?;
                all += read as u64;
            }
        }
    }
}

/// Waits for a program's end. When its data could not be passed on it is ended first.
fn finish(name: &'static str, mut child: Child, passed: io::Result<u64>) -> Result<(), ToolError> {
    // A program that fails closes its pipe; its own message says more than the broken pipe.
    let is_ours = passed.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe);
    if is_ours {
        drop(child.kill());
    }
    let output = child.wait_with_output()?;
    if is_ours || output.status.success() {
        passed?;
        return Ok(());
    }
    let says = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ToolError::Failed { name, says: if says.is_empty() { output.status.to_string() } else { says } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_url() {
        let cases = [
            (
                "postgres://ztc:a%40b%3Ac@db.example:5432/ztc?sslmode=require",
                "postgres://ztc@db.example:5432/ztc?sslmode=require",
                Some("a@b:c"),
            ),
            ("postgresql://ztc@one:1,two:2/ztc", "postgresql://ztc@one:1,two:2/ztc", None),
            ("postgres:///ztc?host=/run/pg&password=s%20t&user=ztc", "postgres:///ztc?host=/run/pg&user=ztc", Some("s t")),
            ("postgres:///ztc?password=x", "postgres:///ztc", Some("x")),
            ("postgres://u:p@h?a=/@b:c", "postgres://u@h?a=/@b:c", Some("p")),
        ];
        for (url, without, password) in cases {
            assert_eq!(split_password(url), (without.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }

    #[test]
    fn a_program_that_is_missing_or_too_old_is_named() {
        let says = find(DUMP, 900, None).unwrap_err().to_string();
        assert!(says.contains("pg_dump of PostgreSQL 900 is needed") && says.contains("postgresql-client-900"), "{says}");
        let says = find(RESTORE, 15, Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert!(says.contains("was not found in /nowhere") && says.contains("backup.postgres_programs"), "{says}");
    }
}
