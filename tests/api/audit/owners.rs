//! Reservations that somebody else was made the owner of, wherever the tables name one.

use super::{assert_found, assert_sound, busy, corrupt};

#[tokio::test]
async fn a_reservation_that_was_given_to_somebody_else_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, reservation <holder>: expected for holder; found for thief",
            "update reservations set user_id = 'thief' where user_id = 'holder'",
        ),
        (
            "all_recorded",
            "A, reservation <first>: expected for first; found for thief",
            "update reservations set user_id = 'thief' where user_id = 'first'; \
             update waitlist set user_id = 'thief' where user_id = 'first'",
        ),
        (
            "all_recorded",
            "A, reservation <buyer>: expected for buyer; found for thief",
            "update reservations set user_id = 'thief' where user_id = 'buyer'; \
             update user_behavior set user_id = 'thief' where user_id = 'buyer'; \
             update idempotency_keys \
             set request = request || '{\"user_id\": \"thief\"}', \
                 outcome = jsonb_set(outcome, '{reservation,user_id}', '\"thief\"') \
             where endpoint = 'reserve'",
        ),
        (
            "all_recorded",
            "A, reservation <buyer>: expected for buyer and for thief; found for buyer",
            "update ledger set user_id = 'thief' where entry = 5",
        ),
    ])
    .await;
}

#[tokio::test]
async fn entries_of_before_the_ledger_had_users_are_no_discrepancy() {
    let service = busy().await;
    corrupt(&service, "update ledger set user_id = null").await;
    assert_sound(&service).await;
    corrupt(&service, "update ledger set user_id = null where entry < 9").await;
    assert_sound(&service).await;
    service.finish().await;
}
