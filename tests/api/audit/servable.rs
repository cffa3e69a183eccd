//! Somebody who was passed over although they could have been served.

use super::assert_found_in;
use crate::service::Service;

/// Entry 5 and 6 are newcomers and entry 9 promotes `small`, past `all`, who wants more than is
/// unsold.
async fn passed_over() -> Service {
    let service = Service::start().await;
    service.stock("A", 100).await;
    let sold = service.hold("A", "buyer", 1).await;
    service.confirm(&sold).await.is(200);
    service.wait("A", "all", 100).await;
    let large = service.hold("A", "large", 98).await;
    service.hold("A", "one", 1).await;
    service.wait("A", "small", 1).await;
    service.cancel(&large).await.is(200);
    service
}

#[tokio::test]
async fn one_who_was_passed_over_though_servable_is_found() {
    let service = passed_over().await;
    let wants = |quantity: i32| {
        format!(
            "update ledger set quantity = {quantity} where entry = 4; \
             update reservations set quantity = {quantity} where user_id = 'all'; \
             update waitlist set quantity = {quantity}; \
             update skus set waitlist_quantity = {quantity}"
        )
    };
    let all_unsold = wants(99);
    let all_available = wants(97);
    let old_rule = "update skus set strict_order_until = version";
    assert_found_in(
        &service,
        &[
            (
                "strict_order",
                "A, ledger entry 5: expected nobody servable waits when a newcomer gets stock at once; \
                 found 1 waited",
                &all_unsold,
            ),
            (
                "strict_order",
                "A, reservation <small>: expected everyone servable ahead of sequence 2 was served or \
                 gone by entry 9; found someone ahead of it still waited",
                &all_unsold,
            ),
            (
                "strict_order",
                "A, ledger entry 6: expected nobody servable waits when a newcomer gets stock at once; \
                 found 1 waited",
                old_rule,
            ),
            (
                "no_idle_stock",
                "A, waitlist sequence 1: expected less than 97 available; found 97 available",
                &all_available,
            ),
            (
                "no_idle_stock",
                "A, ledger entry 9: expected less than 97 available, for which sequence 1 was next; \
                 found 97 available",
                &all_available,
            ),
        ],
    )
    .await;
    service.finish().await;
}
