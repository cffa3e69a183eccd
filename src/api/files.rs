//! The files of the web pages, embedded in the binary.

use axum::Extension;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::http::{Fields, FromFields, Path, Problem, ProblemType, SharedBody, text};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// `/`, which redirects to the demo page, and `/static/…`.
pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::read(Permission::Public);
    let home = async || Redirect::temporary("/static/index.html");
    Routes::new("Files")
        .undocumented("/", policy, home)
        .undocumented("/static/{*file}", policy, file)
}

struct Name(String);

impl FromFields for Name {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = text(|name: &str| Ok(name.to_owned()));
        fields.required("file", name).map(Self)
    }
}

async fn file(Path(Name(name)): Path<Name>, headers: HeaderMap) -> Result<Response, Problem> {
    let file = Files::get(&name)
        .ok_or_else(|| Problem::new(ProblemType::NotFound, "There is no such file."))?;
    let tag = format!(
        "\"{}\"",
        URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash())
    );
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|known| known.to_str().ok())
        .any(|known| names(known, &tag));
    let head = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_TYPE, content_type(file.metadata.mimetype())),
    ];
    Ok(if known {
        (StatusCode::NOT_MODIFIED, head).into_response()
    } else {
        (Extension(SharedBody), head, file.data).into_response()
    })
}

/// Whether the `If-None-Match` header `known` names `tag`, by the weak comparison (RFC 9110,
/// section 13.1.2), since a proxy that compresses makes tags weak.
fn names(known: &str, tag: &str) -> bool {
    known.trim() == "*"
        || known
            .split(',')
            .map(str::trim)
            .any(|one| one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn content_type(kind: &str) -> String {
    if kind.starts_with("text/") {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_owned()
    }
}
