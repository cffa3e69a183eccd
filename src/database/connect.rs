//! Opens a single connection and reports why it failed: a pool reports only a timeout.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use thiserror::Error;
use tokio::time::timeout;

use super::compatibility::{Incompatibility, find_incompatibility};

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
    #[error("cannot use the server at {address}")]
    Incompatible {
        address: String,
        source: Incompatibility,
    },
    #[error(
        "cannot connect to {address}: a connection pooler rejects {parameter}. Connect to PostgreSQL \
         directly; or to PgBouncer with pool_mode = session and ignore_startup_parameters = \
         {parameter}"
    )]
    Pooler { address: String, parameter: String },
}

/// Connects within `limit` to a server that can be used. Slow statements are not logged: an audit takes long by nature.
pub async fn connect(
    options: &PgConnectOptions,
    limit: Duration,
) -> Result<PgConnection, ConnectError> {
    let address = address(options);
    let connecting = async {
        let quiet = options.clone().disable_statement_logging();
        let mut connection = quiet.connect().await?;
        let found = find_incompatibility(options, &mut connection).await?;
        Ok((connection, found))
    };
    match timeout(limit, connecting).await {
        Ok(Ok((connection, None))) => Ok(connection),
        Ok(Ok((_, Some(source)))) => Err(ConnectError::Incompatible { address, source }),
        Ok(Err(source)) => Err(refusal(address, source)),
        Err(_elapsed) => Err(ConnectError::Timeout { address, limit }),
    }
}

fn refusal(address: String, source: sqlx::Error) -> ConnectError {
    let message = source.as_database_error().map(DatabaseError::message);
    let rejected = message.and_then(|text| text.strip_prefix("unsupported startup parameter: "));
    match rejected.map(str::to_owned) {
        Some(parameter) => ConnectError::Pooler { address, parameter },
        None => ConnectError::Refused { address, source },
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
