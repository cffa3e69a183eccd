//! A data folder for one test, and what a test asks of the server in it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fairhold::database::embedded::{EmbeddedPostgres, Settings, StartError};
use fairhold_test_kit::postgres_programs;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

/// A data folder below the temporary one, removed at the end of the test.
pub(crate) struct Place {
    pub(crate) settings: Settings,
    root: PathBuf,
}

impl Place {
    pub(crate) async fn new(test: &str) -> Self {
        let root = env::temp_dir().join(format!("fairhold-{}-{test}", std::process::id()));
        let postgres_bin_dir = Some(postgres_programs().await);
        Self {
            settings: Settings {
                data_dir: root.clone(),
                postgres_bin_dir,
            },
            root,
        }
    }

    /// The same, with a data folder some levels below.
    pub(crate) async fn below(test: &str, path: &str) -> Self {
        let mut place = Self::new(test).await;
        place.settings.data_dir = place.root.join(path);
        place
    }

    pub(crate) async fn start(&self) -> EmbeddedPostgres {
        self.try_start().await.unwrap()
    }

    pub(crate) async fn try_start(&self) -> Result<EmbeddedPostgres, StartError> {
        EmbeddedPostgres::start(&self.settings).await
    }

    /// The only folder whose name begins so.
    pub(crate) fn find(&self, prefix: &str) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.settings.data_dir).ok()?.flatten();
        entries.map(|entry| entry.path()).find(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(prefix))
        })
    }

    pub(crate) fn pid_file(&self) -> PathBuf {
        self.find("data-").unwrap().join("postmaster.pid")
    }

    pub(crate) fn server_pid(&self) -> u32 {
        let text = fs::read_to_string(self.pid_file()).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let is_there = || {
            self.find("data-")
                .is_some_and(|data| data.join("postmaster.pid").exists())
        };
        while is_there() && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Whether the process exists and has not ended.
pub(crate) fn is_alive(pid: u32) -> bool {
    let state = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

/// A row that must survive.
pub(crate) async fn write_row(options: &PgConnectOptions) {
    execute(
        options,
        "create table rows (id int primary key); insert into rows values (42)",
    )
    .await;
}

pub(crate) async fn rows(options: &PgConnectOptions) -> String {
    ask(options, "select string_agg(id::text, ',') from rows").await
}

pub(crate) async fn execute(options: &PgConnectOptions, statements: &str) {
    let mut connection = options.connect().await.unwrap();
    run(&mut connection, statements).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the table exists in this test only"
)]
async fn run(connection: &mut PgConnection, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(connection).await.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the table exists in this test only"
)]
pub(crate) async fn ask(options: &PgConnectOptions, question: &str) -> String {
    let mut connection = options.connect().await.unwrap();
    let question = AssertSqlSafe(question.to_owned());
    sqlx::query_scalar(question)
        .fetch_one(&mut connection)
        .await
        .unwrap()
}
