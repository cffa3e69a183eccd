//! `fairhold keys`: creates, lists and revokes API keys.

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

/// A task of `fairhold keys`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum KeysTask {
    /// Create a key and print it; it is never shown again
    Create {
        /// The name of the key in the ledger, never to be reused: 1 to 64 of A-Z a-z 0-9 . _ -
        #[arg(long, value_parser = KeyName::parse)]
        name: KeyName,
        /// What the key permits
        #[arg(long)]
        scope: Scope,
    },
    /// List all keys, including revoked ones
    List,
    /// Revoke a key; every server refuses it within a second
    Revoke {
        /// The id, as shown by `list`
        id: Uuid,
    },
}

/// Why a task failed.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The name is taken, perhaps by a revoked key.
    #[error(
        "key name \"{0}\" has been used before; names cannot be reused because the ledger refers to them"
    )]
    NameTaken(KeyName),
    /// No key has this id.
    #[error("no key has the id {0}; `fairhold keys list` shows all keys")]
    Unknown(Uuid),
    /// The system has no random numbers.
    #[error("the operating system has no random numbers")]
    Random(#[from] OsError),
    /// The database can't be asked.
    #[error("cannot read or write the API keys")]
    Database(#[from] sqlx::Error),
}

/// Performs `task`. Returns what to print.
///
/// # Errors
/// When it failed.
pub async fn run(connection: &mut PgConnection, task: &KeysTask) -> Result<String, KeysError> {
    match task {
        KeysTask::Create { name, scope } => create(connection, name, *scope).await,
        KeysTask::List => list(connection).await,
        KeysTask::Revoke { id } => {
            let name = store::revoke(connection, *id).await?;
            let name = name.ok_or(KeysError::Unknown(*id))?;
            Ok(format!("Revoked the key {name}."))
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
    tracing::info!(%id, %name, scope, "created a key; it is never shown again");
    Ok(secret.reveal().to_owned())
}

async fn list(connection: &mut PgConnection) -> Result<String, KeysError> {
    let mut lines = String::new();
    let mut line = |[id, name, scope, created, revoked]: [&str; 5]| {
        let line = format!("{id:36}  {scope:10}  {created:20}  {revoked:20}  {name}");
        writeln!(lines, "{line}")
    };
    // Writing to a string cannot fail.
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
