//! `/docs`: all that it loads is served from here, by the strictest policy that it works with.

use reqwest::Method;

use crate::service::Service;

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let service = Service::start().await;
    let page = service.get("/docs").await;
    assert_eq!(page.status, 200);
    let loaded: Vec<_> = page
        .text
        .split(['"'])
        .filter(|part| part.starts_with('/') || part.contains("://"))
        .collect();
    assert_eq!(loaded.len(), 4, "{loaded:?}");
    for path in loaded {
        let file = service.get(path).await;
        assert_eq!(file.status, 200, "{path}");
        assert!(file.text.len() > 100, "{path}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'; "), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    service.finish().await;
}

#[tokio::test]
async fn a_viewer_file_is_gzipped_for_clients_that_accept_it() {
    let service = Service::start().await;
    let path = "/docs/swagger-ui.css";
    let plain = service.get(path).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.text.contains(".swagger-ui"), "{}", plain.text.len());
    for (accepted, packed) in [
        ("gzip", true),
        ("br, gzip;q=0.5", true),
        ("br", false),
        ("gzip;q=0", false),
        ("identity", false),
    ] {
        let request = service.request(Method::GET, path);
        let request = request.header("Accept-Encoding", accepted);
        let response = request.send().await.unwrap();
        let encoding = response.headers().get("content-encoding");
        assert_eq!(encoding.is_some(), packed, "{accepted}");
        let bytes = response.bytes().await.unwrap();
        assert_eq!(bytes.starts_with(&[0x1f, 0x8b]), packed, "{accepted}");
        assert_eq!(bytes.len() < plain.text.len(), packed, "{accepted}");
    }
    service.finish().await;
}
