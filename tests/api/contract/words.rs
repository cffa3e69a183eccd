//! Everything has its words and its example.

use std::collections::BTreeSet;

use fairhold::api;
use fairhold::http::ProblemType;
use fairhold_test_kit::document::{operations, validator};
use serde_json::{Value, json};

fn has_words(told: &Value) -> bool {
    let words = told["description"].as_str().unwrap_or_default();
    words.len() > 3 || told.get("$ref").is_some()
}

#[test]
fn every_field_and_parameter_has_a_description() {
    let document = api::document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(has_words(schema), "{name}");
        for (field, told) in schema["properties"].as_object().into_iter().flatten() {
            assert!(has_words(told), "{name}.{field}");
        }
    }
    for operation in operations() {
        for parameter in operation.told["parameters"].as_array().unwrap() {
            assert!(has_words(parameter), "{}: {parameter}", operation.id());
        }
        let (schema, _) = operation.body().unzip();
        let fields = schema.and_then(|schema| schema["properties"].as_object());
        for (field, told) in fields.into_iter().flatten() {
            assert!(has_words(told), "{}: {field}", operation.id());
        }
    }
}

#[test]
fn every_operation_has_a_unique_id_and_a_success() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        assert!(ids.insert(operation.id().to_owned()), "{}", operation.id());
        assert!(!operation.told["summary"].as_str().unwrap().is_empty());
        let statuses = operation.told["responses"].as_object().unwrap();
        let succeeds = statuses.keys().any(|status| status.starts_with('2'));
        assert!(succeeds, "{}", operation.id());
    }
}

#[test]
fn every_response_and_body_has_a_valid_example() {
    let document = api::document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut shown = BTreeSet::new();
    for (name, schema) in schemas {
        let place = json!({"$ref": format!("#/components/schemas/{name}")});
        for example in schema["examples"].as_array().into_iter().flatten() {
            assert!(validator(&place).is_valid(example), "{name}: {example}");
            shown.insert(name.as_str());
        }
    }
    for operation in operations() {
        if let Some((schema, example)) = operation.body() {
            assert!(validator(schema).is_valid(example), "{}", operation.id());
        }
        for (status, response) in operation.told["responses"].as_object().unwrap() {
            let place = "/content/application~1json/schema/$ref";
            let Some(place) = response.pointer(place).and_then(Value::as_str) else {
                continue;
            };
            let name = place.rsplit('/').next().unwrap();
            // A page shows what the items show.
            let name = name.strip_suffix("Page").unwrap_or(name);
            assert!(shown.contains(name), "{} {status}", operation.id());
        }
    }
}

#[test]
fn every_problem_type_has_a_valid_example() {
    let document = api::document();
    let judge = validator(&json!({"$ref": "#/components/schemas/Problem"}));
    for code in ProblemType::ALL {
        let example = &document["components"]["examples"][code.name()]["value"];
        assert!(judge.is_valid(example), "{}: {example}", code.name());
        assert_eq!(example["code"], code.name());
        assert_eq!(example["status"], code.status().as_u16());
        let shows_fields = example.get("errors").is_some();
        assert_eq!(shows_fields, *code == ProblemType::ValidationFailed);
        let shows_reservation = example.get("reservation").is_some();
        assert_eq!(
            shows_reservation,
            *code == ProblemType::LiveReservationExists
        );
    }
}
