//! The memory of a connection's request: its head and body, as far as they have arrived.

use crate::http::BODY_LIMIT;
use crate::memory_budget::{MemoryBudget, MemoryClaim, UNCLAIMED};

/// The buffer of one connection, and so the largest head of a request.
pub(super) const BUFFER_LIMIT: usize = 64 * 1024;

/// The most that a request takes: a full buffer, and a body. What exceeds that is discarded as it
/// arrives.
const MAX_CLAIM: usize = BUFFER_LIMIT + BODY_LIMIT;

#[derive(Debug)]
pub(super) struct RequestMemory {
    budget: MemoryBudget,
    /// Bytes of the request that have arrived.
    received: usize,
    claim: Option<MemoryClaim>,
}

impl RequestMemory {
    pub(super) fn new(budget: MemoryBudget) -> Self {
        Self {
            budget,
            received: 0,
            claim: None,
        }
    }

    /// Counts bytes of the request, and returns whether there is memory for them.
    pub(super) fn receive(&mut self, bytes: usize) -> bool {
        self.received = self.received.saturating_add(bytes);
        let needed = self.received.min(MAX_CLAIM).saturating_sub(UNCLAIMED);
        let claimed = self.claim.as_ref().map_or(0, MemoryClaim::bytes);
        if needed <= claimed {
            return true;
        }
        let Some(more) = self.budget.claim(needed - claimed) else {
            return false;
        };
        match &mut self.claim {
            Some(claim) => claim.merge(more),
            none => *none = Some(more),
        }
        true
    }

    /// The request is answered.
    pub(super) fn release(&mut self) {
        self.received = 0;
        self.claim = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_request_claims_what_exceeds_the_part_of_every_connection() {
        let budget = MemoryBudget::new(100);
        let mut request = RequestMemory::new(budget.clone());
        assert!(request.receive(UNCLAIMED) && request.receive(60) && request.receive(40));
        assert!(budget.claim(1).is_none());
        assert!(!request.receive(1));
        request.release();
        assert!(budget.claim(100).is_some());
    }

    #[test]
    fn a_body_that_is_discarded_claims_no_more_than_is_held() {
        let mut request = RequestMemory::new(MemoryBudget::new(MAX_CLAIM - UNCLAIMED));
        assert!((0..1_000).all(|_| request.receive(UNCLAIMED)));
    }
}
