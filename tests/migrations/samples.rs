//! Runs each migration over sample rows of the schema before it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fairhold::database::apply;
use fairhold_test_kit::{Fairhold, assert_sound, command::run_on};
use serde_json::json;
use sqlx::PgConnection;

use crate::schema::{assert_clean, execute, latest, migrations, migrations_to, texts, unmigrated};

/// The rows of each table, by their columns, as JSON.
type Rows = BTreeMap<String, Vec<String>>;

fn sample_file(version: i64) -> PathBuf {
    let name = format!("tests/migrations/sample_{version:04}.sql");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The rows that migration `version` runs over.
fn sample(version: i64) -> Result<String, String> {
    let file = sample_file(version);
    fs::read_to_string(&file).map_err(|error| {
        format!(
            "Migration {version} has no sample rows: cannot read {} ({error}). Add rows for the \
             schema that migration {} leaves, of each table and each status; see \"Add a \
             migration\" in CONTRIBUTING.md.",
            file.display(),
            version - 1,
        )
    })
}

#[test]
fn a_migration_without_sample_rows_is_reported_with_the_missing_file() {
    let message = sample(9999).unwrap_err();
    for part in [
        "Migration 9999",
        "sample_9999.sql",
        "migration 9998",
        "CONTRIBUTING.md",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

/// All tables but partitions, which are read through their parents.
const TABLES: &str = "
    select c.oid::regclass::text
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p')
        and not c.relispartition
        and c.relname <> '_sqlx_migrations'
    order by 1";

async fn columns(connection: &mut PgConnection, table: &str) -> Vec<String> {
    let question = format!(
        "select quote_ident(attname) from pg_attribute
         where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
         order by attnum"
    );
    texts(connection, &question).await
}

/// These columns of these tables, as far as they exist.
async fn rows(connection: &mut PgConnection, tables: &[(String, Vec<String>)]) -> Rows {
    let mut rows = Rows::new();
    for (table, known) in tables {
        let there = columns(connection, table).await;
        let columns: Vec<_> = known.iter().filter(|name| there.contains(name)).collect();
        let list = columns.iter().map(|name| name.as_str());
        let list = list.collect::<Vec<_>>().join(", ");
        let question =
            format!("select to_jsonb(r)::text from (select {list} from {table}) as r order by 1");
        rows.insert(table.clone(), texts(connection, &question).await);
    }
    rows
}

/// The sample covers everything: each table has rows, and each value of each enum occurs.
async fn assert_varied(connection: &mut PgConnection, tables: &[(String, Vec<String>)]) {
    for (table, _) in tables {
        let some = format!("select 'some' from {table} limit 1");
        assert_eq!(texts(connection, &some).await, ["some"], "{table} is empty");
    }
    let enums = "
        select format(
            'select %L from (select 1) as one where not exists (%s)',
            e.enumtypid::regtype || ' ' || e.enumlabel,
            string_agg(format('select from %s where %I = %L', c.oid::regclass, a.attname, e.enumlabel), ' union all ')
        )
        from pg_enum as e
        join pg_attribute as a
            on a.atttypid = e.enumtypid
        join pg_class as c
            on c.oid = a.attrelid
            and c.relkind in ('r', 'p')
            and not c.relispartition
        group by e.enumtypid, e.enumlabel";
    for question in texts(connection, enums).await {
        let missing = texts(connection, &question).await;
        assert_eq!(missing, Vec::<String>::new(), "no row has this value");
    }
}

/// Applies one migration over its sample, then all later ones.
async fn migrate_over_sample(version: i64) {
    let rows_before = sample(version).unwrap_or_else(|message| panic!("{message}"));
    let (database, mut connection) = unmigrated().await;
    apply(&migrations_to(version - 1), &mut connection)
        .await
        .unwrap();
    execute(&mut connection, &rows_before).await;

    let mut tables = Vec::new();
    for table in texts(&mut connection, TABLES).await {
        let columns = columns(&mut connection, &table).await;
        tables.push((table, columns));
    }
    assert_varied(&mut connection, &tables).await;
    let before = rows(&mut connection, &tables).await;
    apply(&migrations_to(version), &mut connection)
        .await
        .unwrap();
    assert_eq!(rows(&mut connection, &tables).await, before);

    apply(&migrations(), &mut connection).await.unwrap();
    assert_clean(&mut connection).await;
    keeps_working(&database.url()).await;
    assert_clean(&mut connection).await;
}

/// The service keeps working with the old rows: due holds expire and the waitlist is served. The
/// sample may contain API keys, after which every request needs one.
async fn keeps_working(url: &str) {
    let create_key = ["keys", "create", "--name=till", "--scope=storefront"];
    let key = run_on(url, &create_key).await.out;
    let server = Fairhold::start(url, &["--database-connections", "8"]).await;
    let client = crate::versions::client();
    let order = json!({"sku": "HOT", "user_id": "newcomer", "quantity": 1});
    let reserve = format!("{}/inventory/reserve", server.address());
    let request = client.post(reserve).bearer_auth(key.trim()).json(&order);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    assert_sound(url).await;
}

#[tokio::test]
async fn each_migration_keeps_the_rows_of_the_version_before() {
    assert!(latest() >= 2);
    for version in 2..=latest() {
        migrate_over_sample(version).await;
    }
}

#[test]
fn migrations_are_numbered_without_a_gap_and_each_is_one_transaction() {
    let migrations = migrations();
    let numbers: Vec<_> = migrations
        .iter()
        .map(|migration| migration.version)
        .collect();
    assert_eq!(numbers, (1..=latest()).collect::<Vec<_>>());
    for migration in migrations.iter() {
        assert!(!migration.no_tx, "{}", migration.version);
    }
}
