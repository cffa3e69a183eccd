//! The web pages, which come with the binary.

use std::collections::BTreeSet;

use fairhold_test_kit::Answer;
use reqwest::Method;

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
async fn each_file_has_its_content_type() {
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

/// What a page, a script or a style sheet names in quotes and is a file.
fn named(text: &str) -> Vec<&str> {
    let quoted = text.split(['"', '\'']).skip(1).step_by(2);
    quoted
        .filter(|name| {
            let ends = |end: &str| name.ends_with(end);
            [".css", ".js", ".svg", ".html"].into_iter().any(ends) && !name.contains(' ')
        })
        .collect()
}

/// The path of a file that another one names.
fn beside(path: &str, name: &str) -> String {
    let mut folders: Vec<_> = path.split('/').collect();
    folders.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    folders.join("/")
}

#[tokio::test]
async fn every_file_named_by_a_page_or_script_exists() {
    let service = Service::start().await;
    let mut open = ["index.html", "admin.html"]
        .map(|page| format!("/static/{page}"))
        .to_vec();
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let file = service.get(&path).await;
        assert_eq!(file.status, 200, "{path}");
        let source = [".html", ".js"].iter().any(|end| path.ends_with(end));
        let names = if source {
            named(&file.text)
        } else {
            Vec::new()
        };
        open.extend(names.into_iter().map(|name| beside(&path, name)));
    }
    assert!(seen.len() > 30, "{seen:?}");
    service.finish().await;
}

#[tokio::test]
async fn the_pages_keep_to_their_own_policy() {
    let service = Service::start().await;
    for page in ["index.html", "admin.html"] {
        let text = service.get(&format!("/static/{page}")).await.text;
        for wrong in [
            " style=",
            "<style",
            " onclick=",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!text.contains(wrong), "{page} has {wrong}");
        }
        for script in text.split("<script").skip(1) {
            let (head, body) = script.split_once('>').unwrap();
            assert!(head.contains("src="), "{page}: {head}");
            assert!(body.starts_with("</script>"), "{page}: {body}");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
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
