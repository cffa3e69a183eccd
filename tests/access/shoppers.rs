//! A shopper's token stands for that shopper only.

use fairhold_test_kit::{Deployment, Server, TokenSigner, tokens::claims};
use reqwest::Method;
use serde_json::{Value, json};

struct Shop {
    site: Deployment,
    server: Server,
    admin: String,
    anna: String,
    ben: String,
}

impl Shop {
    /// A SKU of one unit, an admin, and two shoppers.
    async fn open() -> Self {
        let site = Deployment::new().await;
        let signer = TokenSigner::ec();
        let admin = site.key("office", "admin").await;
        let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
        server.stock("GIG", 1, &admin).await;
        let [anna, ben] = ["anna", "ben"].map(|sub| signer.token(None, &claims(sub)));
        Self {
            site,
            server,
            admin,
            anna,
            ben,
        }
    }

    async fn listed(&self, query: &str, bearer: &str) -> Vec<String> {
        let path = format!("/reservations{query}");
        let list = self.server.get(&path, bearer).await.is(200);
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["user_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_shopper_reserves_for_themselves_only() {
    let shop = Shop::open().await;
    let server = &shop.server;
    let refused = server.reserve("GIG", "ben", &shop.anna).await;
    refused.refused(403, "forbidden");
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    server.hold("GIG", "anna", &shop.anna).await;
    let stock = server.get("/inventory/GIG", &shop.admin).await.is(200);
    assert_eq!(stock["reserved_quantity"], 1, "the refusal changed nothing");
    shop.site.assert_clean().await;
}

#[tokio::test]
async fn the_reservation_of_another_user_looks_unknown() {
    let shop = Shop::open().await;
    let server = &shop.server;
    let id = server.hold("GIG", "anna", &shop.anna).await;
    let path = format!("/reservations/{id}");
    let other = server.get(&path, &shop.ben).await;
    other.refused(404, "unknown-reservation");
    server.get(&path, &shop.anna).await.is(200);
    let live = format!("/live{path}");
    let other = server.get(&live, &shop.ben).await;
    other.refused(404, "unknown-reservation");
    assert_eq!(server.get(&live, &shop.anna).await.status, 200);
    for how in ["confirm", "cancel"] {
        let other = server.check_out(how, &id, &shop.ben).await;
        let none = server
            .check_out(how, "019aa000-0000-7000-8000-000000000000", &shop.ben)
            .await;
        let [other, none] = [other, none].map(|answer| answer.refused(404, "unknown-reservation"));
        assert_eq!(other, none, "nothing tells the two apart");
    }
    let encoded = format!("/reservations/%{:x}{}", id.as_bytes()[0], &id[1..]);
    server
        .get(&encoded, &shop.ben)
        .await
        .refused(404, "unknown-reservation");
    server.check_out("confirm", &id, &shop.anna).await.is(200);
    let again = server.check_out("confirm", &id, &shop.ben).await;
    again.refused(404, "unknown-reservation");
    let late = server.check_out("cancel", &id, &shop.ben).await;
    late.refused(404, "unknown-reservation");
    shop.site.assert_clean().await;
}

#[tokio::test]
async fn an_invalid_id_is_reported_to_every_caller() {
    let shop = Shop::open().await;
    let id = shop.server.hold("GIG", "anna", &shop.anna).await;
    for id in ["x".to_owned(), id.replace('-', ""), format!("{{{id}}}")] {
        for path in [
            format!("/reservations/{id}"),
            format!("/live/reservations/{id}"),
        ] {
            for bearer in [&shop.anna, &shop.ben, &shop.admin] {
                let told = shop.server.get(&path, bearer).await;
                told.at_fault(&["reservation_id"]);
            }
        }
    }
}

#[tokio::test]
async fn a_list_shows_a_shopper_only_their_own_reservations() {
    let shop = Shop::open().await;
    shop.server.hold("GIG", "anna", &shop.anna).await;
    let waiting = shop.server.reserve("GIG", "ben", &shop.ben).await;
    waiting.is(202);
    assert_eq!(shop.listed("", &shop.anna).await, ["anna"]);
    assert_eq!(shop.listed("?user_id=anna", &shop.anna).await, ["anna"]);
    assert_eq!(shop.listed("?sku=GIG", &shop.ben).await, ["ben"]);
    assert!(shop.listed("?user_id=anna", &shop.ben).await.is_empty());
    assert_eq!(shop.listed("", &shop.admin).await, ["ben", "anna"]);
    assert_eq!(shop.listed("?user_id=anna", &shop.admin).await, ["anna"]);
}

#[tokio::test]
async fn a_shopper_sees_stock_and_their_own_behavior_and_nothing_of_others() {
    let shop = Shop::open().await;
    for path in [
        "/inventory/GIG",
        "/analytics/inventory",
        "/analytics/inventory/GIG",
        "/analytics/ai/inventory/GIG",
        "/users/anna/behavior",
    ] {
        shop.server.get(path, &shop.anna).await.is(200);
    }
    for path in [
        "/users/ben/behavior",
        "/users/nobody-ever-seen/behavior",
        "/inventory/GIG/waitlist",
        "/inventory/GIG/ledger",
    ] {
        shop.server
            .get(path, &shop.anna)
            .await
            .refused(403, "forbidden");
    }
    for path in ["/inventory/init", "/inventory/restock"] {
        let body: Value = json!({"sku": "GIG", "quantity": 1});
        let refused = shop.server.ask(Method::POST, path, &shop.anna, Some(&body));
        refused.await.refused(403, "forbidden");
    }
    shop.site.assert_clean().await;
}

#[tokio::test]
async fn a_key_of_the_shop_acts_for_every_shopper() {
    let shop = Shop::open().await;
    let window = shop.site.key("window", "storefront").await;
    fairhold_test_kit::eventually("the key is known", async || {
        shop.server.get("/reservations", &window).await.status == 200
    })
    .await;
    let id = shop.server.hold("GIG", "anna", &window).await;
    let path = format!("/reservations/{id}");
    for bearer in [&window, &shop.anna, &shop.admin] {
        shop.server.get(&path, bearer).await.is(200);
    }
    shop.server.check_out("cancel", &id, &window).await.is(200);
}
