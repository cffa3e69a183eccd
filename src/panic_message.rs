//! The message of a caught panic.

use std::any::Any;

/// The text that the panic was raised with.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let message = owned.or_else(|| payload.downcast_ref::<&str>().copied());
    message.unwrap_or("a panic without a message")
}
