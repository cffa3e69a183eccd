//! `/livez`, `/readyz`, `/health`, and how the service ends.

use fairhold_test_kit::eventually;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

use crate::service::Service;

#[tokio::test]
async fn a_healthy_service_reports_ok() {
    let service = Service::start().await;
    for path in ["/livez", "/readyz", "/health"] {
        let answer = service.get(path).await.is(200);
        assert_eq!(answer, json!({"status": "ok"}), "{path}");
        let head = service.send(service.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
    }
    service.finish().await;
}

#[tokio::test]
async fn everything_acknowledged_is_there_for_the_next_process() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let neighbor = service.another().await;
    assert_eq!(neighbor.status(&held).await, "RESERVED");
    neighbor.confirm(&held).await.is(200);
    assert_eq!(service.status(&held).await, "CONFIRMED");
    neighbor.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn requests_in_flight_are_answered_on_shutdown() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let books = service.lock("A").await;
    let (held, ()) = tokio::join!(service.reserve("A", "userA", 1), async {
        service.until_blocked().await;
        service.tell_to_end();
        eventually("nobody new is let in", async || {
            let refused = TcpStream::connect(service.address).await.is_err();
            refused.then_some(())
        })
        .await;
        books.commit().await.unwrap();
    });
    held.is(201);
    service.finish().await;
}
