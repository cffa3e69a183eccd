//! Every endpoint, in each of its successes and with each of its problems, as it is told.

use std::collections::BTreeSet;

use fairhold::http::BODY_LIMIT;
use fairhold_test_kit::{
    Answer,
    document::{Operation, assert_told, operations, validator},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::Service;

/// Problems that come from outside: of a caller who may not, of an endpoint that is flooded, that has
/// lost its database, or that fails. Other tests see to them.
const FROM_OUTSIDE: [&str; 8] = [
    "unauthenticated",
    "forbidden",
    "open-access-refused",
    "rate-limited",
    "internal-error",
    "overloaded",
    "database-unavailable",
    "not-ready",
];

/// The id of no reservation.
const NONE: &str = "019b8d2c-6f00-7000-8000-5d1c7a2f9e10";

/// A service, and the cases of the document that it was seen in.
struct Caller {
    service: Service,
    seen: BTreeSet<String>,
}

impl Caller {
    fn note(&mut self, method: &Method, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap_or_default();
        self.seen.extend(assert_told(method, path, answer));
    }

    async fn post(&mut self, path: &str, body: &Value) -> Value {
        let answer = self.service.post(path, body).await;
        self.note(&Method::POST, path, &answer);
        answer.json()
    }

    async fn post_keyed(&mut self, path: &str, key: &str, body: &Value) {
        let answer = self.service.post_keyed(path, key, body).await;
        self.note(&Method::POST, path, &answer);
    }

    async fn get(&mut self, path: &str) {
        let answer = self.service.get(path).await;
        self.note(&Method::GET, path, &answer);
    }

    async fn post_raw(&mut self, path: &str, kind: &str, body: String) {
        let request = self.service.request(Method::POST, path);
        let request = request.header("Content-Type", kind).body(body);
        let answer = self.service.send(request).await;
        self.note(&Method::POST, path, &answer);
    }

    /// What any endpoint refuses that takes such a body, path or query.
    async fn misuse(&mut self, operation: &Operation) {
        let path = &operation.path;
        if operation.body().is_some() {
            self.post_raw(path, "application/json", "{".to_owned())
                .await;
            self.post_raw(path, "application/json", "{}".to_owned())
                .await;
            self.post_raw(path, "text/plain", "{}".to_owned()).await;
            let large = " ".repeat(BODY_LIMIT + 1);
            self.post_raw(path, "application/json", large).await;
        }
        for (name, _) in operation.parameters("path") {
            let part = format!("{{{name}}}");
            self.get(&path.replace(&part, "%FF")).await;
            self.get(&path.replace(&part, "%20")).await;
        }
        if !operation.parameters("query").is_empty() {
            self.get(&format!("{}?limit=0", path.replace("{sku}", "A")))
                .await;
        }
    }

    async fn stock(&mut self) {
        let init = "/inventory/init";
        for quantity in [10, 10, 11] {
            self.post(init, &json!({"sku": "A", "quantity": quantity}))
                .await;
        }
        let closed = json!({"sku": "CLOSED", "quantity": 1, "waitlist_limit": 0});
        self.post(init, &closed).await;
        let restock = "/inventory/restock";
        for (sku, quantity) in [("A", -1), ("NONE", 1), ("A", -100)] {
            self.post(restock, &json!({"sku": sku, "quantity": quantity}))
                .await;
        }
        for quantity in [1, 1, 2] {
            let body = json!({"sku": "CLOSED", "quantity": quantity});
            self.post_keyed(restock, "key", &body).await;
        }
    }

    /// Returns the ids of one that holds and of one that waits.
    async fn reserve(&mut self) -> (Value, Value) {
        let reserve = "/inventory/reserve";
        let ask = |sku, user, units| json!({"sku": sku, "user_id": user, "quantity": units});
        let held = self.post(reserve, &ask("A", "first", 8)).await;
        let waiting = self.post(reserve, &ask("A", "second", 8)).await;
        for body in [
            ask("A", "first", 8),
            ask("A", "first", 2),
            ask("A", "third", 1000),
            ask("NONE", "first", 1),
            ask("CLOSED", "first", 2),
            ask("CLOSED", "second", 1),
        ] {
            self.post(reserve, &body).await;
        }
        for units in [1, 2] {
            self.post_keyed(reserve, "key", &ask("A", "keyed", units))
                .await;
        }
        let id = |reservation: &Value| reservation["reservation_id"].clone();
        (id(&held), id(&waiting))
    }

    async fn check_out(&mut self, held: &Value, waiting: &Value) {
        let (confirm, cancel) = ("/checkout/confirm", "/checkout/cancel");
        let of = |id: &Value| json!({"reservation_id": id});
        let none = json!(NONE);
        for id in [waiting, held, &none] {
            self.post(confirm, &of(id)).await;
        }
        for id in [held, waiting, &none] {
            self.post(cancel, &of(id)).await;
        }
        self.service.stock("LATE", 1).await;
        let late = self.service.hold("LATE", "first", 1).await;
        self.service.pass("LATE", 1000.0).await;
        for path in [confirm, cancel] {
            self.post(path, &of(&json!(late))).await;
        }
    }

    async fn look(&mut self, held: &Value) {
        let held = held.as_str().unwrap();
        let all = operations().iter();
        for operation in all.filter(|operation| operation.method == "GET") {
            let path = operation.path.replace("{user_id}", "first");
            let there = path.replace("{sku}", "A").replace("{reservation_id}", held);
            self.see(operation, &there).await;
            let none = path
                .replace("{sku}", "NONE")
                .replace("{reservation_id}", NONE);
            if none != path {
                self.get(&none).await;
            }
        }
    }

    /// Gets what ends by itself, or else the first event.
    async fn see(&mut self, operation: &Operation, path: &str) {
        let Some(event) = operation.event() else {
            return self.get(path).await;
        };
        let request = self.service.request(Method::GET, path);
        let mut stream = request.send().await.unwrap();
        let kind = stream.headers()["content-type"].to_str().unwrap();
        assert_eq!((stream.status().as_u16(), kind), (200, "text/event-stream"));
        let mut heard = String::new();
        while !heard.contains("\n\n") || !heard.contains("data: ") {
            let more = stream.chunk().await.unwrap().expect("an event");
            heard.push_str(std::str::from_utf8(&more).unwrap());
        }
        let data = heard.lines().find_map(|line| line.strip_prefix("data: "));
        let data: Value = serde_json::from_str(data.unwrap()).unwrap();
        assert!(validator(event).is_valid(&data), "{path}: {data}");
        self.seen.insert(format!("{} 200", operation.id()));
    }
}

/// All cases that the document tells, by the names that the answers bear.
fn told() -> BTreeSet<String> {
    let mut cases = BTreeSet::new();
    for operation in operations() {
        for (status, response) in operation.told["responses"].as_object().unwrap() {
            let case = format!("{} {status}", operation.id());
            let codes = response
                .pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum");
            match codes.and_then(Value::as_array) {
                Some(codes) => {
                    let codes = codes.iter().map(|code| code.as_str().unwrap());
                    let codes = codes.filter(|code| !FROM_OUTSIDE.contains(code));
                    cases.extend(codes.map(|code| format!("{case} {code}")));
                }
                None => drop(cases.insert(case)),
            }
        }
    }
    cases
}

#[tokio::test]
async fn every_documented_case_occurs() {
    let mut caller = Caller {
        service: Service::start().await,
        seen: BTreeSet::new(),
    };
    for operation in operations() {
        caller.misuse(operation).await;
    }
    caller.stock().await;
    let (held, waiting) = caller.reserve().await;
    caller.look(&held).await;
    caller.check_out(&held, &waiting).await;
    let told = told();
    let never: Vec<_> = told.difference(&caller.seen).collect();
    assert!(told.len() > 60, "{told:?}");
    assert!(never.is_empty(), "told, and never answered: {never:#?}");
    caller.service.finish().await;
}
