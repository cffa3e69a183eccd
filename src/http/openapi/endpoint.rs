//! What the document says of one route: its tag, its operation, and the types of its handler.

use super::handlers::Documented;
use super::operation::Operation;
use super::operation_builder::OperationBuilder;

#[derive(Debug)]
pub(in crate::http) struct Endpoint {
    pub(super) tag: &'static str,
    pub(super) operation: Operation,
    pub(super) describe: fn(&mut OperationBuilder<'_>),
}

impl Endpoint {
    /// An endpoint whose handler `H` takes the inputs `I`.
    pub(in crate::http) fn new<H: Documented<I>, I>(
        tag: &'static str,
        operation: Operation,
    ) -> Self {
        Self {
            tag,
            operation,
            describe: H::describe,
        }
    }
}
