//! What the program logs: who wants to know more of an answer finds it by its id, and no secret.

use fairhold_test_kit::{
    Deployment, Server, TokenSigner, eventually, server::client, tokens::claims,
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::collector::Collector;
use crate::traces::{PARENT, TRACE};

const LISTEN: &str = "--listen=127.0.0.1:0";

/// The lines of a log, each a JSON object with a time, a level and words.
fn lines(server: &Server) -> Vec<Value> {
    let log = server.logged();
    let lines = log.lines().map(|line| {
        let told: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        // A statement is told by its summary.
        let is_statement = told["target"] == "sqlx::query";
        let words = if is_statement { "summary" } else { "message" };
        for part in [&told["timestamp"], &told["level"], &told["fields"][words]] {
            let text = part.as_str();
            assert!(text.is_some_and(|text| !text.is_empty()), "{line}");
        }
        told
    });
    lines.collect()
}

/// The lines that tell of the request with this id.
fn of_request(server: &Server, id: &str) -> Vec<Value> {
    let lines = lines(server).into_iter();
    lines
        .filter(|line| line["span"]["request_id"] == id)
        .collect()
}

/// Sends a request with an id.
async fn ask(server: &Server, method: Method, path: &str, id: &str, body: &Value) -> u16 {
    let url = format!("http://127.0.0.1:{}{path}", server.port);
    let request = client().request(method, url).header("X-Request-Id", id);
    let answer = request.json(body).send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], id);
    answer.status().as_u16()
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn plant(books: &PgPool, statement: &'static str) {
    sqlx::raw_sql(statement).execute(books).await.unwrap();
}

#[tokio::test]
async fn a_log_of_json_is_of_json_throughout_and_tells_requests_by_their_ids() {
    let site = Deployment::new().await;
    let variables = [("FAIRHOLD_LOG_FORMAT", "json"), ("FAIRHOLD_LOG", "debug")];
    let server = site.serve_with(&[LISTEN], &variables).await;
    let stock = json!({"sku": "A", "quantity": 5});
    let made = ask(&server, Method::POST, "/inventory/init", "first", &stock).await;
    let again = ask(&server, Method::POST, "/inventory/init", "second", &stock).await;
    assert_eq!((made, again), (201, 200));
    for (id, status) in [("first", 201), ("second", 200)] {
        let lines = of_request(&server, id);
        let answered: Vec<_> = lines
            .iter()
            .filter(|line| line["fields"]["message"] == "request completed")
            .collect();
        assert_eq!(answered.len(), 1, "{lines:#?}");
        assert_eq!(answered[0]["fields"]["status"], status);
        assert_eq!(answered[0]["span"]["route"], "/inventory/init");
        let statement = lines.iter().any(|line| line["target"] == "sqlx::query");
        assert!(statement, "its statements are told with it: {lines:#?}");
    }
    site.assert_clean().await;
}

#[tokio::test]
async fn each_line_of_a_request_names_its_trace_once() {
    let collector = Collector::start().await;
    let site = Deployment::new().await;
    let nowhere = ("OTEL_EXPORTER_OTLP_ENDPOINT", "");
    let sent = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    for (format, named, endpoint) in [
        ("text", format!("trace_id=\"{TRACE}\""), nowhere),
        ("text", format!("trace_id=\"{TRACE}\""), sent),
        ("json", format!("\"trace_id\":\"{TRACE}\""), sent),
    ] {
        let variables = [("FAIRHOLD_LOG_FORMAT", format), endpoint];
        let server = site.serve_with(&[LISTEN], &variables).await;
        let url = format!("http://127.0.0.1:{}/inventory/NONE", server.port);
        let traceparent = format!("00-{TRACE}-{PARENT}-01");
        let asked = client().get(url).header("traceparent", traceparent);
        assert_eq!(asked.send().await.unwrap().status(), 404);
        let log = server.logged();
        let lines: Vec<_> = log
            .lines()
            .filter(|line| line.contains("request refused"))
            .collect();
        assert_eq!(lines.len(), 1, "{log}");
        // JSON tells the span both as the innermost and in the list of all.
        let times = if format == "json" { 2 } else { 1 };
        assert_eq!(lines[0].matches(&named).count(), times, "{log}");
        assert_eq!(lines[0].matches("trace_id").count(), times, "{log}");
    }
}

