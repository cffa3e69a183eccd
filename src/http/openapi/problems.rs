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
        if *problem_type == ProblemType::InsufficientStock {
            problem["available_quantity"] = json!(3);
        }
        if *problem_type == ProblemType::SoldOut {
            problem["available_quantity"] = json!(2);
            problem["waitlist_size"] = json!(500);
            problem["waitlist_limit"] = json!(500);
        }
        let example = json!({"summary": problem_type.title(), "value": problem});
        (problem_type.name().to_owned(), example)
    };
    ProblemType::ALL.iter().map(example).collect()
}

/// The detail of an example.
fn detail(problem_type: ProblemType) -> &'static str {
    match problem_type {
        ProblemType::MalformedJson => "Invalid JSON: expected value at line 1 column 1.",
        ProblemType::Unauthenticated => "Send an API key or a token as Authorization: Bearer.",
        ProblemType::Forbidden => "Requires an API key with storefront or admin scope.",
        ProblemType::OpenAccessRefused => {
            "No API keys exist, and the request comes from another machine."
        }
        ProblemType::NotFound => "Nothing is served at this path.",
        ProblemType::UnknownSku => "No SKU has this name.",
        ProblemType::UnknownReservation => "No reservation has this id.",
        ProblemType::MethodNotAllowed => "The path does not support this method.",
        ProblemType::SkuExists => "SKU123 already exists with a total_quantity of 100.",
        ProblemType::InsufficientStock => "Only 3 units are available to remove.",
        ProblemType::LiveReservationExists => {
            "The user already has a live reservation of 1 unit of this SKU."
        }
        ProblemType::SoldOut => "Available units: 2. The waitlist is closed or full.",
        ProblemType::NotConfirmable => "The reservation is WAITLISTED.",
        ProblemType::AlreadyConfirmed => "The reservation is CONFIRMED and cannot be cancelled.",
        ProblemType::ReservationExpired => "The hold ended at 2026-01-05T09:05:00.123456Z.",
        ProblemType::BodyTooLarge => "The body exceeds 16384 bytes.",
        ProblemType::UnsupportedMediaType => "The Content-Type must be application/json.",
        ProblemType::ValidationFailed => "Invalid: quantity.",
        ProblemType::ExceedsTotal => "The SKU has 100 units in total.",
        ProblemType::IdempotencyKeyReused => {
            "The key was used to reserve this SKU with a different body."
        }
        ProblemType::RateLimited => {
            "The rate limit for this address is used up. Nothing was changed."
        }
        ProblemType::InternalError => "The error was logged. The request can be retried unchanged.",
        ProblemType::Overloaded => "The request would wait too long. Nothing was changed.",
        ProblemType::NotReady => "The service is shutting down.",
        ProblemType::DatabaseUnavailable => "The database cannot be reached at the moment.",
    }
}
