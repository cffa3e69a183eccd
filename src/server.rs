//! The service as a whole: state, routes, layers, start and drain.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::allocation::{LaneSettings, Lanes, expiry};
use crate::analytics::insight::{ClientError, Teller};
use crate::config::{Settings, SettingsError};
use crate::connections::{Limits, Tls, TlsError};
use crate::database::in_time;
use crate::database::{ConnectError, DurabilityError, SchemaError};
use crate::fairness::Policy;
use crate::http::{Code, Problem, Reply};
use crate::inventory::DefaultHoldTtl;
use crate::reservations::KnownSkus;
use crate::telemetry::{PoolUse, metrics};
use crate::{
    analytics, connections, database, fairness, http, inventory, ledger, reservations, retention,
    waitlist,
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
    stopping: Stopping,
}

/// Cancelled once the service was told to stop.
#[derive(Debug, Clone)]
struct Stopping(CancellationToken);

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
        let drain_lanes = CancellationToken::new();
        let access = settings.model_access()?;
        let (tasks, stop) = (tracker.clone(), drain_jobs.clone());
        let teller = Teller::new(pool.clone(), access.as_ref(), tasks, stop)?;
        let lane_settings = LaneSettings {
            database: database.clone(),
            policy: settings.policy(),
            batch_limit: settings.batch_limit.into(),
            patience: settings.request_timeout(),
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
        if let Some(tls) = tls.clone() {
            tracker.spawn(tls.follow(drain_jobs.clone()));
        }
        if let Some(age) = settings.retention() {
            tracker.spawn(retention::run(pool.clone(), age, drain_jobs.clone()));
        }
        Ok(Self {
            state: AppState {
                known_skus: KnownSkus::new(pool.clone()),
                pool,
                lanes,
                policy: settings.policy(),
                default_hold_ttl: DefaultHoldTtl(settings.hold_ttl_seconds),
                teller,
                stopping: Stopping(CancellationToken::new()),
            },
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
    /// accepting, answers what is in flight, stops the jobs and the lanes.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let pool = self.state.pool.clone();
        let Stopping(stopping) = self.state.stopping.clone();
        let mut router = router(self.state);
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

/// Has no statement outside of the lanes wait for ever, and each planned with its filters known:
/// one plan for all of them would pass over everybody's reservations to find those of one user.
async fn prepare_reader(connection: &mut PgConnection, patience: Duration) -> sqlx::Result<()> {
    let settings = format!(
        "set lock_timeout = '1s';
         set statement_timeout = {};
         set plan_cache_mode = force_custom_plan",
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

fn router(state: AppState) -> Router {
    let router = Router::new()
        .merge(inventory::routes::routes())
        .merge(reservations::routes::routes())
        .merge(waitlist::routes::routes())
        .merge(ledger::routes::routes())
        .merge(fairness::routes::routes())
        .merge(analytics::routes::routes())
        .merge(http::metrics())
        .merge(http::pages())
        .merge(http::files())
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/health", get(live))
        .fallback(http::not_found)
        .method_not_allowed_fallback(http::method_not_allowed);
    http::layered(router).with_state(state)
}

#[derive(Serialize)]
struct Condition {
    status: &'static str,
}

const GOOD: Condition = Condition { status: "ok" };

/// Alive is what no restart would mend.
async fn live(State(lanes): State<Lanes>) -> Result<Reply<Condition>, Problem> {
    if !lanes.are_open() {
        return Err(not_ready(
            "A part of the service has ended: it must be restarted.",
        ));
    }
    Ok(Reply::ok(GOOD))
}

/// Ready is whoever can take a request now and answer the next one, too.
async fn ready(
    State(pool): State<PgPool>,
    State(lanes): State<Lanes>,
    State(Stopping(stopping)): State<Stopping>,
) -> Result<Reply<Condition>, Problem> {
    if stopping.is_cancelled() {
        return Err(not_ready("The service is about to end."));
    }
    let live = live(State(lanes)).await?;
    in_time(database::now(&pool)).await?;
    Ok(live)
}

fn not_ready(detail: &str) -> Problem {
    Problem::new(Code::NotReady, detail)
}
