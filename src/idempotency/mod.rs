//! Idempotency keys: a request that is sent again takes effect once.

pub mod store;

pub use fairhold_core::idempotency::{
    Disposition, IdempotencyKey, KeyRecord, KeyScope, KeyedEndpoint, KeyedOutcome, KeyedRequest,
};
