//! Databases for tests: each test has one of its own, on a PostgreSQL that the whole run shares.
//!
//! The first test that asks starts a keeper process ([`keeper`]), which owns the server. Every test
//! process holds a file lock while it lives; when the last has gone, the keeper stops the server
//! and removes its folder. The schema is migrated once, into a template that tests clone.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a harness that fails must fail its test; its statements concern databases, not rows"
)]

mod keeper;
mod run;
mod template;

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool};

use self::run::Run;

/// A migrated, empty database, which goes when this does, whether its test passes or panics.
pub(crate) struct TestDatabase {
    name: String,
    run: &'static Run,
}

// A test binary may need only a part of the harness.
const _: () = {
    let _ = (TestDatabase::options, TestDatabase::url, TestDatabase::pool);
};

impl TestDatabase {
    /// Clones the template.
    pub(crate) async fn create() -> Self {
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

    /// How to connect to it.
    pub(crate) fn options(&self) -> PgConnectOptions {
        self.run.options(&self.name)
    }

    /// The same as a URL.
    pub(crate) fn url(&self) -> String {
        self.run.url(&self.name)
    }

    /// A new pool of connections to it.
    pub(crate) async fn pool(&self) -> PgPool {
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
