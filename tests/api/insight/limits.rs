//! What a model may cost: a budget, a rest after failures, and nothing of the database.

use super::server::{Manner, ModelServer};
use super::{assert_model_says, assert_rules_speak};
use crate::service::Service;

#[tokio::test]
async fn a_minute_has_no_more_calls_than_the_budget() {
    let server = ModelServer::saying("Within.").await;
    let service = server.serve(&["--ai-calls-per-minute=3"]).await;
    for sku in ["A", "B", "C"] {
        assert_model_says(&service.told_anew(sku).await, "Within.");
    }
    for sku in ["D", "E"] {
        assert_rules_speak(&service.told_anew(sku).await);
    }
    assert_eq!(server.calls().len(), 3);
    assert_model_says(&service.told("A").await, "Within.");
    service.finish().await;
}

#[tokio::test]
async fn a_model_that_fails_again_and_again_is_left_alone() {
    let server = ModelServer::start(Manner::Status(500)).await;
    let service = server.serve(&[]).await;
    for sku in ["A", "B", "C", "D", "E"] {
        assert_rules_speak(&service.told_anew(sku).await);
    }
    assert_eq!(server.calls().len(), 3);
    server.say("Too early.");
    assert_rules_speak(&service.told_anew("F").await);
    assert_eq!(server.calls().len(), 3);
    service.finish().await;
}

/// What the service's connections do or hold, apart from those that lie idle.
async fn busy(service: &Service) -> Vec<String> {
    sqlx::query_scalar!(
        r#"
        select concat_ws(' ', state, query) as "what!"
        from pg_stat_activity
        where datname = current_database()
            and pid <> pg_backend_pid()
            and backend_type = 'client backend'
            and (state <> 'idle' or xact_start is not null)
        union all
        select concat_ws(' ', l.mode, l.relation::regclass::text)
        from pg_locks as l
        join pg_stat_activity as a using (pid)
        where a.datname = current_database()
            and pid <> pg_backend_pid()
            and a.backend_type = 'client backend'
        "#
    )
    .fetch_all(&service.books)
    .await
    .unwrap()
}

#[tokio::test]
async fn while_a_model_thinks_nothing_of_the_database_is_held() {
    let server = ModelServer::start(Manner::Thinks("At last.".to_owned())).await;
    // A single connection for reading, and no job that is at work by chance.
    let scarce = ["--database-connections=4", "--sweep-interval-ms=900"];
    let service = server.serve(&scarce).await;
    service.stock("A", 10).await;
    let (told, ()) = tokio::join!(service.told("A"), async {
        server.until_called(1).await;
        fairhold_test_kit::eventually("nothing is held", async || {
            busy(&service).await.is_empty().then_some(())
        })
        .await;
        let held = service.hold("A", "userA", 1).await;
        service.confirm(&held).await.is(200);
        service.get("/analytics/inventory").await.is(200);
        service.reservation(&held).await;
        server.let_go();
    });
    assert_model_says(&told, "At last.");
    service.finish().await;
}
