//! An endpoint, as far as its types tell.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::http::Code;
use crate::http::fields::{Fields, FromFields};

/// What is found out of an endpoint.
#[derive(Debug)]
pub struct Sketch<'a> {
    pub(super) generator: &'a mut SchemaGenerator,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) answer: Option<Answer>,
    pub(super) problems: Vec<Code>,
    /// Whether it takes an idempotency key.
    pub(super) keyed: bool,
}

/// What a success bears.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) media_type: &'static str,
    pub(super) schema: Schema,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(generator: &'a mut SchemaGenerator) -> Self {
        Self {
            generator,
            parameters: Vec::new(),
            body: None,
            answer: None,
            problems: Vec::new(),
            keyed: false,
        }
    }

    /// Takes the fields of `T` as parameters in the `path` or the `query`.
    pub(super) fn takes_parameters<T: FromFields>(&mut self, place: &str) {
        for field in Fields::rules::<T>(self.generator) {
            let mut schema = field.schema;
            let words = schema.remove("description");
            let words = words.or_else(|| self.words_of(&schema));
            self.parameters.push(json!({
                "name": field.name,
                "in": place,
                "required": field.required,
                "description": words,
                "schema": schema,
            }));
        }
    }

    /// Takes an object of the fields of `T` as its body.
    pub(super) fn takes_body<T: FromFields>(&mut self) {
        let mut properties = serde_json::Map::new();
        let mut required = Vec::new();
        for field in Fields::rules::<T>(self.generator) {
            if field.required {
                required.push(field.name.clone());
            }
            properties.insert(field.name, field.schema.to_value());
        }
        self.body = Some(json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }));
    }

    /// Answers with `schema`, written as `media_type`.
    pub(super) fn gives(&mut self, media_type: &'static str, schema: Schema) {
        self.answer = Some(Answer { media_type, schema });
    }

    /// Answers with text.
    pub(in crate::http) fn gives_text(&mut self, media_type: &'static str) {
        self.gives(media_type, json_schema!({"type": "string"}));
    }

    /// Refuses with these problems.
    pub(super) fn refuses(&mut self, problems: &[Code]) {
        self.problems.extend(problems);
    }

    /// What the type that `schema` refers to says of itself.
    fn words_of(&self, schema: &Schema) -> Option<Value> {
        let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
        let words = self.generator.definitions().get(name)?.get("description")?;
        Some(words.clone())
    }
}
