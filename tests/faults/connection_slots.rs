//! A PostgreSQL without a free connection slot (`max_connections`).

use std::fs;

use fairhold_test_kit::eventually;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::instance::{self, Instance};

/// Opens connections until the server accepts no more.
async fn fill(url: &str) -> Vec<PgConnection> {
    let options: PgConnectOptions = url.parse().unwrap();
    let mut crowd = Vec::new();
    loop {
        match options.connect().await {
            Ok(connection) => crowd.push(connection),
            Err(sqlx::Error::Database(error)) => {
                assert_eq!(error.code().as_deref(), Some("53300"), "{error}");
                return crowd;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_server_without_a_free_connection_slot_answers_503_until_there_is_one() {
    let folder = instance::path("crowded");
    let instance = Instance::start(&folder).await;
    let shop = &instance.shop;
    shop.stock("FULL", 50).await;
    shop.reserve("FULL", "early").await.assert_status(201);
    let crowd = crowd_out(&instance.url).await;
    shop.reserve("FULL", "during")
        .await
        .assert_problem(503, "database-unavailable");
    shop.inventory("FULL")
        .await
        .assert_problem(503, "database-unavailable");
    shop.get("/livez").await.assert_status(200);
    for connection in crowd {
        connection.close().await.unwrap();
    }
    let serves = async || shop.reserve("FULL", "afterwards").await.is_success();
    eventually("it serves again", serves).await;
    shop.inventory("FULL").await.assert_status(200);
    instance.stop().await;
    fs::remove_dir(&folder).unwrap();
}

/// Ends the connections of the service again and again until the test holds all slots.
async fn crowd_out(url: &str) -> Vec<PgConnection> {
    let mut crowd = fill(url).await;
    let mut newcomers = crowd.len();
    loop {
        for connection in crowd.iter_mut().rev().take(newcomers) {
            mark(connection).await;
        }
        if end_others(&mut crowd[0]).await == 0 && newcomers == 0 {
            return crowd;
        }
        let more = fill(url).await;
        newcomers = more.len();
        crowd.extend(more);
    }
}

/// Marks a connection as one of the test.
#[expect(
    clippy::disallowed_methods,
    reason = "it concerns the session, not rows"
)]
async fn mark(connection: &mut PgConnection) {
    sqlx::raw_sql("select 1 as crowd")
        .execute(connection)
        .await
        .unwrap();
}

/// Ends all connections that are not marked. Returns how many there were.
#[expect(clippy::disallowed_methods, reason = "it concerns sessions, not rows")]
async fn end_others(connection: &mut PgConnection) -> u64 {
    let others = "select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()
        and application_name = '' and query not like '%1 as crowd%'";
    let ended = sqlx::raw_sql(others).execute(connection).await;
    ended.unwrap().rows_affected()
}
