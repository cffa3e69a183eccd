//! The job that sends pending changes to the streams.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::hub::Hub;

/// Coalescing delay per open stream: several times what sending to one costs, which leaves most of
/// the processor to selling.
const DELAY_PER_STREAM: Duration = Duration::from_micros(100);

const MIN_DELAY: Duration = Duration::from_millis(10);

const MAX_DELAY: Duration = Duration::from_millis(200);

/// Sends pending changes until `stop` is cancelled. The first is sent at once; those that come during
/// the delay are coalesced, so that a SKU that changes hundreds of times a second is sent rarely.
pub async fn run(hub: Hub, stop: CancellationToken) {
    let work = async {
        loop {
            hub.wait_for_pending().await;
            hub.flush();
            sleep(delay(hub.subscribers())).await;
        }
    };
    stop.run_until_cancelled(work).await;
}

fn delay(streams: usize) -> Duration {
    let streams = u32::try_from(streams).unwrap_or(u32::MAX);
    let delay = DELAY_PER_STREAM.saturating_mul(streams);
    delay.clamp(MIN_DELAY, MAX_DELAY)
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn changes_are_coalesced_for_longer_the_more_streams_there_are() {
        assert_eq!(delay(1).as_millis(), 10);
        assert_eq!(delay(1_000).as_millis(), 100);
        assert_eq!(delay(usize::MAX).as_millis(), 200);
    }
}
