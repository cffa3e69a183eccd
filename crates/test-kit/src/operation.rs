//! The operations of an OpenAPI document.

use serde_json::Value;

/// One method of one path.
#[derive(Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub told: Value,
}

impl Operation {
    pub fn id(&self) -> &str {
        self.told["operationId"].as_str().unwrap()
    }

    /// The parameters in this place (`path`, `query`, `header`): their names and schemas.
    pub fn parameters(&self, place: &str) -> Vec<(String, Value)> {
        let all = self.told["parameters"].as_array().unwrap().iter();
        all.filter(|one| one["in"] == place)
            .map(|one| {
                (
                    one["name"].as_str().unwrap().to_owned(),
                    one["schema"].clone(),
                )
            })
            .collect()
    }

    /// The schema of an event, if it answers with a stream.
    pub fn event(&self) -> Option<&Value> {
        let place = "/responses/200/content/text~1event-stream/schema/contentSchema";
        self.told.pointer(place)
    }

    /// The schema of the body and its example.
    pub fn body(&self) -> Option<(&Value, &Value)> {
        let json = self
            .told
            .pointer("/requestBody/content/application~1json")?;
        Some((&json["schema"], &json["example"]))
    }
}

/// All operations of `document`.
pub fn read(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, told) in methods.as_object().unwrap() {
            let mut told = told.clone();
            for one in told["parameters"].as_array_mut().unwrap() {
                if let Some(shared) = one["$ref"].as_str() {
                    let place = shared.trim_start_matches('#');
                    *one = document.pointer(place).unwrap().clone();
                }
            }
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                told,
            });
        }
    }
    all
}
