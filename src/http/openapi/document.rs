//! The document as a whole.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::routes::Endpoint;
use super::sketch::{Answer, Sketch};
use super::{headers, problems};
use crate::access::needs::{self, Finding, Need};
use crate::http::{Code, problem};
use crate::limits::is_limited;

/// What a client should know before the first request.
const WORDS: &str = include_str!("about.md");

/// The document of these endpoints. Its order depends on nothing but them.
pub(super) fn of(endpoints: &[Endpoint]) -> Value {
    let mut generator = generator();
    let mut paths = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        if !tags.contains(&endpoint.tag) {
            tags.push(endpoint.tag);
        }
        let operation = operation(endpoint, &mut generator);
        let method = endpoint.method.as_str().to_lowercase();
        paths.entry(endpoint.path).or_insert_with(|| json!({}))[method] = operation;
    }
    let tags: Vec<_> = tags.iter().map(|name| json!({"name": name})).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Fairhold",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": WORDS,
            "license": {"name": "MIT OR Apache-2.0", "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "tags": tags,
        "paths": paths,
        "components": components(generator),
    })
}

/// What the gate refuses with.
const GATE: [Code; 4] = [
    Code::Unauthenticated,
    Code::Forbidden,
    Code::OpenAccessRefused,
    Code::NotReady,
];

/// Whether anybody may ask, wherever they are.
fn is_open(endpoint: &Endpoint) -> bool {
    let need = needs::find(&endpoint.method, endpoint.path);
    need == Finding::Needs(Need::Vitals)
}

/// Makes schemas of what is written, in the dialect of OpenAPI 3.1, as components.
fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|told| {
        told.definitions_path = "/components/schemas".into();
        told.meta_schema = None;
    });
    settings.into_generator()
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut sketch = Sketch::new(generator);
    (endpoint.describe)(&mut sketch);
    let call = &endpoint.call;
    sketch.refuses(&call.problems);
    let open = is_open(endpoint);
    if !open {
        sketch.refuses(&GATE);
    }
    let limited = is_limited(endpoint.path);
    if limited {
        sketch.refuses(&[Code::RateLimited]);
    }
    for name in ["X-Request-Id", "traceparent"] {
        let header = json!({"$ref": format!("#/components/parameters/{name}")});
        sketch.parameters.push(header);
    }
    let mut operation = json!({
        "operationId": call.id,
        "summary": call.summary,
        "tags": [endpoint.tag],
        "parameters": sketch.parameters,
    });
    if open {
        operation["security"] = json!([]);
    }
    if !call.words.is_empty() {
        operation["description"] = call.words.into();
    }
    if let Some(schema) = sketch.body {
        let mut json = json!({"schema": schema});
        if let Some(example) = &call.example {
            json["example"] = example.clone();
        }
        operation["requestBody"] = json!({"required": true, "content": {"application/json": json}});
    }
    let mut responses = Map::new();
    for (status, when) in &call.answers {
        let success = success(when, sketch.answer.as_ref(), sketch.keyed);
        responses.insert(status.to_string(), success);
    }
    for (status, response) in problems::responses(sketch.problems) {
        responses.insert(status.as_str().to_owned(), response);
    }
    if limited {
        responses.values_mut().for_each(tell_of_limits);
    }
    operation["responses"] = responses.into();
    operation
}

/// Adds what an answer bears where limits are set.
fn tell_of_limits(response: &mut Value) {
    for name in ["RateLimit", "RateLimit-Policy"] {
        response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
    }
}

fn success(when: &str, answer: Option<&Answer>, keyed: bool) -> Value {
    let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}});
    if keyed {
        headers["Idempotency-Replayed"] =
            json!({"$ref": "#/components/headers/Idempotency-Replayed"});
    }
    let mut response = json!({"description": when, "headers": headers});
    if let Some(Answer { media_type, schema }) = answer {
        response["content"] = json!({*media_type: {"schema": schema}});
    }
    response
}

fn components(mut generator: SchemaGenerator) -> Value {
    generator.subschema_for::<problem::Document<'_>>();
    let schemas = generator.take_definitions(true);
    let reservation = schemas
        .get("Reservation")
        .and_then(|schema| schema.pointer("/examples/0"))
        .cloned()
        .unwrap_or_default();
    json!({
        "schemas": schemas,
        "examples": problems::examples(&reservation),
        "parameters": headers::asked(),
        "headers": headers::answered(),
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key, which `fairhold keys create` makes, or a token of the shop's \
                                identity provider. Where there are neither, only the machine itself is \
                                served, without one, unless the service was told to serve everybody.",
            },
        },
    })
}
