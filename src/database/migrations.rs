//! Migrates the schema, or reports why this version of Fairhold and the database don't match.

use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use thiserror::Error;
use tokio::time::{Instant, sleep};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// This version, in messages.
const OWN: &str = concat!("Fairhold ", env!("CARGO_PKG_VERSION"));

/// While a migration waits for a table, all other sessions queue behind it. The wait is short, so
/// that an audit or a dump that reads for minutes delays the migration and not the shoppers. It
/// doubles up to the longest, for a server whose ordinary transactions are slow.
const FIRST_LOCK_TIMEOUT: Duration = Duration::from_millis(50);
const LONGEST_LOCK_TIMEOUT: Duration = Duration::from_millis(400);
/// A pause is this many times as long as the attempt before it: others are held up for 3 % of the
/// time.
const PAUSE_FACTOR: u32 = 30;
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
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
    let mut lock_timeout = FIRST_LOCK_TIMEOUT;
    loop {
        let start = Instant::now();
        let Err(error) = attempt(migrations, connection, lock_timeout).await else {
            return Ok(());
        };
        if !has_code(&error, LOCK_NOT_AVAILABLE) {
            return Err(explain(error, migrations, connection).await);
        }
        tracing::warn!("waiting for a table lock or for another migration to finish");
        sleep((start.elapsed() * PAUSE_FACTOR).max(SHORTEST_PAUSE)).await;
        lock_timeout = (lock_timeout * 2).min(LONGEST_LOCK_TIMEOUT);
    }
}

/// Applies what is missing, unless it has to wait for a lock for longer than this.
async fn attempt(
    migrations: &Migrator,
    connection: &mut PgConnection,
    lock_timeout: Duration,
) -> Result<(), MigrateError> {
    let limit = format!("set lock_timeout = {}", lock_timeout.as_millis());
    connection.execute(AssertSqlSafe(limit)).await?;
    let applied = migrations.run_direct(None, connection, false).await;
    if applied.is_err() {
        connection.execute(UNLOCK).await?;
    }
    applied
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

/// 0 without any migration, as in an empty database.
fn newest(versions: impl Iterator<Item = i64>) -> i64 {
    versions.max().unwrap_or(0)
}

fn has_code(error: &MigrateError, sqlstate: &str) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else {
        return false;
    };
    let reported = cause.as_database_error();
    reported.is_some_and(|error| error.code().as_deref() == Some(sqlstate))
}
