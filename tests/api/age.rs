//! Time that has passed, as far as the books know.

use sqlx::PgConnection;

/// Moves all times of a locked SKU back.
pub(crate) async fn age(connection: &mut PgConnection, sku: &str, seconds: f64) {
    sqlx::query!(
        r#"
        with step as (select make_interval(secs => $2) as by),
        s as (
            update skus
            set created_at = created_at - step.by, updated_at = updated_at - step.by
            from step
            where sku = $1
        ),
        r as (
            update reservations
            set
                created_at = created_at - step.by,
                updated_at = updated_at - step.by,
                expires_at = expires_at - step.by
            from step
            where sku = $1
        ),
        w as (update waitlist set joined_at = joined_at - step.by from step where sku = $1),
        b as (update user_behavior set weighted_at = weighted_at - step.by from step where sku = $1),
        k as (update idempotency_keys set created_at = created_at - step.by from step where sku = $1)
        update ledger set recorded_at = recorded_at - step.by from step where sku = $1
        "#,
        sku,
        seconds,
    )
    .execute(&mut *connection)
    .await
    .unwrap();
    tell_reserves_anew(connection, sku).await;
    tell_restocks_anew(connection, sku).await;
}

/// What the keys of reserves were answered has times, too.
async fn tell_reserves_anew(connection: &mut PgConnection, sku: &str) {
    sqlx::query!(
        r#"
        update idempotency_keys as k
        set outcome = jsonb_set(k.outcome, '{reservation}', k.outcome -> 'reservation' || case
            when k.outcome #>> '{reservation,status}' = 'WAITLISTED' then jsonb_build_object(
                'created_at', instant_in_json(r.created_at),
                'updated_at', instant_in_json(r.created_at)
            )
            else jsonb_build_object(
                'created_at', instant_in_json(r.created_at),
                'updated_at', instant_in_json(r.expires_at - make_interval(secs => r.ttl_seconds)),
                'hold', jsonb_build_object(
                    'ttl_seconds', r.ttl_seconds, 'expires_at', instant_in_json(r.expires_at)
                )
            )
        end)
        from reservations as r
        where k.sku = $1
            and k.endpoint = 'reserve'
            and r.sku = k.sku
            and r.reservation_id = k.reservation_id
        "#,
        sku,
    )
    .execute(connection)
    .await
    .unwrap();
}

/// And those of restocks.
async fn tell_restocks_anew(connection: &mut PgConnection, sku: &str) {
    sqlx::query!(
        r#"
        update idempotency_keys as k
        set outcome = jsonb_set(k.outcome, '{inventory}', k.outcome -> 'inventory' || jsonb_build_object(
            'created_at', instant_in_json(s.created_at),
            'updated_at', instant_in_json(k.created_at)
        ))
        from skus as s
        where k.sku = $1
            and k.endpoint = 'restock'
            and s.sku = k.sku
        "#,
        sku,
    )
    .execute(connection)
    .await
    .unwrap();
}
