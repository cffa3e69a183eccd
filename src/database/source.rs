//! Where the database is: one that is given, or the one that comes along.

use std::convert::Infallible;
use std::fmt;

use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

use super::embedded::{self, EmbeddedPostgres, StartError, StopError};

/// Where to look for the database.
#[derive(Debug, Clone)]
pub enum Source {
    /// A server that somebody else runs.
    Given {
        /// Its URL, as it was given.
        url: String,
        /// The same, read.
        options: Box<PgConnectOptions>,
    },
    /// The server that Fairhold runs itself.
    Embedded(embedded::Settings),
}

/// Why there is no database.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The server that comes along did not start.
    #[error("the database that comes along did not start")]
    Start(#[from] StartError),
    /// The URL of the server that comes along can't be read.
    #[error("the URL of the database that comes along can't be read")]
    Url(#[source] sqlx::Error),
}

/// A database that can be connected to.
#[derive(Debug)]
pub struct Database {
    options: PgConnectOptions,
    embedded: Option<EmbeddedPostgres>,
}

/// What to call it in a message.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given { .. } => "the database of --database-url (DATABASE_URL)",
            Self::Embedded(_) => "the database that comes along",
        })
    }
}

impl Source {
    /// The URL for `psql`.
    ///
    /// # Errors
    /// When the folder of the server that comes along can't be named.
    pub fn url(&self) -> Result<String, StartError> {
        match self {
            Self::Given { url, .. } => Ok(url.clone()),
            Self::Embedded(settings) => embedded::url_of(settings),
        }
    }

    /// Whether something is known to run there. A given server is taken to.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match self {
            Self::Given { .. } => true,
            Self::Embedded(settings) => embedded::is_running(settings),
        }
    }

    /// Makes the database available, as its only owner where it comes along: starts it.
    ///
    /// # Errors
    /// When it can't be started, or another Fairhold owns it.
    pub async fn open(&self) -> Result<Database, OpenError> {
        match self {
            Self::Given { options, .. } => Ok(Database {
                options: options.as_ref().clone(),
                embedded: None,
            }),
            Self::Embedded(settings) => {
                let server = EmbeddedPostgres::start(settings).await?;
                Ok(Database {
                    options: server.connect_options(),
                    embedded: Some(server),
                })
            }
        }
    }

    /// Makes the database available beside whoever owns it: attaches to a server that runs, and
    /// starts it only when none does.
    ///
    /// # Errors
    /// When it runs nowhere and can't be started.
    pub async fn visit(&self) -> Result<Database, OpenError> {
        match self {
            Self::Embedded(settings) if embedded::is_running(settings) => {
                let url = embedded::url_of(settings)?;
                Ok(Database {
                    options: url.parse().map_err(OpenError::Url)?,
                    embedded: None,
                })
            }
            Self::Embedded(_) | Self::Given { .. } => self.open().await,
        }
    }
}

impl Database {
    /// How to connect.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Keeps the server running if it came along, for as long as the future is polled.
    pub async fn keep_running(&mut self) -> Infallible {
        match &mut self.embedded {
            Some(server) => server.keep_running().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the server if it came along.
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
