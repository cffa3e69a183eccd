//! What there is to be asked: all that the service itself says it serves, and its pages.

use fairhold::api;
use serde_json::{Map, Value};

use crate::near;
use crate::operation::{self, Operation};

/// A name, and values that it may be given.
pub(crate) type Field = (String, Vec<Value>);

/// One method of one path, and what it takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    pub(crate) method: String,
    /// With its holes, each a name in braces.
    pub(crate) path: String,
    pub(crate) holes: Vec<Field>,
    pub(crate) query: Vec<Field>,
    pub(crate) headers: Vec<String>,
    /// A body that is taken.
    pub(crate) body: Option<Value>,
    /// What the body may have.
    pub(crate) fields: Vec<Field>,
    /// Whether it answers with a stream that does not end.
    pub(crate) streams: bool,
    /// Values that are known to the books, by the names of fields.
    pub(crate) known: Map<String, Value>,
    /// Whether the document tells of it.
    pub(crate) told: bool,
}

/// All that `document` tells of, where the books know the values of `known`, and what is served
/// besides: pages, and nothing.
pub(crate) fn targets(document: &Value, known: &Map<String, Value>) -> Vec<Target> {
    let told = operation::read(document);
    let told = told.iter().map(|operation| told_target(operation, known));
    let pages = api::undocumented_paths().into_iter();
    let pages = pages.chain(["/{nothing}"]).map(|path| page(path, known));
    told.chain(pages).collect()
}

fn told_target(operation: &Operation, known: &Map<String, Value>) -> Target {
    let headers = operation.parameters("header").into_iter();
    let (schema, example) = operation.body().unzip();
    let mut body = example.cloned();
    let members = body.iter_mut().filter_map(Value::as_object_mut).flatten();
    for (name, value) in members {
        if let Some(known) = known.get(name) {
            value.clone_from(known);
        }
    }
    Target {
        method: operation.method.clone(),
        path: operation.path.clone(),
        holes: near_fields(operation.parameters("path")),
        query: near_fields(operation.parameters("query")),
        headers: headers.map(|(name, _)| name).collect(),
        body,
        fields: schema.map(fields).unwrap_or_default(),
        streams: operation.event().is_some(),
        known: known.clone(),
        told: true,
    }
}

fn page(path: &str, known: &Map<String, Value>) -> Target {
    Target {
        method: "GET".to_owned(),
        path: path.to_owned(),
        known: known.clone(),
        ..Target::default()
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
            let values = near::values(&schema);
            (name, values)
        })
        .collect()
}
