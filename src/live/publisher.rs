//! The task that shows what is new, a moment after it came.

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::model::pause_for;

/// Shows what is new until `stop` is cancelled. The first of it is shown at once; what comes
/// meanwhile gathers, so that each SKU is shown as it is then, once.
pub async fn run(board: Board, stop: CancellationToken) {
    let work = async {
        loop {
            board.until_news().await;
            board.show_news();
            sleep(pause_for(board.watching())).await;
        }
    };
    stop.run_until_cancelled(work).await;
}
