//! Programs of others that tests run beside ours.

use std::path::{Path, PathBuf};

/// The Python that has the packages of `tests/requirements.txt`: `tests/run` makes it and names it in `ZTC_TEST_PYTHON`.
/// `None` where `tests/run` said that it skips such tests (`ZTC_TEST_SKIP=python`).
pub(crate) fn python() -> Option<PathBuf> {
    if std::env::var("ZTC_TEST_SKIP").is_ok_and(|skip| skip.split(',').any(|one| one == "python")) {
        eprintln!("skipped: no Python with the packages of tests/requirements.txt");
        return None;
    }
    let target =
        || std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let made = || target().join("test-tools/bin/python");
    let python = std::env::var_os("ZTC_TEST_PYTHON").map_or_else(made, PathBuf::from);
    assert!(python.exists(), "{} is not there: run `tests/run test` once, or set ZTC_TEST_PYTHON", python.display());
    Some(python)
}

mod tests {
    use std::process::Command;

    #[test]
    fn the_mail_server_of_the_tests_is_there() {
        if let Some(python) = super::python() {
            let answer = Command::new(python).args(["-c", "import aiosmtpd; print(aiosmtpd.__version__)"]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "1.4.6");
        }
    }
}
