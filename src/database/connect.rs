//! A connection of one's own, with the reason when there is none: a pool says only that it timed out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use thiserror::Error;
use tokio::time::timeout;

/// Why there is no connection. Names the place, never the password.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Nobody is there, or the server refuses.
    #[error("can't connect to {place}")]
    Refused {
        /// Host and port, or socket.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// Nothing came back.
    #[error("no answer from {place} within {} ms", patience.as_millis())]
    Silent {
        /// Host and port, or socket.
        place: String,
        /// How long it was waited for.
        patience: Duration,
    },
}

/// Connects, or says within `patience` why not. What is asked on such a connection may take long,
/// as an audit does, and is no news.
pub async fn connect(
    options: &PgConnectOptions,
    patience: Duration,
) -> Result<PgConnection, ConnectError> {
    let quiet = options.clone().disable_statement_logging();
    match timeout(patience, quiet.connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(source)) => Err(ConnectError::Refused {
            place: place(options),
            source,
        }),
        Err(_elapsed) => Err(ConnectError::Silent {
            place: place(options),
            patience,
        }),
    }
}

fn place(options: &PgConnectOptions) -> String {
    let host = options.get_host();
    let named = host.starts_with('/').then(|| Path::new(host));
    match options.get_socket().map(PathBuf::as_path).or(named) {
        Some(folder) => format!("the socket in {}", folder.display()),
        None => format!("{host}:{}", options.get_port()),
    }
}
