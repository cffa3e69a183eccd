//! The command line.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use fairhold::config::Settings;
use fairhold::database::Source;
use fairhold::server::Server;
use fairhold::{audit, database, telemetry};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Inventory reservations that never oversell: reserve, confirm, cancel, on PostgreSQL.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Task>,

    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Task {
    /// Serve until told to stop (the default)
    Serve,
    /// Bring the schema up to date and end
    Migrate,
    /// Prove the rules from the books; exit 1 when one is broken
    Audit,
    /// Print the URL of the database, for psql
    DatabaseUrl,
}

fn main() -> ExitCode {
    let Cli { command, settings } = Cli::parse();
    if let Err(error) = settings.check() {
        Cli::command()
            .error(ErrorKind::ValueValidation, error)
            .exit();
    }
    telemetry::start(&settings.log, settings.log_format);
    match run(command.unwrap_or(Task::Serve), &settings) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(task: Task, settings: &Settings) -> anyhow::Result<ExitCode> {
    let source = settings.source()?;
    let stop = stop_on_signals()?;
    match task {
        Task::Serve => serve(settings, &source, &stop).await,
        Task::Migrate => with_database(&source, &stop, migrate).await,
        Task::Audit => with_database(&source, &stop, prove).await,
        Task::DatabaseUrl => print_url(&source),
    }
}

/// A token that SIGTERM or SIGINT cancels.
fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for SIGINT")?;
    #[expect(
        clippy::disallowed_methods,
        reason = "it waits for a signal for as long as the process lives: there is nothing to drain"
    )]
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

async fn serve(
    settings: &Settings,
    source: &Source,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let address = settings.address();
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address} (--listen, FAIRHOLD_LISTEN)"))?;
    let Some(opened) = stop.run_until_cancelled(source.open()).await else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut database = opened?;
    let options = database.options().clone();
    let served = tokio::select! {
        served = serve_from(settings, &options, listener, stop) => served,
        never = database.keep_running() => match never {},
    };
    database.close().await?;
    served?;
    Ok(ExitCode::SUCCESS)
}

async fn serve_from(
    settings: &Settings,
    database: &PgConnectOptions,
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let starting = Server::start(settings, database);
    let Some(started) = stop.run_until_cancelled(starting).await else {
        return Ok(());
    };
    let server = started?;
    let address = listener.local_addr()?;
    say(&format!(
        "Fairhold serves http://{address}\nThe demo page: http://{address}/static/index.html"
    ))?;
    server.serve(listener, stop.clone()).await?;
    Ok(())
}

async fn with_database(
    source: &Source,
    stop: &CancellationToken,
    work: impl AsyncFnOnce(&mut PgConnection) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let Some(opened) = stop.run_until_cancelled(source.visit()).await else {
        return Ok(ExitCode::FAILURE);
    };
    let database = opened?;
    let worked = stop
        .run_until_cancelled(async {
            let mut connection = PgConnection::connect_with(database.options())
                .await
                .context("the database can't be reached")?;
            work(&mut connection).await
        })
        .await;
    database.close().await?;
    worked.unwrap_or(Ok(ExitCode::FAILURE))
}

async fn migrate(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    database::migrate(connection)
        .await
        .context("the schema could not be brought up to date")?;
    say("The schema is up to date.")?;
    Ok(ExitCode::SUCCESS)
}

async fn prove(connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
    let report = audit::audit(connection)
        .await
        .context("the books can't be read; has the database been migrated?")?;
    say(report.to_string().trim_end())?;
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print_url(source: &Source) -> anyhow::Result<ExitCode> {
    say(&source.url()?)?;
    if !source.is_running() {
        tracing::warn!("no Fairhold runs this database at the moment: start one with `fairhold`");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for the caller.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
