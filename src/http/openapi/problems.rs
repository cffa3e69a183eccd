//! Problems, as the document tells them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::Code;

/// A response for each status that one of `codes` has, and for a fault of our own.
pub(super) fn responses(mut codes: Vec<Code>) -> Vec<(StatusCode, Value)> {
    codes.push(Code::InternalError);
    let mut kinds: BTreeMap<StatusCode, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.iter().filter(|code| codes.contains(code)) {
        kinds.entry(code.status()).or_default().push(*code);
    }
    let told = kinds
        .into_iter()
        .map(|(status, codes)| (status, response(status, &codes)));
    told.collect()
}

fn response(status: StatusCode, codes: &[Code]) -> Value {
    let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
    let titles: Vec<_> = codes.iter().map(|code| code.title()).collect();
    let example = |name: &&str| {
        let shown = json!({"$ref": format!("#/components/examples/{name}")});
        ((*name).to_owned(), shown)
    };
    let examples: Map<String, Value> = names.iter().map(example).collect();
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    json!({
        "description": format!("{}.", titles.join("; or: ")),
        "headers": headers(status),
        "content": {"application/problem+json": {
            "schema": {"allOf": [problem, {"properties": {"code": {"enum": names}}}]},
            "examples": examples,
        }},
    })
}

fn headers(status: StatusCode) -> Value {
    let mut names = vec!["X-Request-Id"];
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => names.push("WWW-Authenticate"),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            names.push("Retry-After");
        }
        _ => {}
    }
    let told = names.into_iter().map(|name| {
        let header = json!({"$ref": format!("#/components/headers/{name}")});
        (name.to_owned(), header)
    });
    told.collect::<Map<_, _>>().into()
}

/// A whole problem of each kind. `reservation` is shown where one is.
pub(super) fn examples(reservation: &Value) -> Map<String, Value> {
    let example = |code: &Code| {
        let mut problem = json!({
            "type": format!("/problems/{}", code.name()),
            "title": code.title(),
            "status": code.status().as_u16(),
            "detail": detail(*code),
            "code": code.name(),
        });
        if *code == Code::ValidationFailed {
            problem["errors"] = json!([{"field": "quantity", "message": "is missing"}]);
        }
        if *code == Code::LiveReservationExists {
            problem["reservation"] = reservation.clone();
        }
        let example = json!({"summary": code.title(), "value": problem});
        (code.name().to_owned(), example)
    };
    Code::ALL.iter().map(example).collect()
}

/// What is said of one such case.
fn detail(code: Code) -> &'static str {
    match code {
        Code::MalformedJson => "Not JSON: expected value at line 1 column 1.",
        Code::Unauthenticated => {
            "The request has no Authorization: Bearer with an API key or a token."
        }
        Code::Forbidden => "An API key of the scope storefront or a wider one is needed.",
        Code::OpenAccessRefused => {
            "There are no API keys, and the service was not told to serve everybody."
        }
        Code::NotFound => "There is nothing at this path.",
        Code::UnknownSku => "The SKU was never initialized.",
        Code::UnknownReservation => "No reservation has this id.",
        Code::MethodNotAllowed => "The path is served, but not with this method.",
        Code::SkuExists => "SKU123 was initialized with other values.",
        Code::InsufficientStock => "Only 3 units are available to be taken away.",
        Code::LiveReservationExists => "The user has a live reservation of 1 for this SKU.",
        Code::SoldOut => "Nothing is available, and the waitlist is closed or full.",
        Code::NotConfirmable => "The reservation is WAITLISTED.",
        Code::AlreadyConfirmed => "The reservation is CONFIRMED and can't be cancelled.",
        Code::ReservationExpired => "The hold ended at 2026-01-05T09:05:00.123456Z.",
        Code::BodyTooLarge => "The body has more than 16384 bytes.",
        Code::UnsupportedMediaType => "The Content-Type must be application/json.",
        Code::ValidationFailed => "At fault: quantity.",
        Code::ExceedsTotal => "The SKU has 100 units in all.",
        Code::IdempotencyKeyReused => "The key was used to reserve this SKU with another body.",
        Code::RateLimited => "The limit for this client is used up.",
        Code::InternalError => "The failure was logged. The request may be sent again as it is.",
        Code::Overloaded => "More is waiting than can be served soon. Nothing was changed.",
        Code::NotReady => "The service is about to end.",
        Code::DatabaseUnavailable => "The books can't be reached at the moment.",
    }
}
