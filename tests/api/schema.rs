//! The schema explains itself, and `sku` leads its keys.

use fairhold_test_kit::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};

async fn without_a_comment(books: &PgPool) -> Vec<String> {
    sqlx::query_scalar!(
        r#"
        select c.oid::regclass::text as "name!"
        from pg_class as c
        where c.relnamespace = 'public'::regnamespace
            and c.relkind in ('r', 'p', 'v', 'm')
            and obj_description(c.oid, 'pg_class') is null
        union all
        select format('%s.%s', c.oid::regclass, a.attname)
        from pg_class as c
        join pg_attribute as a
            on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace
            and c.relkind in ('r', 'p', 'v', 'm')
            and a.attnum > 0
            and not a.attisdropped
            and col_description(c.oid, a.attnum) is null
        union all
        select t.oid::regtype::text
        from pg_type as t
        where t.typnamespace = 'public'::regnamespace
            and t.typtype = 'e'
            and obj_description(t.oid, 'pg_type') is null
        "#
    )
    .fetch_all(books)
    .await
    .unwrap()
}

/// Makes the first partition of the history, of which an empty database has none.
async fn begin_history(books: &PgPool) {
    sqlx::query!("select provide_history(clock_timestamp())")
        .execute(books)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_table_view_column_and_type_has_a_comment() {
    let database = TestDatabase::create().await;
    let books = database.pool().await;
    begin_history(&books).await;
    let silent = without_a_comment(&books).await;
    assert!(silent.is_empty(), "{silent:?}");
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
#[tokio::test]
async fn the_migrations_can_be_applied_by_psql_too() {
    let database = TestDatabase::create().await;
    let books = database.pool().await;
    let mut script = "drop schema public cascade; create schema public;".to_owned();
    for migration in sqlx::migrate!().iter() {
        script.push_str(migration.sql.as_str());
    }
    sqlx::raw_sql(AssertSqlSafe(script))
        .execute(&books)
        .await
        .unwrap();
    let silent = without_a_comment(&books).await;
    assert!(silent.is_empty(), "{silent:?}");
}

#[tokio::test]
async fn sku_leads_every_key() {
    let database = TestDatabase::create().await;
    let books = database.pool().await;
    begin_history(&books).await;
    let keys = sqlx::query!(
        r#"
        with keys(name, relation, leader) as (
            select indexrelid::regclass::text, indrelid, indkey[0]
            from pg_index
            where indisunique
            union all
            select conname::text, conrelid, conkey[1]
            from pg_constraint
            where contype in ('p', 'u', 'f')
        )
        select keys.name as "name!", a.attname::text as "leader"
        from keys
        join pg_class as c
            on c.oid = keys.relation
        left join pg_attribute as a
            on a.attrelid = keys.relation
            and a.attnum = keys.leader
        where c.relnamespace = 'public'::regnamespace
            -- Keys to the service concern no SKU, and are far from every hot path.
            and c.relname not in ('_sqlx_migrations', 'api_keys')
        "#
    )
    .fetch_all(&books)
    .await
    .unwrap();
    assert!(keys.len() > 6, "{keys:?}");
    for key in keys {
        assert_eq!(key.leader.as_deref(), Some("sku"), "{}", key.name);
    }
}

#[tokio::test]
async fn tables_that_grow_are_vacuumed_by_a_number_of_rows_and_not_by_a_share() {
    let database = TestDatabase::create().await;
    let books = database.pool().await;
    let tables = sqlx::query_scalar!(
        r#"
        select c.relname::text as "name!"
        from pg_class as c
        where c.relnamespace = 'public'::regnamespace
            and exists (
                select from pg_options_to_table(c.reloptions)
                where option_name like 'autovacuum\_vacuum%scale\_factor'
                    and option_value = '0'
            )
        order by 1
        "#
    )
    .fetch_all(&books)
    .await
    .unwrap();
    assert_eq!(
        tables,
        [
            "idempotency_keys",
            "ledger",
            "reservations",
            "skus",
            "user_behavior",
            "waitlist"
        ]
    );
}
