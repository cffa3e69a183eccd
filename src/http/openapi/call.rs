//! What the types of a handler don't tell of an endpoint.

use serde_json::Value;

use crate::http::Code;

/// One endpoint, in words.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) words: &'static str,
    pub(super) answers: Vec<(u16, &'static str)>,
    pub(super) problems: Vec<Code>,
    pub(super) example: Option<Value>,
}

impl Call {
    /// An endpoint with an `id` that generated clients name their function by.
    #[must_use]
    pub fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            words: "",
            answers: Vec::new(),
            problems: Vec::new(),
            example: None,
        }
    }

    /// With more to be said, in Markdown.
    #[must_use]
    pub fn about(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// Succeeds with this status; `when` says in which case.
    #[must_use]
    pub fn answers(mut self, status: u16, when: &'static str) -> Self {
        self.answers.push((status, when));
        self
    }

    /// Refuses with these problems too, besides those that follow from what the handler takes.
    #[must_use]
    pub fn refuses(mut self, problems: &[Code]) -> Self {
        self.problems.extend(problems);
        self
    }

    /// Is sent a body such as this.
    #[must_use]
    pub fn asked(self, example: Value) -> Self {
        Self {
            example: Some(example),
            ..self
        }
    }
}
