//! Values that a schema just accepts, and values that it just rejects.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Values on and beyond every bound of `schema`, and values that no schema accepts.
pub fn edge_values(schema: &Value) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(1.5),
        json!(2.0),
        json!(9_223_372_036_854_775_808_u64),
    ];
    values.extend(texts(schema).into_iter().map(Value::from));
    for bound in numbers(schema) {
        for near in [bound.saturating_sub(1), bound, bound.saturating_add(1)] {
            values.extend([json!(near), json!(near.to_string())]);
            values.push(json!(format!("00{near}")));
        }
    }
    values
}

fn texts(schema: &Value) -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{2003}",
        "a b",
        "é",
        "a/b",
        "a\u{0}b",
        "\u{1f}",
        "\u{7f}",
        "\u{85}",
        "\u{9f}",
        "\u{a0}x",
        "x\u{2028}",
        "line\nbreak",
        "end\n",
        "SKU-1.x:y_z",
        "3.0",
        "-3",
        " 3",
        "+3",
        "0",
        "00",
        "RESERVED",
        "reserved",
        "019b8d2c-6f00-7000-8000-5d1c7a2f9e10",
        "019b8d2c6f00700080005d1c7a2f9e10",
        "{019b8d2c-6f00-7000-8000-5d1c7a2f9e10}",
        "urn:uuid:019b8d2c-6f00-7000-8000-5d1c7a2f9e10",
        "019b8d2c-6f00-7000-8000-5d1c7a2f9e1",
    ]
    .map(str::to_owned)
    .into();
    let lengths = numbers(schema).into_iter().chain([64, 128, 500]);
    for length in lengths.filter(|length| (1..1000).contains(length)) {
        let length = usize::try_from(length).unwrap();
        texts.extend(["x", "ü"].map(|letter| letter.repeat(length)));
        texts.extend(["x", "ü"].map(|letter| letter.repeat(length + 1)));
    }
    texts
}

/// All bounds in a schema, at any depth, and 0.
fn numbers(schema: &Value) -> BTreeSet<i64> {
    const BOUNDS: [&str; 4] = ["minimum", "maximum", "minLength", "maxLength"];
    let mut found = BTreeSet::from([0]);
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                found.extend(member.as_i64().filter(|_| BOUNDS.contains(&name.as_str())));
                found.extend(numbers(member));
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(numbers)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}
