//! The template database: migrated once for each content of `migrations/`.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

use super::run::Run;
use super::sql::{connect, execute};

/// The key of the advisory lock: any number that nothing else uses on this server.
const LOCK: i64 = 7_304_118;

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// Creates the template unless it exists, and returns its name.
pub(super) async fn provide(run: &Run, maintenance: &mut PgConnection) -> String {
    let migrator = Migrator::new(Path::new(MIGRATIONS)).await;
    let migrator = migrator.expect("the migrations");
    let checksums = migrator
        .iter()
        .flat_map(|migration| migration.checksum.iter());
    let digest = checksums.fold(0_u64, |sum, byte| {
        sum.wrapping_mul(0x0100_0000_01b3)
            .wrapping_add(u64::from(*byte))
    });
    let name = format!("template_{digest:016x}");
    if exists(maintenance, &name).await {
        return name;
    }
    execute(maintenance, format!("select pg_advisory_lock({LOCK})")).await;
    if !exists(maintenance, &name).await {
        let draft = format!("draft_{digest:016x}");
        execute(
            maintenance,
            format!("drop database if exists {draft} with (force)"),
        )
        .await;
        execute(maintenance, format!("create database {draft}")).await;
        let mut connection = connect(&run.options(&draft)).await;
        migrator
            .run_direct(None, &mut connection, false)
            .await
            .expect("the migrations run");
        connection
            .close()
            .await
            .expect("the template's connection closes");
        execute(
            maintenance,
            format!("alter database {draft} rename to {name}"),
        )
        .await;
    }
    execute(maintenance, format!("select pg_advisory_unlock({LOCK})")).await;
    name
}

#[expect(
    clippy::disallowed_methods,
    reason = "it asks a catalog, not the tables"
)]
async fn exists(maintenance: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(maintenance)
        .await
        .expect("the list of databases")
}
