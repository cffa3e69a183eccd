//! A model that is well: asked once for each version, told only figures.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::server::{Manner, ModelServer};
use super::{MODEL, assert_model_says};
use crate::service::Service;

#[tokio::test]
async fn a_model_that_is_set_up_speaks() {
    let server = ModelServer::saying("  Demand is\n strong.  ").await;
    let service = server.serve(&["--ai-api-key=hunter2"]).await;
    service.stock("A", 5).await;
    let told = service.told("A").await;
    assert_model_says(&told, "Demand is strong.");
    assert_eq!(told["sku"], "A");
    assert!(told["generated_at"].as_str().unwrap().ends_with('Z'));
    let [call] = server.calls().try_into().unwrap();
    assert_eq!(call.path, "/v1/chat/completions");
    assert_eq!(call.headers["authorization"], "Bearer hunter2");
    assert_eq!(call.headers["content-type"], "application/json");
    assert_eq!(call.body["model"], MODEL);
    assert_eq!(call.body["stream"], false);
    let roles = [0, 1].map(|nth| call.body["messages"][nth]["role"].clone());
    assert_eq!(roles, ["system", "user"]);
    service.finish().await;
}

#[tokio::test]
async fn a_server_that_asks_for_no_key_gets_none() {
    let server = ModelServer::saying("Fine.").await;
    let service = server.serve(&[]).await;
    assert_model_says(&service.told_anew("A").await, "Fine.");
    let [call] = server.calls().try_into().unwrap();
    assert!(!call.headers.contains_key("authorization"));
    service.finish().await;
}

#[tokio::test]
async fn an_answer_is_remembered_until_the_sku_changes() {
    let server = ModelServer::saying("Calm.").await;
    let service = server.serve(&[]).await;
    service.stock("A", 5).await;
    let first = service.told("A").await;
    server.say("Lively.");
    assert_eq!(service.told("A").await, first);
    assert_eq!(server.calls().len(), 1);
    service.hold("A", "userA", 1).await;
    assert_model_says(&service.told("A").await, "Lively.");
    assert_eq!(server.calls().len(), 2);
    service.finish().await;
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_call() {
    let server = ModelServer::start(Manner::Thinks("Once.".to_owned())).await;
    let service = server.serve(&[]).await;
    service.stock("A", 5).await;
    let (told, ()) = tokio::join!(join_all((0..50).map(|_| service.told("A"))), async {
        server.until_called(1).await;
        server.let_go();
    });
    for told in told {
        assert_model_says(&told, "Once.");
    }
    assert_eq!(server.calls().len(), 1);
    service.finish().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_waste_the_call() {
    let server = ModelServer::start(Manner::Thinks("For the next.".to_owned())).await;
    let service = server.serve(&[]).await;
    service.stock("A", 5).await;
    tokio::select! {
        told = service.told("A") => panic!("{told}"),
        () = server.until_called(1) => {}
    }
    let (told, ()) = tokio::join!(service.told("A"), async { server.let_go() });
    assert_model_says(&told, "For the next.");
    assert_eq!(server.calls().len(), 1);
    service.finish().await;
}

#[tokio::test]
async fn an_unknown_sku_is_not_asked_about() {
    let server = ModelServer::saying("Who knows.").await;
    let service = server.serve(&[]).await;
    let answer = service.get("/analytics/ai/inventory/none").await;
    answer.refused(404, "unknown-sku");
    assert_eq!(server.calls().len(), 0);
    service.finish().await;
}

/// A SKU with all that must not leave the service; returns the words that would show it.
async fn sku_with_secrets(service: &Service) -> Vec<String> {
    service.stock("A", 5).await;
    let body = json!({"sku": "A", "user_id": "secretuser1", "quantity": 1});
    let keyed = service.post_keyed("/inventory/reserve", "secretkey", &body);
    let mut secrets = vec![crate::service::id(&keyed.await.is(201))];
    let sold = service.hold("A", "secretuser2", 4).await;
    service.confirm(&sold).await.is(200);
    secrets.extend([sold, service.wait("A", "secretuser3", 2).await]);
    let body = json!({"sku": "A", "quantity": 1, "reason": "secretreason"});
    service.post("/inventory/restock", &body).await.is(200);
    secrets.push("secret".to_owned());
    secrets
}

#[tokio::test]
async fn only_figures_leave_the_service() {
    let server = ModelServer::saying("Discreet.").await;
    let service = server.serve(&[]).await;
    let secrets = sku_with_secrets(&service).await;
    assert_model_says(&service.told("A").await, "Discreet.");
    let [call] = server.calls().try_into().unwrap();
    let sent = format!("{:?} {}", call.headers, call.body);
    for secret in secrets {
        assert!(!sent.contains(&secret), "{secret}: {sent}");
    }
    let message = call.body["messages"][1]["content"].as_str().unwrap();
    let input: Value = serde_json::from_str(message).unwrap();
    assert_eq!(
        input,
        json!({
            "sku": "A", "status": "HIGH_DEMAND",
            "units": {"total": 6, "sold": 4, "held": 1, "available": 1},
            "waitlist": {
                "reservations": 1, "units": 2, "units_short": 1, "max_reservations": null,
            },
            "recent": {
                "seconds": 60, "units_reserved": 5, "units_returned": 0, "units_sold": 4,
                "waitlist_growth": 1, "available_lasts_seconds": 12,
            },
            "holds_ended": {"within_seconds": 3600, "confirmed": 1, "expired": 0, "cancelled": 0},
            "hold_seconds": 300,
        })
    );
    service.finish().await;
}
