//! Without keys, a server is open to its own machine only, unless it is told in so many words.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use fairhold_test_kit::{Answer, Deployment, Server, not_tested, server::client};
use serde_json::json;

/// An address of this machine that is not loopback, where it has one. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_loopback() && !own.is_unspecified()).then_some(own)
}

/// What a neighbor is answered, who comes by an address that is not loopback.
async fn as_neighbor(server: &Server, path: &str) -> Option<Answer> {
    let Some(own) = own_address() else {
        not_tested("who is far away, on a machine that has only loopback");
        return None;
    };
    let url = format!("http://{}{path}", SocketAddr::new(own, server.port));
    Some(Answer::of(client().get(url).send().await.unwrap()).await)
}

#[tokio::test]
async fn a_server_without_keys_does_not_start_on_a_reachable_address() {
    let site = Deployment::new().await;
    for address in ["0.0.0.0:0", "[::]:0"] {
        let ended = site.run(&["serve", "--listen", address]).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        for way_out in [
            "--listen (FAIRHOLD_LISTEN)",
            "fairhold keys create",
            "FAIRHOLD_JWKS_URL",
            "127.0.0.1",
            "--allow-open-access",
            "FAIRHOLD_ALLOW_OPEN_ACCESS=true",
        ] {
            assert!(ended.err.contains(way_out), "{way_out}: {ended:?}");
        }
        assert_eq!(ended.out, "");
    }
}

#[tokio::test]
async fn with_open_access_allowed_it_serves_everyone() {
    let site = Deployment::new().await;
    let listen = ["--listen=0.0.0.0:0"];
    let consent = [("FAIRHOLD_ALLOW_OPEN_ACCESS", "true")];
    for server in [
        site.serve_with(&listen, &consent).await,
        site.serve_with(&["--listen=0.0.0.0:0", "--allow-open-access"], &[])
            .await,
    ] {
        if let Some(answer) = as_neighbor(&server, "/analytics/inventory").await {
            answer.is(200);
        }
    }
    let refusal = [("FAIRHOLD_ALLOW_OPEN_ACCESS", "false")];
    let server = site.serve_with(&["--listen=127.0.0.1:0"], &refusal).await;
    server.get("/analytics/inventory", "").await.is(200);
}

/// What a request with this header is answered.
async fn ask(server: &Server, name: &str, value: &str) -> Answer {
    let body = json!({"sku": "A", "quantity": 1});
    let url = format!("http://127.0.0.1:{}/inventory/init", server.port);
    let request = client().post(url).json(&body).header(name, value);
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_page_that_uses_dns_rebinding_is_refused() {
    let site = Deployment::new().await;
    let server = site.serve(&[]).await;
    for foreign in ["evil.shop", "evil.shop:8080", "localhost.evil.shop"] {
        let refused = ask(&server, "Host", foreign).await;
        let told = refused.refused(403, "open-access-refused");
        let challenge = refused.header("www-authenticate");
        assert_eq!(challenge, Some("Bearer realm=\"fairhold\""));
        assert!(told["detail"].as_str().unwrap().contains("Host"), "{told}");
    }
    let path = "/inventory/A";
    server.get(path, "").await.refused(404, "unknown-sku");
    assert_eq!(ask(&server, "Host", "localhost:8080").await.status, 201);
    assert_eq!(ask(&server, "Host", "[::1]:8080").await.status, 200);
    let alive = client().get(format!("http://127.0.0.1:{}/livez", server.port));
    let alive = alive.header("Host", "evil.shop").send().await.unwrap();
    assert_eq!(alive.status(), 200);
    let told = site.serve(&["--allow-open-access"]).await;
    assert_eq!(ask(&told, "Host", "fine.shop").await.status, 200);
    let key = site.key("shop", "admin").await;
    let closed = site.serve(&[]).await;
    let url = format!("http://127.0.0.1:{}{path}", closed.port);
    let known = client().get(url).bearer_auth(&key);
    let known = known.header("Host", "fine.shop").send().await.unwrap();
    assert_eq!(known.status(), 200);
}

#[tokio::test]
async fn with_only_the_port_set_proxied_requests_are_refused() {
    let site = Deployment::new().await;
    let server = site.serve_with(&["serve"], &[("PORT", "0")]).await;
    for (name, value) in [
        ("Forwarded", "for=192.0.2.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Real-IP", "192.0.2.1"),
        ("Via", "1.1 proxy"),
        ("Host", "evil.shop"),
    ] {
        let refused = ask(&server, name, value).await;
        refused.refused(403, "open-access-refused");
    }
    assert_eq!(ask(&server, "X-Other", "1").await.status, 201);
}

#[tokio::test]
async fn with_a_key_it_starts_anywhere() {
    let site = Deployment::new().await;
    let key = site.key("shop", "read").await;
    let server = site.serve_with(&["--listen=0.0.0.0:0"], &[]).await;
    server.get("/analytics/inventory", &key).await.is(200);
    let refused = server.get("/analytics/inventory", "").await;
    refused.refused(401, "unauthenticated");
}

#[tokio::test]
async fn with_only_the_port_set_it_starts_and_serves_only_its_own_machine() {
    let site = Deployment::new().await;
    let server = site.serve_with(&["serve"], &[("PORT", "0")]).await;
    assert!(
        server
            .logged()
            .contains("only requests from this machine are served")
    );
    server.get("/analytics/inventory", "").await.is(200);
    for path in [
        "/analytics/inventory",
        "/static/index.html",
        "/",
        "/nothing",
    ] {
        let Some(answer) = as_neighbor(&server, path).await else {
            return;
        };
        answer.refused(403, "open-access-refused");
    }
    for path in ["/livez", "/readyz", "/health"] {
        as_neighbor(&server, path).await.unwrap().is(200);
    }
    let key = site.key("first", "read").await;
    fairhold_test_kit::eventually("it is closed", async || {
        server.get("/analytics/inventory", "").await.status == 401
    })
    .await;
    server.get("/analytics/inventory", &key).await.is(200);
    let neighbor = as_neighbor(&server, "/analytics/inventory").await;
    neighbor.unwrap().refused(401, "unauthenticated");
}
