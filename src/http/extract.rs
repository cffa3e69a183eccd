//! Bodies, paths and queries, which reject as problems.

use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::field_reader::{Fields, FromFields};
use super::json_members::Members;
use super::problem::Problem;
use super::problem_type::ProblemType;

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                ProblemType::UnsupportedMediaType,
                "The Content-Type must be application/json.",
            ));
        }
        let bytes = whole_body(request, state).await?;
        let Members(members) = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(
                ProblemType::MalformedJson,
                format!("Invalid JSON: {error}."),
            )
        })?;
        let members =
            members.ok_or_else(|| Problem::invalid_field("body", "must be a JSON object"))?;
        let read = |(name, raw): (String, Box<RawValue>)| {
            let value = serde_json::from_str(raw.get()).map_err(|_| "cannot be read");
            (name, value)
        };
        Fields::read(members.into_iter().map(read)).map(Self)
    }
}

/// Whether the content type is JSON in UTF-8.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let json = parts.next() == Some("application/json");
    let charset = parts.find_map(|parameter| parameter.strip_prefix("charset="));
    json && charset.is_none_or(|charset| charset.trim_matches('"') == "utf-8")
}

/// The whole body. One that is announced as too large is not waited for.
async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    if request.body().size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    match timeout(BODY_TIME, Bytes::from_request(request, state)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(too_large())
        }
        Ok(Err(_)) => Err(cut_short("The body ended early.")),
        Err(_elapsed) => Err(cut_short("The body did not arrive in time.")),
    }
}

fn too_large() -> Problem {
    Problem::new(
        ProblemType::BodyTooLarge,
        format!("The body exceeds {BODY_LIMIT} bytes."),
    )
}

fn cut_short(detail: &str) -> Problem {
    Problem::new(ProblemType::MalformedJson, detail)
}

/// The named parts of a path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemType::NotFound, "The path is not UTF-8."))?;
        let named = |(name, value): (&str, &str)| (name.to_owned(), Ok(Value::from(value)));
        Fields::read(params.iter().map(named)).map(Self)
    }
}

/// A query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        #[expect(
            clippy::disallowed_types,
            reason = "this is the extractor that rejects as a problem"
        )]
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::invalid_field("query", "must be name=value pairs"))?;
        let given = pairs.0.into_iter();
        Fields::read(given.map(|(name, value)| (name, Ok(Value::from(value))))).map(Self)
    }
}
