//! Lists in pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::field_reader::Fields;
use super::field_rules::{Rule, digits};

/// The parameters of a list: `limit` (1 to 200, default 50) and `cursor`. `C` is the key of the last
/// item of the previous page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// The largest number of items.
    pub limit: usize,
    /// Where the previous page ended; `None` for the first page.
    pub after: Option<C>,
}

impl<C> PageRequest<C> {
    /// Reads `limit` and `cursor`.
    pub fn from_fields(fields: &mut Fields, key: impl Fn(&str) -> Option<C>) -> Option<Self> {
        let limit = digits(1..=200).about("The largest number of items.");
        let limit = fields.defaulted("limit", limit, 50);
        let after =
            Cursor(key).about("The `next_cursor` of the previous page. Absent: the first page.");
        let after = fields.optional("cursor", after);
        Some(Self {
            limit: usize::try_from(limit?).ok()?,
            after: after?,
        })
    }

    /// How many rows to read: one more than shown, which tells whether there is a next page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The page of `rows`, as many as [`Self::rows`] at most.
    #[must_use]
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl FnOnce(&T) -> String) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| more);
        Page {
            next_cursor: last.map(|last| seal_cursor(key(last))),
            items: rows,
        }
    }
}

/// The cursor of the page after this key.
fn seal_cursor(key: String) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The rule for a cursor. `key` parses its key.
struct Cursor<K>(K);

impl<C, K: Fn(&str) -> Option<C>> Rule for Cursor<K> {
    type Value = C;

    fn read(&self, value: &Value) -> Result<C, String> {
        let bytes = value
            .as_str()
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        name.and_then(|name| (self.0)(&name))
            .ok_or_else(|| "must be the next_cursor of a previous page".to_owned())
    }

    fn schema(&self, _: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"})
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// The items, at most `limit`.
    pub items: Vec<T>,
    /// The `cursor` of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Continues after this key, even if the page is not full.
    #[must_use]
    pub fn up_to(mut self, key: Option<String>) -> Self {
        self.next_cursor = self.next_cursor.or(key.map(seal_cursor));
        self
    }

    /// The page with each item mapped.
    #[must_use]
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(shape).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
