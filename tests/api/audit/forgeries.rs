//! Books that were altered by somebody who knows them: counters, ledger and rows all fit.

use super::assert_found;

#[tokio::test]
async fn a_key_that_was_not_asked_for_what_it_got_is_found() {
    assert_found(&[
        (
            "once",
            "A, idempotency key mine of reserve: expected a reservation of 1 for thief; \
             found a reservation of 1 for buyer",
            "update idempotency_keys set request = request || '{\"user_id\": \"thief\"}' \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected a reservation of 2 for buyer; \
             found a reservation of 1 for buyer",
            "update idempotency_keys set request = request || '{\"quantity\": 2}' \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key more of restock: expected RESTOCKED with 1 at …; found not in the ledger",
            "update idempotency_keys set created_at = created_at - interval '1 us' \
             where endpoint = 'restock'",
        ),
        (
            "once",
            "A, idempotency key forged of restock: expected RESTOCKED with 7 at …; \
             found not in the ledger",
            "insert into idempotency_keys \
             select sku, endpoint, 'forged', request || '{\"quantity\": 7}', outcome, null, created_at \
             from idempotency_keys where endpoint = 'restock'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_restock_that_was_taken_out_of_every_table_is_found_by_its_key() {
    assert_found(&[(
        "once",
        "A, idempotency key more of restock: expected RESTOCKED with 1 at …; found not in the ledger",
        "delete from ledger where entry = 17; \
         update skus as s \
         set total_quantity = total_quantity - 1, available_quantity = available_quantity - 1, \
             version = 16, updated_at = l.recorded_at \
         from ledger as l where l.entry = 16",
    )])
    .await;
}

#[tokio::test]
async fn a_sale_that_never_was_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, user ghost: expected 1 confirmed, 0 cancelled, 0 expired, at last …; found no behaviour",
            "insert into reservations \
             select sku, '00000000-0000-7000-8000-000000000000', 'ghost', quantity, status, sequence, \
                 ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, \
                 fairness_reason \
             from reservations where user_id = 'buyer'; \
             insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
                 reserved_delta, sold_delta, total_delta, recorded_at) \
             select sku, entry + 14, kind, '00000000-0000-7000-8000-000000000000', quantity, \
                 available_delta, reserved_delta, sold_delta, total_delta, recorded_at \
             from ledger where entry in (4, 5); \
             update skus as s \
             set available_quantity = available_quantity - 1, sold_quantity = sold_quantity + 1, \
                 version = 19, updated_at = l.recorded_at \
             from ledger as l where l.entry = 5",
        ),
        (
            "all_recorded",
            "A, user thief: expected 1 confirmed, 0 cancelled, 0 expired, at last …; found no behaviour",
            "update reservations set user_id = 'thief' where user_id = 'buyer'",
        ),
        (
            "strict_order",
            "A, ledger entry 18: expected nobody servable waits when a newcomer gets stock at once; found 2 waited",
            "insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
                 reserved_delta, sold_delta, total_delta, recorded_at) \
             select sku, 18, 'RESERVED', '00000000-0000-7000-8000-000000000000', 1, -1, 1, 0, 0, \
                 recorded_at \
             from ledger where entry = 17",
        ),
    ])
    .await;
}
