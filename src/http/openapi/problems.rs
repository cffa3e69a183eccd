//! Problems as responses and examples of the document.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::ProblemType;

/// A response for each status of `problems`, and for an internal error.
pub(super) fn responses(problems: &[ProblemType]) -> Vec<(StatusCode, Value)> {
    let possible =
        |one: &&ProblemType| problems.contains(one) || **one == ProblemType::InternalError;
    let mut by_status: BTreeMap<StatusCode, Vec<ProblemType>> = BTreeMap::new();
    for problem in ProblemType::ALL.iter().filter(possible) {
        by_status
            .entry(problem.status())
            .or_default()
            .push(*problem);
    }
    by_status
        .into_iter()
        .map(|(status, problems)| (status, response(status, &problems)))
        .collect()
}

fn response(status: StatusCode, problems: &[ProblemType]) -> Value {
    let names: Vec<_> = problems.iter().map(|problem| problem.name()).collect();
    let titles: Vec<_> = problems.iter().map(|problem| problem.title()).collect();
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
    let headers = names.into_iter().map(|name| {
        let header = json!({"$ref": format!("#/components/headers/{name}")});
        (name.to_owned(), header)
    });
    headers.collect::<Map<_, _>>().into()
}

/// An example of each type. `reservation` stands for a live one.
pub(super) fn examples(reservation: &Value) -> Map<String, Value> {
    let example = |problem_type: &ProblemType| {
        let mut problem = json!({
            "type": format!("/problems/{}", problem_type.name()),
            "title": problem_type.title(),
            "status": problem_type.status().as_u16(),
            "detail": detail(*problem_type),
            "code": problem_type.name(),
        });
        if *problem_type == ProblemType::ValidationFailed {
            problem["errors"] = json!([{"field": "quantity", "message": "is missing"}]);
        }
        if *problem_type == ProblemType::LiveReservationExists {
            problem["reservation"] = reservation.clone();
        }
        let example = json!({"summary": problem_type.title(), "value": problem});
        (problem_type.name().to_owned(), example)
    };
    ProblemType::ALL.iter().map(example).collect()
}

/// The detail of an example.
fn detail(problem_type: ProblemType) -> &'static str {
    match problem_type {
        ProblemType::MalformedJson => "Not JSON: expected value at line 1 column 1.",
        ProblemType::Unauthenticated => {
            "The request has no Authorization: Bearer with an API key or a token."
        }
        ProblemType::Forbidden => "An API key of the scope storefront or a wider one is needed.",
        ProblemType::OpenAccessRefused => {
            "There are no API keys, and the service was not told to serve everybody."
        }
        ProblemType::NotFound => "There is nothing at this path.",
        ProblemType::UnknownSku => "The SKU was never initialized.",
        ProblemType::UnknownReservation => "No reservation has this id.",
        ProblemType::MethodNotAllowed => "The path is served, but not with this method.",
        ProblemType::SkuExists => "SKU123 was initialized with other values.",
        ProblemType::InsufficientStock => "Only 3 units are available to be taken away.",
        ProblemType::LiveReservationExists => "The user has a live reservation of 1 for this SKU.",
        ProblemType::SoldOut => "Nothing is available, and the waitlist is closed or full.",
        ProblemType::NotConfirmable => "The reservation is WAITLISTED.",
        ProblemType::AlreadyConfirmed => "The reservation is CONFIRMED and can't be cancelled.",
        ProblemType::ReservationExpired => "The hold ended at 2026-01-05T09:05:00.123456Z.",
        ProblemType::BodyTooLarge => "The body has more than 16384 bytes.",
        ProblemType::UnsupportedMediaType => "The Content-Type must be application/json.",
        ProblemType::ValidationFailed => "At fault: quantity.",
        ProblemType::ExceedsTotal => "The SKU has 100 units in all.",
        ProblemType::IdempotencyKeyReused => {
            "The key was used to reserve this SKU with another body."
        }
        ProblemType::RateLimited => "The limit for this client is used up.",
        ProblemType::InternalError => {
            "The failure was logged. The request may be sent again as it is."
        }
        ProblemType::Overloaded => "More is waiting than can be served soon. Nothing was changed.",
        ProblemType::NotReady => "The service is about to end.",
        ProblemType::DatabaseUnavailable => "The books can't be reached at the moment.",
    }
}
