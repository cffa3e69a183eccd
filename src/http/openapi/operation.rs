//! The part of an operation that no type tells: its texts, statuses and problems.

use serde_json::Value;

use crate::http::ProblemType;

/// One operation of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) responses: Vec<(u16, &'static str)>,
    pub(super) problems: Vec<ProblemType>,
    pub(super) example: Option<Value>,
}

impl Operation {
    /// An operation. Generated clients name their function after `id`.
    #[must_use]
    pub fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            description: "",
            responses: Vec::new(),
            problems: Vec::new(),
            example: None,
        }
    }

    /// Adds a description, in Markdown.
    #[must_use]
    pub fn description(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// Adds a success with this status.
    #[must_use]
    pub fn response(mut self, status: u16, description: &'static str) -> Self {
        self.responses.push((status, description));
        self
    }

    /// Adds problems, besides those that follow from what the handler takes.
    #[must_use]
    pub fn problems(mut self, problems: &[ProblemType]) -> Self {
        self.problems.extend(problems);
        self
    }

    /// Adds an example of the body.
    #[must_use]
    pub fn example(self, example: Value) -> Self {
        Self {
            example: Some(example),
            ..self
        }
    }
}
