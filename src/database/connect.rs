//! Opens a single connection and reports why it failed: a pool reports only a timeout.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use thiserror::Error;
use tokio::time::timeout;

/// Names the address, never the password.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error("cannot connect to {address}")]
    Refused {
        address: String,
        source: sqlx::Error,
    },
    #[error("no answer from {address} within {} ms", limit.as_millis())]
    Timeout { address: String, limit: Duration },
}

/// Connects within `limit`. Slow statements are not logged: an audit takes long by nature.
pub async fn connect(
    options: &PgConnectOptions,
    limit: Duration,
) -> Result<PgConnection, ConnectError> {
    let quiet = options.clone().disable_statement_logging();
    let address = || address(options);
    match timeout(limit, quiet.connect()).await {
        Ok(connected) => connected.map_err(|source| ConnectError::Refused {
            address: address(),
            source,
        }),
        Err(_elapsed) => Err(ConnectError::Timeout {
            address: address(),
            limit,
        }),
    }
}

fn address(options: &PgConnectOptions) -> String {
    let host = options.get_host();
    let directory = host.starts_with('/').then(|| Path::new(host));
    match options.get_socket().map(PathBuf::as_path).or(directory) {
        Some(directory) => format!("the socket in {}", directory.display()),
        None => format!("{host}:{}", options.get_port()),
    }
}
