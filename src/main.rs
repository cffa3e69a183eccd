//! Entry point: runs the task given on the command line.

mod arguments;

use std::io::Write;
use std::net::SocketAddr;
use std::process::{self, ExitCode};

use anyhow::{Context, anyhow};
use fairhold::access::keys_command::KeysTask;
use fairhold::config::Settings;
use fairhold::connections::{Tls, TlsError};
use fairhold::database::{OpenError, Source};
use fairhold::server::{ListenError, ServeError, Server, listen};
use fairhold::{access, api, audit, connections, database, telemetry};
use sqlx::PgConnection;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use self::arguments::{Cli, Task};

/// A request's memory is allocated by one thread and freed by another. The system allocator takes locks
/// for that (docs/performance.md).
#[cfg(not(feature = "jemalloc"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Exit code for an invalid setting, or an audit that could not run.
const UNUSABLE: u8 = 2;
/// Exit codes that a shell reports for SIGINT and SIGTERM.
const INTERRUPTED: i32 = 130;
const TERMINATED: i32 = 143;

fn main() -> ExitCode {
    let cli = Cli::parse_or_exit();
    // The TLS provider of every library. This fails only if one is already installed.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let settings = &cli.settings;
    let endpoint = settings.otlp_endpoint.as_deref();
    let task = cli.task();
    let telemetry = match telemetry::start(&settings.log, settings.log_format, endpoint) {
        Ok(telemetry) => telemetry,
        Err(error) => return report_failure(&task, &error.into()),
    };
    let result = run(&task, settings);
    let code = result.unwrap_or_else(|error| report_failure(&task, &error));
    telemetry.stop();
    code
}

/// Logs the error and returns the exit code.
fn report_failure(task: &Task, error: &anyhow::Error) -> ExitCode {
    tracing::error!("{}", with_causes(error));
    if *task == Task::Audit || is_setting(error) {
        ExitCode::from(UNUSABLE)
    } else {
        ExitCode::FAILURE
    }
}

/// The error and its causes, without those that a library's message already contains.
fn with_causes(error: &anyhow::Error) -> String {
    let causes = error.chain().skip(1).map(ToString::to_string);
    causes.fold(error.to_string(), |message, cause| {
        if message.ends_with(&cause) {
            message
        } else {
            format!("{message}: {cause}")
        }
    })
}

/// Whether an invalid setting caused the error.
fn is_setting(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let database = cause.downcast_ref::<OpenError>();
        let open = matches!(cause.downcast_ref(), Some(ServeError::OpenAccess(_)));
        cause.is::<ListenError>()
            || cause.is::<TlsError>()
            || open
            || database.is_some_and(OpenError::is_setting)
    })
}

fn run(task: &Task, settings: &Settings) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new().context("cannot start threads")?;
    let done = runtime.block_on(perform(task, settings));
    // All work is done, except perhaps for a DNS lookup that does not return.
    runtime.shutdown_background();
    done
}

async fn perform(task: &Task, settings: &Settings) -> anyhow::Result<ExitCode> {
    let source = || settings.source();
    let stop = stop_on_signals()?;
    match task {
        Task::Serve => Box::pin(serve(settings, &source()?, &stop)).await,
        Task::Migrate => with_database(settings, &source()?, &stop, migrate).await,
        Task::Audit => with_database(settings, &source()?, &stop, audit_tables).await,
        Task::DatabaseUrl => print_url(&source()?),
        Task::Openapi => print_document(),
        Task::Keys(keys) => {
            let work = async |connection: &mut PgConnection| manage(connection, keys).await;
            with_database(settings, &source()?, &stop, work).await
        }
    }
}

/// A token that SIGTERM or SIGINT cancels. A second signal exits at once; the watchdog then stops the
/// embedded PostgreSQL.
fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    #[expect(
        clippy::disallowed_methods,
        reason = "it waits for signals until the process exits: there is nothing to drain"
    )]
    tokio::spawn(async move {
        first_of(&mut terminate, &mut interrupt).await;
        cancelled.cancel();
        tracing::info!(
            "shutting down: finishing requests in flight; send the signal again to exit now"
        );
        process::exit(first_of(&mut terminate, &mut interrupt).await);
    });
    Ok(stop)
}

