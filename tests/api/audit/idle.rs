//! Stock that lay idle while somebody waited for it, and a line that should never have been.

use super::assert_found;

const IDLE: &str = "A, ledger entry 11: expected less than 1 available, for which sequence 1 was next; \
                    found 1 available";

#[tokio::test]
async fn stock_that_lay_idle_once_is_found() {
    assert_found(&[
        // `lucky` was promoted once more had come, and by a transaction of its own.
        (
            "no_idle_stock",
            IDLE,
            "update ledger set entry = 100 where entry = 12; \
             update ledger set entry = entry - 1 where entry between 13 and 17; \
             update ledger set entry = 17, recorded_at = recorded_at + interval '1 hour' where entry = 100; \
             update reservations \
             set updated_at = updated_at + interval '1 hour', expires_at = expires_at + interval '1 hour' \
             where user_id = 'lucky'; \
             update skus as s set updated_at = l.recorded_at from ledger as l where l.entry = 17",
        ),
        // `taker` gave the unit back an hour before `lucky` got it.
        (
            "no_idle_stock",
            IDLE,
            "update ledger set recorded_at = recorded_at - interval '1 hour' where entry = 11; \
             update reservations set updated_at = updated_at - interval '1 hour' where user_id = 'taker'; \
             update user_behavior set weighted_at = weighted_at - interval '1 hour' where user_id = 'taker'",
        ),
        // `first` wanted one unit only, which came free in the last entry.
        (
            "no_idle_stock",
            "A, ledger entry 17: expected less than 1 available, for which sequence 3 was next; \
             found 1 available",
            "update ledger set quantity = 1 where entry = 15; \
             update reservations set quantity = 1 where user_id = 'first'; \
             update waitlist set quantity = 1 where user_id = 'first'; \
             update skus set waitlist_quantity = 2",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_line_that_the_sku_does_not_allow_is_found() {
    assert_found(&[
        (
            "strict_order",
            "A, ledger entry 10: expected fewer than 0 wait when somebody joins; found 0 waited",
            "update skus set waitlist_limit = 0",
        ),
        (
            "strict_order",
            "A, ledger entry 16: expected fewer than 1 wait when somebody joins; found 1 waited",
            "update skus set waitlist_limit = 1",
        ),
    ])
    .await;
}
