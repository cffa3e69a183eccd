//! A database of its own for each test, cloned from the template.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::run::Run;
use super::sql::execute;
use super::template;

/// A migrated, empty database. Dropping the guard drops it, whether the test passes or panics.
pub struct TestDatabase {
    name: String,
    run: &'static Run,
}

impl TestDatabase {
    /// Clones the template.
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let run = Run::joined();
        let mut maintenance = run.connect().await;
        let template = template::provide(run, &mut maintenance).await;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", process::id());
        let clone = format!("create database {name} template {template} strategy file_copy");
        execute(&mut maintenance, clone).await;
        Self { name, run }
    }

    /// Connects to it over the Unix socket.
    pub fn options(&self) -> PgConnectOptions {
        self.run.options(&self.name)
    }

    /// `options` as a URL.
    pub fn url(&self) -> String {
        self.run.url(&self.name)
    }

    pub async fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(self.options())
            .await
            .expect("a pool for the test's database")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.run.discard(&self.name);
    }
}
