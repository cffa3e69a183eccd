//! The benchmark's database, in a temporary folder, and its servers, as child processes.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use fairhold::database::embedded;
use fairhold_embedded_postgres::EmbeddedPostgres;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A durable PostgreSQL. Its folder is removed by [`stop`](Self::stop).
pub(crate) struct BenchDatabase {
    database: EmbeddedPostgres,
    folder: PathBuf,
}

impl BenchDatabase {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("fairhold-bench-{}", std::process::id()));
        let installed = std::env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        let options = embedded::options(Some(folder.clone()), installed);
        let database = EmbeddedPostgres::start(&options).await?;
        let site = Self { database, folder };
        let mut connection = site.connect().await?;
        fairhold::database::migrate(&mut connection).await?;
        Ok(site)
    }

    pub(crate) fn url(&self) -> String {
        self.database.url()
    }

    pub(crate) async fn connect(&self) -> sqlx::Result<PgConnection> {
        self.database.connect_options().connect().await
    }

    /// Creates another, empty database and returns how to connect to it.
    pub(crate) async fn create(&self, name: &str) -> sqlx::Result<PgConnectOptions> {
        let statement = AssertSqlSafe(format!("create database \"{name}\""));
        self.connect().await?.execute(statement).await?;
        Ok(self.database.connect_options().database(name))
    }

    /// The pid of the postmaster.
    pub(crate) fn database_pid(&self) -> anyhow::Result<u32> {
        let mut entries = std::fs::read_dir(&self.folder)?.flatten();
        let data = entries.find(|entry| entry.file_name().to_string_lossy().starts_with("data-"));
        let data = data.context("the database folder does not exist")?;
        let text = std::fs::read_to_string(data.path().join("postmaster.pid"))?;
        Ok(text
            .lines()
            .next()
            .context("the pid file is empty")?
            .parse()?)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.database.stop().await?;
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// A server process, killed on drop.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    child: Child,
    /// Kept open, because a server fails to start if it can't print its address.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Fairhold with its defaults and these arguments. It logs to `flash_sale.log` in the target folder.
    pub(crate) async fn fairhold(url: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairhold"));
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("DATABASE_URL", url)
            .env_remove("FAIRHOLD_LOG")
            .stderr(log_file()?);
        Self::start(command).await
    }

    /// A baseline, served by this program.
    pub(crate) async fn baseline(name: &str, url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--serve", name]).env("DATABASE_URL", url);
        Self::start(command).await
    }

    /// Kills the process and waits for its exit.
    pub(crate) async fn end(mut self) -> std::io::Result<()> {
        self.child.kill().await
    }

    async fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line).await?;
        let address = line.trim_end().rsplit("http://").next();
        let address = address.context("no address")?;
        Ok(Self {
            address: address
                .parse()
                .with_context(|| format!("unexpected first line: {line:?}"))?,
            pid: child.id().context("no pid")?,
            child,
            _stdout: stdout,
        })
    }
}

/// Cargo's target folder, where results and logs go.
pub(crate) fn target_folder() -> anyhow::Result<&'static Path> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    folder.context("no target folder")
}

fn log_file() -> anyhow::Result<File> {
    let path = target_folder()?.join("flash_sale.log");
    Ok(File::options().create(true).append(true).open(path)?)
}
