//! Claims the memory of large responses until they are written.

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::problem::Problem;
use super::problem_type::ProblemType;
use crate::memory_budget::{MemoryBudget, MemoryClaim, UNCLAIMED};

/// Marks a response whose body all clients share, such as a file in the binary: it takes no memory of
/// its own.
#[derive(Debug, Clone, Copy)]
pub struct SharedBody;

/// A body that keeps its claim until the last byte is written, or the connection is closed.
struct ClaimedBody {
    bytes: Bytes,
    _claim: MemoryClaim,
}

impl AsRef<[u8]> for ClaimedBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The response with a claim on its memory, or 503 when the budget is used up. A stream, whose length
/// is not known, holds one event at a time.
pub(super) fn claimed(budget: &MemoryBudget, response: Response) -> Response {
    let length = response.body().size_hint().exact().unwrap_or(0);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length <= UNCLAIMED || response.extensions().get::<SharedBody>().is_some() {
        return response;
    }
    let Some(claim) = budget.claim(length) else {
        return Problem::new(
            ProblemType::Overloaded,
            "Too many large responses are being sent. Retry in a moment.",
        )
        .into_response();
    };
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, length).now_or_never();
    let bytes = bytes.and_then(Result::ok);
    let bytes = bytes.unwrap_or_else(|| unreachable!("a body of known length is in memory"));
    let claimed = Bytes::from_owner(ClaimedBody {
        bytes,
        _claim: claim,
    });
    Response::from_parts(head, Body::from(claimed))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_large_response_holds_its_claim_until_it_is_written() {
        let budget = MemoryBudget::new(UNCLAIMED * 2);
        let large = || vec![b'x'; UNCLAIMED + 1].into_response();
        let first = claimed(&budget, large());
        assert_eq!(first.status(), StatusCode::OK);
        let refused = claimed(&budget, large());
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = to_bytes(first.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body, vec![b'x'; UNCLAIMED + 1]);
        assert!(budget.claim(UNCLAIMED * 2).is_none());
        drop(body);
        assert_eq!(claimed(&budget, large()).status(), StatusCode::OK);
    }

    #[test]
    fn what_is_small_or_shared_needs_no_claim() {
        let empty = MemoryBudget::new(0);
        let mut shared = vec![b'x'; UNCLAIMED + 1].into_response();
        shared.extensions_mut().insert(SharedBody);
        for response in [vec![b'x'; UNCLAIMED].into_response(), shared] {
            assert_eq!(claimed(&empty, response).status(), StatusCode::OK);
        }
    }
}
