//! The web pages, which come with the binary.

use reqwest::Method;

use crate::answer::Answer;
use crate::service::Service;

async fn ask_with_tag(service: &Service, tag: &str) -> Answer {
    let request = service.request(Method::GET, "/static/index.html");
    service.send(request.header("If-None-Match", tag)).await
}

#[tokio::test]
async fn the_root_leads_to_the_demo_page() {
    let service = Service::start().await;
    let root = service.get("/").await;
    assert!(matches!(root.status, 302 | 303 | 307), "{root:?}");
    let page = root.header("location").unwrap();
    assert_eq!(page, "/static/index.html");
    let page = service.get(page).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Fairhold"), "{}", page.text);
    service.finish().await;
}

#[tokio::test]
async fn each_file_says_what_it_is() {
    let service = Service::start().await;
    for (file, kind) in [
        ("index.html", "text/html; charset=utf-8"),
        ("styles.css", "text/css; charset=utf-8"),
        ("js/main.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
    ] {
        let answer = service.get(&format!("/static/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(answer.header("content-type"), Some(kind));
        assert!(answer.header("content-security-policy").is_some(), "{file}");
        assert!(!answer.text.is_empty(), "{file}");
        let head = service.request(Method::HEAD, &format!("/static/{file}"));
        let head = service.send(head).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("etag"), answer.header("etag"));
    }
    service.finish().await;
}

#[tokio::test]
async fn the_page_finds_all_that_it_names() {
    let service = Service::start().await;
    let page = service.get("/static/index.html").await.text;
    let names = page.split('"').skip(1).step_by(2);
    let files: Vec<_> = names
        .filter(|name| {
            let ends = |end: &str| name.ends_with(end);
            [".css", ".js", ".svg", ".html"].into_iter().any(ends)
        })
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let path = match file.strip_prefix('/') {
            Some(_) => file.to_owned(),
            None => format!("/static/{file}"),
        };
        assert_eq!(service.get(&path).await.status, 200, "{path}");
    }
    service.finish().await;
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again() {
    let service = Service::start().await;
    let first = service.get("/static/index.html").await;
    let tag = first.header("etag").unwrap();
    for known in [
        tag.to_owned(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let again = ask_with_tag(&service, &known).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
        assert_eq!(again.header("etag"), Some(tag));
    }
    for other in ["\"other\"", "other", ""] {
        let again = ask_with_tag(&service, other).await;
        assert_eq!((again.status, &again.text), (200, &first.text));
    }
    service.finish().await;
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let service = Service::start().await;
    for file in [
        "none.html",
        "%2e%2e%2fCargo.toml",
        "..%2fCargo.toml",
        "js%2f..%2f..%2fCargo.toml",
        "%2fetc%2fpasswd",
        "js",
        "index.html%00",
    ] {
        let answer = service.get(&format!("/static/{file}")).await;
        answer.refused(404, "not-found");
    }
    service.get("/static/").await.refused(404, "not-found");
    service.finish().await;
}