/// Waits for one of the signals and returns its exit code.
async fn first_of(terminate: &mut Signal, interrupt: &mut Signal) -> i32 {
    tokio::select! {
        _ = terminate.recv() => TERMINATED,
        _ = interrupt.recv() => INTERRUPTED,
    }
}

async fn serve(
    settings: &Settings,
    source: &Source,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    connections::raise_limit();
    let listener = listen(settings)?;
    // Before the database starts, which takes time and may create a folder.
    let tls = settings.identity()?.map(Tls::open).transpose()?;
    let Some(opened) = stop.run_until_cancelled(source.open()).await else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut database = opened?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let options = database.options().clone();
    let starting = async {
        let started = Server::start(settings, &options, tls).await;
        started.with_context(|| format!("cannot serve from {source}"))
    };
    let served = tokio::select! {
        served = serve_on(listener, scheme, starting, stop) => served,
        never = database.keep_running() => match never {},
    };
    database.close().await?;
    served?;
    Ok(ExitCode::SUCCESS)
}

async fn serve_on(
    listener: TcpListener,
    scheme: &str,
    starting: impl Future<Output = anyhow::Result<Server>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let Some(started) = stop.run_until_cancelled(starting).await else {
        return Ok(());
    };
    let server = started?;
    let url = local_url(scheme, listener.local_addr()?);
    // A closed standard output is no reason not to serve.
    let _ = print(&format!(
        "Fairhold is listening on {url}\nDemo page: {url}/static/index.html"
    ));
    server.serve(listener, stop.clone()).await;
    Ok(())
}

/// A URL that a browser on this machine can open, also if `address` is unspecified.
fn local_url(scheme: &str, address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

async fn with_database(
    settings: &Settings,
    source: &Source,
    stop: &CancellationToken,
    work: impl AsyncFnOnce(&mut PgConnection) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let interrupted = || anyhow!("interrupted before the task was done");
    let Some(opened) = stop.run_until_cancelled(source.attach()).await else {
        return Err(interrupted());
    };
    let database = opened?;
    let worked = stop
        .run_until_cancelled(async {
            let connected = database::connect(database.options(), settings.request_timeout());
            let mut connection = connected
                .await
                .with_context(|| format!("cannot use {source}"))?;
            work(&mut connection).await
        })
        .await;
    database.close().await?;
    worked.unwrap_or_else(|| Err(interrupted()))
}

async fn migrate(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    database::migrate(connection)
        .await
        .context("the migration failed")?;
    print("The schema is up to date.")?;
    Ok(ExitCode::SUCCESS)
}

async fn audit_tables(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    database::ensure_current(connection)
        .await
        .context("cannot audit: the schema does not match this version")?;
    let report = audit::audit(connection)
        .await
        .context("cannot read the tables")?;
    print(report.to_string().trim_end())?;
    Ok(if report.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn manage(connection: &mut PgConnection, task: &KeysTask) -> anyhow::Result<ExitCode> {
    let ready = match task {
        // The first key may be created before a server has ever started.
        KeysTask::Create { .. } => database::migrate(connection).await,
        KeysTask::List | KeysTask::Revoke { .. } => database::ensure_current(connection).await,
    };
    ready.context("cannot manage keys: the schema does not match this version")?;
    let output = access::keys_command::run(connection, task).await?;
    print(&output).with_context(|| match task {
        KeysTask::Create { name, .. } => {
            format!(
                "the key {name} was created but could not be shown: revoke it and create another"
            )
        }
        KeysTask::List | KeysTask::Revoke { .. } => "cannot write to standard output".to_owned(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn print_url(source: &Source) -> anyhow::Result<ExitCode> {
    print(&source.url()?)?;
    if !source.is_running() {
        tracing::warn!("this database is not running: start it with `fairhold`");
    }
    Ok(ExitCode::SUCCESS)
}

fn print_document() -> anyhow::Result<ExitCode> {
    print(&format!("{:#}", api::document()))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a line to standard output.
fn print(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
