//! What the signature of a handler says of its operation.

use schemars::{JsonSchema, json_schema};

use super::inputs::Input;
use super::operation_builder::OperationBuilder;
use crate::http::{Events, Problem, Reply};

/// What a handler returns.
pub trait Output {
    /// Adds the content of a success.
    fn describe(operation: &mut OperationBuilder<'_>);
}

impl<T: JsonSchema> Output for Reply<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        let schema = operation.schema_of::<T>();
        operation.content("application/json", schema);
    }
}

impl<T: JsonSchema> Output for Events<T> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        let event = operation.schema_of::<T>();
        let stream = json_schema!({
            "description": format!("The `data` of each event is one {}, in JSON.", T::schema_name()),
            "type": "string",
            "contentMediaType": "text/event-stream",
            "contentSchema": event,
        });
        operation.content("text/event-stream", stream);
    }
}

impl<T: Output> Output for Result<T, Problem> {
    fn describe(operation: &mut OperationBuilder<'_>) {
        T::describe(operation);
    }
}

/// A handler that takes the inputs `I`, a tuple.
pub trait Documented<I> {
    /// Adds what it takes and returns.
    fn describe(operation: &mut OperationBuilder<'_>);
}

macro_rules! documented {
    ($($input:ident)*) => {
        impl<F, A, $($input),*> Documented<($($input,)*)> for F
        where
            F: Fn($($input),*) -> A,
            A: Future,
            A::Output: Output,
            $($input: Input,)*
        {
            fn describe(operation: &mut OperationBuilder<'_>) {
                $($input::describe(operation);)*
                A::Output::describe(operation);
            }
        }
    };
}

documented!();
documented!(I1);
documented!(I1 I2);
documented!(I1 I2 I3);
documented!(I1 I2 I3 I4);
documented!(I1 I2 I3 I4 I5);
documented!(I1 I2 I3 I4 I5 I6);
documented!(I1 I2 I3 I4 I5 I6 I7);
