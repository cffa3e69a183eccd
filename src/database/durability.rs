//! Checks that a commit survives a crash of the database server.

use sqlx::{PgConnection, PgExecutor};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum DurabilityError {
    #[error("cannot read the database's settings")]
    Database(#[from] sqlx::Error),
    #[error(
        "the database runs with {setting} = {value}, so a crash could lose acknowledged \
         transactions; set {setting} = on"
    )]
    Off { setting: String, value: String },
}

/// `Off` becomes a configuration error: retrying does not help until the setting changes.
impl From<DurabilityError> for sqlx::Error {
    fn from(error: DurabilityError) -> Self {
        match error {
            DurabilityError::Database(error) => error,
            off @ DurabilityError::Off { .. } => Self::Configuration(off.into()),
        }
    }
}

/// Makes the commits of a session wait until they are on disk, also on synchronous standbys,
/// whatever the server, the database or the role is set to now or later. A stronger setting stays.
pub(crate) const COMMIT_DURABLY: &str = "
    select set_config(
        'synchronous_commit',
        case current_setting('synchronous_commit')
            when 'remote_apply' then 'remote_apply' else 'on'
        end,
        false
    )
";

/// Whether this value of `synchronous_commit`, `fsync` or `full_page_writes` can lose acknowledged
/// transactions. `local` and `remote_write` lose them only if a standby or its machine crashes, and
/// that counts: whoever configures a synchronous standby wants every commit on its disk.
pub(crate) fn weakens_durability(value: &str) -> bool {
    matches!(value, "off" | "local" | "remote_write")
}

/// Fails unless a commit of this session survives a crash.
pub async fn ensure_durable(connection: &mut PgConnection) -> Result<(), DurabilityError> {
    let settings = sqlx::query!(
        r#"
        select name as "name!", setting as "setting!"
        from pg_settings
        where name in ('fsync', 'synchronous_commit', 'full_page_writes')
        "#,
    )
    .fetch_all(connection)
    .await?;
    let mut off = settings
        .into_iter()
        .filter(|row| weakens_durability(&row.setting));
    match off.next() {
        None => Ok(()),
        Some(row) => Err(DurabilityError::Off {
            setting: row.name,
            value: row.setting,
        }),
    }
}

/// Whether commits wait for a synchronous standby.
pub(crate) async fn waits_for_standbys(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select current_setting('synchronous_standby_names') <> '' as "waits!""#)
        .fetch_one(connection)
        .await
}

/// Why the database can't be written to durably at the moment, if so.
pub(crate) async fn find_write_obstacle(
    executor: impl PgExecutor<'_>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"
        select case
            when pg_is_in_recovery() then 'The database is a standby, or is still recovering.'
            when current_setting('transaction_read_only') = 'on' then 'The database is read-only.'
            when current_setting('fsync') = 'off' then 'The database runs with fsync = off.'
            when current_setting('full_page_writes') = 'off'
                then 'The database runs with full_page_writes = off.'
        end as obstacle
        "#,
    )
    .fetch_one(executor)
    .await
}
