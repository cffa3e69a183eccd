//! An interactive psql session of an auditor.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;

use fairhold::database::embedded;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// The session ends when this is dropped.
pub(crate) struct Psql(Child);

impl Psql {
    /// Opens the database at `url`; `None` without psql, which a downloaded PostgreSQL lacks. With
    /// `CI=true` psql must exist.
    #[expect(clippy::print_stderr, reason = "a skipped test must be visible")]
    pub(crate) async fn open(url: &str) -> Option<Self> {
        let installed = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        let options = embedded::options(None, installed);
        let beside = options.server_programs().await.unwrap().join("psql");
        let program = if beside.exists() {
            beside
        } else {
            "psql".into()
        };
        let opened = Command::new(program)
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", url])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        if let Ok(child) = opened {
            return Some(Self(child));
        }
        let is_gate = env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!is_gate, "no psql on this machine");
        eprintln!("NOT TESTED: there is no psql on this machine");
        None
    }

    /// Sends a statement.
    pub(crate) async fn send(&mut self, statement: &str) {
        let stdin = self.0.stdin.as_mut().unwrap();
        stdin.write_all(statement.as_bytes()).await.unwrap();
        stdin.write_all(b"\n").await.unwrap();
        stdin.flush().await.unwrap();
    }
}
