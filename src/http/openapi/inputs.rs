//! What the inputs of a handler say of its operation.

use axum::extract::State;

use super::operation_builder::OperationBuilder;
use super::state_errors::StateErrors;
use crate::http::field_reader::FromFields;
use crate::http::{Body, Path, ProblemType, Query};

/// An input of a handler.
pub trait Input {
    /// Adds its parameters or body, and the problems that extracting it can end in.
    fn describe(operation: &mut OperationBuilder<'_>);
}

impl<T: StateErrors> Input for State<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.problems(T::PROBLEMS);
    }
}

impl<T: FromFields> Input for Body<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.field_body::<T>();
        operation.problems(&[
            ProblemType::MalformedJson,
            ProblemType::BodyTooLarge,
            ProblemType::UnsupportedMediaType,
            ProblemType::ValidationFailed,
        ]);
    }
}

impl<T: FromFields> Input for Path<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.field_parameters::<T>("path");
        operation.problems(&[ProblemType::NotFound, ProblemType::ValidationFailed]);
    }
}

impl<T: FromFields> Input for Query<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.field_parameters::<T>("query");
        operation.problems(&[ProblemType::ValidationFailed]);
    }
}
