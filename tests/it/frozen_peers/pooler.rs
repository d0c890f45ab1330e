//! Behind pgbouncer: with sessions of its own the program works; where each transaction gets another one it says what to set.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use diesel::Connection;
use diesel::pg::PgConnection;
use url::Url;

use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

/// `pgbouncer` on the path, or the one that `ZTC_TEST_PGBOUNCER` names.
fn pgbouncer() -> Option<PathBuf> {
    let named = std::env::var_os("ZTC_TEST_PGBOUNCER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    named.or_else(|| folders.map(|folder| folder.join("pgbouncer")).find(|file| file.exists()))
}

/// A running pgbouncer before a database; it ends when it is dropped.
struct Pooler {
    child: Child,
    url: String,
}

impl Pooler {
    fn start(program: &Path, database: &TestDatabase, mode: &str) -> Self {
        let dir = database.dir.path();
        // As root it runs as somebody else, who must be able to read its settings.
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
        let url = Url::parse(&database.url).unwrap();
        let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let (host, user) =
            (of("host").or_else(|| url.host_str().map(str::to_owned)), of("user").unwrap_or_else(|| url.username().to_owned()));
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (name, file) = (url.path().trim_start_matches('/'), dir.join("pgbouncer.ini"));
        let password = url.password().map(|password| format!(" password={password}")).unwrap_or_default();
        let host = host.unwrap_or_else(|| "127.0.0.1".to_owned());
        fs::write(
            &file,
            format!(
                "[databases]\n{name} = host={} port={} user={user}{password}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {free}\n\
                 unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
                host,
                url.port().unwrap_or(5432)
            ),
        )
        .unwrap();
        let is_root = fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0);
        let mut command = Command::new(if is_root { Path::new("setpriv") } else { program });
        if is_root {
            // PostgreSQL's user, where the way to it is a socket in a folder of that user.
            let user = fs::metadata(&host).map_or(65534, |found| found.uid());
            command.args([&format!("--reuid={user}"), "--regid=65534", "--clear-groups"]).arg(program);
        }
        let child = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut pooler = Self { child, url: format!("postgres://{user}@127.0.0.1:{free}/{name}") };
        while PgConnection::establish(&pooler.url).is_err() {
            assert!(pooler.child.try_wait().unwrap().is_none(), "pgbouncer ended by itself");
        }
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn program<'a>(database: &'a TestDatabase, pooler: &Pooler) -> Program<'a> {
    let data = database.dir.path().join("data").display().to_string();
    Program::new(database.dir.path()).with("DATABASE__URL", pooler.url.clone()).with("SERVER__DATA_DIR", data)
}

#[test]
fn a_pooler_that_shares_sessions_is_told_from_one_that_does_not() {
    let Some(bouncer) = pgbouncer().filter(|_| Engine::Postgres.is_wanted()) else {
        eprintln!("skipped: no pgbouncer");
        return;
    };
    let database = TestDatabase::new(Engine::Postgres);
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(&bouncer, &database, mode);
        for arguments in [&["serve", "--bind", "127.0.0.1:0"][..], &["migrate"], &["check"], &["user", "list"]] {
            let ran = program(&database, &pooler).run(arguments);
            let says = format!("{}{}", ran.says, ran.complains);
            assert_eq!(ran.code, 1, "{mode} {arguments:?}: {says}");
            assert!(says.contains("set pool_mode = session for this database"), "{mode} {arguments:?}: {says}");
        }
    }
    let pooler = Pooler::start(&bouncer, &database, "session");
    let server = program(&database, &pooler).serve();
    let ready = reqwest::blocking::get(format!("{}/readyz", server.url)).unwrap();
    assert_eq!(ready.status().as_u16(), 200);
    server.terminate();
    assert_eq!(server.ended().0, 0);
}
