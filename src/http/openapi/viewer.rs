//! `GET /openapi.json`, and `GET /docs`, a page to try it.

use std::io::Read;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::routes::Routes;

/// What every page may, and images that stand in the style itself.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API · Fairhold</title>
<link rel="icon" href="/static/favicon.svg">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="viewer"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/static/js/docs.js"></script>
</body>
</html>
"#;

const SCRIPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"));
const STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));

/// Serves `document` and its viewer, all from the binary.
pub fn routes<S: Clone + Send + Sync + 'static>(document: &Value) -> Routes<S> {
    let document = Bytes::from(document.to_string());
    let document = async move || {
        let head = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        (head, document).into_response()
    };
    Routes::new("Documents")
        .untold("/openapi.json", document)
        .untold("/docs", page)
        .untold("/docs/swagger-ui-bundle.js", script)
        .untold("/docs/swagger-ui.css", style)
}

async fn page() -> impl IntoResponse {
    let policy = [(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)];
    (policy, Html(PAGE))
}

async fn script(headers: HeaderMap) -> Response {
    packed(SCRIPT, "text/javascript; charset=utf-8", &headers)
}

async fn style(headers: HeaderMap) -> Response {
    packed(STYLE, "text/css; charset=utf-8", &headers)
}

/// A file that is kept packed, unpacked for who can't do that.
fn packed(file: &'static [u8], kind: &'static str, headers: &HeaderMap) -> Response {
    let head = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "max-age=3600"),
        (header::VARY, "accept-encoding"),
    ];
    if takes_gzip(headers) {
        let encoding = [(header::CONTENT_ENCODING, "gzip")];
        return (head, encoding, file).into_response();
    }
    let mut whole = Vec::new();
    match GzDecoder::new(file).read_to_end(&mut whole) {
        Ok(_) => (head, whole).into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the viewer can't be unpacked");
            crate::http::Problem::internal().into_response()
        }
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let taken = headers.get(header::ACCEPT_ENCODING);
    let taken = taken.and_then(|taken| taken.to_str().ok());
    let mut taken = taken.unwrap_or_default().split(',').map(str::trim);
    taken
        .any(|one| one.split(';').next() == Some("gzip") && !one.replace(' ', "").ends_with(";q=0"))
}
