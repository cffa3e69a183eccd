//! Collects what the types of a handler and the policy of its route say of an operation.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::http::ProblemType;
use crate::http::field_reader::{Fields, FromFields};

/// An operation in the making.
#[derive(Debug)]
pub struct OperationBuilder<'a> {
    generator: &'a mut SchemaGenerator,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) content: Option<Content>,
    pub(super) problems: Vec<ProblemType>,
    /// Headers of every response.
    pub(super) headers: Vec<&'static str>,
    /// Headers of a success only.
    pub(super) success_headers: Vec<&'static str>,
    /// Whether no credential is ever needed.
    pub(super) is_public: bool,
    /// The scopes of credentials of which one is needed, and who else may call it.
    pub(super) scopes: Vec<String>,
    pub(super) is_for_shoppers: bool,
}

/// The content of a success.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) media_type: &'static str,
    pub(super) schema: Schema,
}

impl<'a> OperationBuilder<'a> {
    pub(super) fn new(generator: &'a mut SchemaGenerator) -> Self {
        Self {
            generator,
            parameters: Vec::new(),
            body: None,
            content: None,
            problems: Vec::new(),
            headers: Vec::new(),
            success_headers: Vec::new(),
            is_public: false,
            scopes: Vec::new(),
            is_for_shoppers: false,
        }
    }

    /// Adds problems.
    pub fn problems(&mut self, problems: &[ProblemType]) {
        self.problems.extend(problems);
    }

    /// Adds a request header, which the components describe.
    pub fn request_header(&mut self, name: &str) {
        let header = json!({"$ref": format!("#/components/parameters/{name}")});
        self.parameters.push(header);
    }

    /// Adds headers to every response, which the components describe.
    pub fn response_headers(&mut self, names: &[&'static str]) {
        self.headers.extend(names);
    }

    /// Adds a header to a success, which the components describe.
    pub fn success_header(&mut self, name: &'static str) {
        self.success_headers.push(name);
    }

    /// No credential is ever needed.
    pub fn public(&mut self) {
        self.is_public = true;
    }

    /// A credential needs one of these scopes, unless it is a shopper's.
    pub fn scopes(&mut self, scopes: &[&str], is_for_shoppers: bool) {
        self.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.is_for_shoppers = is_for_shoppers;
    }

    /// A success has text of this media type.
    pub fn text(&mut self, media_type: &'static str) {
        self.content(media_type, json_schema!({"type": "string"}));
    }

    pub(super) fn content(&mut self, media_type: &'static str, schema: Schema) {
        self.content = Some(Content { media_type, schema });
    }

    /// A reference to the schema of `T`.
    pub(super) fn schema_of<T: JsonSchema>(&mut self) -> Schema {
        self.generator.subschema_for::<T>()
    }

    /// Adds the fields of `T` as parameters in the `path` or the `query`.
    pub(super) fn field_parameters<T: FromFields>(&mut self, location: &str) {
        for field in Fields::rules::<T>(self.generator) {
            let mut schema = field.schema;
            let description = schema.remove("description");
            let description = description.or_else(|| self.description_of(&schema));
            self.parameters.push(json!({
                "name": field.name,
                "in": location,
                "required": field.required,
                "description": description,
                "schema": schema,
            }));
        }
    }

    /// The body is an object of the fields of `T`.
    pub(super) fn field_body<T: FromFields>(&mut self) {
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

    /// The description of the type that `schema` refers to.
    fn description_of(&self, schema: &Schema) -> Option<Value> {
        let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
        let definition = self.generator.definitions().get(name)?;
        definition.get("description").cloned()
    }
}
