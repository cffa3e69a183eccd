//! Logs panics like everything else: one line, in the format of the log.

use std::panic;
use std::thread;

/// Logs each panic where it happens, so that whoever catches it need not, and one that nobody catches
/// is not lost.
pub(super) fn install_hook() {
    panic::set_hook(Box::new(|panic| {
        let cause = panic
            .payload_as_str()
            .unwrap_or("a panic without a message");
        let location = panic.location().map(ToString::to_string);
        let thread = thread::current();
        let thread = thread.name();
        tracing::error!(cause, location, thread, "panicked");
    }));
}
