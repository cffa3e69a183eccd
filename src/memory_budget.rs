//! A bound on the bytes that the requests and responses of all clients hold in memory together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each connection may hold without a claim, for its request and for its response. Nearly all
/// are smaller, so that they cost no claim.
pub const UNCLAIMED: usize = 8 * 1024;

/// Clones share the bound.
#[derive(Debug, Clone)]
pub struct MemoryBudget(Arc<Semaphore>);

/// Bytes that somebody holds, until this is dropped.
#[derive(Debug)]
pub struct MemoryClaim(OwnedSemaphorePermit);

impl MemoryBudget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Claims so many bytes; `None` when fewer are left.
    #[must_use]
    pub fn claim(&self, bytes: usize) -> Option<MemoryClaim> {
        let bytes = u32::try_from(bytes).ok()?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(bytes).ok()?;
        Some(MemoryClaim(permit))
    }
}

impl MemoryClaim {
    /// The number of bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.num_permits()
    }

    /// Adds another claim on the same budget.
    pub fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryBudget;

    #[test]
    fn what_was_dropped_can_be_claimed_again() {
        let budget = MemoryBudget::new(100);
        let mut claim = budget.claim(60).unwrap();
        assert!(budget.claim(41).is_none());
        claim.merge(budget.claim(40).unwrap());
        assert_eq!(claim.bytes(), 100);
        assert!(budget.claim(1).is_none());
        drop(claim);
        assert!(budget.claim(100).is_some());
    }
}
