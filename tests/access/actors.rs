//! Who did it is on the ledger.

use fairhold_test_kit::{Deployment, Server, TokenSigner, eventually, tokens::claims};
use serde_json::Value;
use serde_json::json;

/// What happened to a SKU and on whose account, in order.
async fn ledger(server: &Server, sku: &str, bearer: &str) -> Vec<(String, Option<String>)> {
    let path = format!("/inventory/{sku}/ledger");
    let ledger = server.get(&path, bearer).await.is(200);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let entry = |entry: &Value| (text(&entry["kind"]).unwrap(), text(&entry["actor"]));
    ledger["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(entry)
        .collect()
}

#[tokio::test]
async fn the_ledger_names_who_made_each_change() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let (admin, window) = (
        site.key("office", "admin").await,
        site.key("window", "storefront").await,
    );
    let server = site
        .serve(&["--jwt-public-key", &signer.pem(), "--sweep-interval-ms=50"])
        .await;
    let [anna, ben] = ["anna", "ben"].map(|sub| signer.token(None, &claims(sub)));
    let body = json!({"sku": "GIG", "quantity": 1, "hold_ttl_seconds": 5});
    server.post("/inventory/init", &admin, &body).await.is(201);
    let held = server.hold("GIG", "anna", &anna).await;
    server.reserve("GIG", "ben", &ben).await.is(202);
    server.reserve("GIG", "cleo", &window).await.is(202);
    server.check_out("cancel", &held, &anna).await.is(200);
    let body = json!({"sku": "GIG", "quantity": 1, "reason": "found"});
    server
        .post("/inventory/restock", &admin, &body)
        .await
        .is(200);
    let books = site.books().await;
    sqlx::query!("update reservations set expires_at = clock_timestamp() where user_id = 'ben'")
        .execute(&books)
        .await
        .unwrap();
    eventually("ben's hold ends", async || {
        ledger(&server, "GIG", &admin).await.len() == 9
    })
    .await;
    let cleo = server
        .get("/reservations?user_id=cleo", &window)
        .await
        .is(200);
    let cleo = cleo["items"][0]["reservation_id"].as_str().unwrap();
    server.check_out("confirm", cleo, &window).await.is(200);
    let expected = [
        ("INITIALIZED", "key:office"),
        ("RESERVED", "user:anna"),
        ("WAITLISTED", "user:ben"),
        ("WAITLISTED", "key:window"),
        ("CANCELLED", "user:anna"),
        // Whoever frees stock serves the line.
        ("PROMOTED", "user:anna"),
        ("RESTOCKED", "key:office"),
        ("PROMOTED", "key:office"),
        ("EXPIRED", "expiry"),
        ("CONFIRMED", "key:window"),
    ];
    let expected = expected.map(|(kind, actor)| (kind.to_owned(), Some(actor.to_owned())));
    assert_eq!(ledger(&server, "GIG", &admin).await, expected);
}

#[tokio::test]
async fn without_keys_the_ledger_names_nobody() {
    let site = Deployment::new().await;
    let server = site.serve(&[]).await;
    server.stock("GIG", 1, "").await;
    let id = server.hold("GIG", "anna", "any key at all").await;
    server.check_out("confirm", &id, "").await.is(200);
    let ledger = server.get("/inventory/GIG/ledger", "").await;
    assert!(!ledger.text.contains("actor"), "{ledger:?}");
    site.assert_clean().await;
}

#[tokio::test]
async fn an_older_version_still_writes_entries_without_an_actor() {
    let site = Deployment::new().await;
    let server = site.serve(&[]).await;
    server.stock("GIG", 1, "").await;
    let books = site.books().await;
    sqlx::query!(
        r#"
        with written as (
            insert into ledger (
                sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta,
                total_delta, recorded_at
            )
            select 'GIG', 2, 'RESTOCKED', 1, 1, 0, 0, 1, clock_timestamp()
            returning recorded_at
        )
        update skus
        set
            total_quantity = 2,
            available_quantity = 2,
            version = 2,
            updated_at = written.recorded_at
        from written
        where sku = 'GIG'
        "#
    )
    .execute(&books)
    .await
    .unwrap();
    let told = ledger(&server, "GIG", "").await;
    assert_eq!(told[1], ("RESTOCKED".to_owned(), None));
    site.assert_clean().await;
}
