//! `GET /openapi.json`, and `GET /docs`, its viewer.

use std::io::Read;
use std::sync::LazyLock;

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::http::SharedBody;

/// The policy of every page, and inline images in the stylesheet.
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

static SCRIPT: GzippedFile = GzippedFile {
    gzipped: include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz")),
    content_type: "text/javascript; charset=utf-8",
    unpacked: LazyLock::new(|| unpack(SCRIPT.gzipped)),
};
static STYLE: GzippedFile = GzippedFile {
    gzipped: include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz")),
    content_type: "text/css; charset=utf-8",
    unpacked: LazyLock::new(|| unpack(STYLE.gzipped)),
};

struct GzippedFile {
    gzipped: &'static [u8],
    content_type: &'static str,
    /// For clients that don't accept gzip. Shared by all responses, however many are not read.
    unpacked: LazyLock<Bytes>,
}

/// Serves `document` and its viewer, all from the binary.
pub(super) fn routes(document: &Value) -> Routes {
    let policy = RoutePolicy::read(Permission::Public);
    let document = Bytes::from(document.to_string());
    let document = async move || {
        let head = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        (Extension(SharedBody), head, document).into_response()
    };
    Routes::new("Documents")
        .undocumented("/openapi.json", policy, document)
        .undocumented("/docs", policy, page)
        .undocumented("/docs/swagger-ui-bundle.js", policy, script)
        .undocumented("/docs/swagger-ui.css", policy, style)
}

async fn page() -> impl IntoResponse {
    let policy = [(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)];
    (policy, Html(PAGE))
}

async fn script(headers: HeaderMap) -> Response {
    SCRIPT.respond(&headers)
}

async fn style(headers: HeaderMap) -> Response {
    STYLE.respond(&headers)
}

impl GzippedFile {
    fn respond(&self, headers: &HeaderMap) -> Response {
        let head = [
            (header::CONTENT_TYPE, self.content_type),
            (header::CACHE_CONTROL, "max-age=3600"),
            (header::VARY, "accept-encoding"),
        ];
        if accepts_gzip(headers) {
            let encoding = [(header::CONTENT_ENCODING, "gzip")];
            return (Extension(SharedBody), head, encoding, self.gzipped).into_response();
        }
        (Extension(SharedBody), head, self.unpacked.clone()).into_response()
    }
}

fn unpack(gzipped: &[u8]) -> Bytes {
    let mut whole = Vec::new();
    let unpacked = GzDecoder::new(gzipped).read_to_end(&mut whole);
    unpacked.unwrap_or_else(|error| unreachable!("the build packed this file: {error}"));
    whole.into()
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let mut accepted = accepted.unwrap_or_default().split(',').map(str::trim);
    accepted
        .any(|one| one.split(';').next() == Some("gzip") && !one.replace(' ', "").ends_with(";q=0"))
}
