//! That a commit survives a crash: what must hold of a database before it is served from.

use sqlx::PgConnection;
use thiserror::Error;

/// Why a database is not to be trusted with answers.
#[derive(Debug, Error)]
pub enum DurabilityError {
    /// The settings could not be read.
    #[error("the database could not be asked for its settings")]
    Database(#[from] sqlx::Error),
    /// A setting gives durability up.
    #[error(
        "the database runs with {setting} = {value}: an answer could be lost in a crash; set {setting} = on"
    )]
    Off {
        /// Its name.
        setting: String,
        /// Its value.
        value: String,
    },
}

/// Makes sure that a commit of this database survives a crash.
pub async fn ensure_durable(connection: &mut PgConnection) -> Result<(), DurabilityError> {
    let off = sqlx::query!(
        r#"
        select name as "name!", setting as "setting!"
        from pg_settings
        where name in ('fsync', 'synchronous_commit', 'full_page_writes')
            and setting in ('off', 'local')
        "#,
    )
    .fetch_optional(connection)
    .await?;
    match off {
        None => Ok(()),
        Some(row) => Err(DurabilityError::Off {
            setting: row.name,
            value: row.setting,
        }),
    }
}

/// Whether commits of this database wait for a synchronous standby.
pub(crate) async fn waits_for_standbys(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select current_setting('synchronous_standby_names') <> '' as "waits!""#)
        .fetch_one(connection)
        .await
}
