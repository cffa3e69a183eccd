//! A timer that is moved for nothing and sleeps only for who waits.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Is up at an instant that may be moved at any time.
#[derive(Debug)]
pub(super) struct Timer {
    due: Instant,
    /// Wakes the task no later than that. Made only once somebody waits.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    pub(super) fn after(time: Duration) -> Self {
        Self {
            due: Instant::now() + time,
            sleep: None,
        }
    }

    pub(super) fn restart(&mut self, time: Duration) {
        self.due = Instant::now() + time;
    }

    /// Whether the time is up, to be asked by who does not wait.
    pub(super) fn is_up(&self) -> bool {
        self.due <= Instant::now()
    }

    /// Ready once the time is up.
    pub(super) fn poll_up(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let due = self.due;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if due < sleep.deadline() {
            sleep.as_mut().reset(due);
        }
        // One that wakes early is set anew then, not each time that the instant is moved.
        while sleep.as_mut().poll(context).is_ready() {
            if due <= sleep.deadline() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(due);
        }
        Poll::Pending
    }
}
