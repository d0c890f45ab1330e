//! What integration tests stand on: a database of its own for each test, on SQLite and on PostgreSQL.

pub(crate) mod app;
pub(crate) mod cast;
pub(crate) mod cluster;
pub(crate) mod course;
pub(crate) mod database;
pub(crate) mod line;
pub(crate) mod pages;
pub(crate) mod program;
pub(crate) mod template;
pub(crate) mod tools;

/// Makes two tests of each named `async fn(&Engine)`-like function: `NAME::on_sqlite` and `NAME::on_postgres`.
///
/// The function takes an [`database::Engine`] and returns nothing; it runs inside an actix runtime, so that it can start servers.
#[macro_export]
macro_rules! both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                $crate::support::run($crate::support::database::Engine::Sqlite, super::$name);
            }

            #[test]
            fn on_postgres() {
                $crate::support::run($crate::support::database::Engine::Postgres, super::$name);
            }
        }
    )+};
}

/// Runs one test on one engine, or says that the engine was left out by `ZTC_TEST_DATABASES`.
pub(crate) fn run<F: Future<Output = ()>>(engine: database::Engine, test: impl FnOnce(database::Engine) -> F) {
    if engine.is_wanted() {
        actix_web::rt::System::new().block_on(test(engine));
    } else {
        eprintln!("skipped: {engine:?} is not named in ZTC_TEST_DATABASES");
    }
}
