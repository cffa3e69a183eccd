//! A request body of which the connection knows whether it was read to its end.

use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::timeout;

/// The most of an unread body that is received to keep its connection open.
const DISCARD_LIMIT: u64 = 64 * 1024;

/// How long that is waited for.
const DISCARD_TIMEOUT: Duration = Duration::from_millis(100);

/// The body as its handler reads it. Left to the connection when it is dropped unread.
#[derive(Debug)]
pub(super) struct RequestBody {
    /// `None` once it was read to its end.
    incoming: Option<Incoming>,
    rest: Rest,
}

/// What the handler has left of the body.
#[derive(Debug, Clone)]
pub(super) struct Rest(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    Reading,
    Unread(Incoming),
    Read,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming) -> (Self, Rest) {
        let is_read = incoming.is_end_stream();
        let state = if is_read { State::Read } else { State::Reading };
        let rest = Rest(Arc::new(Mutex::new(state)));
        let incoming = (!is_read).then_some(incoming);
        let body = Self {
            incoming,
            rest: rest.clone(),
        };
        (body, rest)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(incoming).poll_frame(context));
        if frame.is_none() {
            self.incoming = None;
            *self.rest.state() = State::Read;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let incoming = self.incoming.as_ref();
        incoming.map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(incoming) = self.incoming.take() {
            *self.rest.state() = if incoming.is_end_stream() {
                State::Read
            } else {
                State::Unread(incoming)
            };
        }
    }
}

impl Rest {
    /// Whether the connection can serve another request: the body was read, or its rest is small and
    /// arrives now. A client that waits for `100 Continue` before it sends is not asked to.
    pub(super) async fn is_received(&self, expects_continue: bool) -> bool {
        let state = mem::replace(&mut *self.state(), State::Read);
        match state {
            State::Read => true,
            State::Reading => false,
            State::Unread(incoming) => {
                let is_small = incoming.size_hint().lower() <= DISCARD_LIMIT;
                is_small && !expects_continue && discard(incoming).await
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Receives the rest of a body. Returns whether it came to its end in time and within the limit.
async fn discard(mut incoming: Incoming) -> bool {
    let receiving = async {
        let mut received = 0;
        while received <= DISCARD_LIMIT {
            let frame = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context));
            match frame.await {
                Some(Ok(frame)) => received += frame.data_ref().map_or(0, Bytes::len) as u64,
                Some(Err(_)) => return false,
                None => return true,
            }
        }
        false
    };
    timeout(DISCARD_TIMEOUT, receiving).await.unwrap_or(false)
}
