//! Logs, on standard error, and where the spans of the traces go.

use std::io::IsTerminal;

use clap::ValueEnum;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, registry};

use super::traces;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Where the libraries that collect and send telemetry tell of themselves.
const EXPORTERS: &str = "opentelemetry";

/// The target of the log events for what PostgreSQL sends as notices and warnings.
pub(crate) const DATABASE_NOTICES: &str = "sqlx::postgres::notice";

/// Where sqlx tells of each statement.
const STATEMENTS: &str = "sqlx::query";

/// Starts logging what `filter` lets through, and collecting the spans of the traces, if they are
/// to go anywhere.
pub(super) fn start(filter: &str, format: LogFormat, collector: Option<&SdkTracerProvider>) {
    let told = filter.contains(DATABASE_NOTICES);
    let worth = filter_fn(move |event| is_worth_it(event, told));
    let lines = lines(format).with_filter(EnvFilter::new(filter).and(worth));
    let spans = collector.map(|collector| {
        traces::turn_on();
        let targets = Targets::new()
            .with_target(traces::TARGET, LevelFilter::DEBUG)
            .with_target(STATEMENTS, LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(collector.tracer("fairhold"))
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

/// Neither a span, nor that a table of the migrations is there already, nor that there are metrics.
fn is_worth_it(event: &Metadata<'_>, notices: bool) -> bool {
    let target = event.target();
    let remark = (target == DATABASE_NOTICES && !notices) || target.starts_with(EXPORTERS);
    target != traces::TARGET && (!remark || *event.level() <= Level::WARN)
}
