//! The way to Redis: kept open, and open again by itself.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, Script};
use tokio::sync::watch;
use tokio::time::{error::Elapsed, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// What charges accounts: one script, which Redis runs as a whole.
const CHARGE: &str = include_str!("charge.lua");

/// How long Redis may take to answer, in all, before the limits of this process count.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// How long it may take to reach Redis when nobody waits for that.
const ARRIVAL: Duration = Duration::from_secs(1);

/// How often it is asked whether it is there.
const PAUSE: Duration = Duration::from_millis(250);

/// How many reasons are told while it is away, since one that has a number in it is another each time.
const REASONS: usize = 8;

/// A connection while there is one. Whoever finds it broken says so, and the next go without.
#[derive(Debug)]
pub(super) struct Link {
    client: Client,
    /// What Redis is to run.
    pub(super) script: Script,
    connection: watch::Sender<Option<MultiplexedConnection>>,
    /// The reasons why there is none that were told.
    told: Mutex<BTreeSet<String>>,
}

/// Why Redis can't be asked. It may be asked again in a moment.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("it did not answer in time")]
    Late(#[from] Elapsed),
    #[error(transparent)]
    Refused(#[from] RedisError),
}

impl Link {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            script: Script::new(CHARGE),
            connection: watch::Sender::new(None),
            told: Mutex::default(),
        }
    }

    /// The connection, if there is one.
    pub(super) fn connection(&self) -> Option<MultiplexedConnection> {
        self.connection.borrow().clone()
    }

    pub(super) fn is_up(&self) -> bool {
        self.connection.borrow().is_some()
    }

    /// Goes without Redis until it is found again. Until then each reason is told once.
    pub(super) fn lose(&self, error: &LinkError) {
        self.connection.send_replace(None);
        let mut told = self.told();
        if told.len() < REASONS && told.insert(error.to_string()) {
            tracing::warn!(%error, "Redis is away: each process counts by itself");
        }
    }

    /// Finds Redis, or finds it gone.
    pub(super) async fn look(&self) {
        let found = match self.connection() {
            Some(connection) => self.probe(connection).await,
            None => self.connect().await,
        };
        if let Err(error) = found {
            self.lose(&error);
        }
    }

    /// Looks again and again, until it is told to stop.
    pub(super) async fn keep_up(&self, stop: &CancellationToken) {
        while stop.run_until_cancelled(sleep(PAUSE)).await.is_some() {
            self.look().await;
        }
    }

    fn told(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<(), LinkError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(ARRIVAL))
            .set_response_timeout(Some(ARRIVAL));
        let arriving = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let connection = timeout(ARRIVAL, arriving).await??;
        self.probe(connection.clone()).await?;
        self.connection.send_replace(Some(connection));
        self.told().clear();
        tracing::info!("Redis is there: all processes count together");
        Ok(())
    }

    /// Charges two accounts, as requests do: a Redis that answers but does not do that is of no use,
    /// such as a replica, a full one, one that runs no scripts, or a cluster, whose nodes have a part
    /// of the accounts each.
    async fn probe(&self, mut connection: MultiplexedConnection) -> Result<(), LinkError> {
        let mut charge = self.script.prepare_invoke();
        charge.arg(1);
        for key in ["fairhold:probe:1", "fairhold:probe:2"] {
            charge.key(key).arg(1).arg(1);
        }
        let charged: RedisResult<()> =
            timeout(PATIENCE, charge.invoke_async(&mut connection)).await?;
        Ok(charged?)
    }
}
