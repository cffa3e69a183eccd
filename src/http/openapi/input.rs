//! What handlers take.

use axum::extract::State;
use serde_json::json;

use super::shared::Shared;
use super::sketch::Sketch;
use crate::access::{Caller, Standing};
use crate::http::fields::FromFields;
use crate::http::{Body, Code, Key, Path, Query};
use crate::limits::RequestCost;

/// Something that a handler takes.
pub trait Input {
    /// Tells what it is, and which problems it can be.
    fn describe(sketch: &mut Sketch<'_>);
}

impl<T: Shared> Input for State<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.refuses(T::PROBLEMS);
    }
}

/// Who asks is seen to by the gate, for all routes in the same way.
impl Input for Caller {
    fn describe(_: &mut Sketch<'_>) {}
}

/// It ends an answer that lasts, and refuses none.
impl Input for Standing {
    fn describe(_: &mut Sketch<'_>) {}
}

/// How often somebody may ask is said of all routes alike.
impl Input for RequestCost {
    fn describe(_: &mut Sketch<'_>) {}
}

impl<T: FromFields> Input for Body<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes_body::<T>();
        sketch.refuses(&[
            Code::MalformedJson,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::ValidationFailed,
        ]);
    }
}

impl<T: FromFields> Input for Path<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes_parameters::<T>("path");
        sketch.refuses(&[Code::NotFound, Code::ValidationFailed]);
    }
}

impl<T: FromFields> Input for Query<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes_parameters::<T>("query");
        sketch.refuses(&[Code::ValidationFailed]);
    }
}

impl Input for Key {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.keyed = true;
        let key = json!({"$ref": "#/components/parameters/Idempotency-Key"});
        sketch.parameters.push(key);
        sketch.refuses(&[Code::ValidationFailed, Code::IdempotencyKeyReused]);
    }
}
