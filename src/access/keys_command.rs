//! `fairhold keys`: API keys, made, listed and revoked.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use rand::rand_core::OsError;
use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use super::model::{KeyName, Scope};
use super::secret::Secret;
use super::store;

/// What to do with the keys.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum KeysTask {
    /// Make a key and print it: it is shown only this once
    Create {
        /// What the ledger calls it, never to be used again: 1 to 64 of A-Z a-z 0-9 . _ -
        #[arg(long, value_parser = KeyName::parse)]
        name: KeyName,
        /// What it may do
        #[arg(long)]
        scope: Scope,
    },
    /// List all keys, those that were revoked too
    List,
    /// Revoke a key: within a second, no server takes it any more
    Revoke {
        /// Its id, as `list` and `create` tell it
        id: Uuid,
    },
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The name is taken, maybe by a key that was revoked.
    #[error(
        "there is, or was, a key of the name {0}: the ledger names keys, so each needs its own"
    )]
    NameTaken(KeyName),
    /// No key has this id.
    #[error("there is no key with the id {0}: `fairhold keys list` shows them")]
    Unknown(Uuid),
    /// The system has no random numbers.
    #[error("the system has no random numbers")]
    Random(#[from] OsError),
    /// The database can't be asked.
    #[error("the keys can't be read or written")]
    Database(#[from] sqlx::Error),
}

/// Does it. What to print.
///
/// # Errors
/// When it was not done.
pub async fn run(connection: &mut PgConnection, task: &KeysTask) -> Result<String, KeysError> {
    match task {
        KeysTask::Create { name, scope } => create(connection, name, *scope).await,
        KeysTask::List => list(connection).await,
        KeysTask::Revoke { id } => {
            let name = store::revoke(connection, *id).await?;
            let name = name.ok_or(KeysError::Unknown(*id))?;
            Ok(format!("The key {name} is revoked."))
        }
    }
}

async fn create(
    connection: &mut PgConnection,
    name: &KeyName,
    scope: Scope,
) -> Result<String, KeysError> {
    let secret = Secret::random()?;
    let made = store::create(connection, name, scope, secret.hash()).await?;
    let id = made.ok_or_else(|| KeysError::NameTaken(name.clone()))?;
    let scope = scope.name();
    tracing::info!(%id, %name, scope, "made a key; it is shown only this once");
    Ok(secret.reveal().to_owned())
}

async fn list(connection: &mut PgConnection) -> Result<String, KeysError> {
    let mut lines = String::new();
    let mut line = |[id, name, scope, created, revoked]: [&str; 5]| {
        let line = format!("{id:36}  {scope:10}  {created:20}  {revoked:20}  {name}");
        writeln!(lines, "{line}")
    };
    // A string takes whatever is written to it.
    line(["ID", "NAME", "SCOPE", "CREATED", "REVOKED"]).ok();
    for key in store::list(connection).await? {
        let revoked = key.revoked_at.map_or_else(|| "-".to_owned(), time);
        let row = [
            &key.id.to_string(),
            key.name.as_str(),
            key.scope.name(),
            &time(key.created_at),
            &revoked,
        ];
        line(row).ok();
    }
    Ok(lines.trim_end().to_owned())
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
