//! A deadline that is cheap to reset: its sleep is armed only while it is polled.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

#[derive(Debug)]
pub(super) struct Timer {
    due: Instant,
    /// Wakes the task no later than `due`.
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

    pub(super) fn has_elapsed(&self) -> bool {
        self.due <= Instant::now()
    }

    /// Ready once the time has elapsed.
    pub(super) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let due = self.due;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if due < sleep.deadline() {
            sleep.as_mut().reset(due);
        }
        // A sleep that ends early is armed again here, not at each restart.
        while sleep.as_mut().poll(context).is_ready() {
            if due <= sleep.deadline() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(due);
        }
        Poll::Pending
    }
}
