//! Whether a request of a connection is being worked on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by a connection and its requests, of which there is one at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<AtomicBool>);

/// One request, until this is dropped.
#[derive(Debug)]
pub(super) struct Work(Busy);

impl Busy {
    pub(super) fn begin(&self) -> Work {
        self.0.store(true, Ordering::Relaxed);
        Work(self.clone())
    }

    pub(super) fn is_busy(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}
