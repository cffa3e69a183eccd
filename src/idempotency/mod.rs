//! Idempotency keys: a request that is sent again takes effect once.

mod model;
pub mod store;

pub use model::{Endpoint, IdempotencyKey, KeyRecord, KeyedOutcome, KeyedRequest, Standing};
