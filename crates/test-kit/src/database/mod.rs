//! Databases for tests: each test has its own, on a PostgreSQL server that the whole run shares.
//!
//! The first test that needs a database starts a [`keeper`] process, which owns the server. Every
//! test process holds a file lock while it lives; after the last one has ended, the keeper stops
//! the server and removes its folder. The schema is migrated once, into a template that is cloned.
#![expect(
    clippy::disallowed_methods,
    reason = "these statements concern databases, not rows"
)]

mod keeper;
mod programs;
mod run;
mod template;

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool};

pub use self::keeper::keep_the_server;
pub use self::programs::{embedded_options, postgres_programs};
use self::run::Run;

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

async fn connect(options: &PgConnectOptions) -> PgConnection {
    options
        .connect()
        .await
        .expect("a connection to the tests' server")
}

async fn execute(connection: &mut PgConnection, statement: String) {
    let result = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(connection)
        .await;
    result.expect(&statement);
}
