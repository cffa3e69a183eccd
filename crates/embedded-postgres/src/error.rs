//! Why the embedded PostgreSQL did not start or did not stop, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the server did not start. Each message is complete: it includes the cause, which is
/// therefore not a `source()` as well.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot use the data directory {}: {reason}", directory.display())]
    DataDirectory {
        directory: PathBuf,
        reason: io::Error,
    },

    #[error("another process{owner} is using the data directory {}", directory.display())]
    AlreadyRunning { directory: PathBuf, owner: String },

    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`; add one (`useradd --system postgres`) or run as an ordinary user"
    )]
    NoOsUser,

    #[error(
        "the user `{user}`, which runs PostgreSQL because it refuses to run as root, cannot reach the data directory {}",
        directory.display()
    )]
    Unreachable { directory: PathBuf, user: String },

    #[error(
        "cannot use the socket directory {}: {reason}; remove it, or choose a data directory with a path of fewer than 80 characters",
        directory.display()
    )]
    SocketDirectory { directory: PathBuf, reason: String },

    #[error("cannot use the PostgreSQL programs in {}: {reason}", directory.display())]
    BinDirectory { directory: PathBuf, reason: String },

    #[error(
        "{missing}, and they could not be downloaded ({reason}). Install PostgreSQL {version}: `apt-get install {debian}` on Debian and Ubuntu, `dnf install postgresql-server` on Fedora and Red Hat, `brew install postgresql@{example}` on macOS"
    )]
    NoPrograms {
        missing: String,
        reason: String,
        version: String,
        debian: String,
        example: u32,
    },

    #[error("cannot run {}: {reason}", program.display())]
    Program { program: PathBuf, reason: io::Error },

    #[error("initdb could not create a database cluster in {}: {output}", directory.display())]
    Initdb { directory: PathBuf, output: String },

    #[error("cannot use the database cluster {}: {reason}", directory.display())]
    Cluster { directory: PathBuf, reason: String },

    #[error(
        "an orphaned PostgreSQL server (pid {pid}) is still running on {} and does not stop; end it with `kill -QUIT {pid}` and try again",
        directory.display()
    )]
    Orphan { directory: PathBuf, pid: u32 },

    #[error(
        "the PostgreSQL server of the previous run is still shutting down on {}; try again in a minute",
        directory.display()
    )]
    StillStopping { directory: PathBuf },

    #[error("PostgreSQL exited during startup ({status}): {output}")]
    Exited { status: ExitStatus, output: String },

    #[error("PostgreSQL was not ready within {seconds} s; its log is in {}", log.display())]
    NotReady { seconds: u64, log: PathBuf },

    #[error("PostgreSQL started, but its database could not be created: {0}")]
    Database(sqlx::Error),
}

impl StartError {
    /// Whether another value in [`Options`](crate::Options) would help, as opposed to a machine or
    /// a server that fails.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::DataDirectory { .. }
            | Self::AlreadyRunning { .. }
            | Self::Unreachable { .. }
            | Self::SocketDirectory { .. }
            | Self::Cluster { .. }
            | Self::BinDirectory { .. } => true,
            Self::NoOsUser
            | Self::NoPrograms { .. }
            | Self::Program { .. }
            | Self::Initdb { .. }
            | Self::Orphan { .. }
            | Self::StillStopping { .. }
            | Self::Exited { .. }
            | Self::NotReady { .. }
            | Self::Database(_) => false,
        }
    }

    pub(crate) fn data_directory(directory: &Path, reason: io::Error) -> Self {
        Self::DataDirectory {
            directory: directory.to_owned(),
            reason,
        }
    }

    pub(crate) fn program(program: impl Into<PathBuf>, reason: io::Error) -> Self {
        Self::Program {
            program: program.into(),
            reason,
        }
    }
}

/// Why the server did not stop cleanly. Committed transactions are safe all the same: the next
/// start recovers them from the write-ahead log.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    #[error("PostgreSQL had exited on its own or was killed ({0}); the next start recovers")]
    Exited(ExitStatus),

    #[error("PostgreSQL did not stop within {seconds} s and was killed; the next start recovers")]
    Killed { seconds: u64 },

    #[error("cannot stop PostgreSQL: {0}")]
    Io(io::Error),
}
