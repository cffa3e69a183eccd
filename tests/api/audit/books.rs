//! Keys, times, behavior and rows that were tampered with.

use super::assert_found;

#[tokio::test]
async fn a_key_that_tells_of_something_else_is_found() {
    assert_found(&[
        (
            "once",
            "A, idempotency key mine of reserve: expected reservation …; found no such reservation",
            "update idempotency_keys set reservation_id = gen_random_uuid() where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected an answer of reserve for A with <late>; \
             found an answer of reserve for A with <buyer>",
            "update idempotency_keys set reservation_id = \
             (select reservation_id from reservations where user_id = 'late') where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected an answer of reserve for A with <buyer>; \
             found an answer of reserve for A with no reservation",
            "update idempotency_keys set outcome = outcome #- '{reservation,reservation_id}' \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key more of restock: expected an answer of restock for A with no \
             reservation; found an answer of restock for B with no reservation",
            "update idempotency_keys set outcome = jsonb_set(outcome, '{inventory,sku}', '\"B\"') \
             where endpoint = 'restock'",
        ),
        (
            "once",
            "B, idempotency key more of restock: expected the SKU of the key; found no such SKU",
            "update idempotency_keys set sku = 'B' where endpoint = 'restock'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_time_that_was_changed_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, ledger entry 1: expected INITIALIZED with 4 at …; found INITIALIZED with 4 at …",
            "update skus set created_at = created_at - interval '1 us'",
        ),
        (
            "all_recorded",
            "A, ledger entry 17: expected the latest change, at …; found RESTOCKED at …",
            "update skus set updated_at = updated_at + interval '1 us'",
        ),
        (
            "all_recorded",
            "A, reservation <late>: expected made at …, changed at …; found made at …, changed at …",
            "update reservations set created_at = created_at - interval '1 us' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, reservation <lucky>: expected made at …, changed at …; found made at …, changed at …",
            "update reservations set updated_at = updated_at + interval '1 us' where user_id = 'lucky'",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 3: expected …: 2 for first, since …; found …: 2 for first, since …",
            "update waitlist set joined_at = joined_at - interval '1 us' where sequence = 3",
        ),
        (
            "all_recorded",
            "A, user late: expected …, at last …; found …, at last …",
            "update user_behavior set weighted_at = weighted_at + interval '1 us' where user_id = 'late'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_row_that_is_missing_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, reservation <quitter>: expected CANCELLED of 1; found no such reservation",
            "delete from reservations where user_id = 'quitter'",
        ),
        (
            "all_recorded",
            "A, reservation <quitter>: expected not in the ledger; found CANCELLED of 1",
            "delete from ledger where entry in (6, 7)",
        ),
        (
            "all_recorded",
            "A, ledger entry 1: expected INITIALIZED with 4 at …; found not in the ledger",
            "delete from ledger where entry = 1",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 4: expected <second>: 1 for second, since …; found nobody waits there",
            "delete from waitlist where sequence = 4",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 9: expected nobody waits there; found <second>: 1 for second, since …",
            "update waitlist set sequence = 9 where sequence = 4",
        ),
        (
            "all_recorded",
            "A, waitlist part 0 of 64: expected 2 waiting; found 0 waiting",
            "delete from waitlist_parts where span = 64",
        ),
        (
            "all_recorded",
            "A, waitlist part 0 of 4096: expected 2 waiting; found 3 waiting",
            "update waitlist_parts set waiting = 3 where span = 4096",
        ),
        (
            "all_recorded",
            "A, waitlist part 1 of 64: expected 0 waiting; found 1 waiting",
            "insert into waitlist_parts values ('A', 64, 1, 1)",
        ),
        (
            "one_row_lock",
            "A, ledger: expected entries 1 to 17; found 13 entries, 1 to 17",
            "delete from ledger where kind = 'WAITLISTED'",
        ),
        (
            "one_row_lock",
            "A, ledger: expected entries 1 to 17; found no entries",
            "delete from ledger",
        ),
    ])
    .await;
}

#[tokio::test]
async fn behavior_that_nobody_showed_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, user late: expected 0 confirmed, 0 cancelled, 1 expired, at last …; \
             found 0 confirmed, 1 cancelled, 1 expired, at last …",
            "update user_behavior set cancelled_count = 1 where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, user late: expected 0 confirmed, 0 cancelled, 1 expired, …; found no behaviour",
            "delete from user_behavior where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, user nobody: expected no hold ended; found 0 confirmed, 0 cancelled, 1 expired, …",
            "insert into user_behavior \
             values ('A', 'nobody', 0, 0, 1, 0, 1, clock_timestamp())",
        ),
        (
            "all_recorded",
            "A, user buyer: expected weights of at most 1 and 0.0; found weights of 1.01 and 0",
            "update user_behavior set confirmed_weight = 1.01 where user_id = 'buyer'",
        ),
        (
            "all_recorded",
            "A, user quitter: expected weights of at most 0 and 0.5; found weights of 0 and 0.6",
            "update user_behavior set abandoned_weight = 0.6 where user_id = 'quitter'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn rows_of_a_sku_that_is_not_there_are_found() {
    assert_found(&[
        (
            "all_recorded",
            "B, ledger: expected the SKU of these rows; found no such SKU",
            "update ledger set sku = 'B' where entry = 5",
        ),
        (
            "all_recorded",
            "B, reservations: expected the SKU of these rows; found no such SKU",
            "update reservations set sku = 'B' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "B, waitlist: expected the SKU of these rows; found no such SKU",
            "update waitlist set sku = 'B' where sequence = 4",
        ),
        (
            "all_recorded",
            "B, user_behavior: expected the SKU of these rows; found no such SKU",
            "update user_behavior set sku = 'B' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, ledger: expected the SKU of these rows; found no such SKU",
            "delete from skus",
        ),
    ])
    .await;
}
