//! The connection to Redis, which is restored in the background after it fails.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, Script, ScriptInvocation};
use tokio::sync::watch;
use tokio::time::{error::Elapsed, timeout};
use tokio_util::sync::CancellationToken;

use crate::periodic::periodic;

/// Run by Redis as one atomic step.
pub(super) const CHARGE: &str = include_str!("charge.lua");

/// How long Redis may take to run the script before a request is counted in memory instead.
const RUN_TIMEOUT: Duration = Duration::from_millis(50);

/// How long connecting may take, which happens in the background.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

const PROBE_INTERVAL: Duration = Duration::from_millis(250);

/// How many different errors of one outage are logged: some contain a number that always changes.
const LOGGED_ERRORS: usize = 8;

/// A connection, while there is one. Whoever finds it broken marks it down, so that those who follow
/// do not wait for it.
#[derive(Debug)]
pub(super) struct RedisConnection {
    client: Client,
    pub(super) script: Script,
    current: watch::Sender<Option<MultiplexedConnection>>,
    /// The errors of this outage that were logged.
    logged: Mutex<BTreeSet<String>>,
}

#[derive(Debug, thiserror::Error)]
enum UnavailableError {
    #[error("timed out")]
    Timeout(#[from] Elapsed),
    #[error(transparent)]
    Redis(#[from] RedisError),
}

impl RedisConnection {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            script: Script::new(CHARGE),
            current: watch::Sender::new(None),
            logged: Mutex::default(),
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.current.borrow().is_some()
    }

    /// Runs the script. `None`: Redis is unavailable.
    pub(super) async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Option<T> {
        let connection = self.current()?;
        let ran = run(call, connection).await;
        ran.inspect_err(|error| self.mark_down(error)).ok()
    }

    /// Connects, or checks the connection that there is.
    pub(super) async fn probe(&self) {
        let probed = match self.current() {
            Some(connection) => self.try_script(connection).await,
            None => self.connect().await,
        };
        if let Err(error) = probed {
            self.mark_down(&error);
        }
    }

    /// Probes again and again until `stop` is cancelled.
    pub(super) async fn keep_up(&self, stop: &CancellationToken) {
        let probing = || async {
            self.probe().await;
            PROBE_INTERVAL
        };
        periodic(stop, probing).await;
    }

    fn current(&self) -> Option<MultiplexedConnection> {
        self.current.borrow().clone()
    }

    /// Goes without Redis until a probe succeeds. Logs each error once until then.
    fn mark_down(&self, error: &UnavailableError) {
        self.current.send_replace(None);
        let mut logged = self.logged();
        if logged.len() < LOGGED_ERRORS && logged.insert(error.to_string()) {
            tracing::warn!(%error, "Redis is unavailable: rate limits count per process");
        }
    }

    fn logged(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<(), UnavailableError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(CONNECT_TIMEOUT));
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let connection = timeout(CONNECT_TIMEOUT, connecting).await??;
        self.try_script(connection.clone()).await?;
        self.current.send_replace(Some(connection));
        self.logged().clear();
        tracing::info!("Redis is connected: all processes share the rate limits");
        Ok(())
    }

    /// Charges two keys as requests do. A Redis that responds but cannot do that is unavailable: a
    /// replica, one that is full or runs no scripts, or a node of a cluster, which has only some keys.
    async fn try_script(&self, connection: MultiplexedConnection) -> Result<(), UnavailableError> {
        let mut call = self.script.prepare_invoke();
        call.arg(1);
        for key in ["fairhold:probe:1", "fairhold:probe:2"] {
            call.key(key).arg(1).arg(1);
        }
        run(&call, connection).await
    }
}

async fn run<T: FromRedisValue>(
    call: &ScriptInvocation<'_>,
    mut connection: MultiplexedConnection,
) -> Result<T, UnavailableError> {
    Ok(timeout(RUN_TIMEOUT, call.invoke_async(&mut connection)).await??)
}
