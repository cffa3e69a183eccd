//! Whether a request of a connection is being handled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by a connection and its requests, of which there is one at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight(Arc<AtomicBool>);

/// A request that is being handled, until this is dropped.
#[derive(Debug)]
pub(super) struct InFlightGuard(InFlight);

impl InFlight {
    pub(super) fn begin(&self) -> InFlightGuard {
        self.0.store(true, Ordering::Relaxed);
        InFlightGuard(self.clone())
    }

    pub(super) fn is_any(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}
