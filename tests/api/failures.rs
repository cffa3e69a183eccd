//! Failures: the service says that it failed, never why, and goes on.

use serde_json::json;

use crate::service::Service;

#[tokio::test]
async fn a_row_that_can_not_be_read_is_an_internal_error_without_a_cause() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    rename(&service, "userA", "").await;
    let answer = service.get(&format!("/reservations/{held}")).await;
    answer.refused(500, "internal-error");
    rename(&service, "", "userA").await;
    assert_eq!(service.status(&held).await, "RESERVED");
    service.finish().await;
}

async fn rename(service: &Service, old: &str, new: &str) {
    sqlx::query!(
        "update reservations set user_id = $2 where user_id = $1",
        old,
        new
    )
    .execute(&service.books)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_command_that_the_database_rejects_fails_alone() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    service.stock("B", 9).await;
    plant(
        &service,
        "alter table ledger add constraint planted check (sku <> 'A') not valid",
    )
    .await;
    let body = json!({"sku": "A", "user_id": "userA"});
    let (refused, held) = tokio::join!(
        service.post("/inventory/reserve", &body),
        service.reserve("B", "userB", 1),
    );
    refused.refused(500, "internal-error");
    held.is(201);
    service.restock("A", 1).await.refused(500, "internal-error");
    plant(&service, "alter table ledger drop constraint planted").await;
    service.post("/inventory/reserve", &body).await.is(201);
    assert_eq!(service.counts("A").await, [8, 1, 0, 9, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_sku_that_the_database_rejects_is_an_internal_error() {
    let service = Service::start().await;
    plant(
        &service,
        "alter table ledger add constraint planted check (sku <> 'A') not valid",
    )
    .await;
    let body = json!({"sku": "A", "quantity": 1});
    let answer = service.post("/inventory/init", &body).await;
    answer.refused(500, "internal-error");
    service
        .get("/inventory/A")
        .await
        .refused(404, "unknown-sku");
    service.finish().await;
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn plant(service: &Service, statement: &'static str) {
    sqlx::raw_sql(statement)
        .execute(&service.books)
        .await
        .unwrap();
}
