//! An empty database for one test, gone with it.

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use tempfile::TempDir;
use url::Url;
use zhitongche::config::{MailTransport, Secret, Settings};
use zhitongche::domain::clock::Clock;
use zhitongche::server::database;
use zhitongche::store::Db;

use super::{cluster, template};

/// The two databases that the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Whether `ZTC_TEST_DATABASES` (a list such as `sqlite,postgres`; all when not set) names it.
    pub(crate) fn is_wanted(self) -> bool {
        let name = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        };
        std::env::var("ZTC_TEST_DATABASES").map_or(true, |wanted| wanted.split(',').any(|one| one.trim() == name))
    }
}

/// A database of its own, and a directory for the files beside it. Both go when it is dropped.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    /// As `database.url` takes it.
    pub(crate) url: String,
    /// As `server.data_dir` takes it.
    pub(crate) dir: TempDir,
    created: Option<String>,
}

impl TestDatabase {
    /// Makes an empty one.
    pub(crate) fn new(engine: Engine) -> Self {
        let dir = TempDir::with_prefix("ztc-test-").expect("a temporary directory");
        match engine {
            Engine::Sqlite => Self { url: format!("sqlite://{}", dir.path().join("test.db").display()), dir, created: None },
            Engine::Postgres => {
                let name = unused_name();
                administer(&format!("CREATE DATABASE {name}"));
                Self { url: url_of(&name), dir, created: Some(name) }
            }
        }
    }

    /// Makes one with the schema, as a node finds it that starts for the second time.
    pub(crate) fn with_schema(engine: Engine) -> Self {
        let dir = TempDir::with_prefix("ztc-test-").expect("a temporary directory");
        match engine {
            Engine::Sqlite => {
                let file = dir.path().join("test.db");
                template::copy_file(&file);
                Self { url: format!("sqlite://{}", file.display()), dir, created: None }
            }
            Engine::Postgres => {
                let name = unused_name();
                template::copy_database(&name);
                Self { url: url_of(&name), dir, created: Some(name) }
            }
        }
    }

    /// The defaults, with this database, its folder, a free port, letters in memory, and cheap passwords.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::defaults_in(self.dir.path()).expect("the defaults are usable");
        settings.database.url = Secret::new(self.url.clone());
        settings.database.readers = 2;
        settings.database.writers = 4;
        // A machine that is busy with other tests is no database that froze.
        settings.database.answer_timeout_seconds = 60;
        settings.database.idle_transaction_timeout_seconds = 60;
        settings.server.bind.set_port(0);
        settings.server.workers = 1;
        settings.mail.transport = MailTransport::Memory;
        settings.session.argon2_kib = 64;
        settings.session.argon2_passes = 1;
        settings
    }

    /// Opens it, with its schema.
    pub(crate) fn open(&self) -> Db {
        database::open(&self.settings()).expect("the database opens")
    }
}

fn unused_name() -> String {
    format!("ztc_{}", Clock::System.id::<uuid::Uuid>().simple())
}

pub(crate) fn url_of(name: &str) -> String {
    let mut url = Url::parse(cluster::url()).expect("TEST_DATABASE_URL is a URL");
    url.set_path(name);
    url.into()
}

impl TestDatabase {
    /// Drops it, whoever is connected (PostgreSQL); a file goes with its folder.
    pub(crate) fn remove(&self) {
        if let Some(name) = &self.created {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.remove();
    }
}

pub(crate) fn administer(statement: &str) {
    let mut connection = PgConnection::establish(cluster::url()).expect("the PostgreSQL server of the test run answers");
    connection.batch_execute(statement).expect("the test user may create and drop databases");
}

mod tests {
    use diesel::connection::{Connection, SimpleConnection};
    use diesel::pg::PgConnection;
    use diesel::sqlite::SqliteConnection;

    use super::{Engine, TestDatabase};

    crate::both_databases!(each_test_has_a_database_of_its_own);

    async fn each_test_has_a_database_of_its_own(engine: Engine) {
        let make_table = "CREATE TABLE mine (id int)";
        let execute = |url: &str| match engine {
            Engine::Postgres => PgConnection::establish(url).unwrap().batch_execute(make_table),
            Engine::Sqlite => SqliteConnection::establish(&url["sqlite://".len()..]).unwrap().batch_execute(make_table),
        };
        let (one, two) = (TestDatabase::new(engine), TestDatabase::new(engine));
        execute(&one.url).unwrap();
        execute(&two.url).unwrap();
        let (gone, folder) = (one.url.clone(), one.dir.path().to_path_buf());
        drop(one);
        assert!(!folder.exists());
        if engine == Engine::Postgres {
            assert!(PgConnection::establish(&gone).is_err(), "a dropped database is gone");
            assert!(PgConnection::establish(&two.url).is_ok());
        }
    }
}
