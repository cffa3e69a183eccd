//! The handle of a running server: starts it, restarts it, stops it.

use std::convert::Infallible;
use std::fs::File;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::time::sleep;

use crate::error::{StartError, StopError};
use crate::instance::Instance;
use crate::lock;
use crate::options::Options;
use crate::paths::PORT;
use crate::server::{self, PostgresProcess};
use crate::server_log::Pruner;

/// Pause between two attempts to restart a server that exited on its own.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// A running PostgreSQL server that belongs to this process.
///
/// Dropping it stops the server too, but without waiting; [`stop`](Self::stop) waits.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    name: String,
    instance: Instance,
    server: Option<PostgresProcess>,
    _pruner: Pruner,
    ownership: File,
}

impl EmbeddedPostgres {
    /// Starts the server of a data directory and returns once it accepts connections. Creates what
    /// is missing, and recovers from any earlier crash. Cancel-safe: the next start recovers.
    ///
    /// # Errors
    /// When the directory is in use or unusable, or the programs can't be found or fail.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        let paths = options.paths()?;
        paths.create_root()?;
        let ownership = lock::take(&paths).await?;
        let watchdog_lock = lock::wait_for_watchdog(&paths).await?;
        let instance = Instance::prepare(options, paths).await?;
        let embedded = Self {
            name: options.name.clone(),
            server: Some(PostgresProcess::start(&instance, watchdog_lock).await?),
            _pruner: Pruner::start(&instance.cluster),
            instance,
            ownership,
        };
        server::ensure_database(&embedded.options("postgres"), &embedded.name)
            .await
            .map_err(StartError::Database)?;
        let root = embedded.instance.paths.root();
        lock::mark_ready(&embedded.ownership)
            .map_err(|reason| StartError::data_directory(root, reason))?;
        tracing::info!(data_dir = %root.display(), "PostgreSQL is ready");
        Ok(embedded)
    }

    /// How to connect to the application's database as its superuser, through the Unix socket.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        self.options(&self.name)
    }

    /// The same as a URL that `psql` accepts.
    #[must_use]
    pub fn url(&self) -> String {
        self.instance.paths.url(&self.name)
    }

    /// Restarts the server whenever it exits on its own, for as long as the future is polled.
    /// Committed transactions are recovered; clients have to reconnect.
    pub async fn keep_running(&mut self) -> Infallible {
        loop {
            if let Some(server) = &mut self.server {
                let status = server.exited().await;
                tracing::error!(?status, "PostgreSQL exited unexpectedly; restarting it");
            }
            if let Some(server) = self.server.take() {
                server.release().await;
            }
            match self.restart().await {
                Ok(server) => self.server = Some(server),
                Err(error) => {
                    tracing::error!(%error, "PostgreSQL could not be restarted; retrying");
                    sleep(RESTART_PAUSE).await;
                }
            }
        }
    }

    /// Shuts the server down in fast mode: open transactions are rolled back.
    ///
    /// # Errors
    /// When it had exited on its own, or had to be killed after a bounded wait. The next start
    /// recovers from either.
    pub async fn stop(self) -> Result<(), StopError> {
        match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    async fn restart(&self) -> Result<PostgresProcess, StartError> {
        let watchdog_lock = lock::wait_for_watchdog(&self.instance.paths).await?;
        PostgresProcess::start(&self.instance, watchdog_lock).await
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.instance.paths.socket_dir())
            .port(PORT)
            .username(&self.name)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }
}
