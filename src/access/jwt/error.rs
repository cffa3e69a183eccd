//! Why a token is refused.

use thiserror::Error;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It is invalid: the reason for the client, in plain ASCII without quotes.
    #[error("{0}")]
    Wrong(&'static str),
    /// It cannot be verified: the provider's keys were never fetched so far.
    #[error("the keys of the identity provider are not known yet")]
    NoKeys,
}
