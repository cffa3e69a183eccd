//! The service as a whole: state, routes, layers, start and drain.

mod guard;
mod listening;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgPool};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::guard::{guard, limit};
use self::routes::{AppState, router};
use crate::access::{Gate, OpenAccessError};
use crate::allocation::{CommitListener, LaneSettings, Lanes, expiry};
use crate::analytics::insight::{ClientError, Teller};
use crate::config::{Settings, SettingsError};
use crate::connections::{Limits, Tls};
use crate::database::{ConnectError, DurabilityError, Pools, SchemaError};
use crate::inventory::{DefaultHoldTtl, Inventory};
use crate::limits::Limiter;
use crate::live::Hub;
use crate::reservations::{ReservationIndex, ReservationView};
use crate::telemetry::metrics;
use crate::vitals::Readiness;
use crate::{analytics, connections, database, http, live, retention};

pub use self::listening::{ListenError, listen};
pub use self::routes::{document, served, untold_paths};

/// Why the service does not run.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The database can't be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] SchemaError),
    /// The database could lose what was answered.
    #[error(transparent)]
    Durability(#[from] DurabilityError),
    /// The settings don't make sense together.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The model can't be asked as the settings say.
    #[error("no client for the model of --ai-base-url (FAIRHOLD_AI_BASE_URL)")]
    Model(#[from] ClientError),
    /// Everybody could do everything, and nobody said so.
    #[error(transparent)]
    OpenAccess(#[from] OpenAccessError),
    /// The API keys can't be read.
    #[error("the API keys can't be read")]
    Keys(#[source] sqlx::Error),
    /// The identity provider can't be known by its certificate.
    #[error("the identity provider can't be asked")]
    Provider(#[source] reqwest::Error),
    /// Redis can't be asked as the settings say.
    #[error("no client for the Redis of --redis-url (REDIS_URL)")]
    Redis(#[source] redis::RedisError),
    /// The system has no thread left for a lane.
    #[error("a lane could not be started")]
    Threads(#[source] std::io::Error),
}

/// The service, connected and migrated, about to serve.
#[derive(Debug)]
pub struct Server {
    state: AppState,
    pools: Pools,
    gate: Gate,
    limiter: Option<Arc<Limiter>>,
    tracker: TaskTracker,
    drain_jobs: CancellationToken,
    drain_lanes: CancellationToken,
    request_time: Duration,
    drain_delay: Duration,
    drain_time: Duration,
    database_connections: u16,
    tls: Option<Tls>,
}

impl Server {
    /// Connects, migrates, makes sure that the database is durable, and starts lanes and jobs.
    ///
    /// # Errors
    /// When any of that fails.
    pub async fn start(
        settings: &Settings,
        database: &PgConnectOptions,
        tls: Option<Tls>,
    ) -> Result<Self, ServeError> {
        let others = settings.database_connections() - settings.lanes;
        let pools = Pools::new(database, others, settings.request_timeout());
        prepare(settings, database).await?;

        let tracker = TaskTracker::new();
        let (drain_jobs, drain_lanes) = (CancellationToken::new(), CancellationToken::new());
        let gate = guard(settings, &pools.jobs, &tracker, &drain_jobs).await?;
        let limiter = limit(settings, &tracker, &drain_jobs).await?;
        let access = settings.model_access()?;
        let pool = pools.readers.clone();
        let (tasks, stop) = (tracker.clone(), drain_jobs.clone());
        let teller = Teller::new(pool.clone(), access.as_ref(), tasks, stop)?;
        let max_connections = connections::max_connections(settings.database_connections().into());
        let hub = Hub::new(
            settings.streams().min(max_connections / 2),
            ReservationView::json,
        );
        let lanes = start_lanes(settings, database, &hub, &tracker, &drain_lanes)?;
        let state = AppState {
            reservation_index: ReservationIndex::new(pool.clone()),
            pool,
            policy: settings.fairness.policy(),
            default_hold_ttl: DefaultHoldTtl(settings.hold_ttl_seconds),
            teller: Arc::new(teller),
            hub,
            readiness: Arc::new(Readiness::new(pools.jobs.clone(), lanes.clone())),
            lanes,
        };
        start_jobs(settings, &state, &pools.jobs, &tracker, &drain_jobs);
        if let Some(tls) = tls.clone() {
            tracker.spawn(tls.reload(drain_jobs.clone()));
        }
        Ok(Self {
            state,
            pools,
            gate,
            limiter,
            tracker,
            drain_jobs,
            drain_lanes,
            request_time: settings.request_time(),
            drain_delay: settings.drain_delay(),
            drain_time: settings.drain_time(),
            database_connections: settings.database_connections(),
            tls,
        })
    }

    /// Serves on `listener` until `stop` is cancelled, then drains: is not ready any more, stops
    /// accepting, ends the streams, answers what is in flight, stops the jobs and the lanes.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let hub = self.state.hub.clone();
        let stopping = self.state.readiness.stopping.clone();
        let mut router = router(self.state, self.gate, self.limiter);
        if self.tls.is_some() {
            router = http::only_by_tls(router);
        }
        let limits = Limits {
            max_connections: connections::max_connections(self.database_connections.into()),
            request_timeout: self.request_time,
            tls: self.tls,
        };
        let closing = CancellationToken::new();
        let overdue = async {
            stop.cancelled().await;
            stopping.cancel();
            sleep(self.drain_delay).await;
            closing.cancel();
            // They would last for ever.
            hub.close();
            sleep(self.drain_time).await;
        };
        tokio::select! {
            () = connections::serve(listener, router, limits, closing.clone()) => {}
            () = overdue => tracing::warn!("some requests did not end in time"),
        }
        self.drain_jobs.cancel();
        self.drain_lanes.cancel();
        self.tracker.close();
        let ended = async {
            self.tracker.wait().await;
            self.pools.close().await;
        };
        if timeout(self.drain_time, ended).await.is_err() {
            tracing::warn!("some jobs or connections did not end in time");
        }
    }
}

/// Publishes to the hub what the lanes commit.
#[derive(Debug)]
struct HubListener(Hub);

impl CommitListener for HubListener {
    fn committed(&self, changed: Vec<Inventory>) {
        self.0.committed(changed);
    }
}

fn start_lanes(
    settings: &Settings,
    database: &PgConnectOptions,
    hub: &Hub,
    tracker: &TaskTracker,
    drain: &CancellationToken,
) -> Result<Lanes, ServeError> {
    let queue_limit = usize::try_from(settings.queue_limit).unwrap_or(usize::MAX);
    let lanes = LaneSettings {
        database: database.clone(),
        policy: settings.fairness.policy(),
        batch_limit: settings.batch_limit.into(),
        batch_timeout: settings.request_timeout(),
        listener: Arc::new(HubListener(hub.clone())),
    };
    let started = Lanes::start(settings.lanes.into(), queue_limit, &lanes, tracker, drain);
    started.map_err(ServeError::Threads)
}

/// What goes on by itself until `drain` is cancelled.
fn start_jobs(
    settings: &Settings,
    state: &AppState,
    jobs: &PgPool,
    tracker: &TaskTracker,
    drain: &CancellationToken,
) {
    let AppState {
        pool, lanes, hub, ..
    } = state;
    let watched = pool.clone();
    metrics().watch_pool(move || database::pool_use(&watched));
    let sweeps = settings.sweep_interval();
    tracker.spawn(expiry::run(
        lanes.clone(),
        jobs.clone(),
        sweeps,
        drain.clone(),
    ));
    tracker.spawn(analytics::vitals::run(pool.clone(), drain.clone()));
    tracker.spawn(live::publish(hub.clone(), drain.clone()));
    tracker.spawn(live::poll(hub.clone(), pool.clone(), drain.clone()));
    if let Some(age) = settings.retention() {
        tracker.spawn(retention::run(pool.clone(), age, drain.clone()));
    }
}

/// Makes the database ready to be served from. The connection is not one of the pool, which would
/// try again until its time is over and then not say why.
async fn prepare(settings: &Settings, database: &PgConnectOptions) -> Result<(), ServeError> {
    let mut connection = database::connect(database, settings.request_timeout()).await?;
    database::migrate(&mut connection).await?;
    database::ensure_durable(&mut connection).await?;
    // All is done: how the connection ends changes nothing.
    let _ = connection.close().await;
    Ok(())
}
