//! User ids: any visible text, and nothing but text.

use reqwest::Url;
use serde_json::json;

use crate::service::{Service, id};

const ODD: [&str; 12] = [
    "josé@example.com",
    "用户甲",
    "👩 family",
    "אבג",
    "a/b?c=d&e#f%41",
    "'; drop table reservations; --",
    "<script>alert(1)</script>",
    "{\"user_id\":\"x\"}",
    " leading and trailing ",
    "$1",
    "\\u0000",
    "null",
];

#[tokio::test]
async fn odd_user_ids_come_back_as_they_were_sent() {
    let service = Service::start().await;
    service.stock("A", 20).await;
    for user in ODD {
        let held = service.reserve("A", user, 1).await.is(201);
        assert_eq!(held["user_id"], user);
        assert_eq!(service.reservation(&id(&held)).await["user_id"], user);
        assert_eq!(service.reserve("A", user, 1).await.is(200), held);
        let base = format!("http://{}/reservations", service.address);
        let listed = Url::parse_with_params(&base, [("user_id", user)]).unwrap();
        let listed = service.send(service.client.get(listed)).await.is(200);
        assert_eq!(listed["items"], json!([held]));
        let mut behavior = Url::parse(&format!("http://{}/", service.address)).unwrap();
        let mut path = behavior.path_segments_mut().unwrap();
        path.extend(["users", user, "behavior"]);
        drop(path);
        let known = service.send(service.client.get(behavior)).await.is(200);
        assert_eq!(known["user_id"], user);
    }
    assert_eq!(service.counts("A").await, [8, 12, 0, 20, 0]);
    service.finish().await;
}

/// Gives the reservation of `from` to `to`, as an earlier version may have stored it.
#[expect(clippy::disallowed_methods, reason = "no current version writes this")]
async fn rename(service: &Service, from: &str, to: &str) {
    for table in ["reservations", "ledger"] {
        let update = format!("update {table} set user_id = $2 where user_id = $1");
        let update = sqlx::query(sqlx::AssertSqlSafe(update));
        update
            .bind(from)
            .bind(to)
            .execute(&service.books)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn users_that_are_no_longer_accepted_can_be_read_and_check_out() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    for old in ["..", "anna\u{200b}"] {
        let held = service.hold("A", "anna", 1).await;
        rename(&service, "anna", old).await;
        assert_eq!(service.reservation(&held).await["user_id"], old);
        let base = format!("http://{}/reservations", service.address);
        let listed = Url::parse_with_params(&base, [("user_id", old)]).unwrap();
        let listed = service.send(service.client.get(listed)).await.is(200);
        assert_eq!(listed["items"][0]["reservation_id"], json!(held));
        service.confirm(&held).await.is(200);
    }
    service.finish().await;
}

#[tokio::test]
async fn ids_that_differ_in_anything_are_of_different_users() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    for user in ["usera", "userA", "userA ", "us\u{e9}", "use\u{301}"] {
        service.hold("A", user, 1).await;
    }
    service.finish().await;
}

#[tokio::test]
async fn a_user_id_has_1_to_128_visible_characters() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    service.hold("A", &"ü".repeat(128), 1).await;
    service.hold("A", "x", 1).await;
    for wrong in [
        json!(""),
        json!(" "),
        json!("\u{3000}\u{a0}"),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("a\tb"),
        json!("\u{7f}"),
        json!("\u{85}x"),
        json!("x".repeat(129)),
        json!(7),
        json!(null),
        json!(["x"]),
    ] {
        let body = json!({"sku": "A", "user_id": wrong});
        let answer = service.post("/inventory/reserve", &body).await;
        answer.at_fault(&["user_id"]);
    }
    service
        .get("/users/%20/behavior")
        .await
        .at_fault(&["user_id"]);
    service
        .get("/users/a%00b/behavior")
        .await
        .at_fault(&["user_id"]);
    service
        .get("/users/%ff/behavior")
        .await
        .refused(404, "not-found");
    service.finish().await;
}
