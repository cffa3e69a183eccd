//! Reservations that were tampered with after they had been moved into the history.

use fairhold_test_kit::eventually;

use super::{assert_found_in, busy};
use crate::retention::{make_old, until_moved};
use crate::service::Service;

/// The same books as ever, ten days later: `late`, `buyer`, `quitter`, `taker` and `leaver` are in
/// the history, and the holds of the others have ended only now.
async fn with_history() -> Service {
    let service = busy().await;
    make_old(&service, "A", 10).await;
    eventually("all holds that are due have ended", async || {
        let due = sqlx::query_scalar!(
            r#"
            select count(*) as "count!"
            from reservations
            where status = 'RESERVED'
                and expires_at <= clock_timestamp()
            "#
        );
        let due = due.fetch_one(&service.books).await.unwrap();
        (due == 0).then_some(())
    })
    .await;
    let mover = service.another_with(&["--retention-days=9"]).await;
    until_moved(&service, 5).await;
    mover.finish().await;
    service
}

#[tokio::test]
async fn a_row_of_the_history_that_was_changed_is_found() {
    let service = with_history().await;
    assert_found_in(
        &service,
        &[
            (
                "all_recorded",
                "A, reservation <buyer>: expected CONFIRMED of 1; found CONFIRMED of 2",
                "update reservations_history set quantity = 2 where user_id = 'buyer'",
            ),
            (
                "all_recorded",
                "A, reservation <quitter>: expected CANCELLED of 1; found EXPIRED of 1",
                "update reservations_history set status = 'EXPIRED' where user_id = 'quitter'",
            ),
            (
                "no_overselling",
                "A, reservations: expected … held, 1 sold; found … held, 2 sold",
                "update reservations_history set status = 'CONFIRMED' where user_id = 'late'",
            ),
            (
                "all_recorded",
                "A, reservation <taker>: expected made at …, changed at …; found made at …, changed at …",
                "update reservations_history set updated_at = updated_at + interval '1 us' \
                 where user_id = 'taker'",
            ),
            (
                "exact_expiry",
                "A, ledger entry 5: expected before the hold's end at …; found CONFIRMED at …",
                "update reservations_history set expires_at = expires_at - interval '1 day' \
                 where user_id = 'buyer'",
            ),
            (
                "strict_order",
                "A, reservation <leaver>: expected sequence 2, by the order of joining; found sequence 9",
                "update reservations_history set sequence = 9 where user_id = 'leaver'",
            ),
        ],
    )
    .await;
    service.finish().await;
}

#[tokio::test]
async fn a_row_too_many_or_too_few_is_found() {
    let service = with_history().await;
    assert_found_in(
        &service,
        &[
            (
                "once",
                "A, reservation <buyer>: expected one row; \
                 found a row in reservations and one in reservations_history",
                "insert into reservations select * from reservations_history where user_id = 'buyer'",
            ),
            (
                "once",
                "A, reservation <late>: expected one SKU; found A, B",
                "create temp table other as select * from reservations_history where user_id = 'late'; \
                 update other set sku = 'B'; \
                 insert into reservations select * from other; \
                 drop table other",
            ),
            (
                "all_recorded",
                "A, reservation <quitter>: expected CANCELLED of 1; found no such reservation",
                "delete from reservations_history where user_id = 'quitter'",
            ),
            (
                "once",
                "A, idempotency key mine of reserve: expected reservation <buyer>; \
                 found no such reservation",
                "delete from reservations_history",
            ),
        ],
    )
    .await;
    service.finish().await;
}
