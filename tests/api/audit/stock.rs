//! Stock, the line and holds that were tampered with.

use super::assert_found;

#[tokio::test]
async fn stock_that_was_sold_twice_is_found() {
    assert_found(&[
        (
            "no_overselling",
            "A, reservations: expected 3 held, 1 sold; found 3 held, 2 sold",
            "update reservations set status = 'CONFIRMED' where user_id = 'late'",
        ),
        (
            "no_overselling",
            "A, ledger entry 6: expected no negative counter, …; found -1 + 1 + 1 = 1",
            "update ledger set quantity = 1, available_delta = 1, total_delta = 1 where entry = 1; \
             update ledger set quantity = 4, available_delta = 4, total_delta = 4 where entry = 17",
        ),
        (
            "all_recorded",
            "A, skus: expected 1 available, 3 held, 1 sold, 5 in all; \
             found 7 available, 3 held, 1 sold, 11 in all",
            "update skus set total_quantity = 11, available_quantity = 7",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_line_that_was_reordered_is_found() {
    assert_found(&[
        (
            "strict_order",
            "A, reservation <first>: expected sequence 3, by the order of joining; found sequence 9",
            "update reservations set sequence = 9 where user_id = 'first'",
        ),
        (
            "strict_order",
            "A, reservation <leaver>: expected sequence 2, by the order of joining; found no sequence",
            "update reservations set sequence = null, ttl_seconds = 1, expires_at = updated_at \
             where user_id = 'leaver'",
        ),
        (
            "strict_order",
            "A, reservation <late>: expected no sequence: it never waited; found sequence 5",
            "update reservations set sequence = 5 where user_id = 'late'",
        ),
        (
            "strict_order",
            "A, reservation <lucky>: expected everyone servable ahead of sequence 9 was served or gone by \
             entry 12; found someone ahead of it still waited",
            "update reservations set sequence = 9 where user_id = 'lucky'",
        ),
        (
            "strict_order",
            "A, ledger entry 12: expected nobody servable waits when a newcomer gets stock at once; found 1 waited",
            "update ledger set kind = 'RESERVED' where kind = 'PROMOTED'",
        ),
        (
            "strict_order",
            "A, skus: expected last sequence 4: as many joined; \
             found last sequence 5, the highest used is 4",
            "update skus set last_sequence = 5",
        ),
    ])
    .await;
}

#[tokio::test]
async fn stock_that_lies_idle_is_found() {
    assert_found(&[(
        "no_idle_stock",
        "A, waitlist sequence 3: expected less than 1 available; found 1 available",
        "update waitlist set quantity = 1 where sequence = 3",
    )])
    .await;
}

#[tokio::test]
async fn a_hold_whose_end_was_moved_is_found() {
    assert_found(&[
        (
            "exact_expiry",
            "A, ledger entry 5: expected before the hold's end at …; found CONFIRMED at …",
            "update reservations set expires_at = expires_at - interval '1 day' where user_id = 'buyer'",
        ),
        (
            "exact_expiry",
            "A, ledger entry 3: expected not before the hold's end at …; found EXPIRED at …",
            "update reservations set expires_at = expires_at + interval '1 day' where user_id = 'late'",
        ),
        (
            "exact_expiry",
            "A, reservation <holder>: expected a hold from … for 300 s, until …; \
             found a hold for 300 s, until …",
            "update reservations set expires_at = expires_at + interval '1 us' where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, reservation <buyer>: expected a hold from … for 301 s, until …; \
             found a hold for 301 s, until …",
            "update reservations set ttl_seconds = 301 where user_id = 'buyer'",
        ),
        (
            "exact_expiry",
            "A, reservation <lucky>: expected a hold from … for 300 s, until …; \
             found a hold for 300 s, until …",
            "update reservations set ttl_seconds = 300 where user_id = 'lucky'",
        ),
        (
            "exact_expiry",
            "A, reservation <leaver>: expected no hold; found a hold for 1 s, until …",
            "update reservations set ttl_seconds = 1, expires_at = updated_at where user_id = 'leaver'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_reservation_that_lives_twice_is_found() {
    assert_found(&[
        (
            "once",
            "A, reservation <buyer>: expected one beginning, then at most one hold, then at most \
             one end; found 1 beginnings, 1 holds, 2 confirmed, 0 cancelled, 0 expired; begun in …",
            "insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
             reserved_delta, sold_delta, total_delta, recorded_at) \
             select sku, 1000, kind, reservation_id, quantity, 0, -1, 1, 0, recorded_at \
             from ledger where kind = 'CONFIRMED'",
        ),
        (
            "once",
            "A, reservation <buyer>: expected …; found …; begun in entry 5 and ended in 4 of 4 to 5",
            "update ledger set entry = 0 where entry = 4; \
             update ledger set entry = 4 where entry = 5; \
             update ledger set entry = 5 where entry = 0",
        ),
        (
            "once",
            "A, reservation <late>: expected one SKU; found A, B",
            "create temp table other as select * from reservations where user_id = 'late'; \
             update other set sku = 'B'; \
             insert into reservations select * from other; \
             drop table other",
        ),
    ])
    .await;
}
