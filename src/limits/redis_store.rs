//! The keys that all processes share, in Redis.

use redis::{Client, Script, ScriptInvocation};

use super::gcra;
use super::model::{Decision, RateLimitKey};
use super::redis_connection::RedisConnection;

/// Keys under `fairhold:<limit>:<subject>`. Each expires once all its units are back.
#[derive(Debug)]
pub(super) struct RedisStore {
    pub(super) connection: RedisConnection,
}

impl RedisStore {
    pub(super) fn new(client: Client) -> Self {
        Self {
            connection: RedisConnection::new(client),
        }
    }

    /// Charges all keys, or none if one cannot pay. `None`: Redis is unavailable.
    pub(super) async fn charge(&self, keys: &[RateLimitKey], units: u32) -> Option<Vec<Decision>> {
        let (allowed, debts) = self.run(keys, units.into()).await?;
        let decide = |(key, debt): (_, &u64)| gcra::decide(key, *debt, units, allowed);
        Some(keys.iter().zip(&debts).map(decide).collect())
    }

    /// Gives `units` back to a key. Lost if Redis is unavailable.
    pub(super) async fn refund(&self, key: &RateLimitKey, units: u32) {
        self.run(std::slice::from_ref(key), -i64::from(units)).await;
    }

    async fn run(&self, keys: &[RateLimitKey], units: i64) -> Option<(bool, Vec<u64>)> {
        let call = call(&self.connection.script, keys, units);
        self.connection.run(&call).await
    }
}

/// Charges `units` to all keys, or refunds them if they are negative.
pub(super) fn call<'a>(
    script: &'a Script,
    keys: &[RateLimitKey],
    units: i64,
) -> ScriptInvocation<'a> {
    let mut call = script.prepare_invoke();
    call.arg(units);
    for RateLimitKey { quota, name, .. } in keys {
        call.key(format!("fairhold:{name}"));
        call.arg(quota.micros(1)).arg(quota.burst());
    }
    call
}
