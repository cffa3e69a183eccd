//! Counts, with all other processes where there is a Redis, and by itself where it is away.

use std::sync::Arc;
use std::time::Duration;

use governor::clock::DefaultClock;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::local::Local;
use super::model::{Account, Level, Limit};
use super::origin::Proxies;
use super::quota::Quota;
use super::settings::Settings;
use super::shared::Shared;
use super::trust;
use crate::telemetry::metrics;

/// How often those are forgotten who owe nothing.
const TIDYING: Duration = Duration::from_secs(5);

/// What is counted, and where.
#[derive(Debug)]
pub struct Limiter {
    pub(super) proxies: Proxies,
    limits: Vec<(Limit, Quota, Local)>,
    shared: Option<Shared>,
}

/// Where accounts were charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Local,
    Shared,
}

/// What became of a charge: a level for each account, up to the first that can't pay.
#[derive(Debug)]
pub(super) struct Charged {
    pub(super) levels: Vec<Level>,
    pub(super) place: Place,
}

impl Limiter {
    /// A limiter of these settings, which looks for its Redis; `None` where nothing is limited.
    ///
    /// # Errors
    /// When the URL is none of Redis's.
    pub async fn start(settings: &Settings) -> redis::RedisResult<Option<Arc<Self>>> {
        if !settings.has_limits() {
            return Ok(None);
        }
        let quotas = [
            (Limit::User, settings.rate_limit_per_user),
            (Limit::Key, settings.rate_limit_per_key),
            (Limit::Address, settings.rate_limit_per_address),
        ];
        let local = |quota| Local::new(quota, DefaultClock::default());
        let limits = quotas
            .into_iter()
            .filter_map(|(limit, quota)| Some((limit, quota?)));
        let client = settings
            .redis_url
            .as_deref()
            .map(trust::client)
            .transpose()?;
        let limiter = Arc::new(Self {
            proxies: Proxies::new(settings.trusted_proxies.clone()),
            limits: limits
                .map(|(limit, quota)| (limit, quota, local(quota)))
                .collect(),
            shared: client.map(Shared::new),
        });
        if let Some(shared) = &limiter.shared {
            shared.link.look().await;
            limiter.watch();
        }
        Ok(Some(limiter))
    }

    fn watch(self: &Arc<Self>) {
        let watched = Arc::clone(self);
        let is_up = move || {
            watched
                .shared
                .as_ref()
                .map(|shared| f64::from(shared.link.is_up()))
        };
        metrics().register_sample_gauge(
            "fairhold.rate.limit.shared",
            "",
            "Whether all processes count together (1), or each by itself since Redis is away (0).",
            is_up,
        );
    }

    /// Forgets who owes nothing, every few seconds, until it is told to stop.
    pub async fn tidy(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(sleep(TIDYING)).await.is_some() {
            for (_, _, local) in &self.limits {
                local.tidy();
            }
        }
    }

    /// Keeps the way to Redis open, where there is one, until it is told to stop.
    pub async fn keep_up(self: Arc<Self>, stop: CancellationToken) {
        if let Some(shared) = &self.shared {
            shared.link.keep_up(&stop).await;
        }
    }

    /// The account that counts `whose` requests against a limit; `None` where there is none.
    pub(super) fn account(&self, limit: Limit, whose: &str) -> Option<Account> {
        let (quota, _) = self.limit(limit)?;
        Some(Account {
            limit,
            quota,
            whose: whose.to_owned(),
        })
    }

    /// Charges all accounts, or none where one can't pay.
    pub(super) async fn charge(&self, accounts: &[Account], price: u32) -> Charged {
        if let Some(shared) = &self.shared
            && let Some(levels) = shared.charge(accounts, price).await
        {
            return Charged {
                levels,
                place: Place::Shared,
            };
        }
        Charged {
            levels: self.charge_here(accounts, price),
            place: Place::Local,
        }
    }

    fn charge_here(&self, accounts: &[Account], price: u32) -> Vec<Level> {
        let mut levels = Vec::with_capacity(accounts.len());
        for account in accounts {
            let Some((_, local)) = self.limit(account.limit) else {
                continue;
            };
            let level = local.charge(&account.whose, price);
            levels.push(level);
            if level.wait.is_some() {
                let paid = levels.len() - 1;
                self.give_back_here(&accounts[..paid], price);
                for level in &mut levels[..paid] {
                    level.remaining += price;
                }
                break;
            }
        }
        levels
    }

    /// Gives `units` back to each of `accounts`, where they were charged.
    pub(super) async fn give_back(&self, accounts: &[Account], units: u32, place: Place) {
        match (place, &self.shared) {
            (Place::Shared, Some(shared)) => shared.give_back(accounts, units).await,
            (Place::Shared, None) | (Place::Local, _) => self.give_back_here(accounts, units),
        }
    }

    fn give_back_here(&self, accounts: &[Account], units: u32) {
        for account in accounts {
            if let Some((_, local)) = self.limit(account.limit) {
                local.give_back(&account.whose, units);
            }
        }
    }

    fn limit(&self, limit: Limit) -> Option<(Quota, &Local)> {
        let mut limits = self.limits.iter();
        let found = limits.find(|(of, ..)| *of == limit);
        found.map(|(_, quota, local)| (*quota, local))
    }
}
