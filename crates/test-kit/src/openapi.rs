//! The committed OpenAPI document.

use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

/// The document, with closed schemas: an undocumented field is an error.
pub(crate) static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(DOCUMENT).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    schemas.values_mut().for_each(close);
    document
});

/// The title that the document's example of this problem has.
pub fn problem_title(code: &str) -> &'static str {
    let title = CLOSED.pointer(&format!("/components/examples/{code}/value/title"));
    let title = title.and_then(Value::as_str);
    title.unwrap_or_else(|| panic!("the document has no problem {code}"))
}

fn close(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if let Some(properties) = members.get_mut("properties") {
        let properties = properties.as_object_mut().unwrap();
        properties.values_mut().for_each(close);
        members.insert("additionalProperties".to_owned(), false.into());
    }
}

/// A validator of `schema`, which may refer to the document's parts.
pub fn validator(schema: &Value) -> Validator {
    let mut whole = Map::new();
    whole.insert("allOf".to_owned(), json!([schema]));
    for part in ["paths", "components"] {
        whole.insert(part.to_owned(), CLOSED[part].clone());
    }
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&whole.into())
        .unwrap()
}
