//! Lists, a page at a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::fields::{Fields, number_or_digits, text};

/// What is asked for of a list: `limit` (1 to 200, default 50) and `cursor`. `C` is the key of the
/// last item of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// How many items at most.
    pub limit: usize,
    /// Where the page before ended; `None` for the first page.
    pub after: Option<C>,
}

impl<C> PageRequest<C> {
    /// Reads `limit` and `cursor`.
    pub fn from_fields(fields: &mut Fields, key: impl FnOnce(&str) -> Option<C>) -> Option<Self> {
        let limit = fields.optional("limit", |v| number_or_digits(v, 1..=200));
        let after = fields.optional("cursor", |v| open_cursor(v, key));
        Some(Self {
            limit: usize::try_from(limit?.unwrap_or(50)).ok()?,
            after: after?,
        })
    }

    /// How many rows to read: one more than is shown tells whether there is a next page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The page that shows `rows`, which were read by [`Self::rows`].
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

/// The cursor for what comes after this key.
fn seal_cursor(key: String) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn open_cursor<C>(value: &Value, key: impl FnOnce(&str) -> Option<C>) -> Result<C, &'static str> {
    const RULE: &str = "must be the next_cursor of an earlier page";
    text(value, |cursor| {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| RULE)?;
        let name = String::from_utf8(bytes).map_err(|_| RULE)?;
        key(&name).ok_or(RULE)
    })
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// What is shown.
    pub items: Vec<T>,
    /// Sent as `cursor`, it asks for the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page, behind which one may go on from this key though it is not full.
    #[must_use]
    pub fn up_to(mut self, key: Option<String>) -> Self {
        self.next_cursor = self.next_cursor.or(key.map(seal_cursor));
        self
    }

    /// The same page with each item as `shape` makes it.
    #[must_use]
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(shape).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
