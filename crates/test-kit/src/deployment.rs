//! A database, the servers on it and its API keys.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::PgPool;

use crate::command::{Ended, assert_sound, program, run_on};
use crate::database::TestDatabase;
use crate::server::Server;

/// A database and the servers' logs, removed when dropped.
pub struct Deployment {
    pub database: TestDatabase,
    logs: PathBuf,
    count: AtomicU32,
}

impl Deployment {
    pub async fn new() -> Self {
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

    pub async fn books(&self) -> PgPool {
        self.database.pool().await
    }

    /// Starts a server with these flags and environment variables.
    pub async fn serve_with(&self, flags: &[&str], variables: &[(&str, &str)]) -> Server {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut command = program(&["--database-connections=6"]);
        command
            .args(flags)
            .env("DATABASE_URL", self.database.url())
            .envs(variables.iter().copied());
        Server::start(command, self.logs.join(number.to_string())).await
    }

    /// Starts a server on a loopback address with these flags.
    pub async fn serve(&self, flags: &[&str]) -> Server {
        let flags = [&["--listen=127.0.0.1:0"], flags].concat();
        self.serve_with(&flags, &[]).await
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        run_on(&self.database.url(), arguments).await
    }

    /// Creates an API key and returns its secret.
    pub async fn key(&self, name: &str, scope: &str) -> String {
        let arguments = ["keys", "create", "--name", name, "--scope", scope];
        let made = self.run(&arguments).await;
        assert_eq!(made.code, Some(0), "{made:?}");
        made.out.trim_end().to_owned()
    }

    /// The id of the key of this name.
    pub async fn id_of(&self, name: &str) -> String {
        let listed = self.run(&["keys", "list"]).await;
        let mut lines = listed.out.lines();
        let line = lines.find(|line| line.ends_with(&format!("  {name}")));
        let line = line.unwrap_or_else(|| panic!("no {name}: {listed:?}"));
        line.split_whitespace().next().unwrap().to_owned()
    }

    /// Revokes the key of this name.
    pub async fn revoke(&self, name: &str) {
        let id = self.id_of(name).await;
        let revoked = self.run(&["keys", "revoke", &id]).await;
        assert_eq!(revoked.code, Some(0), "{revoked:?}");
    }

    /// Asserts that every audit rule holds.
    pub async fn assert_clean(&self) {
        assert_sound(&self.database.url()).await;
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.logs);
    }
}
