//! Rules for fields. A rule reads a value and describes it, so that code and document agree.

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::digit_pattern::pattern;

/// What a field must be.
pub trait Rule: Sized {
    /// The type of the value that is read.
    type Value;

    /// Reads `value`.
    ///
    /// # Errors
    /// What the value must be.
    fn read(&self, value: &Value) -> Result<Self::Value, String>;

    /// The schema of exactly the values that [`Self::read`] accepts.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;

    /// Adds a description.
    fn about(self, description: &'static str) -> About<Self> {
        About {
            rule: self,
            description,
        }
    }
}

/// A rule with a description of its field.
#[derive(Debug, Clone)]
pub struct About<R> {
    rule: R,
    description: &'static str,
}

impl<R: Rule> Rule for About<R> {
    type Value = R::Value;

    fn read(&self, value: &Value) -> Result<R::Value, String> {
        self.rule.read(value)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let mut schema = self.rule.schema(generator);
        schema.insert("description".to_owned(), self.description.into());
        schema
    }
}

/// See [`text`].
#[derive(Debug, Clone)]
pub struct Text<T, P> {
    parse: P,
    shape: PhantomData<T>,
}

/// Text that `parse` accepts. The schema of the type describes it.
pub fn text<T, P>(parse: P) -> Text<T, P>
where
    T: JsonSchema,
    P: Fn(&str) -> Result<T, &'static str>,
{
    Text {
        parse,
        shape: PhantomData,
    }
}

impl<T: JsonSchema, P: Fn(&str) -> Result<T, &'static str>> Rule for Text<T, P> {
    type Value = T;

    fn read(&self, value: &Value) -> Result<T, String> {
        let text = value.as_str().ok_or("must be a string")?;
        (self.parse)(text).map_err(str::to_owned)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// See [`whole_number`].
#[derive(Debug, Clone)]
pub struct WholeNumber(RangeInclusive<i64>);

/// A whole number in `range`.
#[must_use]
pub fn whole_number(range: RangeInclusive<i64>) -> WholeNumber {
    WholeNumber(range)
}

impl Rule for WholeNumber {
    type Value = i64;

    fn read(&self, value: &Value) -> Result<i64, String> {
        let number = value.as_number();
        let number = number.and_then(|n| n.as_i64().or_else(|| whole_float(n.as_f64()?)));
        self.holding(number)
    }

    fn schema(&self, _: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "format": "int64",
            "minimum": self.0.start(),
            "maximum": self.0.end(),
        })
    }
}

impl WholeNumber {
    fn holding(&self, number: Option<i64>) -> Result<i64, String> {
        number
            .filter(|number| self.0.contains(number))
            .ok_or_else(|| {
                let (least, most) = (self.0.start(), self.0.end());
                format!("must be a whole number from {least} to {most}")
            })
    }

    fn of_digits(&self, digits: &str) -> Option<Result<i64, String>> {
        let plain = digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| self.holding(digits.parse().ok()))
    }
}

/// JSON does not distinguish `3.0` from `3`.
fn whole_float(float: f64) -> Option<i64> {
    // Up to here, a double represents every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the range that both types hold"
    )]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

/// See [`number_or_digits`].
#[derive(Debug, Clone)]
pub struct NumberOrDigits(WholeNumber);

/// A whole number in `range`, or a string of digits for one.
#[must_use]
pub fn number_or_digits(range: RangeInclusive<i64>) -> NumberOrDigits {
    NumberOrDigits(WholeNumber(range))
}

impl Rule for NumberOrDigits {
    type Value = i64;

    fn read(&self, value: &Value) -> Result<i64, String> {
        let digits = value.as_str().and_then(|text| self.0.of_digits(text));
        digits.unwrap_or_else(|| self.0.read(value))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let pattern = pattern(&self.0.0);
        json_schema!({
            "anyOf": [self.0.schema(generator), {"type": "string", "pattern": pattern}],
        })
    }
}

/// See [`digits`].
#[derive(Debug, Clone)]
pub struct Digits(WholeNumber);

/// A whole number in `range`, where every value is text, as in a query.
#[must_use]
pub fn digits(range: RangeInclusive<i64>) -> Digits {
    Digits(WholeNumber(range))
}

impl Rule for Digits {
    type Value = i64;

    fn read(&self, value: &Value) -> Result<i64, String> {
        let digits = value.as_str().and_then(|text| self.0.of_digits(text));
        digits.unwrap_or_else(|| self.0.holding(None))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        self.0.schema(generator)
    }
}

/// See [`or_null`].
#[derive(Debug, Clone)]
pub struct OrNull<R>(R);

/// What `rule` accepts, or null.
pub fn or_null<R: Rule>(rule: R) -> OrNull<R> {
    OrNull(rule)
}

impl<R: Rule> Rule for OrNull<R> {
    type Value = Option<R::Value>;

    fn read(&self, value: &Value) -> Result<Self::Value, String> {
        if value.is_null() {
            return Ok(None);
        }
        self.0.read(value).map(Some)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [self.0.schema(generator), {"type": "null"}]})
    }
}

/// See [`or_empty`].
#[derive(Debug, Clone)]
pub struct OrEmpty<R>(R);

/// What `rule` accepts, or empty text for an absent value.
pub fn or_empty<R: Rule>(rule: R) -> OrEmpty<R> {
    OrEmpty(rule)
}

impl<R: Rule> Rule for OrEmpty<R> {
    type Value = Option<R::Value>;

    fn read(&self, value: &Value) -> Result<Self::Value, String> {
        if value.as_str() == Some("") {
            return Ok(None);
        }
        self.0.read(value).map(Some)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [self.0.schema(generator), {"type": "string", "maxLength": 0}]})
    }
}
