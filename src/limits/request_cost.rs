//! What one request is charged, from its arrival to its response.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::cost::Cost;
use super::headers;
use super::limiter::Limiter;
use super::model::{Charge, Limit, RateLimitKey};
use super::quota::whole_seconds;
use crate::http::{Problem, ProblemType};
use crate::reservations::UserId;
use crate::telemetry::metrics;

/// A handle to the charges of a request. The default charges nothing.
#[derive(Debug, Clone, Default)]
pub struct RequestCost {
    limiter: Option<Arc<Limiter>>,
    cost: Cost,
    charges: Arc<Mutex<Vec<Charge>>>,
}

impl RequestCost {
    pub(super) fn new(limiter: Arc<Limiter>, cost: Cost) -> Self {
        Self {
            limiter: Some(limiter),
            cost,
            charges: Arc::default(),
        }
    }

    /// Charges a command to the user it is for, unless the request was charged to a user already.
    ///
    /// # Errors
    /// When the user's limit is exceeded. The request must then change nothing.
    pub async fn charge_user(&self, user: &UserId) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        let is_user = |charge: &Charge| charge.key.limit == Limit::User;
        if self.charges().iter().any(is_user) {
            return Ok(());
        }
        let key = limiter.key(Limit::User, self.cost.bucket(), user.as_str());
        self.charge(Vec::from_iter(key)).await
    }

    /// Charges all of `keys`, or none and refunds earlier charges.
    pub(super) async fn charge(&self, keys: Vec<RateLimitKey>) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        if keys.is_empty() {
            return Ok(());
        }
        let charges = limiter.charge(keys, self.cost.units()).await;
        let refused = charges
            .iter()
            .filter_map(|charge| Some((charge.decision.wait?, charge.key.clone())))
            .max_by_key(|(wait, _)| *wait);
        if refused.is_some() {
            self.refund(self.cost.units()).await;
        }
        self.charges().extend(charges);
        refused.map_or(Ok(()), |(wait, key)| Err(refusal(&key, wait)))
    }

    /// Refunds a replayed command down to the cost of a read.
    pub(super) async fn refund_replay(&self) {
        self.refund(self.cost.units().saturating_sub(Cost::Read.units()))
            .await;
    }

    pub(super) fn set_headers(&self, response: &mut HeaderMap) {
        headers::set(&self.charges(), response);
    }

    async fn refund(&self, units: u32) {
        let Some(limiter) = &self.limiter else {
            return;
        };
        let mut charges = std::mem::take(&mut *self.charges());
        for charge in &mut charges {
            limiter.refund(charge, units).await;
            charge.decision.remaining += units;
        }
        *self.charges() = charges;
    }

    fn charges(&self) -> MutexGuard<'_, Vec<Charge>> {
        self.charges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal(key: &RateLimitKey, wait: Duration) -> Problem {
    metrics().limited(key.policy());
    let subject = match key.limit {
        Limit::User => "user",
        Limit::Key => "API key",
        Limit::Address => "address",
    };
    let detail = format!("The rate limit of this {subject} is exceeded. Nothing was changed.");
    let seconds = whole_seconds(wait).max(1);
    Problem::new(ProblemType::RateLimited, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

impl<S: Send + Sync> FromRequestParts<S> for RequestCost {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // A server without limits sets none.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
