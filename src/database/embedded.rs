//! The embedded PostgreSQL as Fairhold configures it, and what to do when it does not start.

use std::path::PathBuf;

use fairhold_embedded_postgres::{Options, StartError, default_data_dir};

const NAME: &str = "fairhold";

/// More than a process may open, so that `psql` and `fairhold audit` can connect as well.
pub const MAX_CONNECTIONS: u16 = 500;

/// What suits a small, busy server.
const SETTINGS: [(&str, &str); 8] = [
    ("shared_buffers", "128MB"),
    ("wal_buffers", "16MB"),
    ("max_wal_size", "1GB"),
    ("checkpoint_timeout", "10min"),
    ("autovacuum_naptime", "15s"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("timezone", "UTC"),
];

/// The embedded PostgreSQL of this data directory (by default, the usual one of this user), with
/// the server programs in `bin_dir` if given.
#[must_use]
pub fn options(data_dir: Option<PathBuf>, bin_dir: Option<PathBuf>) -> Options {
    let data_dir = data_dir.unwrap_or_else(|| default_data_dir(NAME));
    let mut options = Options::new(NAME, data_dir);
    let max_connections = MAX_CONNECTIONS.to_string();
    let settings = SETTINGS
        .into_iter()
        .chain([("max_connections", max_connections.as_str())]);
    options.settings = settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    options.bin_dir = bin_dir;
    options
}

/// Which setting of Fairhold to change, in words that follow the error's own message.
pub(super) fn advice(error: &StartError) -> &'static str {
    match error {
        StartError::DataDirectory { .. } => {
            ". Set --data-dir (FAIRHOLD_DATA_DIR) to a directory that this user can write to"
        }
        StartError::AlreadyRunning { .. } => {
            ". Stop it, or set --data-dir (FAIRHOLD_DATA_DIR) to another directory"
        }
        StartError::Unreachable { .. } => {
            ". Set --data-dir (FAIRHOLD_DATA_DIR) to a directory outside of home directories, such \
             as /var/lib/fairhold"
        }
        StartError::SocketDirectory { .. } => {
            ". The data directory is set by --data-dir (FAIRHOLD_DATA_DIR)"
        }
        StartError::BinDirectory { .. } => {
            ". The directory is set by --postgres-bin-dir (FAIRHOLD_POSTGRES_BIN_DIR)"
        }
        StartError::NoPrograms { .. } => {
            ". If it is installed in an unusual directory, set FAIRHOLD_POSTGRES_BIN_DIR to the one \
             that contains `postgres` and `initdb`. Or set DATABASE_URL to a running server"
        }
        StartError::NoOsUser => ". Or set DATABASE_URL to a running server",
        StartError::Cluster { .. }
        | StartError::Program { .. }
        | StartError::Initdb { .. }
        | StartError::Orphan { .. }
        | StartError::StillStopping { .. }
        | StartError::Exited { .. }
        | StartError::NotReady { .. }
        | StartError::Database(_) => "",
    }
}
