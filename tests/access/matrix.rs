//! Each route, asked by each kind of caller.

use std::collections::BTreeSet;

use clap::ValueEnum;
use fairhold::access::Scope;
use fairhold::api;
use fairhold_test_kit::{Answer, Deployment, TokenSigner, tokens::claims};
use reqwest::Method;
use serde_json::{Value, json};

/// Who asks: nobody, keys by their scope, a shopper.
const CALLERS: [&str; 5] = ["nobody", "read", "storefront", "admin", "shopper"];

const ALL: [bool; 5] = [true; 5];
const KNOWN: [bool; 5] = [false, true, true, true, true];
const BUYS: [bool; 5] = [false, false, true, true, true];
const READS_ALL: [bool; 5] = [false, true, false, true, false];
const BEHAVIOR: [bool; 5] = [false, true, false, true, true];
const ADMIN: [bool; 5] = [false, false, false, true, false];

/// No reservation has it.
const NIL: &str = "00000000-0000-7000-8000-000000000000";

/// Each path that is read, as it is routed, and which of the callers is let in.
const READS: [(&str, [bool; 5]); 29] = [
    ("/", ALL),
    ("/static/{*file}", ALL),
    ("/problems", ALL),
    ("/problems/{code}", ALL),
    ("/docs", ALL),
    ("/docs/swagger-ui-bundle.js", ALL),
    ("/docs/swagger-ui.css", ALL),
    ("/openapi.json", ALL),
    ("/livez", ALL),
    ("/readyz", ALL),
    ("/health", ALL),
    ("/inventory/{sku}", KNOWN),
    ("/inventory/init", KNOWN),
    ("/inventory/restock", KNOWN),
    ("/inventory/reserve", KNOWN),
    ("/analytics/inventory", KNOWN),
    ("/analytics/inventory/{sku}", KNOWN),
    ("/analytics/inventory/{sku}/history", KNOWN),
    ("/analytics/ai/inventory/{sku}", KNOWN),
    ("/live/inventory", KNOWN),
    ("/live/inventory/{sku}", KNOWN),
    ("/reservations", KNOWN),
    ("/reservations/{reservation_id}", KNOWN),
    ("/live/reservations/{reservation_id}", KNOWN),
    ("/users/{user_id}/behavior", BEHAVIOR),
    ("/analytics/inventory/{sku}/holds", READS_ALL),
    ("/inventory/{sku}/waitlist", READS_ALL),
    ("/inventory/{sku}/ledger", READS_ALL),
    ("/metrics", READS_ALL),
];

/// A call, and which of the callers is let in.
type Case = (Method, &'static str, Option<Value>, [bool; 5]);

fn cases() -> Vec<Case> {
    let reads = READS.map(|(path, let_in)| (Method::GET, path, None, let_in));
    let commands = [
        (
            "/inventory/reserve",
            json!({"sku": "GIG", "user_id": "anna"}),
            BUYS,
        ),
        ("/checkout/confirm", json!({"reservation_id": NIL}), BUYS),
        ("/checkout/cancel", json!({"reservation_id": NIL}), BUYS),
        (
            "/inventory/init",
            json!({"sku": "NEW", "quantity": 1}),
            ADMIN,
        ),
        (
            "/inventory/restock",
            json!({"sku": "GIG", "quantity": 1}),
            ADMIN,
        ),
    ];
    let commands = commands.map(|(path, body, who)| (Method::POST, path, Some(body), who));
    reads.into_iter().chain(commands).collect()
}

/// A path of that route.
fn path(routed: &str) -> String {
    [
        ("{sku}", "GIG"),
        ("{user_id}", "anna"),
        ("{reservation_id}", NIL),
        ("{code}", "forbidden"),
        ("{*file}", "index.html"),
    ]
    .into_iter()
    .fold(routed.to_owned(), |path, (part, value)| {
        path.replace(part, value)
    })
}

#[test]
fn every_route_and_every_scope_is_in_the_matrix() {
    let name = |method: &Method, path: &str| format!("{method} {path}");
    let served = api::served();
    let served: BTreeSet<_> = served
        .iter()
        .map(|(method, path)| name(method, path))
        .collect();
    let cases = cases();
    let tried: BTreeSet<_> = cases
        .iter()
        .map(|(method, path, ..)| name(method, path))
        .collect();
    assert_eq!(tried, served);
    assert_eq!(tried.len(), cases.len(), "each once");
    for scope in Scope::value_variants() {
        assert!(CALLERS.contains(&scope.name()), "{}", scope.name());
    }
}

/// Whether the document says that `caller` may call the operation.
fn is_documented(operation: &Value, caller: &str) -> bool {
    let required = operation["security"].as_array();
    let required = required.map_or(&[][..], Vec::as_slice);
    match caller {
        "nobody" => required.is_empty(),
        "shopper" => {
            let description = operation["description"].as_str().unwrap_or_default();
            required.is_empty() || description.contains("or a shopper's token")
        }
        scope => required.is_empty() || required.contains(&json!({"key": [scope]})),
    }
}

#[test]
fn the_document_names_the_callers_of_each_operation() {
    let document = api::document();
    let mut documented = 0;
    for (method, routed, _, let_in) in cases() {
        let method = method.as_str().to_lowercase();
        let operation = &document["paths"][routed][&method];
        if operation.is_null() {
            continue;
        }
        documented += 1;
        for (caller, let_in) in CALLERS.iter().zip(let_in) {
            let what = format!("{caller}: {method} {routed}");
            assert_eq!(is_documented(operation, caller), let_in, "{what}");
        }
    }
    assert!(documented > 15, "{documented}");
}

/// Holds the answer to a caller who is not let in against what they must be told.
fn assert_kept_out(answer: &Answer, known: bool, what: &str) {
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    if known {
        answer.refused(403, "forbidden");
        let told = challenge.contains("error=\"insufficient_scope\", scope=\"");
        assert!(
            challenge.starts_with("Bearer ") && told,
            "{what}: {challenge}"
        );
    } else {
        answer.refused(401, "unauthenticated");
        assert_eq!(challenge, "Bearer realm=\"fairhold\"", "{what}");
    }
}

#[tokio::test]
async fn each_route_admits_exactly_the_permitted_callers() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let mut bearers = vec![String::new()];
    for scope in &CALLERS[1..4] {
        bearers.push(site.key(scope, scope).await);
    }
    let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
    server.stock("GIG", 5, &bearers[3]).await;
    bearers.push(signer.token(None, &claims("anna")));
    for (method, routed, body, let_in) in cases() {
        for ((caller, bearer), let_in) in CALLERS.iter().zip(&bearers).zip(let_in) {
            let path = path(routed);
            let asked = server.ask(method.clone(), &path, bearer, body.as_ref());
            let answer = asked.await;
            let what = format!("{caller}: {method} {routed}");
            if let_in {
                assert!(
                    ![401, 403, 405].contains(&answer.status),
                    "{what}: {answer:?}"
                );
            } else {
                assert_kept_out(&answer, !bearer.is_empty(), &what);
            }
        }
    }
    site.assert_clean().await;
}

#[tokio::test]
async fn anything_but_a_bearer_token_is_no_credential() {
    let site = Deployment::new().await;
    let key = site.key("shop", "admin").await;
    let server = site.serve(&[]).await;
    let client = fairhold_test_kit::server::client();
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
