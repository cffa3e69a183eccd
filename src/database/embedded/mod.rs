//! The PostgreSQL that comes along: a real server, started as a child process on a private socket.
//!
//! One Fairhold owns a data folder at a time. The server never outlives its owner: a watchdog, which
//! reads a pipe that only the owner holds open, stops it however the owner ends.

mod account;
mod cluster;
mod error;
mod fetch;
mod layout;
mod locate;
mod lock;
mod logs;
mod pid_file;
mod programs;
mod server;
mod watchdog;

use std::convert::Infallible;
use std::env;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::time::sleep;

use self::account::Account;
use self::layout::{Layout, PORT};
use self::logs::Pruner;
use self::programs::Programs;
use self::server::Server;

pub use self::error::{StartError, StopError};

/// The superuser of every embedded server.
const ROLE: &str = "fairhold";
/// The database of every embedded server.
const DATABASE: &str = "fairhold";
/// Between two tries to start a server that ended by itself.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Where the embedded PostgreSQL keeps its data and finds its programs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that holds everything of this server. It survives between runs.
    pub data_dir: PathBuf,
    /// The folder with `postgres` and `initdb`; when `None`, they are searched for, then fetched.
    pub postgres_bin_dir: Option<PathBuf>,
}

/// The data folder of an installation that sets none: `/var/lib/fairhold` for root, else
/// `fairhold` below `$XDG_DATA_HOME` or `~/.local/share`.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/fairhold");
    }
    let data_home = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    data_home
        .or_else(|| env::home_dir().map(|home| home.join(".local/share")))
        .unwrap_or_else(env::temp_dir)
        .join("fairhold")
}

/// The URL of the server on this folder, whether it runs or not.
///
/// # Errors
/// When the folder's path can't be used.
pub fn url_of(settings: &Settings) -> Result<String, StartError> {
    Ok(Layout::of(&settings.data_dir)?.url(ROLE, DATABASE))
}

/// Whether a living Fairhold owns this folder and its server takes connections.
#[must_use]
pub fn is_running(settings: &Settings) -> bool {
    let Ok(layout) = Layout::of(&settings.data_dir) else {
        return false;
    };
    lock::is_held_ready(&layout.lock())
        && cluster::existing_major(layout.root())
            .is_some_and(|major| pid_file::is_ready(&layout.cluster(major), None))
}

/// The folder with the server programs that a start would use, fetched where there are none. For
/// callers that run several servers and want to fetch once.
///
/// # Errors
/// When there are none and they can't be fetched.
pub async fn server_programs(settings: &Settings) -> Result<PathBuf, StartError> {
    let layout = Layout::of(&settings.data_dir)?;
    let account = Account::choose()?;
    if let Some(found) = programs::find(settings, &layout, &account).await? {
        return Ok(found.bin);
    }
    layout.create_root()?;
    let _ownership = lock::take(&layout).await?;
    layout.open_to(&account).await?;
    Ok(programs::provide(settings, &layout, &account).await?.bin)
}

/// A running PostgreSQL that belongs to this process.
///
/// Dropping it stops the server too, but waits for nothing; [`stop`](Self::stop) waits.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    site: Site,
    server: Option<Server>,
    _pruner: Pruner,
    ownership: File,
}

/// What it takes to start the server, again if need be.
#[derive(Debug)]
struct Site {
    layout: Layout,
    programs: Programs,
    account: Account,
    cluster: PathBuf,
}

impl Site {
    async fn start(&self, watchdog_lock: File) -> Result<Server, StartError> {
        let Self {
            layout,
            programs,
            account,
            cluster,
        } = self;
        Server::start(layout, programs, account, cluster, watchdog_lock).await
    }

    async fn restart(&self) -> Result<Server, StartError> {
        let watchdog_lock = lock::wait_for_watchdog(&self.layout).await?;
        self.start(watchdog_lock).await
    }
}

impl EmbeddedPostgres {
    /// Starts the server on this folder, making and recovering what is needed, and returns when it
    /// takes connections. Safe to drop at any moment: the next start recovers.
    ///
    /// # Errors
    /// When the folder is taken or can't be used, or the programs can't be had or fail.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let layout = Layout::of(&settings.data_dir)?;
        layout.create_root()?;
        let ownership = lock::take(&layout).await?;
        let account = Account::choose()?;
        layout.open_to(&account).await?;
        let watchdog_lock = lock::wait_for_watchdog(&layout).await?;
        let programs = programs::provide(settings, &layout, &account).await?;
        let cluster = cluster::provide(&layout, &programs, &account).await?;
        let site = Site {
            layout,
            programs,
            account,
            cluster,
        };
        let embedded = Self {
            server: Some(site.start(watchdog_lock).await?),
            _pruner: Pruner::start(&site.cluster),
            site,
            ownership,
        };
        server::create_database(&embedded.options("postgres"), DATABASE).await?;
        lock::mark_ready(&embedded.ownership)
            .map_err(|source| StartError::folder(embedded.site.layout.root(), source))?;
        tracing::info!(data_dir = %embedded.site.layout.root().display(), "PostgreSQL is ready");
        Ok(embedded)
    }

    /// How to connect to the database `fairhold` as its superuser, through the Unix socket.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        self.options(DATABASE)
    }

    /// The same as a URL that `psql` accepts.
    #[must_use]
    pub fn url(&self) -> String {
        self.site.layout.url(ROLE, DATABASE)
    }

    /// Starts the server again whenever it ends though nobody stopped it, for as long as the
    /// future is polled. What was committed is recovered; connections must be made anew.
    pub async fn keep_running(&mut self) -> Infallible {
        loop {
            if let Some(server) = &mut self.server {
                let status = server.ended().await;
                tracing::error!(?status, "PostgreSQL ended by itself and is started again");
            }
            if let Some(server) = self.server.take() {
                server.let_go().await;
            }
            match self.site.restart().await {
                Ok(server) => self.server = Some(server),
                Err(error) => {
                    tracing::error!(%error, "PostgreSQL did not start again");
                    sleep(RESTART_PAUSE).await;
                }
            }
        }
    }

    /// Shuts the server down cleanly ("fast": open transactions are rolled back).
    ///
    /// # Errors
    /// When it had ended by itself, or had to be killed after a bounded wait. The next start
    /// recovers from either.
    pub async fn stop(self) -> Result<(), StopError> {
        match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.site.layout.socket_folder())
            .port(PORT)
            .username(ROLE)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }
}