#[tokio::test]
async fn each_request_that_failed_has_one_error_with_its_id_and_cause() {
    let site = Deployment::new().await;
    let variables = [("FAIRHOLD_LOG_FORMAT", "json")];
    let server = site.serve_with(&[LISTEN], &variables).await;
    let books = site.books().await;
    for sku in ["A", "B"] {
        server.stock(sku, 5, "").await;
    }
    plant(
        &books,
        "alter table ledger add constraint planted check (sku <> 'A') not valid",
    )
    .await;
    let reserve = |sku, id| {
        let body = json!({"sku": sku, "user_id": id});
        let server = &server;
        async move { ask(server, Method::POST, "/inventory/reserve", id, &body).await }
    };
    let restock = json!({"sku": "A", "quantity": 1});
    let restock = ask(
        &server,
        Method::POST,
        "/inventory/restock",
        "third",
        &restock,
    );
    let statuses = tokio::join!(
        reserve("A", "first"),
        reserve("A", "second"),
        restock,
        reserve("B", "good"),
    );
    assert_eq!(statuses, (500, 500, 500, 201));
    for id in ["first", "second", "third"] {
        let lines = of_request(&server, id);
        let errors: Vec<_> = lines
            .iter()
            .filter(|line| line["level"] == "ERROR")
            .collect();
        assert_eq!(errors.len(), 1, "{lines:#?}");
        let cause = errors[0]["fields"]["cause"].as_str().unwrap();
        assert!(cause.contains("planted"), "{cause}");
    }
    let all = lines(&server).into_iter();
    let errors = all.filter(|line| line["level"] == "ERROR").count();
    assert_eq!(errors, 3);
    plant(&books, "alter table ledger drop constraint planted").await;
    site.assert_clean().await;
}

#[tokio::test]
async fn a_read_that_failed_has_one_error_with_its_id_and_cause() {
    let site = Deployment::new().await;
    let variables = [("FAIRHOLD_LOG_FORMAT", "json")];
    let server = site.serve_with(&[LISTEN], &variables).await;
    let books = site.books().await;
    plant(
        &books,
        "alter view inventory_health rename column status to other",
    )
    .await;
    let nothing = json!(null);
    let status = ask(
        &server,
        Method::GET,
        "/analytics/inventory/A",
        "read",
        &nothing,
    )
    .await;
    assert_eq!(status, 500);
    let lines = of_request(&server, "read");
    let errors: Vec<_> = lines
        .iter()
        .filter(|line| line["level"] == "ERROR")
        .collect();
    assert_eq!(errors.len(), 1, "{lines:#?}");
    let cause = errors[0]["fields"]["error"].as_str().unwrap();
    assert!(cause.contains("status"), "{cause}");
    plant(
        &books,
        "alter view inventory_health rename column other to status",
    )
    .await;
}

#[tokio::test]
async fn no_log_and_no_trace_has_a_key_a_token_or_an_idempotency_key() {
    let collector = Collector::start().await;
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let key = site.key("shop", "admin").await;
    let token = signer.token(None, &claims("anna"));
    let pem = signer.pem();
    let variables = [
        ("FAIRHOLD_LOG", "debug"),
        ("FAIRHOLD_LOG_FORMAT", "json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ("FAIRHOLD_JWT_PUBLIC_KEY", &pem),
    ];
    let server = site.serve_with(&[LISTEN], &variables).await;
    server.stock("GIG", 5, &key).await;
    let once = "once-and-for-all-4711";
    for bearer in [&key, &token] {
        let url = format!("http://127.0.0.1:{}/inventory/reserve", server.port);
        let asked = client().post(url).bearer_auth(bearer);
        let asked = asked.header("Idempotency-Key", format!("{once}-{}", &bearer[..3]));
        let body = json!({"sku": "GIG", "user_id": "anna"});
        let answer = asked.json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }
    eventually("the spans are there", async || {
        collector.spans("POST /inventory/reserve").len() == 2 && !collector.metrics().is_empty()
    })
    .await;
    let log = server.logged();
    assert!(log.contains("/inventory/reserve") && log.contains("sqlx::query"));
    assert!(collector.has("/inventory/reserve"));
    let signature = token.rsplit('.').next().unwrap();
    for secret in [&key[3..], signature, once] {
        assert!(!log.contains(secret), "the log has {secret}");
        assert!(!collector.has(secret), "a trace has {secret}");
    }
    site.assert_clean().await;
}
