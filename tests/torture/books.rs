//! What the books and the sessions of the database must not show once the service is back.

use std::time::{Duration, Instant};

use fairhold_test_kit::history::Micros;
use tokio::time::sleep;

use crate::site::Site;

/// How long a transaction may be left open: twice the time after which the database ends it.
const LEFT_OPEN: Duration = Duration::from_secs(4);

const PAUSE: Duration = Duration::from_millis(50);

const DISCREPANCIES: &str = "
    select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
    from audit_discrepancies
";

/// What the audit finds.
pub(crate) async fn discrepancies(site: &Site) -> Vec<String> {
    match site.texts(DISCREPANCIES).await {
        Ok(found) => found,
        Err(error) => vec![format!("the audit fails: {error}")],
    }
}

/// Transactions that began before that instant, with which nobody goes on.
pub(crate) async fn left_open(site: &Site, before: Micros) -> Vec<String> {
    let question = format!(
        "select format('a transaction was left open: %s, since %s: %s', pid, xact_start, query)
        from pg_stat_activity
        where datname = current_database()
            and state like 'idle in transaction%'
            and xact_start < timestamptz 'epoch' + {before} * interval '1 microsecond'"
    );
    gone_by(site, &question, Instant::now() + LEFT_OPEN).await
}

/// Holds that were over longer than `within` ago and were not ended, as they must have been since
/// the service is `back`.
pub(crate) async fn overdue(site: &Site, back: Instant, within: Duration) -> Vec<String> {
    let question = format!(
        "select format('%s of %s was over at %s and holds stock', reservation_id, sku, expires_at)
        from reservations
        where status = 'RESERVED'
            and expires_at < clock_timestamp() - interval '{} ms'",
        within.as_millis()
    );
    gone_by(site, &question, back + within).await
}

/// Asks until nothing is found any more, and returns what still is by the deadline. Books that
/// can't be read are as bad.
pub(crate) async fn gone_by(site: &Site, question: &str, deadline: Instant) -> Vec<String> {
    loop {
        let late = Instant::now() >= deadline;
        match site.texts(question).await {
            Ok(found) if late || found.is_empty() => return found,
            Err(error) if late => return vec![format!("the books can't be read: {error}")],
            Ok(_) | Err(_) => sleep(PAUSE).await,
        }
    }
}
