//! Counts requests in Redis where it is configured, and in memory where it is not or is unavailable.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::client_ip::TrustedProxies;
use super::cost::Bucket;
use super::memory_store::MemoryStore;
use super::model::{Backend, Charge, Decision, Limit, RateLimitKey};
use super::quota::Quota;
use super::redis_store::RedisStore;
use super::redis_tls;
use super::settings::LimitSettings;
use crate::periodic::periodic;
use crate::telemetry::metrics;

/// How often idle keys are evicted from memory.
const EVICTION_INTERVAL: Duration = Duration::from_secs(5);

/// The limits that are set, and the stores that count against them.
#[derive(Debug)]
pub struct Limiter {
    pub(super) proxies: TrustedProxies,
    quotas: Vec<(Limit, Quota)>,
    memory: MemoryStore,
    redis: Option<RedisStore>,
}

impl Limiter {
    /// A limiter that has tried to connect to its Redis; `None` if nothing is limited.
    ///
    /// # Errors
    /// When the URL is not a Redis URL.
    pub async fn start(settings: &LimitSettings) -> redis::RedisResult<Option<Arc<Self>>> {
        if !settings.has_limits() {
            return Ok(None);
        }
        let quotas = [
            (Limit::User, settings.rate_limit_per_user),
            (Limit::Key, settings.rate_limit_per_key),
            (Limit::Address, settings.rate_limit_per_address),
        ];
        let quotas = quotas.into_iter();
        let url = settings.redis_url.as_deref();
        let client = url.map(redis_tls::client).transpose()?;
        let limiter = Arc::new(Self {
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            quotas: quotas
                .filter_map(|(limit, quota)| Some((limit, quota?)))
                .collect(),
            memory: MemoryStore::new(),
            redis: client.map(RedisStore::new),
        });
        if let Some(redis) = &limiter.redis {
            redis.connection.probe().await;
            limiter.register_gauge();
        }
        Ok(Some(limiter))
    }

    fn register_gauge(self: &Arc<Self>) {
        let limiter = Arc::clone(self);
        let is_up = move || {
            let redis = limiter.redis.as_ref()?;
            Some(f64::from(redis.connection.is_up()))
        };
        metrics().register_sample_gauge(
            "fairhold.rate.limit.shared",
            "",
            "Whether rate limits are shared by all processes (1), or count per process because Redis is unavailable (0).",
            is_up,
        );
    }

    /// Evicts idle keys and keeps Redis connected until `stop` is cancelled.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let evicting = periodic(&stop, || async {
            self.memory.evict(self.memory.now());
            EVICTION_INTERVAL
        });
        let connected = async {
            if let Some(redis) = &self.redis {
                redis.connection.keep_up(&stop).await;
            }
        };
        tokio::join!(evicting, connected);
    }

    /// The key that counts the requests of `subject`; `None` if they are not limited.
    pub(super) fn key(&self, limit: Limit, bucket: Bucket, subject: &str) -> Option<RateLimitKey> {
        let mut quotas = self.quotas.iter();
        let (_, quota) = quotas.find(|(of, _)| *of == limit)?;
        Some(RateLimitKey::new(limit, bucket, *quota, subject))
    }

    /// Charges all keys, or none if one cannot pay.
    pub(super) async fn charge(&self, keys: Vec<RateLimitKey>, units: u32) -> Vec<Charge> {
        let (decisions, backend) = self.decide(&keys, units).await;
        let charge = |(key, decision)| Charge {
            key,
            decision,
            backend,
        };
        keys.into_iter().zip(decisions).map(charge).collect()
    }

    async fn decide(&self, keys: &[RateLimitKey], units: u32) -> (Vec<Decision>, Backend) {
        if let Some(redis) = &self.redis
            && let Some(decisions) = redis.charge(keys, units).await
        {
            return (decisions, Backend::Redis);
        }
        let decisions = self.memory.charge(keys, units, self.memory.now());
        (decisions, Backend::Memory)
    }

    /// Gives `units` back where they were charged.
    pub(super) async fn refund(&self, charge: &Charge, units: u32) {
        match (charge.backend, &self.redis) {
            (Backend::Redis, Some(redis)) => redis.refund(&charge.key, units).await,
            (Backend::Redis, None) => unreachable!("Redis charged, so there is one"),
            (Backend::Memory, _) => self.memory.refund(&charge.key, units),
        }
    }
}
