//! The document as a whole.

use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::endpoint::Endpoint;
use super::operation_builder::OperationBuilder;
use super::policy::OperationPolicy;
use super::{headers, problems};
use crate::http::problem;

/// The document of these endpoints. The same endpoints in the same order give the same text.
pub(in crate::http) fn document<'a, P: OperationPolicy + 'a>(
    endpoints: impl Iterator<Item = (&'a Method, &'static str, &'a P, &'a Endpoint)>,
    description: &str,
) -> Value {
    let mut generator = generator();
    let mut paths = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for (method, path, policy, endpoint) in endpoints {
        if !tags.contains(&endpoint.tag) {
            tags.push(endpoint.tag);
        }
        let operation = operation(endpoint, policy, &mut generator);
        let method = method.as_str().to_lowercase();
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    }
    let tags: Vec<_> = tags.iter().map(|name| json!({"name": name})).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Fairhold",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": description,
            "license": {"name": "MIT OR Apache-2.0", "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "tags": tags,
        "paths": paths,
        "components": components(generator),
    })
}

/// Generates schemas of serialized types, in the dialect of OpenAPI 3.1, as components.
fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
    settings.into_generator()
}

fn operation(
    endpoint: &Endpoint,
    policy: &impl OperationPolicy,
    generator: &mut SchemaGenerator,
) -> Value {
    let mut builder = OperationBuilder::new(generator);
    (endpoint.describe)(&mut builder);
    policy.describe(&mut builder);
    for name in ["X-Request-Id", "traceparent"] {
        builder.request_header(name);
    }
    let written = &endpoint.operation;
    builder.problems(&written.problems);
    let mut operation = json!({
        "operationId": written.id,
        "summary": written.summary,
        "tags": [endpoint.tag],
        "parameters": builder.parameters,
        "responses": responses(endpoint, &builder),
    });
    if builder.is_public {
        operation["security"] = json!([]);
    } else if !builder.scopes.is_empty() {
        // Without a credential where open access is allowed, or with any of the scopes.
        let keys = builder.scopes.iter().map(|scope| json!({"key": [scope]}));
        operation["security"] = std::iter::once(json!({})).chain(keys).collect();
    }
    let sentences = [written.description.to_owned(), access(&builder)];
    let description = sentences.into_iter().filter(|text| !text.is_empty());
    let description = description.collect::<Vec<_>>().join("\n\n");
    if !description.is_empty() {
        operation["description"] = description.into();
    }
    if let Some(schema) = builder.body {
        let mut json = json!({"schema": schema});
        if let Some(example) = &written.example {
            json["example"] = example.clone();
        }
        operation["requestBody"] = json!({"required": true, "content": {"application/json": json}});
    }
    operation
}

/// Who may call the operation.
fn access(builder: &OperationBuilder<'_>) -> String {
    let scopes: Vec<_> = builder.scopes.iter().map(|s| format!("`{s}`")).collect();
    let shoppers = if builder.is_for_shoppers {
        ", or a shopper's token"
    } else {
        ""
    };
    match scopes.as_slice() {
        [] => String::new(),
        _ => format!(
            "Access: an API key with scope {}{shoppers}.",
            scopes.join(" or ")
        ),
    }
}

fn responses(endpoint: &Endpoint, builder: &OperationBuilder<'_>) -> Map<String, Value> {
    let mut responses = Map::new();
    for (status, description) in &endpoint.operation.responses {
        responses.insert(status.to_string(), success(description, builder));
    }
    for (status, response) in problems::responses(&builder.problems) {
        responses.insert(status.as_str().to_owned(), response);
    }
    for response in responses.values_mut() {
        add_headers(response, &builder.headers);
    }
    responses
}

fn success(description: &str, builder: &OperationBuilder<'_>) -> Value {
    let mut response = json!({"description": description, "headers": {}});
    add_headers(&mut response, &["X-Request-Id"]);
    add_headers(&mut response, &builder.success_headers);
    if let Some(content) = &builder.content {
        response["content"] = json!({content.media_type: {"schema": content.schema}});
    }
    response
}

fn add_headers(response: &mut Value, names: &[&str]) {
    for name in names {
        response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
    }
}

fn components(mut generator: SchemaGenerator) -> Value {
    generator.subschema_for::<problem::Document<'_>>();
    let schemas = generator.take_definitions(true);
    let reservation = schemas["Reservation"]["examples"][0].clone();
    json!({
        "schemas": schemas,
        "examples": problems::examples(&reservation),
        "parameters": headers::of_requests(),
        "headers": headers::of_responses(),
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key, made with `fairhold keys create`, or a token of the \
                                shop's identity provider. Without either, only requests from the \
                                same machine are served, unless open access is allowed.",
            },
        },
    })
}
