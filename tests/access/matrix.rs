//! Each route, asked by each kind of caller.

use reqwest::Method;
use serde_json::{Value, json};

use crate::signer::{Signer, claims};
use crate::site::Site;

/// Who asks: nobody, keys by their scope, a shopper.
const CALLERS: [&str; 5] = ["nobody", "read", "storefront", "admin", "shopper"];

/// A call, and which of the callers is let in.
type Case = (Method, &'static str, Option<Value>, [bool; 5]);

fn cases() -> Vec<Case> {
    const ALL: [bool; 5] = [true; 5];
    const KNOWN: [bool; 5] = [false, true, true, true, true];
    const BUYS: [bool; 5] = [false, false, true, true, true];
    const READS_ALL: [bool; 5] = [false, true, false, true, false];
    const ADMIN: [bool; 5] = [false, false, false, true, false];
    let get = |path, who| (Method::GET, path, None, who);
    let post = |path, body, who| (Method::POST, path, Some(body), who);
    let nil = "00000000-0000-7000-8000-000000000000";
    vec![
        get("/", ALL),
        get("/static/index.html", ALL),
        get("/problems", ALL),
        get("/problems/forbidden", ALL),
        get("/livez", ALL),
        get("/readyz", ALL),
        get("/health", ALL),
        get("/inventory/GIG", KNOWN),
        get("/inventory/init", KNOWN),
        get("/inventory/restock", KNOWN),
        get("/inventory/reserve", KNOWN),
        get("/analytics/inventory", KNOWN),
        get("/analytics/inventory/GIG", KNOWN),
        get("/analytics/ai/inventory/GIG", KNOWN),
        get("/reservations", KNOWN),
        get("/reservations/00000000-0000-7000-8000-000000000000", KNOWN),
        get("/users/anna/behavior", [false, true, false, true, true]),
        get("/inventory/GIG/waitlist", READS_ALL),
        get("/inventory/GIG/ledger", READS_ALL),
        post(
            "/inventory/reserve",
            json!({"sku": "GIG", "user_id": "anna"}),
            BUYS,
        ),
        post("/checkout/confirm", json!({"reservation_id": nil}), BUYS),
        post("/checkout/cancel", json!({"reservation_id": nil}), BUYS),
        post(
            "/inventory/init",
            json!({"sku": "NEW", "quantity": 1}),
            ADMIN,
        ),
        post(
            "/inventory/restock",
            json!({"sku": "GIG", "quantity": 1}),
            ADMIN,
        ),
    ]
}

#[tokio::test]
async fn each_route_lets_in_whom_it_should() {
    let site = Site::new().await;
    let signer = Signer::ed();
    let keys = [
        site.key("r", "read").await,
        site.key("s", "storefront").await,
        site.key("a", "admin").await,
    ];
    let token = signer.token(None, &claims("anna"));
    let bearers = [
        String::new(),
        keys[0].clone(),
        keys[1].clone(),
        keys[2].clone(),
        token,
    ];
    let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
    server.stock("GIG", 5, &keys[2]).await;
    for (method, path, body, let_in) in cases() {
        for ((caller, bearer), let_in) in CALLERS.iter().zip(&bearers).zip(let_in) {
            let answer = server
                .ask(method.clone(), path, bearer, body.as_ref())
                .await;
            let what = format!("{caller}: {method} {path}");
            if let_in {
                assert!(![401, 403].contains(&answer.status), "{what}: {answer:?}");
                continue;
            }
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            if bearer.is_empty() {
                answer.refused(401, "unauthenticated");
                assert_eq!(challenge, "Bearer realm=\"fairhold\"", "{what}");
            } else {
                answer.refused(403, "forbidden");
                let told = challenge.contains("error=\"insufficient_scope\", scope=\"");
                assert!(
                    challenge.starts_with("Bearer ") && told,
                    "{what}: {challenge}"
                );
            }
        }
    }
    site.assert_clean().await;
}

#[tokio::test]
async fn what_is_no_bearer_token_is_nothing() {
    let site = Site::new().await;
    let key = site.key("shop", "admin").await;
    let server = site.serve(&[]).await;
    let client = crate::server::client();
    let url = format!("http://127.0.0.1:{}/analytics/inventory", server.port);
    for (sent, status) in [
        (format!("Bearer {key}"), 200),
        (format!("bearer {key}"), 200),
        (format!("Basic {key}"), 401),
        (key.clone(), 401),
        (format!("Bearer {}", &key[..45]), 401),
        (format!("Bearer {key}x"), 401),
        (format!("Bearer {}", &key[3..]), 401),
        ("Bearer".to_owned(), 401),
        (String::new(), 401),
    ] {
        let request = client.get(&url).header("Authorization", &sent);
        assert_eq!(request.send().await.unwrap().status(), status, "{sent}");
    }
    let twice = client
        .get(&url)
        .header("Authorization", format!("Bearer {key}"));
    let twice = twice.header("Authorization", format!("Bearer {key}"));
    assert_eq!(twice.send().await.unwrap().status(), 401);
    let open = client.get(url.replace("/analytics/inventory", "/livez"));
    let open = open.header("Authorization", "Bearer nonsense");
    assert_eq!(open.send().await.unwrap().status(), 200);
}
