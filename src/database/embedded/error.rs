//! What can go wrong with the embedded PostgreSQL, told so that a person knows what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the embedded PostgreSQL did not start. Each message is whole: a `reason` is part of it, so
/// that no cause is told twice.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each message says what the variant and its fields are"
)]
pub enum StartError {
    #[error(
        "cannot use the data folder {}: {reason}. Set --data-dir (FAIRHOLD_DATA_DIR) to a folder that this account can write.",
        folder.display()
    )]
    Folder { folder: PathBuf, reason: io::Error },

    #[error(
        "another Fairhold{owner} is running on the data folder {}. Stop it, or set --data-dir (FAIRHOLD_DATA_DIR) to another folder.",
        folder.display()
    )]
    AlreadyRunning { folder: PathBuf, owner: String },

    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither an account `postgres` nor `nobody`. Add one (`useradd --system postgres`), run Fairhold as an ordinary user, or set DATABASE_URL."
    )]
    NoAccount,

    #[error(
        "the account `{account}`, which runs the database because PostgreSQL refuses root, cannot reach the data folder {}. Set --data-dir (FAIRHOLD_DATA_DIR) to a folder outside of private homes, such as /var/lib/fairhold.",
        folder.display()
    )]
    Unreachable { folder: PathBuf, account: String },

    #[error(
        "the folder for PostgreSQL's socket, {}, cannot be used: {reason}. Remove it, or set --data-dir (FAIRHOLD_DATA_DIR) to a path of fewer than 80 characters.",
        folder.display()
    )]
    SocketFolder { folder: PathBuf, reason: String },

    #[error("--postgres-bin-dir (FAIRHOLD_POSTGRES_BIN_DIR) is {}, but {reason}.", folder.display())]
    BinDir { folder: PathBuf, reason: String },

    #[error(
        "{missing}, and they could not be fetched ({reason}). Install PostgreSQL {version}: `apt-get install postgresql` on Debian and Ubuntu, `dnf install postgresql-server` on Fedora and Red Hat, `brew install postgresql@{example}` on macOS. If it is installed in an unusual folder, set FAIRHOLD_POSTGRES_BIN_DIR to the one that holds `postgres` and `initdb`. Or set DATABASE_URL to a server that runs."
    )]
    NoPrograms {
        missing: String,
        reason: String,
        version: String,
        example: u32,
    },

    #[error("cannot run {}: {reason}", program.display())]
    Program { program: PathBuf, reason: io::Error },

    #[error("PostgreSQL could not make its data folder in {}: {output}", folder.display())]
    Initdb { folder: PathBuf, output: String },

    #[error(
        "an earlier PostgreSQL (pid {pid}) still runs on {} and does not end. End it (`kill -QUIT {pid}`), then start Fairhold again.",
        folder.display()
    )]
    Orphan { folder: PathBuf, pid: u32 },

    #[error(
        "the watchdog of an earlier Fairhold is still stopping its PostgreSQL on {}. Try again in a minute.",
        folder.display()
    )]
    StillStopping { folder: PathBuf },

    #[error("PostgreSQL ended while it started ({status}): {output}")]
    Exited { status: ExitStatus, output: String },

    #[error(
        "PostgreSQL did not take connections within {seconds} s; its log is in {}",
        log.display()
    )]
    NotReady { seconds: u64, log: PathBuf },

    #[error("PostgreSQL started, but the database could not be made")]
    Database(#[from] sqlx::Error),
}

impl StartError {
    /// Whether it is about a setting that can't be, as opposed to a machine or a server that fails.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        match self {
            Self::Folder { .. }
            | Self::AlreadyRunning { .. }
            | Self::Unreachable { .. }
            | Self::SocketFolder { .. }
            | Self::BinDir { .. } => true,
            Self::NoAccount
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

    pub(super) fn folder(folder: &Path, reason: io::Error) -> Self {
        Self::Folder {
            folder: folder.to_owned(),
            reason,
        }
    }

    pub(super) fn program(program: impl Into<PathBuf>, reason: io::Error) -> Self {
        Self::Program {
            program: program.into(),
            reason,
        }
    }
}

/// Why the embedded PostgreSQL did not stop cleanly. Committed rows are safe all the same.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each message says what the variant and its fields are"
)]
pub enum StopError {
    #[error("PostgreSQL had ended by itself, or was killed ({0}); the next start recovers")]
    Ended(ExitStatus),

    #[error("PostgreSQL did not stop within {seconds} s and was killed; the next start recovers")]
    Killed { seconds: u64 },

    #[error("cannot stop PostgreSQL")]
    Io(#[from] io::Error),
}
