//! The service as a whole: state, routes, layers, start and drain.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::http::Method;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::layer::util::Stack;
use tower::util::option_layer;

use crate::access::jwt::Tokens;
use crate::access::{self, Gate, Keyring, OpenAccessError, Openness};
use crate::allocation::{LaneSettings, Lanes, expiry};
use crate::analytics::insight::{ClientError, Teller};
use crate::config::{Settings, SettingsError};
use crate::connections::{Limits, Tls, TlsError};
use crate::database::{COMMIT_DURABLY, ConnectError, DurabilityError, SchemaError};
use crate::fairness::Policy;
use crate::http::Routes;
use crate::inventory::DefaultHoldTtl;
use crate::limits::Limiter;
use crate::live::Board;
use crate::reservations::KnownSkus;
use crate::telemetry::{PoolUse, metrics};
use crate::vitals::Readiness;
use crate::{
    analytics, connections, database, fairness, http, inventory, ledger, live, reservations,
    retention, vitals, waitlist,
};

/// How long an idle connection may take to answer before it is taken for lost.
const PING_TIME: Duration = Duration::from_millis(500);

/// How long a reader may wait for a connection, if a request may wait so long at all.
const READER_PATIENCE: Duration = Duration::from_secs(1);

/// What the handlers share.
#[derive(Debug, Clone, FromRef)]
struct AppState {
    pool: PgPool,
    lanes: Lanes,
    known_skus: KnownSkus,
    policy: Policy,
    default_hold_ttl: DefaultHoldTtl,
    teller: Teller,
    board: Board,
    readiness: Readiness,
}

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
    /// Nobody can be served by TLS as the settings say.
    #[error(transparent)]
    Tls(#[from] TlsError),
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

/// The address can't be listened on.
#[derive(Debug, Error)]
#[error("can't listen on {address}, which {setting} says")]
pub struct ListenError {
    address: SocketAddr,
    setting: &'static str,
    source: std::io::Error,
}

/// How many clients may wait to be let in, as far as the system agrees: a sale begins for all of
/// them in the same second, and who finds no place here tries again only after another second.
const BACKLOG: u32 = 4096;

/// Listens on the address of the settings.
pub fn listen(settings: &Settings) -> Result<TcpListener, ListenError> {
    let address = settings.address();
    listen_on(address).map_err(|source| ListenError {
        address,
        setting: settings.address_setting(),
        source,
    })
}

fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A restart must not wait for the connections of the process before it to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The service, connected and migrated, about to serve.
#[derive(Debug)]
pub struct Server {
    state: AppState,
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
    ) -> Result<Self, ServeError> {
        let tls = settings.identity()?.map(Tls::open).transpose()?;
        let readers = settings.database_connections() - settings.lanes;
        let patience = settings.request_timeout();
        let pool = PgPoolOptions::new()
            .max_connections(readers.into())
            .acquire_timeout(patience.min(READER_PATIENCE))
            // Instead of sqlx's own test, which waits for a silent connection for ever.
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(answers(connection)))
            // A statement that was given up may never be answered: its connection is closed, where
            // sqlx would wait for it and keep its place.
            .after_release(|connection, _| Box::pin(answers(connection)))
            .after_connect(move |connection, _| Box::pin(prepare_reader(connection, patience)))
            .connect_lazy_with(database.clone());
        prepare(settings, database).await?;

        let tracker = TaskTracker::new();
        let drain_jobs = CancellationToken::new();
        let gate = guard(settings, &pool, &tracker, &drain_jobs).await?;
        let limiter = limit(settings, &tracker, &drain_jobs).await?;
        let drain_lanes = CancellationToken::new();
        let access = settings.model_access()?;
        let (tasks, stop) = (tracker.clone(), drain_jobs.clone());
        let teller = Teller::new(pool.clone(), access.as_ref(), tasks, stop)?;
        let room = connections::room(settings.database_connections().into());
        let board = Board::new(settings.streams().min(room / 2));
        let lane_settings = LaneSettings {
            database: database.clone(),
            policy: settings.policy(),
            batch_limit: settings.batch_limit.into(),
            patience: settings.request_timeout(),
            board: board.clone(),
        };
        let readers = pool.clone();
        metrics().watch_pool(move || pool_use(&readers));
        let queue_limit = usize::try_from(settings.queue_limit).unwrap_or(usize::MAX);
        let lanes = Lanes::start(
            settings.lanes.into(),
            queue_limit,
            &lane_settings,
            &tracker,
            &drain_lanes,
        )
        .map_err(ServeError::Threads)?;
        tracker.spawn(expiry::run(
            lanes.clone(),
            pool.clone(),
            settings.sweep_interval(),
            drain_jobs.clone(),
        ));
        tracker.spawn(analytics::vitals::run(pool.clone(), drain_jobs.clone()));
        tracker.spawn(live::publish(board.clone(), drain_jobs.clone()));
        tracker.spawn(live::look(board.clone(), pool.clone(), drain_jobs.clone()));
        if let Some(tls) = tls.clone() {
            tracker.spawn(tls.follow(drain_jobs.clone()));
        }
        if let Some(age) = settings.retention() {
            tracker.spawn(retention::run(pool.clone(), age, drain_jobs.clone()));
        }
        let readiness = Readiness {
            lanes: lanes.clone(),
            stopping: CancellationToken::new(),
        };
        Ok(Self {
            state: AppState {
                known_skus: KnownSkus::new(pool.clone()),
                pool,
                lanes,
                policy: settings.policy(),
                default_hold_ttl: DefaultHoldTtl(settings.hold_ttl_seconds),
                teller,
                board,
                readiness,
            },
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
        let pool = self.state.pool.clone();
        let board = self.state.board.clone();
        let stopping = self.state.readiness.stopping.clone();
        let mut router = router(self.state, self.gate, self.limiter);
        if self.tls.is_some() {
            router = http::only_by_tls(router);
        }
        let limits = Limits {
            room: connections::room(self.database_connections.into()),
            patience: self.request_time,
            tls: self.tls,
        };
        let closing = CancellationToken::new();
        let overdue = async {
            stop.cancelled().await;
            stopping.cancel();
            sleep(self.drain_delay).await;
            closing.cancel();
            // They would last for ever.
            board.close();
            sleep(self.drain_time).await;
        };
        tokio::select! {
            () = connections::serve(listener, router, limits, closing.clone()) => {}
            () = overdue => tracing::warn!("some requests did not end in time"),
        }
        self.drain_jobs.cancel();
        self.drain_lanes.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        if timeout(self.drain_time, pool.close()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

fn pool_use(pool: &PgPool) -> PoolUse {
    let idle = pool.num_idle() as u64;
    PoolUse {
        busy: u64::from(pool.size()).saturating_sub(idle),
        idle,
        limit: pool.options().get_max_connections().into(),
    }
}

/// Has no statement outside of the lanes wait for ever, each committed durably, and each planned with
/// its filters known: one plan for all of them would pass over everybody's reservations to find those
/// of one user.
async fn prepare_reader(connection: &mut PgConnection, patience: Duration) -> sqlx::Result<()> {
    let settings = format!(
        "set lock_timeout = '1s';
         set statement_timeout = {};
         set plan_cache_mode = force_custom_plan;
         {COMMIT_DURABLY}",
        patience.as_millis()
    );
    connection.execute(AssertSqlSafe(settings)).await?;
    Ok(())
}

/// Makes sure that a connection that lay idle is still good. One that is not is replaced.
async fn answers(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let answer = timeout(PING_TIME, connection.ping()).await;
    answer.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
    Ok(true)
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

/// The gate in front of the routes, and the jobs that keep what it knows fresh.
async fn guard(
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
    Ok(Gate::new(keyring, tokens, openness, pool.clone()))
}

/// The limits, if there are any, and the jobs that keep their accounts small and shared.
async fn limit(
    settings: &Settings,
    tracker: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Option<Arc<Limiter>>, ServeError> {
    let started = Limiter::start(&settings.limits).await;
    let limiter = started.map_err(ServeError::Redis)?;
    if let Some(limiter) = &limiter {
        tracker.spawn(Arc::clone(limiter).tidy(stop.clone()));
        tracker.spawn(Arc::clone(limiter).keep_up(stop.clone()));
    }
    Ok(limiter)
}

/// The OpenAPI document of what is served.
#[must_use]
pub fn document() -> Value {
    routes().document()
}

/// The paths that are served and not part of the document: pages for people, and names.
#[must_use]
pub fn untold_paths() -> Vec<&'static str> {
    routes().untold_paths().to_vec()
}

/// Every route: the method and the path, as it is routed.
#[must_use]
pub fn served() -> Vec<(Method, &'static str)> {
    routes().served()
}

fn router(state: AppState, gate: Gate, limiter: Option<Arc<Limiter>>) -> Router {
    let router = routes()
        .into_router()
        .fallback(http::not_found)
        .method_not_allowed_fallback(http::method_not_allowed);
    let limits = option_layer(limiter.map(Limiter::layer));
    http::layered(router, Stack::new(limits, gate.layer())).with_state(state)
}

/// All that is served.
fn routes() -> Routes<AppState> {
    let api = reservations::routes::routes()
        .merge(inventory::routes::routes())
        .merge(waitlist::routes::routes())
        .merge(ledger::routes::routes())
        .merge(fairness::routes::routes())
        .merge(analytics::routes::routes())
        .merge(live::routes::routes())
        .merge(http::metrics())
        .merge(vitals::routes());
    let documents = http::docs(&api.document());
    api.merge(documents)
        .merge(http::pages())
        .merge(http::files())
}
