//! Bodies: JSON objects of at most 16 KiB.

use fairhold_test_kit::Answer;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::service::Service;

const LIMIT: usize = 16 * 1024;

/// Every endpoint that takes a body.
const POSTS: [&str; 5] = [
    "/inventory/init",
    "/inventory/restock",
    "/inventory/reserve",
    "/checkout/confirm",
    "/checkout/cancel",
];

async fn send(service: &Service, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = service.request(Method::POST, path).body(body);
    if let Some(kind) = kind {
        request = request.header("Content-Type", kind);
    }
    service.send(request).await
}

#[tokio::test]
async fn only_json_is_read() {
    let service = Service::start().await;
    let form = "application/x-www-form-urlencoded";
    for path in POSTS {
        for kind in [
            None,
            Some("text/plain"),
            Some(form),
            Some("text/json"),
            Some("application/vnd.api+json"),
            Some("json"),
            Some("application/json; charset=iso-8859-1"),
        ] {
            let answer = send(&service, path, kind, b"{}".to_vec()).await;
            answer.refused(415, "unsupported-media-type");
        }
        let answer = service.send(service.request(Method::POST, path)).await;
        answer.refused(415, "unsupported-media-type");
    }
    let body = br#"{"sku": "A", "quantity": 1}"#;
    for (kind, status) in [
        ("application/json", 201),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
    ] {
        let answer = send(&service, "/inventory/init", Some(kind), body.to_vec()).await;
        answer.is(status);
    }
    service.finish().await;
}

#[tokio::test]
async fn what_is_not_json_in_utf8_is_malformed() {
    let service = Service::start().await;
    let deep = "[".repeat(5000);
    for body in [
        &b""[..],
        b"{",
        b"sku=A",
        b"{\"sku\": \"A\",}",
        b"{'sku': 'A'}",
        b"{\"sku\": NaN}",
        b"{} {}",
        b"\xff\xfe{}",
        b"{\"sku\": \"\xff\"}",
        deep.as_bytes(),
    ] {
        for path in POSTS {
            let answer = send(&service, path, Some("application/json"), body.to_vec()).await;
            answer.refused(400, "malformed-json");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn a_body_that_is_not_an_object_is_refused() {
    let service = Service::start().await;
    for body in [
        json!([]),
        json!("{}"),
        json!(7),
        json!(null),
        json!([{"sku": "A"}]),
    ] {
        for path in POSTS {
            service.post(path, &body).await.at_fault(&["body"]);
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn a_body_of_16_kib_is_read_and_one_byte_more_is_not() {
    let service = Service::start().await;
    let kind = Some("application/json");
    let mut body = br#"{"sku": "A", "quantity": 1}"#.to_vec();
    body.resize(LIMIT, b' ');
    let answer = send(&service, "/inventory/init", kind, body.clone()).await;
    answer.is(201);
    body.push(b' ');
    for path in POSTS {
        let answer = send(&service, path, kind, body.clone()).await;
        answer.refused(413, "body-too-large");
    }
    service.get("/inventory/A").await.is(200);
    service.finish().await;
}

#[tokio::test]
async fn a_body_without_a_content_length_is_limited_too() {
    let service = Service::start().await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let head = "POST /inventory/init HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = " ".repeat(LIMIT + 1);
    let request = format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":\"body-too-large\""), "{answer}");
    service.finish().await;
}

#[tokio::test]
async fn a_path_or_query_is_refused_as_a_problem_too() {
    let service = Service::start().await;
    service
        .get("/inventory/%ff")
        .await
        .refused(404, "not-found");
    service.get("/inventory/%00").await.at_fault(&["sku"]);
    let long = "x".repeat(65);
    service
        .get(&format!("/inventory/{long}"))
        .await
        .at_fault(&["sku"]);
    service.get("/inventory/a%2fb").await.at_fault(&["sku"]);
    service.finish().await;
}

#[tokio::test]
async fn a_member_comes_once() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    let twice = br#"{"sku": "A", "user_id": "x", "quantity": 1, "quantity": 9}"#;
    let kind = Some("application/json");
    let answer = send(&service, "/inventory/reserve", kind, twice.to_vec()).await;
    answer.at_fault(&["quantity"]);
    assert_eq!(service.counts("A").await, [9, 0, 0, 9, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_repeated_member_hides_no_other_error() {
    let service = Service::start().await;
    let kind = Some("application/json");
    let body = br#"{"sku": "a", "sku": "b", "quantity": 0}"#.to_vec();
    let answer = send(&service, "/inventory/reserve", kind, body).await;
    answer.at_fault(&["quantity", "sku", "user_id"]);
    let query = "/reservations?limit=0&limit=3&cursor=!";
    service.get(query).await.at_fault(&["cursor", "limit"]);
    service.finish().await;
}

#[tokio::test]
async fn json_too_large_for_a_number_or_the_stack_is_an_invalid_field() {
    let service = Service::start().await;
    let kind = Some("application/json");
    let deep = "[".repeat(200) + &"]".repeat(200);
    for (body, fields) in [
        (r#"{"sku": "\ud800", "quantity": 1}"#.to_owned(), ["sku"]),
        (
            r#"{"sku": "a", "quantity": 1e400}"#.to_owned(),
            ["quantity"],
        ),
        (
            format!(r#"{{"sku": "a", "quantity": {}}}"#, "9".repeat(400)),
            ["quantity"],
        ),
        (
            format!(r#"{{"sku": "a", "quantity": 1, "more": {deep}}}"#),
            ["more"],
        ),
    ] {
        let answer = send(&service, "/inventory/init", kind, body.into_bytes()).await;
        answer.at_fault(&fields);
    }
    service.finish().await;
}
