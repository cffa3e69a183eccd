//! Waiting for what must come.

use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_mins(1);
const INTERVAL: Duration = Duration::from_millis(10);

/// What a poll returns.
pub trait Poll {
    type Found;

    /// What was polled for, or what there is instead.
    fn found(self) -> Result<Self::Found, String>;
}

impl Poll for bool {
    type Found = ();

    fn found(self) -> Result<(), String> {
        self.then_some(()).found()
    }
}

impl<T> Poll for Option<T> {
    type Found = T;

    fn found(self) -> Result<T, String> {
        self.ok_or_else(String::new)
    }
}

impl<T> Poll for Result<T, String> {
    type Found = T;

    fn found(self) -> Self {
        self
    }
}

/// Polls until it finds, for a minute at most.
pub async fn eventually<P: Poll>(what: &str, mut poll: impl AsyncFnMut() -> P) -> P::Found {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        match poll().await.found() {
            Ok(found) => return found,
            Err(instead) => assert!(
                Instant::now() < deadline,
                "not within {TIMEOUT:?}: {what} {instead}"
            ),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
