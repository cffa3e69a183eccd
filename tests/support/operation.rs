//! The operations that an OpenAPI document tells of.

use serde_json::Value;

// A test binary may need only a part of this.
const _: () = {
    let _ = (Operation::id, Operation::parameters);
    let _ = (Operation::body, Operation::event);
};

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) told: Value,
}

impl Operation {
    pub(crate) fn id(&self) -> &str {
        self.told["operationId"].as_str().unwrap()
    }

    /// The parameters that stand in this place, by their names.
    pub(crate) fn parameters(&self, place: &str) -> Vec<(String, Value)> {
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

    /// The schema of what an event of it shows, if it answers with events.
    pub(crate) fn event(&self) -> Option<&Value> {
        let place = "/responses/200/content/text~1event-stream/schema/contentSchema";
        self.told.pointer(place)
    }

    /// The schema of the body, and the example for it.
    pub(crate) fn body(&self) -> Option<(&Value, &Value)> {
        let json = self
            .told
            .pointer("/requestBody/content/application~1json")?;
        Some((&json["schema"], &json["example"]))
    }
}

/// All that `document` tells of.
pub(crate) fn read(document: &Value) -> Vec<Operation> {
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
