//! `GET /users/{user_id}/behavior`.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use serde::Serialize;
use sqlx::PgPool;

use super::{Behavior, Policy, Tier, store};
use crate::access::{self, Caller};
use crate::database::{self, in_time};
use crate::http::{Path, Problem, Reply, UserIdField};
use crate::inventory::DefaultHoldTtl;
use crate::reservations::UserId;

/// The routes of this feature.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    Policy: FromRef<S>,
    DefaultHoldTtl: FromRef<S>,
{
    Router::new().route("/users/{user_id}/behavior", get(show))
}

/// What the fairness engine knows of a user.
#[derive(Serialize)]
struct BehaviorView {
    user_id: UserId,
    confirmed_count: i64,
    cancelled_count: i64,
    expired_count: i64,
    /// Weight of the confirmed holds, decayed until now.
    confirmed: f64,
    /// Weight of the abandoned holds, decayed until now.
    abandoned: f64,
    score: f64,
    tier: Tier,
    reason: String,
    /// What the next hold gets on a SKU with the default hold time.
    ttl_seconds: i32,
}

async fn show(
    State(pool): State<PgPool>,
    State(policy): State<Policy>,
    State(DefaultHoldTtl(hold_ttl)): State<DefaultHoldTtl>,
    caller: Caller,
    Path(UserIdField(user_id)): Path<UserIdField>,
) -> Result<Reply<BehaviorView>, Problem> {
    if !caller.may_act_for(&user_id) {
        return Err(access::forbidden());
    }
    let now = in_time(database::now(&pool)).await?;
    let rows = in_time(store::load(&pool, &[user_id.to_string()])).await?;
    let behavior = rows
        .into_iter()
        .map(|(_, _, row)| row.as_of(now, &policy))
        .fold(Behavior::newcomer(now), Behavior::plus);
    let verdict = policy.judge(behavior.weights);
    Ok(Reply::ok(BehaviorView {
        user_id,
        confirmed_count: behavior.confirmed_count,
        cancelled_count: behavior.cancelled_count,
        expired_count: behavior.expired_count,
        confirmed: behavior.weights.confirmed,
        abandoned: behavior.weights.abandoned,
        score: verdict.score,
        tier: verdict.tier,
        reason: verdict.reason,
        ttl_seconds: policy.ttl_seconds(verdict.tier, hold_ttl, false),
    }))
}
