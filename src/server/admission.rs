//! Authentication and rate limits, with the jobs that keep them fresh.

use std::sync::Arc;

use sqlx::PgPool;

use super::background_jobs::BackgroundJobs;
use super::error::ServeError;
use crate::access::jwt::Tokens;
use crate::access::{self, ApiKeyCache, Authenticator, OpenAccessPolicy};
use crate::config::Settings;
use crate::limits::Limiter;

/// Authenticates requests. Spawns the jobs that refresh the keys.
pub(super) async fn authenticator(
    settings: &Settings,
    pool: &PgPool,
    jobs: &BackgroundJobs,
) -> Result<Authenticator, ServeError> {
    let keys = ApiKeyCache::load(pool.clone())
        .await
        .map_err(ServeError::Keys)?;
    let tokens = Tokens::new(&settings.access).map_err(ServeError::Provider)?;
    let has_credentials = keys.is_in_use() || tokens.is_some();
    let open_access = OpenAccessPolicy::decide(
        settings.address(),
        settings.address_setting(),
        settings.is_address_by_platform(),
        settings.access.allow_open_access || has_credentials,
    )?;
    if open_access == OpenAccessPolicy::SameMachine {
        tracing::warn!(
            "no API keys exist: only requests from this machine are served. Create one with `fairhold \
             keys create`, or set FAIRHOLD_ALLOW_OPEN_ACCESS=true to serve everyone"
        );
    }
    jobs.spawn(|stop| access::refresh_api_keys(keys.clone(), stop));
    if let Some(tokens) = tokens.clone() {
        jobs.spawn(|stop| tokens.refresh_keys(stop));
    }
    Ok(Authenticator::new(keys, tokens, open_access))
}

/// The rate limits, if there are any. Spawns the jobs that evict idle buckets and keep Redis connected.
pub(super) async fn limiter(
    settings: &Settings,
    jobs: &BackgroundJobs,
) -> Result<Option<Arc<Limiter>>, ServeError> {
    let started = Limiter::start(&settings.limits).await;
    let limiter = started.map_err(ServeError::Redis)?;
    if let Some(limiter) = &limiter {
        jobs.spawn(|stop| Arc::clone(limiter).run(stop));
    }
    Ok(limiter)
}
