//! `GET /analytics/inventory/{sku}/holds`.

use axum::extract::State;
use chrono::TimeDelta;
use sqlx::PgPool;

use super::time_range::{Range, RangeRequest};
use crate::analytics::holds::{self, Holds};
use crate::analytics::store::created_at;
use crate::api::fields::SkuField;
use crate::api::heavy_reads::HeavyReads;
use crate::deadline::Deadline;
use crate::http::{Fields, FromFields, Operation, Path, Problem, ProblemType, Query, Reply};

/// The longest range: the query reads every reservation in it.
const LONGEST: TimeDelta = TimeDelta::days(31);

pub(super) fn operation() -> Operation {
    Operation::new("showHolds", "Get how the holds of a SKU ended")
        .response(200, "How the holds ended.")
        .problems(&[ProblemType::UnknownSku])
}

pub(super) struct HoldsRequest(RangeRequest);

impl FromFields for HoldsRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        RangeRequest::from_fields(fields).map(Self)
    }
}

pub(super) async fn show(
    State(pool): State<PgPool>,
    State(heavy_reads): State<HeavyReads>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
    Query(HoldsRequest(range)): Query<HoldsRequest>,
) -> Result<Reply<Holds>, Problem> {
    let _permit = heavy_reads.begin().await?;
    let created = deadline.run(created_at(&pool, &sku)).await?;
    let (created_at, now) = created.ok_or_else(Problem::unknown_sku)?;
    let Range { from, to } = range.at(now, created_at)?;
    if to - from > LONGEST {
        return Err(Problem::invalid_field(
            "from",
            "must be at most 31 days before `to`",
        ));
    }
    // The time in an id is the clock of the process that made it, which may be ahead of the database.
    let until = range.ends_before(now).then_some(to);
    let (totals, top_users) = deadline.run(holds::holds(&pool, &sku, from, until)).await?;
    Ok(Reply::ok(Holds {
        sku,
        from,
        to,
        totals,
        top_users,
    }))
}
