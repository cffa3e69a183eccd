//! A data directory for one test, and queries to the server in it.

use std::env;
use std::fs::{self, File};
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fairhold_embedded_postgres::{EmbeddedPostgres, Options, StartError, default_data_dir};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use tokio::sync::OnceCell;

const LIMIT: Duration = Duration::from_secs(20);
/// The application that the servers of these tests belong to.
pub(crate) const NAME: &str = "fairhold";
const POLL: Duration = Duration::from_millis(5);

/// Below the temporary directory, removed at the end of the test.
pub(crate) struct DataDir {
    pub(crate) options: Options,
    root: PathBuf,
}

impl DataDir {
    pub(crate) async fn new(test: &str) -> Self {
        let root = env::temp_dir().join(format!("{NAME}-{}-{test}", std::process::id()));
        let mut options = Options::new(NAME, root.clone());
        options.bin_dir = Some(programs().await);
        Self { options, root }
    }

    /// The same, with a data directory some levels below.
    pub(crate) async fn below(test: &str, path: &str) -> Self {
        let mut data_dir = Self::new(test).await;
        data_dir.options.data_dir = data_dir.root.join(path);
        data_dir
    }

    pub(crate) async fn start(&self) -> EmbeddedPostgres {
        self.try_start().await.unwrap()
    }

    pub(crate) async fn try_start(&self) -> Result<EmbeddedPostgres, StartError> {
        EmbeddedPostgres::start(&self.options).await
    }

    /// The only entry of the data directory whose name begins so.
    pub(crate) fn find(&self, prefix: &str) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.options.data_dir).ok()?.flatten();
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

impl Drop for DataDir {
    fn drop(&mut self) {
        let deadline = Instant::now() + LIMIT;
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

/// The server programs, which are downloaded once for all tests.
async fn programs() -> PathBuf {
    static PROGRAMS: OnceCell<PathBuf> = OnceCell::const_new();
    let find = async || {
        let lock = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
        lock.lock().unwrap();
        let mut shared = Options::new(NAME, default_data_dir(NAME));
        shared.bin_dir = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        shared.server_programs().await.unwrap()
    };
    PROGRAMS.get_or_init(find).await.clone()
}

/// Polls a condition until it holds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = Instant::now() + LIMIT;
    while !holds().await {
        assert!(Instant::now() < deadline, "not reached: {what}");
        tokio::time::sleep(POLL).await;
    }
}

/// Whether the process exists and is no zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    let state = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

/// Writes a row that must survive.
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
pub(crate) async fn ask(options: &PgConnectOptions, query: &str) -> String {
    let mut connection = options.connect().await.unwrap();
    let query = AssertSqlSafe(query.to_owned());
    sqlx::query_scalar(query)
        .fetch_one(&mut connection)
        .await
        .unwrap()
}
