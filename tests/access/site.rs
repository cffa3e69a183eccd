//! A database, the servers on it and the keys to it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::time::timeout;

use crate::server::{Server, program};
use crate::support::TestDatabase;

const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

/// What a command of the program did.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A database of its own. Its logs go when it does.
pub(crate) struct Site {
    pub(crate) database: TestDatabase,
    logs: PathBuf,
    count: AtomicU32,
}

impl Site {
    pub(crate) async fn new() -> Self {
        static SITES: AtomicU32 = AtomicU32::new(0);
        let number = SITES.fetch_add(1, Ordering::Relaxed);
        let name = format!("fairhold-access-{}-{number}", std::process::id());
        let logs = env::temp_dir().join(name);
        fs::create_dir_all(&logs).unwrap();
        Self {
            database: TestDatabase::create().await,
            logs,
            count: AtomicU32::new(0),
        }
    }

    pub(crate) async fn books(&self) -> PgPool {
        self.database.pool().await
    }

    /// A server with these flags and variables.
    pub(crate) async fn serve_with(&self, flags: &[&str], variables: &[(&str, &str)]) -> Server {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut command = program(&["--database-connections=6"]);
        command
            .args(flags)
            .env("DATABASE_URL", self.database.url())
            .envs(variables.iter().copied());
        Server::start(command, self.logs.join(number.to_string())).await
    }

    /// A server on a loopback address with these flags.
    pub(crate) async fn serve(&self, flags: &[&str]) -> Server {
        let flags = [&["--listen=127.0.0.1:0"], flags].concat();
        self.serve_with(&flags, &[]).await
    }

    /// Runs a command that ends.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = program(arguments);
        let output = command.env("DATABASE_URL", self.database.url()).output();
        let output = timeout(PATIENCE * 3, output).await;
        let output = output.expect("it ends").unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Makes a key. What is to be sent.
    pub(crate) async fn key(&self, name: &str, scope: &str) -> String {
        let arguments = ["keys", "create", "--name", name, "--scope", scope];
        let made = self.run(&arguments).await;
        assert_eq!(made.code, Some(0), "{made:?}");
        made.out.trim_end().to_owned()
    }

    /// The id of the key of this name.
    pub(crate) async fn id_of(&self, name: &str) -> String {
        let listed = self.run(&["keys", "list"]).await;
        let mut lines = listed.out.lines();
        let line = lines.find(|line| line.ends_with(&format!("  {name}")));
        let line = line.unwrap_or_else(|| panic!("no {name}: {listed:?}"));
        line.split_whitespace().next().unwrap().to_owned()
    }

    /// Revokes the key of this name.
    pub(crate) async fn revoke(&self, name: &str) {
        let id = self.id_of(name).await;
        let revoked = self.run(&["keys", "revoke", &id]).await;
        assert_eq!(revoked.code, Some(0), "{revoked:?}");
    }

    /// Proves the books.
    pub(crate) async fn assert_clean(&self) {
        let audited = self.run(&["audit"]).await;
        assert_eq!(audited.code, Some(0), "{audited:?}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.logs);
    }
}

/// Polls until it is so, for a limited time. How long it took.
pub(crate) async fn eventually(what: &str, look: impl AsyncFn() -> bool) -> Duration {
    let began = Instant::now();
    while !look().await {
        assert!(began.elapsed() < PATIENCE, "it did not happen: {what}");
        tokio::time::sleep(POLL).await;
    }
    began.elapsed()
}
