//! The accounts that all processes share, in Redis.

use std::time::Duration;

use redis::Client;
use tokio::time::timeout;

use super::link::{Link, LinkError, PATIENCE};
use super::model::{Account, Level};
use super::quota::Quota;

/// Accounts in Redis, under `fairhold:<limit>:<whose>`. Redis forgets each once its units are back.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) link: Link,
}

impl Shared {
    pub(super) fn new(client: Client) -> Self {
        Self {
            link: Link::new(client),
        }
    }

    /// Charges all `accounts`, or none where one can't pay; `None`: Redis is away.
    pub(super) async fn charge(&self, accounts: &[Account], price: u32) -> Option<Vec<Level>> {
        let (paid, debts) = self.run(accounts, price.into()).await?;
        let debts = debts.into_iter().map(Duration::from_micros);
        let levels = accounts.iter().zip(debts);
        let level = |(account, debt): (&Account, _)| level(account.quota, debt, price, paid);
        Some(levels.map(level).collect())
    }

    /// Gives `units` back that were charged to each of `accounts`.
    pub(super) async fn give_back(&self, accounts: &[Account], units: u32) {
        self.run(accounts, -i64::from(units)).await;
    }

    async fn run(&self, accounts: &[Account], price: i64) -> Option<(bool, Vec<u64>)> {
        let mut connection = self.link.connection()?;
        let mut call = self.link.script.prepare_invoke();
        call.arg(price);
        for Account {
            limit,
            quota,
            whose,
        } in accounts
        {
            call.key(format!("fairhold:{}:{whose}", limit.name()));
            call.arg(quota.interval().as_secs_f64() * 1e6)
                .arg(quota.burst());
        }
        let asked = timeout(PATIENCE, call.invoke_async(&mut connection)).await;
        let answer = asked.map_err(LinkError::from);
        match answer.and_then(|answer| answer.map_err(LinkError::from)) {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.link.lose(&error);
                None
            }
        }
    }
}

/// How an account stands whose units are all back after `debt`.
fn level(quota: Quota, debt: Duration, price: u32, paid: bool) -> Level {
    let interval = quota.interval();
    let used = u32::try_from(debt.as_nanos().div_ceil(interval.as_nanos()));
    let remaining = quota.burst().saturating_sub(used.unwrap_or(u32::MAX));
    let due = debt + interval.saturating_mul(price);
    let wait = due.saturating_sub(interval.saturating_mul(quota.burst()));
    Level {
        remaining,
        wait: (!paid && !wait.is_zero()).then_some(wait),
    }
}
