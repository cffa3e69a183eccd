//! Checks answers against the committed OpenAPI document, allowing no undocumented field.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::openapi::CLOSED;
pub use crate::openapi::{problem_title, validator};
use crate::operation;
pub use crate::operation::Operation;

/// Paths that are served for people and are no part of the document.
const PAGES: [&str; 10] = [
    "/",
    "/docs",
    "/docs/{*file}",
    "/inventory/init",
    "/inventory/reserve",
    "/inventory/restock",
    "/openapi.json",
    "/problems",
    "/problems/{code}",
    "/static/{*file}",
];

/// All operations of the document.
pub fn operations() -> &'static [Operation] {
    static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| operation::read(&CLOSED));
    &ALL
}

/// The operation that serves a request. A literal path wins over a template.
fn operation_of(method: &Method, path: &str) -> Option<&'static Operation> {
    let fitting = operations()
        .iter()
        .filter(|one| one.method == method.as_str() && fits(&one.path, path));
    fitting.min_by_key(|one| one.path.contains('{'))
}

fn fits(template: &str, path: &str) -> bool {
    if let Some((start, _)) = template.split_once("{*") {
        return path.starts_with(start);
    }
    let (told, asked) = (template.split('/'), path.split('/'));
    told.clone().count() == asked.clone().count()
        && told
            .zip(asked)
            .all(|(told, asked)| told == asked || (told.starts_with('{') && !asked.is_empty()))
}

/// Asserts that the document has this answer. Returns a name for the case: the operation, the
/// status and the problem code; `None` for what is no part of the API.
#[track_caller]
pub fn assert_told(method: &Method, path: &str, answer: &Answer) -> Option<String> {
    let Some(operation) = operation_of(method, path) else {
        let page = PAGES.iter().any(|template| fits(template, path));
        let refused = matches!(answer.status, 404 | 405 | 429);
        let known = page || refused || *method == Method::HEAD;
        assert!(known, "{method} {path} is served, and not in the document");
        return None;
    };
    let status = answer.status.to_string();
    let case = format!("{} {status}", operation.id());
    let response = operation.told["responses"].get(&status);
    let response = response.unwrap_or_else(|| panic!("{case} is not told: {answer:?}"));
    assert_headers(&case, response, answer);
    let content = response["content"].as_object().unwrap();
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    assert!(content.contains_key(kind), "{case} is {kind}");
    let place = ["paths", &operation.path, &operation.method.to_lowercase()];
    let rest = ["responses", &status, "content", kind, "schema"];
    assert_valid(&case, &pointer(place.into_iter().chain(rest)), answer);
    let refused = (answer.status >= 400).then(|| answer.json());
    let code = refused
        .as_ref()
        .and_then(|problem| problem["code"].as_str());
    Some(code.map_or_else(|| case.clone(), |code| format!("{case} {code}")))
}

/// Headers of only some answers are documented for them, and required headers are there.
fn assert_headers(case: &str, response: &Value, answer: &Answer) {
    let told = response["headers"].as_object().unwrap();
    for name in [
        "Idempotency-Replayed",
        "Retry-After",
        "RateLimit",
        "WWW-Authenticate",
    ] {
        let there = answer.header(name).is_some();
        assert!(!there || told.contains_key(name), "{case} bears {name}");
    }
    for name in ["X-Request-Id", "Retry-After"] {
        let there = answer.header(name).is_some();
        assert!(there || !told.contains_key(name), "{case} lacks {name}");
    }
}

#[track_caller]
fn assert_valid(case: &str, place: &str, answer: &Answer) {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    let make = || Arc::new(validator(&json!({"$ref": place})));
    let validator = Arc::clone(known.entry(place.to_owned()).or_insert_with(make));
    drop(known);
    let value = serde_json::from_str(&answer.text);
    let value = value.unwrap_or_else(|_| Value::from(answer.text.as_str()));
    let faults = validator.iter_errors(&value);
    let faults: Vec<_> = faults
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{case}: {faults:#?}\n{value:#}");
}

fn pointer<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let escape = |part: &str| format!("/{}", part.replace('~', "~0").replace('/', "~1"));
    let path: String = parts.map(escape).collect();
    format!("#{}", path.replace('{', "%7B").replace('}', "%7D"))
}
