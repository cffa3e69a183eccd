//! The service as a whole: start, serve and drain.

mod admission;
mod background_jobs;
mod error;
mod listener;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgPool};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::admission::{authenticator, limiter};
use self::background_jobs::BackgroundJobs;
use crate::allocation::{CommitListener, LaneSettings, Lanes, expiry};
use crate::analytics::insight::SummaryCache;
use crate::api::{self, AppState, HeavyReads, ReservationView, RouteLayers};
use crate::config::Settings;
use crate::connections::{Limits, Tls};
use crate::database::Pools;
use crate::health::Readiness;
use crate::inventory::{DefaultHoldTtl, Inventory};
use crate::live::Hub;
use crate::memory_budget::MemoryBudget;
use crate::reservations::ReservationIndex;
use crate::telemetry::metrics;
use crate::{analytics, connections, database, http, live, retention};

pub use self::error::ServeError;
pub use self::listener::{ListenError, listen};

/// The service, connected and migrated, about to serve.
#[derive(Debug)]
pub struct Server {
    state: AppState,
    pools: Pools,
    layers: RouteLayers,
    tracker: TaskTracker,
    jobs: BackgroundJobs,
    drain_lanes: CancellationToken,
    drain_delay: Duration,
    drain_time: Duration,
    max_connections: usize,
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
        let jobs = BackgroundJobs::new(tracker.clone());
        let drain_lanes = CancellationToken::new();
        let authenticator = authenticator(settings, &pools.jobs, &jobs).await?;
        let layers = RouteLayers {
            authenticator: Arc::new(authenticator),
            limiter: limiter(settings, &jobs).await?,
            timeout: settings.request_time(),
            budget: MemoryBudget::new(settings.buffer_limit()),
        };
        let model = settings.model_config()?;
        let pool = pools.readers.clone();
        let (tasks, stop) = (tracker.clone(), jobs.stop_token());
        let summaries = SummaryCache::new(pool.clone(), model.as_ref(), tasks, stop)?;
        let max_connections = max_connections(settings);
        let hub = Hub::new(
            settings.max_streams().min(max_connections / 2),
            ReservationView::json,
        );
        let lanes = start_lanes(settings, database, &hub, &tracker, &drain_lanes)?;
        let state = AppState {
            reservation_index: ReservationIndex::new(pools.checkout.clone()),
            heavy_reads: HeavyReads::new(pool.options().get_max_connections()),
            pool,
            policy: settings.fairness.policy(),
            default_hold_ttl: DefaultHoldTtl(settings.hold_ttl_seconds),
            summaries: Arc::new(summaries),
            hub,
            readiness: Arc::new(Readiness::new(pools.jobs.clone(), lanes.clone())),
            lanes,
        };
        start_jobs(settings, &state, &pools.jobs, &jobs);
        if let Some(tls) = tls.clone() {
            jobs.spawn(|stop| tls.reload(stop));
        }
        Ok(Self {
            state,
            pools,
            layers,
            tracker,
            jobs,
            drain_lanes,
            drain_delay: settings.drain_delay(),
            drain_time: settings.drain_time(),
            max_connections,
            tls,
        })
    }

    /// Serves on `listener` until `stop` is cancelled, then drains: is not ready any more, stops
    /// accepting, ends the streams, answers what is in flight, stops the jobs and the lanes.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let hub = self.state.hub.clone();
        let stopping = self.state.readiness.stopping.clone();
        let mut router = api::router(self.state, &self.layers);
        if self.tls.is_some() {
            router = http::with_hsts(router);
        }
        let limits = Limits {
            max_connections: self.max_connections,
            budget: self.layers.budget,
            tls: self.tls,
        };
        let closing = CancellationToken::new();
        let overdue = async {
            stop.cancelled().await;
            stopping.cancel();
            sleep(self.drain_delay).await;
            closing.cancel();
            // Streams never end by themselves.
            hub.close();
            sleep(self.drain_time).await;
        };
        tokio::select! {
            () = connections::serve(listener, router, limits, closing.clone()) => {}
            () = overdue => tracing::warn!("shutdown: some requests did not finish in time"),
        }
        self.jobs.stop();
        self.drain_lanes.cancel();
        self.tracker.close();
        let ended = async {
            self.tracker.wait().await;
            self.pools.close().await;
        };
        if timeout(self.drain_time, ended).await.is_err() {
            tracing::warn!("shutdown: some jobs or connections did not finish in time");
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

/// Starts the jobs that keep stock moving and readers informed.
fn start_jobs(settings: &Settings, state: &AppState, reserved: &PgPool, jobs: &BackgroundJobs) {
    let AppState {
        pool, lanes, hub, ..
    } = state;
    let watched = pool.clone();
    metrics().register_pool_gauge(move || database::pool_use(&watched));
    let sweeps = settings.sweep_interval();
    let (lanes, reserved) = (lanes.clone(), reserved.clone());
    jobs.spawn(|stop| expiry::run(lanes, reserved, sweeps, stop));
    jobs.spawn(|stop| analytics::gauges::run(pool.clone(), stop));
    jobs.spawn(|stop| live::publish(hub.clone(), stop));
    jobs.spawn(|stop| live::poll(hub.clone(), pool.clone(), stop));
    if let Some(age) = settings.retention() {
        jobs.spawn(|stop| retention::run(pool.clone(), age, stop));
    }
}

/// Migrates the database and checks that it is durable. It uses a connection of its own: a pool would
/// retry until its timeout and then not say why.
async fn prepare(settings: &Settings, database: &PgConnectOptions) -> Result<(), ServeError> {
    let mut connection = database::connect(database, settings.request_timeout()).await?;
    database::migrate(&mut connection).await?;
    database::ensure_durable(&mut connection).await?;
    // Everything is committed: how the connection closes does not matter.
    let _ = connection.close().await;
    Ok(())
}

/// How many clients may be connected at once: as many as are allowed, and as there are file
/// descriptors.
fn max_connections(settings: &Settings) -> usize {
    let others = settings.database_connections().into();
    connections::max_connections(others).min(settings.connection_limit())
}
