//! Installs the tracing subscriber: log lines on standard error, spans to the tracer provider.

use std::io::IsTerminal;

use clap::ValueEnum;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::traces;

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Target prefix of the telemetry libraries' own log events.
const TELEMETRY_TARGET: &str = "opentelemetry";

/// Target of sqlx's events for PostgreSQL's notices and warnings.
pub(crate) const DATABASE_NOTICES: &str = "sqlx::postgres::notice";

/// Target of sqlx's event for each statement.
const STATEMENT_TARGET: &str = "sqlx::query";

/// Logs to standard error, and sends spans to `tracer_provider`, if any. PostgreSQL's notices below
/// warning level are logged only if `filter` names their target.
pub(super) fn install(
    filter: &Targets,
    format: LogFormat,
    tracer_provider: Option<&SdkTracerProvider>,
) {
    let has_notices = filter
        .iter()
        .any(|(target, _)| target.contains(DATABASE_NOTICES));
    let noise = filter_fn(move |event| !is_noise(event, has_notices));
    let lines = lines(format).with_filter(filter.clone().and(noise));
    let spans = tracer_provider.map(|provider| {
        traces::enable();
        let targets = Targets::new()
            .with_target(traces::TARGET, LevelFilter::DEBUG)
            .with_target(STATEMENT_TARGET, LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("fairhold"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(targets)
    });
    registry().with(lines).with(spans).init();
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}

/// Whether this is a span, or an event below warning level from a library that says nothing useful.
fn is_noise(event: &Metadata<'_>, has_notices: bool) -> bool {
    let target = event.target();
    let notice = target == DATABASE_NOTICES && !has_notices;
    let quiet = notice || target.starts_with(TELEMETRY_TARGET);
    target == traces::TARGET || (quiet && *event.level() > Level::WARN)
}
