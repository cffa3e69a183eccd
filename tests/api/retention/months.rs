//! Months that somebody takes out of the history, and what ends in them afterwards.
#![expect(
    clippy::disallowed_methods,
    reason = "it does what an operator does in psql"
)]

use sqlx::AssertSqlSafe;

use super::{make_old, mover, older, sell};
use crate::service::Service;

async fn in_psql(service: &Service, statements: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&service.books);
    done.await.unwrap();
}

/// The partitions of the history.
async fn partitions(service: &Service) -> Vec<String> {
    sqlx::query_scalar!(
        r#"
        select inhrelid::regclass::text as "name!"
        from pg_inherits
        where inhparent = 'reservations_history'::regclass
        order by 1
        "#
    )
    .fetch_all(&service.books)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_ends_in_a_month_that_was_detached_goes_to_a_partition_of_another_name() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let early = older(&sell(&service, "A", "buyer").await, 100);
    make_old(&service, "A", 100).await;
    mover(&service, 1, 1).await.finish().await;
    let [month] = &partitions(&service).await[..] else {
        panic!("one month");
    };
    let detach = "alter table reservations_history detach partition";
    in_psql(&service, format!("{detach} {month} concurrently")).await;
    assert_eq!(
        service.get(&format!("/reservations/{early}")).await.status,
        404
    );

    let (mut late, mut movers) = (Vec::new(), Vec::new());
    for sku in ["B", "C"] {
        service.stock(sku, 1).await;
        late.push(older(&sell(&service, sku, "buyer").await, 100));
        make_old(&service, sku, 100).await;
        let moved = i64::try_from(late.len()).unwrap();
        movers.push(mover(&service, 1, moved).await);
        // What was detached is the operator's, who may drop it at any time.
        assert_eq!(partitions(&service).await, [format!("{month}_2")]);
        if sku == "B" {
            in_psql(&service, format!("alter table {month} rename to taken_out")).await;
        }
    }
    let back = "insert into reservations_history select * from taken_out; drop table taken_out";
    in_psql(&service, back.to_owned()).await;
    for id in late.iter().chain([&early]) {
        assert_eq!(service.status(id).await, "CONFIRMED");
    }
    for mover in movers {
        mover.finish().await;
    }
    service.finish().await;
}
