//! Migrates the schema, or reports why this version of Fairhold and the database don't match.

use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};
use sqlx::{Executor, PgConnection};
use thiserror::Error;
use tokio::time::sleep;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// This version, in messages.
const OWN: &str = concat!("Fairhold ", env!("CARGO_PKG_VERSION"));

/// While a migration waits for a table, all other sessions queue behind it. The wait is short, so
/// that an audit or a dump that reads for minutes delays the migration and not the shoppers.
const SHORT_LOCK_TIMEOUT: &str = "set lock_timeout = '500ms'";
/// Between two attempts, for the sessions that queued.
const PAUSE: Duration = Duration::from_secs(1);
/// Releases the migration lock that a failed attempt keeps.
const UNLOCK: &str = "select pg_advisory_unlock_all()";

const LOCK_NOT_AVAILABLE: &str = "55P03";
const UNDEFINED_TABLE: &str = "42P01";

/// Why this version can't use the schema.
#[derive(Debug, Error)]
pub enum SchemaError {
    #[error(
        "the database is at migration {found}, and {OWN} only knows migrations up to {known}: a \
         newer version has migrated it. Start that version or a newer one"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration of this version.
        known: i64,
    },
    #[error(
        "the database is at migration {found}, and {OWN} needs migration {known}: run `fairhold \
         migrate`, or start the server, which migrates as well"
    )]
    Older {
        /// The newest migration in the database, or 0 for none.
        found: i64,
        /// The newest migration of this version.
        known: i64,
    },
    #[error(
        "migration {0} in this database differs from migration {0} of {OWN}: another build has \
         migrated it. Start that build, or use another database"
    )]
    Changed(i64),
    #[error("migration {number} of {OWN} failed and was rolled back")]
    Failed { number: i64, source: sqlx::Error },
    #[error("cannot read or write the database's list of migrations")]
    List(#[source] MigrateError),
}

/// Migrates the schema to this version. Several processes may do so at once: a lock lets one of them
/// do the work. Writes nothing if there is nothing to do, so that it succeeds on a standby too.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), SchemaError> {
    apply(&MIGRATIONS, connection).await
}

/// The same with the given migrations.
///
/// Retries a migration whose table is in use until it gets the lock.
pub async fn apply(
    migrations: &Migrator,
    connection: &mut PgConnection,
) -> Result<(), SchemaError> {
    match compare(migrations, connection).await {
        Err(SchemaError::Older { .. }) => {}
        checked => return checked,
    }
    let unusable = |error| SchemaError::List(MigrateError::Execute(error));
    connection
        .execute(SHORT_LOCK_TIMEOUT)
        .await
        .map_err(unusable)?;
    loop {
        let Err(error) = migrations.run_direct(None, connection, false).await else {
            return Ok(());
        };
        connection.execute(UNLOCK).await.map_err(unusable)?;
        if !has_code(&error, LOCK_NOT_AVAILABLE) {
            return Err(explain(error, migrations, connection).await);
        }
        tracing::warn!("waiting for a table lock or for another migration to finish");
        sleep(PAUSE).await;
    }
}

/// Fails unless the schema is exactly the one of this version.
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

/// Another process may have migrated meanwhile, which explains a failure better.
async fn explain(
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

/// Empty for a database without a list of migrations.
async fn applied(
    migrations: &Migrator,
    connection: &mut PgConnection,
) -> Result<Vec<AppliedMigration>, SchemaError> {
    let listed = connection.list_applied_migrations(&migrations.table_name);
    match listed.await {
        Err(error) if has_code(&error, UNDEFINED_TABLE) => Ok(Vec::new()),
        listed => listed.map_err(SchemaError::List),
    }
}

fn newest(versions: impl Iterator<Item = i64>) -> i64 {
    versions.max().unwrap_or_default()
}

fn has_code(error: &MigrateError, sqlstate: &str) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else {
        return false;
    };
    let reported = cause.as_database_error();
    reported.is_some_and(|error| error.code().as_deref() == Some(sqlstate))
}
