//! What keys were answered, altered in the books.

use super::{MEND, assert_found, busy, corrupt, keep, told_by_the_view};
use crate::service::Service;

#[tokio::test]
async fn an_answer_that_was_altered_is_found() {
    assert_found(&[
        (
            "once",
            "A, idempotency key mine of reserve: expected held RESERVED: 1 for buyer, …; \
             found held WAITLISTED: 1 for buyer, …",
            "update idempotency_keys set outcome = jsonb_set(outcome, '{reservation,status}', '\"WAITLISTED\"') \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected held RESERVED: 1 for buyer, …; \
             found held RESERVED: 9 for buyer, …",
            "update idempotency_keys set outcome = jsonb_set(outcome, '{reservation,quantity}', '9') \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key more of restock: expected 0 promoted; 5 = 1 + 3 + 1; 2 waiting for 3, …; \
             found 0 promoted; 50 = 1 + 3 + 1; 2 waiting for 3, …",
            "update idempotency_keys set outcome = jsonb_set(outcome, '{inventory,total_quantity}', '50') \
             where endpoint = 'restock'",
        ),
        (
            "once",
            "A, idempotency key more of restock: expected RESTOCKED with 1 at …; found not in the ledger",
            "update idempotency_keys set request = request || '{\"reason\": \"a gift\"}' \
             where endpoint = 'restock'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_key_that_was_copied_is_found() {
    assert_found(&[
        (
            "once",
            "A, ledger entry 17: expected one key at most; found copy, more",
            "insert into idempotency_keys \
             select sku, endpoint, 'copy', request, outcome, null, created_at \
             from idempotency_keys where endpoint = 'restock'",
        ),
        (
            "once",
            "A, ledger entry 4: expected one key at most; found copy, mine",
            "insert into idempotency_keys \
             select sku, endpoint, 'copy', request, outcome, reservation_id, created_at \
             from idempotency_keys where idempotency_key = 'mine'",
        ),
        (
            "once",
            "A, ledger entry 16: expected one key at most; found all, waits",
            "insert into idempotency_keys \
             select sku, endpoint, 'all', request, outcome, reservation_id, created_at \
             from idempotency_keys where idempotency_key = 'waits'",
        ),
    ])
    .await;
}

/// Every member of an answer, by the path to it, that is no object itself.
const MEMBERS: &str = "
    with recursive member(idempotency_key, path, value) as (
        select idempotency_key, array[key], value
        from idempotency_keys
        cross join jsonb_each(outcome)
        union all
        select m.idempotency_key, m.path || o.key, o.value
        from member as m
        cross join jsonb_each(case when jsonb_typeof(m.value) = 'object' then m.value else '{}' end) as o
    )
    select format(
        'update idempotency_keys set outcome = jsonb_set(outcome, %L, %L) where idempotency_key = %L',
        path,
        case jsonb_typeof(value) when 'string' then '\"x\"' else '7' end,
        idempotency_key
    )
    from member
    where jsonb_typeof(value) <> 'object'
    order by idempotency_key, path";

#[expect(
    clippy::disallowed_methods,
    reason = "what is there depends on the answers"
)]
async fn alterations(service: &Service) -> Vec<String> {
    let members = sqlx::query_scalar(MEMBERS).fetch_all(&service.books);
    members.await.unwrap()
}

#[tokio::test]
async fn no_member_of_an_answer_can_be_altered() {
    let service = busy().await;
    let alterations = alterations(&service).await;
    assert!(alterations.len() > 50, "{alterations:#?}");
    keep(&service).await;
    for alteration in alterations {
        corrupt(&service, &alteration).await;
        let told = told_by_the_view(&service, "once").await;
        assert!(
            told.iter().any(|line| line.contains("idempotency key")),
            "{alteration}: {told:?}"
        );
        corrupt(&service, MEND).await;
    }
    service.finish().await;
}
