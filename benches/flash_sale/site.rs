//! What a run needs around it: a database in a folder of its own, and servers as child processes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Context;
use fairhold::database::embedded;
use fairhold_embedded_postgres::EmbeddedPostgres;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A durable PostgreSQL of the benchmark's own. Its folder is removed at the end.
pub(crate) struct Site {
    database: EmbeddedPostgres,
    folder: PathBuf,
}

impl Site {
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

    /// Makes one more database, without a table yet. How to connect to it.
    pub(crate) async fn create(&self, name: &str) -> sqlx::Result<PgConnectOptions> {
        let statement = AssertSqlSafe(format!("create database \"{name}\""));
        self.connect().await?.execute(statement).await?;
        Ok(self.database.connect_options().database(name))
    }

    /// The pid of PostgreSQL's first process.
    pub(crate) fn database_pid(&self) -> anyhow::Result<u32> {
        let mut entries = std::fs::read_dir(&self.folder)?.flatten();
        let data = entries.find(|entry| entry.file_name().to_string_lossy().starts_with("data-"));
        let data = data.context("the database has no folder")?;
        let text = std::fs::read_to_string(data.path().join("postmaster.pid"))?;
        Ok(text.lines().next().context("an empty pid file")?.parse()?)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.database.stop().await?;
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// A server in a process of its own, ended when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    child: Child,
    /// Kept open: a server that has nobody to tell where it serves ends.
    _told: BufReader<ChildStdout>,
}

impl Server {
    /// The product itself.
    pub(crate) async fn fairhold(url: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairhold"));
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("DATABASE_URL", url)
            // Not a line for each refusal: an overload would drown everything else.
            .env("FAIRHOLD_LOG", "warn,fairhold::http::layers=error");
        Self::start(command).await
    }

    /// One of the rivals, which this very program serves.
    pub(crate) async fn rival(name: &str, url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--serve", name]).env("DATABASE_URL", url);
        Self::start(command).await
    }

    /// Ends it and waits until it is gone.
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
        let mut told = BufReader::new(stdout);
        let mut line = String::new();
        told.read_line(&mut line).await?;
        let address = line.trim_end().rsplit("http://").next();
        let address = address.context("no address")?;
        Ok(Self {
            address: address
                .parse()
                .with_context(|| format!("the server said {line:?}"))?,
            pid: child.id().context("no pid")?,
            child,
            _told: told,
        })
    }
}
