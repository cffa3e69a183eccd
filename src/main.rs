//! The command line.

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
use tikv_jemallocator::Jemalloc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use self::arguments::{Cli, Task};

/// What a request takes is given back by whichever thread answers it, for which the system's allocator
/// has locks (docs/performance.md).
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// A setting can't be, or the books could not be audited.
const UNUSABLE: u8 = 2;
/// What a shell reports of a process that SIGINT, or SIGTERM, has ended.
const INTERRUPTED: i32 = 130;
const TERMINATED: i32 = 143;

fn main() -> ExitCode {
    let cli = Cli::read();
    // One kind of cryptography for all who speak TLS. It fails only when it was chosen before.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let settings = &cli.settings;
    let endpoint = settings.otlp_endpoint.as_deref();
    let telemetry = match telemetry::start(&settings.log, settings.log_format, endpoint) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            return failed(&cli.task(), &error.into());
        }
    };
    let task = cli.task();
    let done = run(&task, settings);
    let code = done.unwrap_or_else(|error| failed(&task, &error));
    telemetry.stop();
    code
}

/// Tells the error; the code to exit with.
fn failed(task: &Task, error: &anyhow::Error) -> ExitCode {
    tracing::error!("{}", told(error));
    if *task == Task::Audit || is_setting(error) {
        ExitCode::from(UNUSABLE)
    } else {
        ExitCode::FAILURE
    }
}

/// The error and its causes, each once: the errors of some libraries tell their cause themselves.
fn told(error: &anyhow::Error) -> String {
    let causes = error.chain().skip(1).map(ToString::to_string);
    causes.fold(error.to_string(), |told, cause| {
        if told.ends_with(&cause) {
            told
        } else {
            format!("{told}: {cause}")
        }
    })
}

/// Whether it failed for a setting that can't be.
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
    let runtime = Runtime::new().context("the system gives no threads")?;
    let done = runtime.block_on(perform(task, settings));
    // All work has ended. What may still block is a look-up of a host that no name server answers.
    runtime.shutdown_background();
    done
}

async fn perform(task: &Task, settings: &Settings) -> anyhow::Result<ExitCode> {
    let source = || settings.source();
    let stop = stop_on_signals()?;
    match task {
        Task::Serve => Box::pin(serve(settings, &source()?, &stop)).await,
        Task::Migrate => with_database(settings, &source()?, &stop, migrate).await,
        Task::Audit => with_database(settings, &source()?, &stop, prove).await,
        Task::DatabaseUrl => print_url(&source()?),
        Task::Openapi => print_document(),
        Task::Keys(keys) => {
            let work = async |connection: &mut PgConnection| manage(connection, keys).await;
            with_database(settings, &source()?, &stop, work).await
        }
    }
}

/// A token that SIGTERM or SIGINT cancels. A second signal ends the process at once: its watchdog
/// then stops the embedded PostgreSQL.
fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for SIGINT")?;
    #[expect(
        clippy::disallowed_methods,
        reason = "it waits for signals for as long as the process lives: there is nothing to drain"
    )]
    tokio::spawn(async move {
        first_of(&mut terminate, &mut interrupt).await;
        told.cancel();
        tracing::info!("told to stop: what is in flight is answered; a second signal ends at once");
        process::exit(first_of(&mut terminate, &mut interrupt).await);
    });
    Ok(stop)
}

/// Waits for one of the signals; the exit code that stands for it.
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
        started.with_context(|| format!("can't serve from {source}"))
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
    let site = site(scheme, listener.local_addr()?);
    // Serving matters more than that somebody reads where.
    let _ = say(&format!(
        "Fairhold serves {site}\nThe demo page: {site}/static/index.html"
    ));
    server.serve(listener, stop.clone()).await;
    Ok(())
}

/// What a browser on this machine can open: no address that stands for all of them.
fn site(scheme: &str, address: SocketAddr) -> String {
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
    let interrupted = || anyhow!("told to stop before the work was done");
    let Some(opened) = stop.run_until_cancelled(source.attach()).await else {
        return Err(interrupted());
    };
    let database = opened?;
    let worked = stop
        .run_until_cancelled(async {
            let connected = database::connect(database.options(), settings.request_timeout());
            let mut connection = connected
                .await
                .with_context(|| format!("can't use {source}"))?;
            work(&mut connection).await
        })
        .await;
    database.close().await?;
    worked.unwrap_or_else(|| Err(interrupted()))
}

async fn migrate(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    database::migrate(connection)
        .await
        .context("the schema could not be brought up to date")?;
    say("The schema is up to date.")?;
    Ok(ExitCode::SUCCESS)
}

async fn prove(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    database::ensure_current(connection)
        .await
        .context("the books can't be audited: they are not those that this version knows")?;
    let report = audit::audit(connection)
        .await
        .context("the books can't be read")?;
    say(report.to_string().trim_end())?;
    Ok(if report.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn manage(connection: &mut PgConnection, task: &KeysTask) -> anyhow::Result<ExitCode> {
    let ready = match task {
        // The first key is made before the first server starts.
        KeysTask::Create { .. } => database::migrate(connection).await,
        KeysTask::List | KeysTask::Revoke { .. } => database::ensure_current(connection).await,
    };
    ready.context("the keys can't be used: the schema is not the one that this version knows")?;
    let told = access::keys_command::run(connection, task).await?;
    say(&told).with_context(|| match task {
        KeysTask::Create { name, .. } => {
            format!("nobody has seen the key {name}, and nobody can: revoke it, and make another")
        }
        KeysTask::List | KeysTask::Revoke { .. } => "the answer can't be shown".to_owned(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn print_url(source: &Source) -> anyhow::Result<ExitCode> {
    say(&source.url()?)?;
    if !source.is_running() {
        tracing::warn!("no Fairhold runs this database at the moment: start one with `fairhold`");
    }
    Ok(ExitCode::SUCCESS)
}

fn print_document() -> anyhow::Result<ExitCode> {
    say(&format!("{:#}", api::document()))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for the caller.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
