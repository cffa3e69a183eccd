//! `GET /users/{user_id}/behavior`.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::fields::UserIdField;
use super::policy::{RoutePolicy, Routes};
use crate::access::{self, Caller, Permission};
use crate::database;
use crate::deadline::Deadline;
use crate::fairness::{Behavior, Policy, Tier, store};
use crate::http::{Operation, Path, Problem, Reply};
use crate::inventory::DefaultHoldTtl;
use crate::reservations::UserId;

pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::read(Permission::ReadBehavior);
    let operation = Operation::new("showBehavior", "Get the fairness score of a user").response(
        200,
        "The user. A user without any hold reads as a newcomer.",
    );
    Routes::new("Users").get("/users/{user_id}/behavior", policy, show, operation)
}

/// How the holds of a user ended, and the fairness score that follows. Older holds weigh less.
///
/// Only the 64 SKUs on which holds of the user ended last count.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Behavior", example = example())]
struct BehaviorView {
    /// The user.
    user_id: UserId,
    /// Holds confirmed so far.
    #[schemars(range(min = 0))]
    confirmed_count: i64,
    /// Holds cancelled so far.
    #[schemars(range(min = 0))]
    cancelled_count: i64,
    /// Holds expired so far.
    #[schemars(range(min = 0))]
    expired_count: i64,
    /// Weight of the confirmed holds, decayed to now.
    #[schemars(range(min = 0))]
    confirmed: f64,
    /// Weight of the cancelled and expired holds, decayed to now.
    #[schemars(range(min = 0))]
    abandoned: f64,
    /// `(confirmed + 3) / (confirmed + abandoned + 3)`: above 0, at most 1.
    #[schemars(range(max = 1), extend("exclusiveMinimum" = 0))]
    score: f64,
    /// The tier that follows from the score.
    tier: Tier,
    /// The score in words.
    reason: String,
    /// The length of the next hold on a SKU with the default hold time, in seconds.
    #[schemars(range(min = 1))]
    ttl_seconds: i32,
}

fn example() -> Value {
    json!({
        "user_id": "userA",
        "confirmed_count": 2,
        "cancelled_count": 1,
        "expired_count": 0,
        "confirmed": 1.5,
        "abandoned": 0.5,
        "score": 0.9,
        "tier": "full",
        "reason": "abandoned holds weigh 0.5, confirmed ones 1.5: 100 % of the hold time",
        "ttl_seconds": 300,
    })
}

async fn show(
    State(pool): State<PgPool>,
    State(policy): State<Policy>,
    State(DefaultHoldTtl(hold_ttl)): State<DefaultHoldTtl>,
    deadline: Deadline,
    caller: Caller,
    Path(UserIdField(user_id)): Path<UserIdField>,
) -> Result<Reply<BehaviorView>, Problem> {
    if !caller.may_act_for(&user_id) {
        return Err(access::other_user());
    }
    let now = deadline.run(database::now(&pool)).await?;
    let rows = deadline
        .run(store::load(&pool, &[user_id.to_string()]))
        .await?;
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
