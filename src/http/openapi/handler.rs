//! Handlers, told by the types of their signature.

use schemars::{JsonSchema, json_schema};

use super::input::Input;
use super::sketch::Sketch;
use crate::http::{Events, Problem, Reply};

/// What a handler gives.
pub trait Output {
    /// Tells what a success is.
    fn describe(sketch: &mut Sketch<'_>);
}

impl<T: JsonSchema> Output for Reply<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        let schema = sketch.generator.subschema_for::<T>();
        sketch.gives("application/json", schema);
    }
}

impl<T: JsonSchema> Output for Events<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        let event = sketch.generator.subschema_for::<T>();
        let stream = json_schema!({
            "description": format!("The `data` of each event is one {}, in JSON.", T::schema_name()),
            "type": "string",
            "contentMediaType": "text/event-stream",
            "contentSchema": event,
        });
        sketch.gives("text/event-stream", stream);
    }
}

impl<T: Output> Output for Result<T, Problem> {
    fn describe(sketch: &mut Sketch<'_>) {
        T::describe(sketch);
    }
}

/// A handler that takes the inputs `I`, a tuple.
pub trait Documented<I> {
    /// Tells what it takes and gives.
    fn describe(sketch: &mut Sketch<'_>);
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
            fn describe(sketch: &mut Sketch<'_>) {
                $($input::describe(sketch);)*
                A::Output::describe(sketch);
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
