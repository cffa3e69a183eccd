//! Tokens of the shop's identity provider: JWTs that identify a shopper.

mod crypto;
mod error;
mod keys;
mod provider;
mod tokens;

pub use error::TokenError;
pub use keys::PublicKey;
pub use tokens::{Shopper, Tokens};
