//! Reads named values one by one and collects every invalid one.

use std::collections::BTreeSet;
use std::mem;

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::field_rules::Rule;
use super::problem::{FieldError, Problem};

/// A type that is read from named values.
///
/// The same function describes the values: it runs once to read them, and once without any to list its
/// rules. So it must read all fields before it returns `None`.
pub trait FromFields: Sized {
    /// Reads all fields. `None` only if at least one is invalid.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// The named values of a body, a path or a query.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldError>,
    /// Fields that were reported as repeated or unreadable.
    reported: BTreeSet<String>,
    /// Only while the rules are listed.
    list: Option<Box<List>>,
}

#[derive(Debug, Default)]
struct List {
    generator: SchemaGenerator,
    fields: Vec<FieldRule>,
}

/// The rule of a field, for the document.
#[derive(Debug)]
pub(super) struct FieldRule {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Schema,
}

impl Fields {
    /// The rules of all fields of a `T`, in the order of reading.
    pub(super) fn rules<T: FromFields>(generator: &mut SchemaGenerator) -> Vec<FieldRule> {
        let list = List {
            generator: mem::take(generator),
            fields: Vec::new(),
        };
        let mut fields = Self {
            list: Some(Box::new(list)),
            ..Self::default()
        };
        let _ = T::from_fields(&mut fields);
        let Some(list) = fields.list else {
            unreachable!("reading fields keeps the list");
        };
        *generator = list.generator;
        list.fields
    }

    /// Reads a `T` out of what was `sent`.
    ///
    /// # Errors
    /// A problem that names every field that is missing, unknown, sent twice, unreadable, of the
    /// wrong type or out of range.
    pub fn read<T: FromFields>(
        sent: impl IntoIterator<Item = (String, Result<Value, &'static str>)>,
    ) -> Result<T, Problem> {
        let mut fields = Self::default();
        for (name, value) in sent {
            fields.take(name, value);
        }
        let read = T::from_fields(&mut fields);
        let unknown: Vec<_> = fields.values.keys().cloned().collect();
        for name in unknown {
            fields.report(&name, &"is not a field of this request");
        }
        match read {
            Some(read) if fields.errors.is_empty() => Ok(read),
            Some(_) | None => Err(Problem::invalid_fields(fields.errors)),
        }
    }

    fn take(&mut self, name: String, value: Result<Value, &'static str>) {
        let error = match value {
            Ok(_) if self.reported.contains(&name) => return,
            Ok(_) if self.values.contains_key(&name) => "must come once",
            Ok(value) => {
                self.values.insert(name, value);
                return;
            }
            Err(error) => error,
        };
        self.values.remove(&name);
        if self.reported.insert(name.clone()) {
            self.report(&name, &error);
        }
    }

    /// A required field. `None` if it is missing or invalid.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a rule is made where it is given"
    )]
    pub fn required<R: Rule>(&mut self, name: &str, rule: R) -> Option<R::Value> {
        if self.lists(name, true, &rule, None) {
            return None;
        }
        if let Some(value) = self.values.remove(name) {
            self.taken(name, rule.read(&value))
        } else {
            if !self.reported.contains(name) {
                self.report(name, &"is missing");
            }
            None
        }
    }

    /// An optional field. `None` if it is invalid, `Some(None)` if it is absent.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a rule is made where it is given"
    )]
    pub fn optional<R: Rule>(&mut self, name: &str, rule: R) -> Option<Option<R::Value>> {
        if self.lists(name, false, &rule, None) {
            return None;
        }
        match self.values.remove(name) {
            Some(value) => self.taken(name, rule.read(&value)).map(Some),
            None => Some(None),
        }
    }

    /// A number that is `default` if absent.
    pub fn defaulted<R>(&mut self, name: &str, rule: R, default: i64) -> Option<i64>
    where
        R: Rule<Value = i64>,
    {
        if self.lists(name, false, &rule, Some(default)) {
            return None;
        }
        self.optional(name, rule)
            .map(|read| read.unwrap_or(default))
    }

    /// Lists the field while rules are listed. Whether they are.
    fn lists(
        &mut self,
        name: &str,
        required: bool,
        rule: &impl Rule,
        default: Option<i64>,
    ) -> bool {
        let Some(list) = &mut self.list else {
            return false;
        };
        let mut schema = rule.schema(&mut list.generator);
        if let Some(default) = default {
            schema.insert("default".to_owned(), default.into());
        }
        list.fields.push(FieldRule {
            name: name.to_owned(),
            required,
            schema,
        });
        true
    }

    fn taken<T>(&mut self, name: &str, read: Result<T, String>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(message) => {
                self.report(name, &message);
                None
            }
        }
    }

    fn report(&mut self, name: &str, message: &impl ToString) {
        self.errors.push(FieldError {
            field: name.to_owned(),
            message: message.to_string(),
        });
    }
}

#[cfg(test)]
mod tests {
    use schemars::SchemaGenerator;
    use serde_json::{Value, json};

    use super::{Fields, FromFields};
    use crate::http::Problem;
    use crate::http::field_rules::{Rule, digits, number_or_digits, text, whole_number};

    #[derive(Debug, PartialEq)]
    struct Order {
        name: String,
        quantity: i64,
    }

    impl FromFields for Order {
        fn from_fields(fields: &mut Fields) -> Option<Self> {
            let name = fields.required("name", text(|name| Ok(name.to_owned())));
            let quantity = fields.defaulted("quantity", number_or_digits(1..=10), 1);
            Some(Self {
                name: name?,
                quantity: quantity?,
            })
        }
    }

    fn read(value: &Value) -> Result<Order, Problem> {
        let sent = value.as_object().unwrap().clone();
        Fields::read(sent.into_iter().map(|(name, value)| (name, Ok(value))))
    }

    #[test]
    fn every_invalid_field_is_named() {
        let problem = read(&json!({"quantity": 11, "extra": 1, "more": 2})).unwrap_err();
        let mut named: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["extra", "more", "name", "quantity"]);
    }

    #[test]
    fn a_whole_number_has_three_spellings() {
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
    fn digits_are_a_number_only_where_the_rule_says_so() {
        assert_eq!(number_or_digits(1..=10).read(&json!("7")), Ok(7));
        assert!(whole_number(1..=10).read(&json!("7")).is_err());
        assert_eq!(digits(1..=10).read(&json!("7")), Ok(7));
        assert!(digits(1..=10).read(&json!(7)).is_err());
    }

    #[test]
    fn the_rules_are_listed_by_the_function_that_reads_the_fields() {
        let mut generator = SchemaGenerator::default();
        let rules = Fields::rules::<Order>(&mut generator);
        let known: Vec<_> = rules
            .iter()
            .map(|rule| (rule.name.as_str(), rule.required))
            .collect();
        assert_eq!(known, [("name", true), ("quantity", false)]);
        assert_eq!(rules[1].schema.get("default"), Some(&json!(1)));
    }
}
