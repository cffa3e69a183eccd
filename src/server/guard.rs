//! Who is let in, and how often: what is decided at the start, and the jobs that keep it fresh.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServeError;
use crate::access::jwt::Tokens;
use crate::access::{self, Gate, Keyring, Openness};
use crate::config::Settings;
use crate::limits::Limiter;

/// The gate in front of the routes, and the jobs that keep what it knows fresh.
pub(super) async fn guard(
    settings: &Settings,
    pool: &PgPool,
    tracker: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Gate, ServeError> {
    let keyring = Keyring::load(pool.clone())
        .await
        .map_err(ServeError::Keys)?;
    let tokens = Tokens::new(&settings.access).map_err(ServeError::Provider)?;
    let knows_somebody = keyring.is_in_use() || tokens.is_some();
    let openness = Openness::decide(
        settings.address(),
        settings.address_setting(),
        settings.is_address_by_platform(),
        settings.access.allow_open_access || knows_somebody,
    )?;
    if openness == Openness::ThisMachine {
        tracing::warn!(
            "there are no API keys: only this machine is served. Make one with `fairhold keys create`, \
             or set FAIRHOLD_ALLOW_OPEN_ACCESS=true to serve everybody"
        );
    }
    tracker.spawn(access::keep_fresh(keyring.clone(), stop.clone()));
    if let Some(tokens) = tokens.clone() {
        tracker.spawn(tokens.keep_fresh(stop.clone()));
    }
    Ok(Gate::new(keyring, tokens, openness))
}

/// The limits, if there are any, and the jobs that keep their accounts small and shared.
pub(super) async fn limit(
    settings: &Settings,
    tracker: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Option<Arc<Limiter>>, ServeError> {
    let started = Limiter::start(&settings.limits).await;
    let limiter = started.map_err(ServeError::Redis)?;
    if let Some(limiter) = &limiter {
        tracker.spawn(Arc::clone(limiter).run(stop.clone()));
    }
    Ok(limiter)
}
