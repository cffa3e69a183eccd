//! Brings the schema up to date, or says why this Fairhold and this database don't belong together.

use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};
use sqlx::{Executor, PgConnection};
use thiserror::Error;
use tokio::time::sleep;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// This Fairhold, as messages name it.
const OWN: &str = concat!("Fairhold ", env!("CARGO_PKG_VERSION"));

/// Whoever wants a table waits behind a migration that waits for it: no longer than this, so that
/// an audit or a dump that reads for minutes makes the migration wait, not the shoppers.
const SHORT_WAITS: &str = "set lock_timeout = '500ms'";
/// Time for the shoppers between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// Ends what a try that failed has left: its lock on the database.
const AFTERWARDS: &str = "select pg_advisory_unlock_all()";

/// SQLSTATE `lock_not_available`, and that of a table that is not there.
const LOCKED: &str = "55P03";
const NO_TABLE: &str = "42P01";

/// Why the schema is not the one that this Fairhold works with.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// A newer version has migrated the database.
    #[error(
        "the database is at migration {found}, and {OWN} knows migrations up to {known} only: a \
         newer Fairhold has migrated it. Start that version or a newer one"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest one of this version.
        known: i64,
    },
    /// This version would have to migrate the database first.
    #[error(
        "the database is at migration {found}, and {OWN} needs migration {known}: run `fairhold \
         migrate`, or start `fairhold`, which does the same"
    )]
    Older {
        /// The newest migration in the database; 0 where there is none.
        found: i64,
        /// The newest one of this version.
        known: i64,
    },
    /// The same number stands for something else.
    #[error(
        "migration {0} was applied to this database in another form than {OWN} has it: the \
         database belongs to another build. Start the build that migrated it, or name another \
         database"
    )]
    Changed(i64),
    /// A migration can't be applied. Nothing of it stays.
    #[error("migration {number} of {OWN} failed, and nothing of it was kept")]
    Failed {
        /// Which one.
        number: i64,
        /// Why.
        source: sqlx::Error,
    },
    /// The list of migrations can't be read or written.
    #[error("the database's list of migrations can't be used")]
    List(#[source] MigrateError),
}

/// Brings the schema up to this version. Several processes may do it at once: one of them does
/// the work, under a lock. Where nothing is to be done nothing is written: a standby will do.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), SchemaError> {
    apply(&MIGRATIONS, connection).await
}

/// The same with migrations of the caller's.
///
/// A migration that needs a table that somebody reads is tried again until it gets it, and keeps
/// nobody waiting for longer than half a second.
pub async fn apply(
    migrations: &Migrator,
    connection: &mut PgConnection,
) -> Result<(), SchemaError> {
    match compare(migrations, connection).await {
        Err(SchemaError::Older { .. }) => {}
        settled => return settled,
    }
    let unusable = |error| SchemaError::List(MigrateError::Execute(error));
    connection.execute(SHORT_WAITS).await.map_err(unusable)?;
    loop {
        let Err(error) = migrations.run_direct(None, connection, false).await else {
            return Ok(());
        };
        connection.execute(AFTERWARDS).await.map_err(unusable)?;
        if !is(&error, LOCKED) {
            return Err(explained(error, migrations, connection).await);
        }
        tracing::warn!("the migration waits: somebody uses a table, or migrates already");
        sleep(PAUSE).await;
    }
}

/// Makes sure that the schema is exactly the one of this version.
pub async fn ensure_current(connection: &mut PgConnection) -> Result<(), SchemaError> {
    compare(&MIGRATIONS, connection).await
}

async fn compare(migrations: &Migrator, connection: &mut PgConnection) -> Result<(), SchemaError> {
    let applied = applied(migrations, connection).await?;
    let found = newest(applied.iter().map(|migration| migration.version));
    let known = newest(migrations.iter().map(|migration| migration.version));
    if found > known {
        return Err(SchemaError::Newer { found, known });
    }
    for migration in migrations.iter() {
        let is_same = |applied: &&AppliedMigration| applied.version == migration.version;
        match applied.iter().find(is_same) {
            None => return Err(SchemaError::Older { found, known }),
            Some(applied) if applied.checksum != migration.checksum => {
                return Err(SchemaError::Changed(migration.version));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What a failure means, where another process may have migrated meanwhile.
async fn explained(
    error: MigrateError,
    migrations: &Migrator,
    connection: &mut PgConnection,
) -> SchemaError {
    match (error, compare(migrations, connection).await) {
        (MigrateError::ExecuteMigration(source, number), _) => {
            SchemaError::Failed { number, source }
        }
        (_, Err(found @ (SchemaError::Newer { .. } | SchemaError::Changed(_)))) => found,
        (other, _) => SchemaError::List(other),
    }
}

/// What was applied to the database: nothing where there is no list.
async fn applied(
    migrations: &Migrator,
    connection: &mut PgConnection,
) -> Result<Vec<AppliedMigration>, SchemaError> {
    let listed = connection.list_applied_migrations(&migrations.table_name);
    match listed.await {
        Err(error) if is(&error, NO_TABLE) => Ok(Vec::new()),
        listed => listed.map_err(SchemaError::List),
    }
}

/// The highest of these versions; 0 where there are none.
fn newest(versions: impl Iterator<Item = i64>) -> i64 {
    versions.max().unwrap_or_default()
}

/// Whether the database gave this SQLSTATE as the reason.
fn is(error: &MigrateError, state: &str) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else {
        return false;
    };
    let told = cause.as_database_error();
    told.is_some_and(|told| told.code().as_deref() == Some(state))
}
