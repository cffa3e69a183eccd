//! Reads named values one by one and remembers every one that is at fault.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::problem::{FieldError, Problem};

/// A type that is read from named values.
pub trait FromFields: Sized {
    /// Reads all fields. `None` only when at least one was at fault.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// The named values of a body, a path or a query.
#[derive(Debug)]
pub struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldError>,
    /// Fields whose value does not matter any more.
    blamed: BTreeSet<String>,
}

impl Fields {
    /// Reads a `T` out of what was `sent`.
    ///
    /// # Errors
    /// A problem that names every field that is missing, unknown, sent twice, unreadable, of the
    /// wrong type or out of range.
    pub fn read<T: FromFields>(
        sent: impl IntoIterator<Item = (String, Result<Value, &'static str>)>,
    ) -> Result<T, Problem> {
        let mut fields = Self {
            values: Map::new(),
            errors: Vec::new(),
            blamed: BTreeSet::new(),
        };
        for (name, value) in sent {
            fields.take(name, value);
        }
        let read = T::from_fields(&mut fields);
        let unknown: Vec<_> = fields.values.keys().cloned().collect();
        for name in unknown {
            fields.blame(&name, &"is not a field of this request");
        }
        match read {
            Some(read) if fields.errors.is_empty() => Ok(read),
            Some(_) | None => Err(Problem::invalid_fields(fields.errors)),
        }
    }

    fn take(&mut self, name: String, value: Result<Value, &'static str>) {
        let fault = match value {
            Ok(_) if self.blamed.contains(&name) => return,
            Ok(_) if self.values.contains_key(&name) => "must come once",
            Ok(value) => {
                self.values.insert(name, value);
                return;
            }
            Err(fault) => fault,
        };
        self.values.remove(&name);
        if self.blamed.insert(name.clone()) {
            self.blame(&name, &fault);
        }
    }

    /// A field that must be there.
    pub fn required<T, E: ToString>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, E>,
    ) -> Option<T> {
        if let Some(value) = self.values.remove(name) {
            self.parsed(name, parse(&value))
        } else {
            if !self.blamed.contains(name) {
                self.blame(name, &"is missing");
            }
            None
        }
    }

    /// A field that may be absent. `None` when it is at fault, `Some(None)` when it is absent.
    pub fn optional<T, E: ToString>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.values.remove(name) {
            Some(value) => self.parsed(name, parse(&value)).map(Some),
            None => Some(None),
        }
    }

    fn parsed<T, E: ToString>(&mut self, name: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(message) => {
                self.blame(name, &message);
                None
            }
        }
    }

    fn blame(&mut self, name: &str, message: &impl ToString) {
        self.errors.push(FieldError {
            field: name.to_owned(),
            message: message.to_string(),
        });
    }
}

/// Takes text that `parse` takes.
///
/// # Errors
/// What the text must be.
pub fn text<T>(
    value: &Value,
    parse: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<T, &'static str> {
    parse(value.as_str().ok_or("must be a string")?)
}

/// Takes a whole number in `range`.
///
/// # Errors
/// What the number must be.
pub fn whole_number(value: &Value, range: RangeInclusive<i64>) -> Result<i64, String> {
    let number = value.as_number();
    let number = number.and_then(|n| n.as_i64().or_else(|| whole_float(n.as_f64()?)));
    in_range(number, range)
}

/// Takes a whole number in `range`, or a string of digits that stands for one.
///
/// # Errors
/// What the number must be.
pub fn number_or_digits(value: &Value, range: RangeInclusive<i64>) -> Result<i64, String> {
    match value {
        Value::String(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => {
            in_range(digits.parse().ok(), range)
        }
        other => whole_number(other, range),
    }
}

fn in_range(number: Option<i64>, range: RangeInclusive<i64>) -> Result<i64, String> {
    number
        .filter(|number| range.contains(number))
        .ok_or_else(|| {
            let (least, most) = range.into_inner();
            format!("must be a whole number from {least} to {most}")
        })
}

/// JSON does not tell `3.0` from `3`.
fn whole_float(float: f64) -> Option<i64> {
    // Up to here a double holds every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the range that both types hold"
    )]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Fields, FromFields, number_or_digits, text, whole_number};
    use crate::http::Problem;

    #[derive(Debug, PartialEq)]
    struct Order {
        name: String,
        quantity: i64,
    }

    impl FromFields for Order {
        fn from_fields(fields: &mut Fields) -> Option<Self> {
            let name = fields.required("name", |v| text(v, |name| Ok(name.to_owned())));
            let quantity = fields.optional("quantity", |v| number_or_digits(v, 1..=10));
            Some(Self {
                name: name?,
                quantity: quantity?.unwrap_or(1),
            })
        }
    }

    fn read(value: &Value) -> Result<Order, Problem> {
        let sent = value.as_object().unwrap().clone();
        Fields::read(sent.into_iter().map(|(name, value)| (name, Ok(value))))
    }

    #[test]
    fn every_field_at_fault_is_named() {
        let problem = read(&json!({"quantity": 11, "extra": 1, "more": 2})).unwrap_err();
        let mut named: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["extra", "more", "name", "quantity"]);
    }

    #[test]
    fn a_whole_number_comes_in_three_spellings() {
        for quantity in [json!(3), json!(3.0), json!("3")] {
            let order = read(&json!({"name": "x", "quantity": quantity})).unwrap();
            assert_eq!(order.quantity, 3);
        }
        for wrong in [
            json!(1.5),
            json!("-3"),
            json!(""),
            json!(" 3"),
            json!(null),
            json!(true),
        ] {
            assert!(
                read(&json!({"name": "x", "quantity": wrong})).is_err(),
                "{wrong}"
            );
        }
        for wrong in [
            json!(1e300),
            json!("99999999999999999999"),
            json!([3]),
            json!(0),
        ] {
            assert!(
                read(&json!({"name": "x", "quantity": wrong})).is_err(),
                "{wrong}"
            );
        }
    }
    #[test]
    fn digits_are_a_number_only_where_they_are_taken_for_one() {
        assert_eq!(number_or_digits(&json!("7"), 1..=10), Ok(7));
        assert!(whole_number(&json!("7"), 1..=10).is_err());
    }
}
