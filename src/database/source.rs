//! Which database to use: a given server, or the embedded PostgreSQL.

use std::convert::Infallible;
use std::fmt;

use fairhold_embedded_postgres::{EmbeddedPostgres, Options, StartError, StopError};
use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

use super::embedded::advice;

#[derive(Debug, Clone)]
pub enum Source {
    /// A server that is run by somebody else.
    Given {
        /// As it was given.
        url: String,
        /// The URL, parsed.
        options: Box<PgConnectOptions>,
    },
    /// The server that Fairhold runs as its child process.
    Embedded(Options),
}

/// Why there is no database to connect to.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("cannot start the embedded PostgreSQL: {_0}{advice}", advice = advice(_0))]
    Start(StartError),
    #[error("the URL of the embedded PostgreSQL is invalid")]
    Url(#[source] sqlx::Error),
}

impl OpenError {
    /// Whether another value of a setting would help.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        match self {
            Self::Start(error) => error.is_configuration(),
            Self::Url(_) => false,
        }
    }
}

/// A database that can be connected to.
#[derive(Debug)]
pub struct Database {
    options: PgConnectOptions,
    embedded: Option<EmbeddedPostgres>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given { .. } => "the database of --database-url (DATABASE_URL)",
            Self::Embedded(_) => "the embedded PostgreSQL",
        })
    }
}

impl Source {
    /// The URL for `psql`.
    ///
    /// # Errors
    /// When the path of the data directory can't be used.
    pub fn url(&self) -> Result<String, OpenError> {
        match self {
            Self::Given { url, .. } => Ok(url.clone()),
            Self::Embedded(options) => options.url().map_err(OpenError::Start),
        }
    }

    /// Whether a server is known to be running. A given server is assumed to be.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match self {
            Self::Given { .. } => true,
            Self::Embedded(options) => options.is_running(),
        }
    }

    /// Makes the database available. Starts the embedded PostgreSQL, as its only owner.
    ///
    /// # Errors
    /// When it can't be started, or another process owns it.
    pub async fn open(&self) -> Result<Database, OpenError> {
        match self {
            Self::Given { options, .. } => Ok(Database {
                options: options.as_ref().clone(),
                embedded: None,
            }),
            Self::Embedded(options) => {
                let started = EmbeddedPostgres::start(options).await;
                let server = started.map_err(OpenError::Start)?;
                Ok(Database {
                    options: server.connect_options(),
                    embedded: Some(server),
                })
            }
        }
    }

    /// Makes the database available, also while another process owns it: attaches to the embedded
    /// PostgreSQL if it is running, and starts it otherwise.
    ///
    /// # Errors
    /// When it is not running and can't be started.
    pub async fn attach(&self) -> Result<Database, OpenError> {
        if !matches!(self, Self::Embedded(options) if options.is_running()) {
            return self.open().await;
        }
        Ok(Database {
            options: self.url()?.parse().map_err(OpenError::Url)?,
            embedded: None,
        })
    }
}

impl Database {
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Restarts the embedded PostgreSQL whenever it exits, for as long as the future is polled.
    pub async fn keep_running(&mut self) -> Infallible {
        match &mut self.embedded {
            Some(server) => server.keep_running().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the embedded PostgreSQL, if this process owns it.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub async fn close(self) -> Result<(), StopError> {
        match self.embedded {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }
}
