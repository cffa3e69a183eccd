//! An interactive psql session of an auditor.

use std::process::Stdio;

use fairhold_test_kit::{not_tested_without, postgres_programs};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// The session ends when this is dropped.
pub(crate) struct Psql(Child);

impl Psql {
    /// Opens the database at `url`; `None` without psql, which a downloaded PostgreSQL lacks. With
    /// `FAIRHOLD_TEST_TOOLS=required` psql must exist.
    pub(crate) async fn open(url: &str) -> Option<Self> {
        let beside = postgres_programs().await.join("psql");
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
        not_tested_without("psql", "rows that psql has locked");
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
