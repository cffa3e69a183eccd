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

/// A database that can't be used for as long as it is set so.
impl From<DurabilityError> for sqlx::Error {
    fn from(error: DurabilityError) -> Self {
        match error {
            DurabilityError::Database(error) => error,
            off @ DurabilityError::Off { .. } => Self::Configuration(off.into()),
        }
    }
}

/// Has a session's commits wait until they are on disk, on the synchronous standbys too, whatever
/// the server, the database or the role says then and later. What waits for more is left so.
pub(crate) const COMMIT_DURABLY: &str = "
    select set_config(
        'synchronous_commit',
        case current_setting('synchronous_commit')
            when 'remote_apply' then 'remote_apply' else 'on'
        end,
        false
    )
";

/// Whether `synchronous_commit`, `fsync` or `full_page_writes` of this value lets an answer be lost.
/// With `local` and `remote_write` only the crash of a standby, or of its machine, makes the
/// difference, and it counts: who names a synchronous standby wants every answer to be on its disk.
pub(crate) fn gives_durability_up(value: &str) -> bool {
    matches!(value, "off" | "local" | "remote_write")
}

/// Makes sure that a commit of this session survives a crash.
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
        .filter(|row| gives_durability_up(&row.setting));
    match off.next() {
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
