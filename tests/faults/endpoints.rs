//! The endpoints of the service: those of its OpenAPI document, and its pages.

use fairhold::api;
use fairhold_test_kit::{
    edge_values,
    operation::{self, Operation},
};
use serde_json::{Map, Value};

/// A name and values for it.
pub(crate) type Field = (String, Vec<Value>);

/// One method of one path, and its input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Endpoint {
    pub(crate) method: String,
    /// With its parameters in braces.
    pub(crate) path: String,
    pub(crate) parameters: Vec<Field>,
    pub(crate) query: Vec<Field>,
    pub(crate) headers: Vec<String>,
    /// A valid body.
    pub(crate) body: Option<Value>,
    /// The members of the body.
    pub(crate) fields: Vec<Field>,
    /// Whether the response is a stream that does not end.
    pub(crate) streams: bool,
    /// Values that exist in the database, by field name.
    pub(crate) known: Map<String, Value>,
    /// Whether the document describes it.
    pub(crate) is_documented: bool,
}

/// All endpoints of `document`, with the existing values `known`, then the pages and an unknown path.
pub(crate) fn endpoints(document: &Value, known: &Map<String, Value>) -> Vec<Endpoint> {
    let operations = operation::read(document);
    let documented = operations
        .iter()
        .map(|operation| documented(operation, known));
    let pages = api::undocumented_paths().into_iter();
    let pages = pages.chain(["/{nothing}"]).map(|path| page(path, known));
    documented.chain(pages).collect()
}

fn documented(operation: &Operation, known: &Map<String, Value>) -> Endpoint {
    let headers = operation.parameters("header").into_iter();
    let (schema, example) = operation.body().unzip();
    let mut body = example.cloned();
    let members = body.iter_mut().filter_map(Value::as_object_mut).flatten();
    for (name, value) in members {
        if let Some(known) = known.get(name) {
            value.clone_from(known);
        }
    }
    Endpoint {
        method: operation.method.clone(),
        path: operation.path.clone(),
        parameters: near_fields(operation.parameters("path")),
        query: near_fields(operation.parameters("query")),
        headers: headers.map(|(name, _)| name).collect(),
        body,
        fields: schema.map(fields).unwrap_or_default(),
        streams: operation.event().is_some(),
        known: known.clone(),
        is_documented: true,
    }
}

fn page(path: &str, known: &Map<String, Value>) -> Endpoint {
    Endpoint {
        method: "GET".to_owned(),
        path: path.to_owned(),
        known: known.clone(),
        ..Endpoint::default()
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let properties = schema["properties"].as_object().unwrap();
    let properties = properties.iter();
    near_fields(
        properties
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect(),
    )
}

fn near_fields(schemas: Vec<(String, Value)>) -> Vec<Field> {
    let schemas = schemas.into_iter();
    schemas
        .map(|(name, schema)| {
            let values = edge_values(&schema);
            (name, values)
        })
        .collect()
}
