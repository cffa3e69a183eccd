//! Holds that last longer, or were judged worse, than anything in the books can tell why.

use super::assert_found;

#[tokio::test]
async fn a_hold_of_another_length_is_found() {
    assert_found(&[
        (
            "exact_expiry",
            "A, reservation <holder>: expected 300 s, the full tier; \
             found 864300 s, the full tier for a score of 1",
            "update reservations \
             set ttl_seconds = ttl_seconds + 864000, expires_at = expires_at + interval '10 days' \
             where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, reservation <lucky>: expected 1 to 3000 s, the full tier; found 864600 s, …",
            "update reservations \
             set ttl_seconds = ttl_seconds + 864000, expires_at = expires_at + interval '10 days' \
             where user_id = 'lucky'",
        ),
        (
            "exact_expiry",
            "A, reservation <holder>: expected 1 to 300 s; \
             found 864300 s, the reduced tier for a score of 0.9",
            "update reservations \
             set ttl_seconds = ttl_seconds + 864000, expires_at = expires_at + interval '10 days', \
                 fairness_tier = 'reduced', fairness_score = 0.9 \
             where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, skus: expected holds of 299 s, as it was initialized; found holds of 300 s",
            "update skus set initial_hold_ttl_seconds = 299",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_user_who_was_judged_too_hard_is_found() {
    assert_found(&[
        (
            "exact_expiry",
            "A, reservation <holder>: expected 1 to 300 s, the full tier; \
             found 300 s, the minimal tier for a score of 1",
            "update reservations set fairness_tier = 'minimal' where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, reservation <holder>: expected a score of at least 1; found a score of 0.5",
            "update reservations set fairness_score = 0.5, fairness_tier = 'reduced', ttl_seconds = 180, \
             expires_at = expires_at - interval '120 s' \
             where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, reservation <late>: expected a score of at least 0.75; found a score of 0.7",
            "update reservations set fairness_score = 0.7 where user_id = 'late'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn behavior_that_was_forgotten_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, user buyer: expected weights of at least 1 and 0; found weights of 0 and 0",
            "update user_behavior set confirmed_weight = 0 where user_id = 'buyer'",
        ),
        (
            "all_recorded",
            "A, user late: expected weights of at least 0 and 1; found weights of 0 and 0.9",
            "update user_behavior set abandoned_weight = 0.9 where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, user quitter: expected weights of at least 0 and 0.5; found weights of 0 and 0",
            "update user_behavior set abandoned_weight = 0 where user_id = 'quitter'",
        ),
    ])
    .await;
}
