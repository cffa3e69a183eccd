//! The schemas of requests are exact: what they let through is taken, and nothing else.

use fairhold_test_kit::{
    Answer,
    document::{Operation, operations, validator},
    edge_values,
};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::service::Service;

fn is_taken(answer: &Answer) -> bool {
    assert!(answer.status < 500, "{answer:?}");
    !(answer.status == 422 && answer.json()["code"] == "validation-failed")
}

/// Sends each body that differs from the example in one field.
async fn try_bodies(service: &Service, operation: &Operation) -> usize {
    let Some((schema, example)) = operation.body() else {
        return 0;
    };
    let judge = validator(schema);
    let fields = schema["properties"].as_object().unwrap();
    let mut bodies = vec![json!({}), with(example, "unknown", &json!(1))];
    for (name, field) in fields {
        let mut without = example.clone();
        without.as_object_mut().unwrap().remove(name);
        bodies.push(without);
        let near = edge_values(field).into_iter();
        bodies.extend(near.map(|value| with(example, name, &value)));
    }
    for body in &bodies {
        let taken = is_taken(&service.post(&operation.path, body).await);
        assert_eq!(taken, judge.is_valid(body), "{}: {body}", operation.id());
    }
    bodies.len()
}

fn with(example: &Value, name: &str, value: &Value) -> Value {
    let mut body = example.clone();
    body[name] = value.clone();
    body
}

/// Sends each text as a parameter; a schema of numbers judges what the text stands for.
async fn try_parameters(service: &Service, operation: &Operation, place: &str) -> usize {
    let mut count = 0;
    for (name, schema) in operation.parameters(place) {
        if name == "cursor" {
            continue; // opaque
        }
        let judge = validator(&schema);
        for value in edge_values(&schema) {
            let Value::String(text) = value else { continue };
            let number = text.parse::<i64>().ok();
            let number = number.filter(|_| schema["type"] == "integer" && !text.starts_with('+'));
            let value = number.map_or_else(|| json!(text), |number| json!(number));
            let Some(url) = url(service, operation, place, &name, &text) else {
                continue;
            };
            let response = service.client.request(Method::GET, url).send();
            let response = response.await.unwrap();
            // A stream, which does not end, needs no more to be seen.
            let taken = response.status() == 200 || is_taken(&Answer::of(response).await);
            let told = judge.is_valid(&value);
            assert_eq!(taken, told, "{} {name}: {text:?}", operation.id());
            count += 1;
        }
    }
    count
}

/// `None` for a part of a path that is none: it can't be empty.
fn url(
    service: &Service,
    operation: &Operation,
    place: &str,
    name: &str,
    text: &str,
) -> Option<Url> {
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        let given = match part.strip_prefix('{') {
            Some(_) if place == "path" && text.is_empty() => return None,
            Some(_) if place == "path" => escaped(text),
            Some(_) => "A".to_owned(),
            None => part.to_owned(),
        };
        path.push('/');
        path.push_str(&given);
    }
    let mut url = Url::parse(&format!("http://{}{path}", service.address)).unwrap();
    if place == "query" {
        url.query_pairs_mut().append_pair(name, text);
    }
    Some(url)
}

fn escaped(text: &str) -> String {
    let byte = |escaped: String, byte| escaped + &format!("%{byte:02X}");
    text.bytes().fold(String::new(), byte)
}

#[tokio::test]
async fn a_request_is_accepted_exactly_if_its_schema_allows_it() {
    let service = Service::start().await;
    service.stock("SKU123", 100).await;
    let (mut bodies, mut parameters) = (0, 0);
    for operation in operations() {
        bodies += try_bodies(&service, operation).await;
        for place in ["path", "query"] {
            parameters += try_parameters(&service, operation, place).await;
        }
    }
    assert!(bodies > 500, "{bodies}");
    assert!(parameters > 500, "{parameters}");
    service.finish().await;
}

#[tokio::test]
async fn a_key_is_accepted_exactly_if_its_schema_allows_it() {
    let service = Service::start().await;
    let document = fairhold::api::document();
    let schema = &document["components"]["parameters"]["Idempotency-Key"]["schema"];
    let judge = validator(schema);
    let body = json!({"sku": "NONE", "quantity": 1});
    for length in [0, 1, 255, 256] {
        for letter in ["~", "k"] {
            let key = letter.repeat(length);
            let answer = service.post_keyed("/inventory/restock", &key, &body).await;
            assert_eq!(is_taken(&answer), judge.is_valid(&json!(key)), "{key}");
        }
    }
    service.finish().await;
}
